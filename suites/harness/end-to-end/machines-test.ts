/** Tests that share two machines with addresses, made for their worker. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from './lab-command.ts'
import { Machines } from './machines.ts'

// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- no fixtures of a test's own
export const test = base.extend<{}, { machines: Machines }>({
  machines: [
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'redirect-lab-machines-'))
      const machines = await Machines.start(folder)
      await use(machines)
      await machines.stop()
      rmSync(folder, { recursive: true })
    },
    { scope: 'worker' },
  ],
})
