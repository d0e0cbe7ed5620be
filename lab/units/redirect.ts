/** The words of XDP_REDIRECT: what a frame is redirected through, and how the program runs. */

export const TARGETS = ['devmap', 'devmap-hash', 'cpumap', 'xskmap', 'ifindex'] as const
/** What a frame is redirected through; `ifindex` is bpf_redirect() without a map. */
export type Target = (typeof TARGETS)[number]

export const MODES = ['native', 'generic'] as const
/** native: the program runs in the driver; generic: on the skb, above it. */
export type Mode = (typeof MODES)[number]

/** What an XDP program may answer, by number (uapi/linux/bpf.h, enum xdp_action). */
export const ACTIONS = ['ABORTED', 'DROP', 'PASS', 'TX', 'REDIRECT'] as const
export type Action = (typeof ACTIONS)[number]
