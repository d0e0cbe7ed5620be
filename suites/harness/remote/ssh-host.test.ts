import { expect } from '@playwright/test'
import { CommandFailed } from '../../../lab/remote/command-failed.ts'
import { test } from './ssh-machine.ts'

const failure = (promise: Promise<unknown>): Promise<CommandFailed> =>
  promise.then(
    () => {
      throw new Error('it succeeded')
    },
    (error: unknown) => {
      expect(error).toBeInstanceOf(CommandFailed)
      return error as CommandFailed
    },
  )

const sh = (script: string, ...args: string[]) => ['sh', '-c', script, 'sh', ...args]

test('A command’s output is given as it was written, in whatever pieces it came', async ({ host }) => {
  expect(await host.run(['printf', '%s', 'frames: 帧\n'])).toBe('frames: 帧\n')
  const long = await host.run(sh('head -c 400000 /dev/zero | tr "\\0" x; sleep 0.01; echo end'))
  expect(long).toHaveLength(400_004)
})

test('Arguments are not split, expanded or joined on their way', async ({ host }) => {
  expect(await host.run(['printf', '%s|', "it's", '$HOME', '', 'a  b\nc'])).toBe("it's|$HOME||a  b\nc|")
})

test('Input reaches the command whole, and its end is told', async ({ host }) => {
  const input = Buffer.alloc(300_000, 7)
  expect(await host.run(['sh', '-c', 'wc -c | tr -d " \\n"'], { input })).toBe('300000')
  expect(await host.run(['cat'])).toBe('')
})

test('A command that fails is told with host, words, exit code and standard error', async ({ host }) => {
  const error = await failure(host.run(sh('echo out; echo no such port >&2; exit 7')))
  expect(error).toMatchObject({ host: 'dut', exitCode: 7, stderr: 'no such port\n' })
  expect(error.message).toMatch(/^dut: `sh -c .*` failed: exit code 7\nno such port$/s)
})

test('Of a long standard error the end is kept, for it says why', async ({ host }) => {
  const error = await failure(host.run(sh('head -c 100000 /dev/zero | tr "\\0" x >&2; echo why >&2; exit 1')))
  expect(error.stderr.length).toBeLessThan(20_000)
  expect(error.stderr.slice(-6)).toBe('xxwhy\n')
})

test('A command that does not exist fails by the shell’s exit code', async ({ host }) => {
  const error = await failure(host.run(['no-such-command']))
  expect(error.exitCode).toBe(127)
  expect(error.message).toContain('not found')
})

test('A command killed by a signal is told by the signal’s name, once', async ({ host }) => {
  const error = await failure(host.run(['exec', ...sh('kill -TERM $$')]))
  expect(error.exitCode).toBeNull()
  expect(error.message).toContain('failed: killed by SIGTERM')
})

test('A command that outlives its time is given up, and its channel closed', async ({ machine, host }) => {
  let closed = false
  machine.program = (line, channel) => {
    if (!line.includes('hangs')) return false
    channel.on('close', () => (closed = true))
    channel.resume().stderr.write('still waiting\n')
    return true
  }
  const error = await failure(host.run(['hangs'], { timeoutMs: 200 }))
  expect(error.message).toBe('dut: `hangs` failed: no end after 200 ms\nstill waiting')
  await expect.poll(() => closed).toBe(true)
  expect(await host.run(['echo', 'alive'])).toBe('alive\n')
})

test('A connection lost in the middle of a command ends the command, and every later one', async ({
  machine,
  host,
}) => {
  const running = failure(host.run(['sleep', '60']))
  await expect.poll(() => machine.commandLines).toHaveLength(1)
  machine.cut()
  expect((await running).exitCode).toBeNull()
  const later = await failure(host.run(['true']))
  expect(later.message).toMatch(/^dut: `true` failed: /)
})

test('A closed host says that the lab was closed, and closing it again does nothing', async ({ host }) => {
  await host.close()
  await host.close()
  expect((await failure(host.run(['true']))).message).toBe('dut: `true` failed: the lab was closed')
  await failure(host.start(['cat']))
})

test('60 commands at once get each its own output', async ({ host }) => {
  const commands = Array.from({ length: 60 }, (_, index) => String(index))
  const outputs = await Promise.all(
    commands.map((index) => host.run(sh('sleep 0.0$(($1 % 7)); echo "$1"', index))),
  )
  expect(outputs).toEqual(commands.map((index) => `${index}\n`))
})

test('A started command answers line by line, however its lines are cut, and ends with its input', async ({
  machine,
  host,
}) => {
  machine.program = (line, channel) => {
    if (!line.includes('parrot')) return false
    channel.write(Buffer.from('one\ntw'))
    setTimeout(() => channel.write(Buffer.from([...Buffer.from('o\n\nth'), 0xc3])), 10)
    setTimeout(() => channel.write(Buffer.from([0xa9, 0x0a, ...Buffer.from('unfinished')])), 20)
    channel.resume()
    channel.on('end', () => {
      channel.exit(3)
      channel.end()
    })
    return true
  }
  const lines: string[] = []
  const process = await host.start(['parrot'])
  process.onLine((line) => lines.push(line))
  await expect.poll(() => lines).toEqual(['one', 'two', '', 'thé'])
  process.end()
  expect(await process.ended).toEqual({ exitCode: 3 })
})

test('A started command whose connection is lost has ended without exit code, and takes no more', async ({
  machine,
  host,
}) => {
  const process = await host.start(['cat'])
  process.onLine(() => undefined)
  await expect.poll(() => machine.commandLines).toHaveLength(1)
  machine.cut()
  expect(await process.ended).toEqual({ exitCode: null })
  process.write('to nobody\n')
  process.end()
})
