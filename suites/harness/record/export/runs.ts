/** A run with everything that an export may meet. */
import type { StoredRun } from '../../../../lab/record/store/read-run.ts'
import { claim, LOST, NO_TRIAL, whole } from '../cells-of-run.ts'
import { CELL, measured } from '../store/run-files.ts'

const SUCH = ['devmap', 'linear', 'native'] as const

/** What XML, CSV and KTAP each have a meaning for. */
export const NASTY = 'a "title", <with> & \'all\' #1\nof it \u0007\uD800 帧'

export const RUN: StoredRun = {
  name: '2026-03-01T02-00-00Z-7',
  environment: { kernel: '6.18.44', driver: 'veth', topology: 'local (1a76f6489d62)', cpu: 'A & B <C>' },
  summary: { passed: 2, failed: 2, skipped: 1 },
  unread: [],
  cells: [
    whole(SUCH),
    { ...whole(['devmap', 'linear', 'generic']), ...LOST },
    { ...claim(SUCH, NASTY), verdict: 'failed', message: 'TIMEOUT: after 5 s # SKIP\nof waiting' },
    {
      ...whole(['cpumap', 'linear', 'native']),
      ...NO_TRIAL,
      verdict: 'skipped',
      message: 'no third port # here',
    },
    {
      ...whole(['xskmap', 'linear', 'native']),
      ...NO_TRIAL,
      verdict: 'infra',
      message: 'INFRA: dut is gone',
    },
    // A second trial of the first test.
    whole(SUCH),
  ],
  measurements: [
    measured(8_650_000),
    measured(8_700_000, { irregular: 'at-ceiling', quantity: 'ndr' }),
    measured(null, { cell: { ...CELL, size: 128 }, invalid: 'the generator fell short by 3 %' }),
    measured(null, { cell: { ...CELL, size: 256 }, irregular: 'below-floor', atLoad: '50 % of PDR' }),
  ],
}

export const QUIET: StoredRun = {
  ...RUN,
  name: '2026-03-02T02-00-00Z-8',
  cells: [whole(SUCH)],
  measurements: [],
}
