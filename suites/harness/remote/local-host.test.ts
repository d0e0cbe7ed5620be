import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { CommandFailed } from '../../../lab/remote/command-failed.ts'
import { LocalHost } from '../../../lab/remote/local-host.ts'

const host = new LocalHost()
const failure = (argv: readonly string[], options = {}): Promise<CommandFailed> =>
  host.run(argv, options).then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as CommandFailed,
  )

test('a command gets its words and its input as they are, and gives its output', async () => {
  expect(await host.run(['sh', '-c', 'printf "%s|" "$@"; cat', 'sh', 'a b', "'$x'"], { input: 'in' })).toBe(
    "a b|'$x'|in",
  )
})

test('a command that fails, is missing, or does not end is told by its words', async () => {
  expect(await failure(['sh', '-c', 'echo no >&2; exit 3'])).toMatchObject({ exitCode: 3, stderr: 'no\n' })
  expect((await failure(['no-such-command'])).message).toContain('ENOENT')
  expect((await failure(['sleep', '60'], { timeoutMs: 50 })).message).toContain('no end after 50 ms')
})

test('a process is talked to in lines, and is in a session of its own', async () => {
  const process = await host.start(['sh', '-c', 'echo "$$"; cat; exit 5'])
  const lines: string[] = []
  process.onLine((line) => lines.push(line))
  process.write('one\ntw')
  process.write('o\n')
  await expect.poll(() => lines.length).toBe(3)
  const [pid, ...rest] = lines
  expect(rest).toEqual(['one', 'two'])
  const stat = readFileSync(`/proc/${pid!}/stat`, 'latin1')
  expect(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3], 'its session').toBe(pid)
  process.end()
  expect(await process.ended).toEqual({ exitCode: 5 })
})

test('closing ends what was started', async () => {
  const own = new LocalHost('mine')
  const reader = await own.start(['cat'])
  await own.close()
  expect(await reader.ended).toEqual({ exitCode: 0 })
})
