/** Whether a run is still under way: nothing may be taken away from under it. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { CELLS_FILE, SUMMARY_FILE } from '../run-folder.ts'
import { ENVIRONMENT_FILE } from '../environment.ts'
import { MEASUREMENTS_FILE } from '../measurement.ts'
import { beganOf, processOf } from './run-names.ts'

/** Longer than any test or search takes to its next line. */
const SILENT_MS = 3_600_000
/** USER_HZ, in which /proc tells times, is 100 on every architecture that Node.js runs on (asm-generic/param.h). */
const TICKS_PER_SECOND = 100
/** /proc's clocks are of whole seconds. */
const ROUNDING_MS = 2_000

/**
 * While its process lives; on another machine, while it is without a summary and something was written in the
 * last hour.
 */
export function isBeingWritten(results: string, name: string, now: number): boolean {
  const pid = processOf(name)
  if (pid !== undefined && livesSinceBefore(pid, Date.parse(beganOf(name)))) return true
  const folder = join(results, name)
  const written = (file: string) => statSync(join(folder, file), { throwIfNoEntry: false })?.mtimeMs
  if (written(SUMMARY_FILE) !== undefined) return false
  const last = [CELLS_FILE, MEASUREMENTS_FILE, ENVIRONMENT_FILE, '.'].map((file) => written(file) ?? 0)
  return now - Math.max(...last) < SILENT_MS
}

/** Numbers of processes come back: another one of that number began later, or is no Node.js. */
function livesSinceBefore(pid: number, time: number): boolean {
  try {
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('node')) return false
    const boot = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))![1]) * 1_000
    // The command's name, in parentheses, may hold blanks; field 22 is the 20th behind it (proc(5)).
    const [, fields = ''] = /^.*\)(.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    const ticks = Number(fields.trim().split(' ')[19])
    return boot + (ticks / TICKS_PER_SECOND) * 1_000 <= time + ROUNDING_MS
  } catch {
    return false
  }
}
