/**
 * How closely the DUT is watched. `light` follows errors and bulks; `full` adds the per-frame xdp_redirect
 * and perf record, which cost most of the throughput and belong to trials at a modest rate.
 */
export const EVIDENCE_LEVELS = ['light', 'full'] as const
/** `none` is for benchmarks that ask what watching costs: a loss then has no name, so no claim can be made. */
export type EvidenceLevel = (typeof EVIDENCE_LEVELS)[number] | 'none'
