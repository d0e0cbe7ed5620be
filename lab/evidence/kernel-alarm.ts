/** What a kernel logs when something is wrong with itself or a driver, and not with the frames. */

/** Of lib/bug.c, kernel/panic.c, kernel/watchdog.c, kernel/hung_task.c, kernel/rcu and net/sched/sch_generic.c. */
const ALARM =
  /\bBUG: |\bWARNING: |\bOops\b|general protection fault|Kernel panic|soft lockup|blocked for more than|detected stalls|NETDEV WATCHDOG|Call Trace:/

/** The first such line of a log; undefined when there is none. */
export const kernelAlarm = (log: readonly string[]): string | undefined =>
  log.find((line) => ALARM.test(line))
