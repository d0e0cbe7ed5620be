import { expect } from '@playwright/test'
import { z } from 'zod'
import { Agent } from '../../../lab/remote/agent.ts'
import { AgentFailed } from '../../../lab/remote/agent-failed.ts'
import { test } from './agent-device.ts'

const failure = (promise: Promise<unknown>): Promise<AgentFailed> =>
  promise.then(
    () => {
      throw new Error('it succeeded')
    },
    (error: unknown) => {
      expect(error).toBeInstanceOf(AgentFailed)
      return error as AgentFailed
    },
  )

test('The agent says hello with kernel and CPUs', async ({ agent }) => {
  expect(await agent.hello()).toEqual({ kernel: '6.18.0', machine: 'x86_64', pid: 4711, cpus: 2 })
})

test('Answers out of order reach each its question', async ({ agent, device }) => {
  const answers = [1, 2, 3, 4, 5].map((value) => agent.request('hold', { value }, z.number()))
  await expect.poll(() => device.held).toBe(5)
  device.answerHeld()
  expect(await Promise.all(answers)).toEqual([1, 2, 3, 4, 5])
})

test('An answer of a megabyte, in many pieces, is one answer', async ({ agent }) => {
  const value = '帧'.repeat(350_000)
  expect(await agent.request('echo', { value }, z.string())).toBe(value)
})

test('An operation that fails tells the call, its errno and the last words', async ({ agent }) => {
  const error = await failure(agent.request('no_such', {}, z.unknown()))
  expect(error).toMatchObject({ call: 'op', errno: 22, log: 'last words\n' })
  expect(error.message).toBe('dut: no_such: no operation no_such\nlast words')
})

test('An answer of the wrong shape fails that question alone, and says where it is wrong', async ({
  agent,
}) => {
  const error = await failure(
    agent.request('echo', { value: { ports: 'two' } }, z.object({ ports: z.number() })),
  )
  expect(error.message).toMatch(/^dut: echo: an answer of the wrong shape: .*ports/s)
  expect(await agent.request('echo', { value: 1 }, z.number())).toBe(1)
})

test('Silence past its time fails that question alone, and its late answer is no other’s', async ({
  agent,
  device,
}) => {
  const error = await failure(agent.request('hold', { value: 'late' }, z.string(), 50))
  expect(error.message).toBe('dut: hold: no answer after 50 ms')
  device.answerHeld()
  expect(await agent.request('echo', { value: 'next' }, z.string())).toBe('next')
})

for (const [what, line] of [
  ['A line that is not JSON', 'Segmentation fault'],
  ['A line of JSON that is no answer', '{"hello":"world"}'],
  [
    'A complaint about no question',
    '{"id":null,"ok":false,"error":{"what":"json","errno":0,"message":"unexpected end"}}',
  ],
] as const)
  test(`${what} ends the conversation, for nothing after it can be trusted`, async ({ agent, device }) => {
    const waiting = failure(agent.request('hold', {}, z.unknown()))
    await expect.poll(() => device.held).toBe(1)
    device.say(`${line}\n`)
    expect((await waiting).message).toBe(`dut: hold: it answered what is no answer: ${line}`)
    expect((await failure(agent.request('echo', {}, z.unknown()))).message).toContain(line)
  })

test('An agent that dies fails what waits and what comes later, with its last words', async ({
  agent,
  device,
}) => {
  const waiting = [1, 2].map(() => failure(agent.request('hold', {}, z.unknown())))
  await expect.poll(() => device.held).toBe(2)
  device.die('agent: out of file descriptors\n', 4)
  for (const one of waiting)
    expect((await one).message).toBe(
      'dut: hold: the agent is gone (exit code 4): agent: out of file descriptors',
    )
  const later = await failure(agent.request('echo', {}, z.unknown()))
  expect(later.message).toContain('the agent is gone (exit code 4): agent: out of file descriptors')
})

test('An agent that crashes is told by its signal', async ({ agent, device }) => {
  const waiting = failure(agent.request('hold', {}, z.unknown()))
  await expect.poll(() => device.held).toBe(1)
  device.die('', 'SEGV')
  expect((await waiting).message).toBe('dut: hold: the agent is gone (killed by SIGSEGV)')
})

test('A connection that is lost is told as such', async ({ agent, device, machine }) => {
  const waiting = failure(agent.request('hold', {}, z.unknown()))
  await expect.poll(() => device.held).toBe(1)
  machine.cut()
  expect((await waiting).message).toBe('dut: hold: the agent is gone (the connection was lost)')
})

test('An agent that cannot start says why', async ({ host, machine }) => {
  machine.program = (line, channel) => {
    if (!line.endsWith("'serve'")) return false
    channel.resume().stderr.write('agent: cannot open BTF: Operation not permitted\n')
    channel.exit(1)
    channel.end()
    return true
  }
  const error = await failure(Agent.start(host))
  expect(error.message).toContain('exit code 1')
  expect(error.message).toContain('cannot open BTF: Operation not permitted')
})

test('An agent that does not answer its greeting is ended on the far side too', async ({ host, machine }) => {
  let ended = false
  machine.program = (line, channel) => {
    if (!line.endsWith("'serve'")) return false
    channel.on('end', () => {
      ended = true
      channel.exit(0)
      channel.close()
    })
    channel.resume()
    channel.write('{"id":1,"ok":true,"result":{"kernel":6}}\n')
    return true
  }
  const error = await failure(Agent.start(host))
  expect(error.message).toMatch(/^dut: hello: an answer of the wrong shape/)
  await expect.poll(() => ended).toBe(true)
})

test('A stopped agent has ended by itself, and answers no more', async ({ agent }) => {
  await agent.stop()
  expect((await failure(agent.request('echo', {}, z.unknown()))).message).toContain(
    'the agent is gone (exit code 0)',
  )
})
