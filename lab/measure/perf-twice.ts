/**
 * How many events perf may count beyond those that there were. A sample that is written while the timer ticks may
 * reach it twice (seen on Linux 6.18: one in 23,040, at a tick, when the program's own counter agreed with bpftrace).
 * So of events that come with each frame perf may count one in 1000 more, never less.
 */
export const perfMayAdd = (events: number): number => Math.floor(events / 1000)
