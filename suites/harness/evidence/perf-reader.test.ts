import { writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { PerfReader } from '../../../lab/evidence/perf-reader.ts'
import { parsePerfScript } from '../../../lab/evidence/perf-script.ts'
import { Unsupported } from '../../../lab/remote/unsupported.ts'
import { setEnvironment } from '../cli/environment.ts'
import { test as base } from '../remote/ssh-machine.ts'

/** A `perf` of the machine's own: it prints a file as it is, and gives up at a line of its kind that it cannot read. */
const PERF = `#!/bin/sh
for file; do :; done
while IFS= read -r line; do
  if [ "$line" = damaged ]; then echo "0x2b260 [0x80]: failed to process type: 17 [Bad address]" >&2; exit 242; fi
  echo "$line"
done < "$file"
`

const test = base.extend<{ reader: PerfReader; record: (name: string, text: string) => Promise<string> }>({
  reader: async ({ machine, host }, use) => {
    await writeFile(join(machine.folder, 'perf'), PERF, { mode: 0o700 })
    const restore = setEnvironment({ PATH: `${machine.folder}:${process.env['PATH'] ?? ''}` })
    const reader = await PerfReader.start(host)
    await use(reader)
    reader.stop()
    restore()
  },
  record: async ({ machine }, use) =>
    use(async (name, text) => {
      const file = join(machine.folder, name)
      await writeFile(file, text)
      return file
    }),
})

test('Each file is read to its end, and removed', async ({ reader, record }) => {
  const [first, second, empty] = [
    await record('1', 'a\nb\n'),
    await record('2', 'c\n'),
    await record('3', ''),
  ]
  expect(await reader.read(first)).toEqual(['a', 'b'])
  expect(await reader.read(second)).toEqual(['c'])
  expect(await reader.read(empty)).toEqual([])
  for (const file of [first, second, empty]) expect(existsSync(file)).toBe(false)
})

test('What perf gives up at is unread, with its last words, and the next file is read', async ({
  reader,
  record,
}) => {
  const lines = await reader.read(await record('1', 'a\ndamaged\nb\n'))
  expect(lines).toEqual([
    'a',
    'UNREAD: perf script ended with exit code 242: 0x2b260 [0x80]: failed to process type: 17 [Bad address]',
  ])
  expect(parsePerfScript(lines, new Set())).toMatchObject({ lost: 0, unread: 1 })
  expect(await reader.read(await record('2', 'c\n'))).toEqual(['c'])
})

test('A reader that is gone is told at once', async ({ reader, record, machine }) => {
  machine.cut()
  await expect(reader.read(await record('1', 'a\n'))).rejects.toThrow(Unsupported)
})
