/**
 * How closely the DUT is watched. `light` follows errors and bulks; `full` adds the per-frame xdp_redirect
 * and perf record, which cost most of the throughput and belong to trials at a modest rate.
 */
export const EVIDENCE_LEVELS = ['light', 'full'] as const
export type EvidenceLevel = (typeof EVIDENCE_LEVELS)[number]
