/** How long redirects took to recover from overload, as a figure to keep (RFC 2544 §26.5). */
import { AFTERWARDS, OVERLOAD, QUIET, type Recovery } from '../measure/recovery.ts'
import type { FrameRate } from '../units/frame.ts'
import type { Figure } from './measurement.ts'
import { repeatedFigure } from './repeated-figure.ts'

export function recoveryFigure(
  recoveries: readonly (Pick<Recovery, 'ns' | 'withinNs' | 'invalid' | 'losses'> & {
    readonly trial: Pick<Recovery['trial'], 'effectiveDuration'>
  })[],
  { overload, reduced }: { readonly overload: FrameRate; readonly reduced: FrameRate },
): Figure {
  const told = recoveries.flatMap(({ ns, withinNs = 0 }) => (ns === null ? [] : [{ ns, withinNs }]))
  const times = told.map(({ ns }) => ns)
  const within = Math.max(0, ...told.map(({ withinNs }) => withinNs))
  const flaw = recoveries.find(({ invalid }) => invalid !== undefined)?.invalid
  const figure = repeatedFigure('recovery', times, {
    seconds: recoveries.reduce((sum, { trial }) => sum + trial.effectiveDuration, 0),
    ...(times.length === 0 && flaw !== undefined ? { invalid: flaw } : {}),
    method: {
      recovery: 'from the fall of the rate to the last frame lost (RFC 2544 §26.5)',
      'overload, frames/s': Math.round(overload),
      'overload, s': OVERLOAD,
      'reduced, frames/s': Math.round(reduced),
      'reduced, s': AFTERWARDS,
      'recovered when nothing is lost for, s': QUIET,
      ...(within > 0 ? { 'shorter than told by at most, ns': Math.round(within) } : {}),
      'lost later, frames': recoveries.reduce((sum, { losses }) => sum + losses.later, 0),
      'trials that said nothing': recoveries.length - times.length,
    },
  })
  return told.length === 0
    ? figure
    : { ...figure, lower: Math.min(...told.map(({ ns, withinNs }) => ns - withinNs)) }
}
