import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { checkout, expect, put, run, start, test } from './sandbox.ts'

const ECHO = `console.log(JSON.stringify(process.argv.slice(2)))\nprocess.exitCode = 7\n`

/** Tells each signal it gets, and takes a while to put everything back. */
const PATIENT = `
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => console.log(signal))
process.once('SIGINT', () => setTimeout(() => process.exit(5), 400))
process.once('SIGTERM', () => setTimeout(() => process.exit(6), 400))
setInterval(() => {}, 1000)
console.log('ready')
`

test('without arguments the virtual lab is run', async ({ folder }) => {
  const root = checkout(folder)
  put(root, 'lab/cli/lab.mjs', ECHO)
  const { output } = await run(root, ['lab/setup/start.mjs'])
  expect(output).toBe('["run","--topology","topologies/local.yaml"]\n')
})

test('arguments are those of lab run, and its exit code is passed on', async ({ folder }) => {
  const root = checkout(folder)
  put(root, 'lab/cli/lab.mjs', ECHO)
  const { code, output } = await run(root, [
    'lab/setup/start.mjs',
    '--topology',
    'topologies/mlx5.yaml',
    'devmap',
  ])
  expect(output).toBe('["run","--topology","topologies/mlx5.yaml","devmap"]\n')
  expect(code).toBe(7)
})

for (const [signal, expected] of [
  ['SIGINT', 5],
  ['SIGTERM', 6],
] as const)
  test(`${signal} to the whole foreground group and once more by npm reaches the lab once`, async ({
    folder,
  }) => {
    const root = checkout(folder)
    put(root, 'lab/cli/lab.mjs', PATIENT)
    const started = start(root, ['lab/setup/start.mjs'])
    const lines: string[] = []
    for await (const line of createInterface(started.stdout!)) {
      lines.push(line)
      if (line !== 'ready') continue
      process.kill(-started.pid!, signal) // the terminal's, to the group
      setTimeout(() => started.kill(signal), 100) // npm's own copy
    }
    if (started.exitCode === null) await once(started, 'exit')
    expect(lines).toEqual(['ready', signal])
    expect(started.exitCode).toBe(expected)
  })

test('a lab that a signal ended is told by the exit code', async ({ folder }) => {
  const root = checkout(folder)
  put(root, 'lab/cli/lab.mjs', `process.kill(process.pid, 'SIGKILL')`)
  expect((await run(root, ['lab/setup/start.mjs'])).code).toBe(128 + 9)
})
