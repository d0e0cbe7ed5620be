/** A search as it went: every trial in its order, and for each goal the bounds that close in on its rate. */
import type { Data, Mark } from 'vega'
import { along, upwards } from './axes.ts'
import type { LegendEntry } from './legend.ts'
import { lineMark, on, pointMark } from './marks.ts'
import { drawPicture, type Heading, type Panel, type Plot } from './picture.ts'
import { rateText, rateUnit } from './quantity-text.ts'
import { linear, zeroBased } from './scales.ts'
import { answerOf, answersOf, glyphOf, type SearchTrial } from './trial-answer.ts'

export interface SearchGoal {
  readonly name: string
  /** Loss that it allows, of 0 to 1. */
  readonly loss: number
  /** The relevant bounds in frames per second from that second on; null while there is none. */
  readonly steps: readonly {
    readonly at: number
    readonly lower: number | null
    readonly upper: number | null
  }[]
}

export interface SearchChart {
  readonly heading: Heading
  readonly trials: readonly SearchTrial[]
  readonly goals: readonly SearchGoal[]
}

const GOALS = ['#0072b2', '#b3478f', '#8a6d00', '#1f2933'] as const
const BOUNDS = { lower: [], upper: [5, 3] } as const
/** How many times the last bounds' width a close view shows. */
const CLOSE = 8

export function drawSearch({ heading, trials, goals }: SearchChart): Promise<string> {
  const loads = trials.map(({ load }) => load)
  const bounds = goals
    .flatMap(({ steps }) => steps.flatMap(({ lower, upper }) => [lower, upper]))
    .filter((one) => one !== null)
  const unit = rateUnit(Math.max(0, ...loads, ...bounds))
  const end = Math.max(
    0,
    ...trials.map(({ at }) => at),
    ...goals.flatMap(({ steps }) => steps.map(({ at }) => at)),
  )
  const answers = answersOf(trials, goals)
  const close = goals.map((goal, index) => ({ goal, index, view: closeView(goal) }))
  return drawPicture({
    kind: 'The search',
    heading,
    panels: [
      {
        above: `load (${unit.name}), every trial`,
        height: 280,
        left: 52,
        plot: trials.length === 0 ? { empty: 'no trial was made' } : plotOf(goals.map((_, index) => index)),
      },
      ...close.flatMap(({ goal, index, view }): Panel[] =>
        view === undefined
          ? []
          : [
              {
                above: `load (${unit.name}) around ${goal.name}: ${boundsText(goal)}`,
                height: 130,
                left: 52,
                plot: plotOf([index], view),
              },
            ],
      ),
    ],
    legend: [
      ...answers.map((answer): LegendEntry => ({ name: answer, symbol: glyphOf(answer, answers) })),
      ...goals.flatMap(({ name }, index): LegendEntry[] => [
        { name: `${name}: lower bound`, line: { colour: colourOf(index), dash: BOUNDS.lower } },
        { name: `${name}: upper bound`, line: { colour: colourOf(index), dash: BOUNDS.upper } },
      ]),
    ],
    caption:
      'Each symbol is a trial at the time it ended; steps are the relevant bounds of a goal after each trial. ' +
      'The answer lies between them where they end.' +
      (close.some(({ view }) => view !== undefined) ? ' Further panels: the last bounds seen closely.' : ''),
  })

  function plotOf(shown: readonly number[], view?: readonly [number, number]) {
    return (width: number, height: number): Plot => {
      const inView =
        view === undefined ? trials : trials.filter(({ load }) => load >= view[0] && load <= view[1])
      const steps = shown.flatMap((index) => stepsOf(index))
      return {
        data: [...trialData(inView), ...steps.map(({ data }) => data)],
        scales: [
          linear('x', [0, end === 0 ? 1 : end * 1.02], [0, width]),
          view === undefined
            ? zeroBased(
                'y',
                [...loads, ...bounds].map((rate) => rate / unit.worth),
                [height, 0],
              )
            : linear('y', [view[0] / unit.worth, view[1] / unit.worth], [height, 0]),
        ],
        axes: [upwards({ tickCount: view === undefined ? 6 : 4 }), along('time since the search began (s)')],
        marks: [
          ...steps.map(({ mark }) => mark),
          ...answers.map((answer, index) =>
            pointMark(
              { name: `answer-${index}`, data: `trials-${index}`, x: on('x', 'at'), y: on('y', 'load') },
              glyphOf(answer, answers),
            ),
          ),
        ],
      }
    }
  }

  function trialData(shown: readonly SearchTrial[]): Data[] {
    return answers.map((answer, index) => ({
      name: `trials-${index}`,
      values: shown
        .filter((trial) => answerOf(trial, goals) === answer)
        .map(({ at, load }) => ({ at, load: load / unit.worth })),
    }))
  }

  function stepsOf(index: number): { data: Data; mark: Mark }[] {
    const { steps } = goals[index]!
    const last = steps.at(-1)
    const lasting = last === undefined ? [] : [...steps, { ...last, at: end }]
    return (['lower', 'upper'] as const).map((bound) => {
      const name = `goal-${index}-${bound}`
      return {
        data: {
          name: `${name}-steps`,
          values: lasting.map((step) => ({
            at: step.at,
            load: (step[bound] ?? 0) / unit.worth,
            there: step[bound] !== null,
          })),
        },
        mark: lineMark(
          { name, data: `${name}-steps`, x: on('x', 'at'), y: on('y', 'load') },
          { colour: colourOf(index), dash: BOUNDS[bound] },
          { interpolate: 'step-after', clip: true },
        ),
      }
    })
  }
}

const colourOf = (index: number): string => GOALS[index % GOALS.length]!

const boundsText = ({ steps }: SearchGoal): string => {
  const { lower = null, upper = null } = steps.at(-1) ?? {}
  return `${lower === null ? '?' : rateText(lower)} to ${upper === null ? '?' : rateText(upper)}`
}

/** What the last bounds of a goal lie in; undefined without both. */
function closeView({ steps }: SearchGoal): readonly [number, number] | undefined {
  const { lower = null, upper = null } = steps.at(-1) ?? {}
  if (lower === null || upper === null) return undefined
  const middle = (lower + upper) / 2
  const half = (CLOSE / 2) * Math.max(upper - lower, middle * 1e-4)
  return [Math.max(0, middle - half), middle + half]
}
