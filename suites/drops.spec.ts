/**
 * Run by name. Every way in which a redirected frame can be lost, caused on purpose: who says so, how often, and why.
 */
import { CPU_ROWS } from '../fixtures/drops-cpus.ts'
import { LOOKUP_ROWS } from '../fixtures/drops-lookups.ts'
import { PORT_ROWS } from '../fixtures/drops-ports.ts'
import { REFUSAL_ROWS } from '../fixtures/drops-refusals.ts'
import { SOCKET_ROWS } from '../fixtures/drops-sockets.ts'
import { dropRow, refusalRow } from '../fixtures/drop-row.ts'

const rows = [...LOOKUP_ROWS, ...PORT_ROWS, ...CPU_ROWS, ...SOCKET_ROWS]

for (const row of REFUSAL_ROWS) refusalRow(row)
// The MTU changes between kinds of frames, so each kind stays together.
for (const kind of ['linear', 'non-linear'] as const)
  for (const row of rows.filter(({ cell }) => cell.frames === kind)) dropRow(row)
