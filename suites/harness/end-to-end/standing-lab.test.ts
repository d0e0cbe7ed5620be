/** `lab up` and `lab down`: a lab to be entered by hand. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  AS_NOBODY,
  expect,
  expectNothingLeft,
  expectReadable,
  type LabCommand,
  REPOSITORY,
  test,
} from './lab-command.ts'

const execute = promisify(execFile)

/** A topology of a name that nobody else has a lab of. */
function topologyIn(folder: string): { file: string; name: string } {
  const name = `standing-${randomBytes(4).toString('hex')}`
  const file = join(folder, `${name}.yaml`)
  writeFileSync(
    file,
    readFileSync(join(REPOSITORY, 'topologies/local.yaml'), 'utf8').replace('name: local', `name: ${name}`),
  )
  return { file, name }
}

/** What `lab up` says to type, less the shell. */
function entrances(stdout: string): { dut: string[]; generator: string[] } {
  const command = (host: string) =>
    new RegExp(`^enter the ${host}: (.*) bash$`, 'm').exec(stdout)![1]!.split(' ')
  return { dut: command('dut'), generator: command('generator') }
}

async function portsOf([program, ...argv]: readonly string[]): Promise<string[]> {
  const { stdout } = await execute(program!, [...argv, 'ip', '-json', 'link'])
  return (JSON.parse(stdout) as { ifname: string }[])
    .map(({ ifname }) => ifname)
    .filter((name) => !/^(lo|w\d+)$/.test(name))
}

/** The process that holds the lab: the command itself has ended. */
async function standing(lab: LabCommand): Promise<number> {
  return (await lab.belongings.processes()).find(({ name }) => name === 'node' || name === 'MainThread')!.pid
}

test('lab up makes a lab that is entered as it says, and lab down removes it', async ({
  start,
  lab,
  folder,
}) => {
  const { file, name } = topologyIn(folder)
  const up = start(['up', '--topology', file])
  const made = await up.outcome
  expect(made).toMatchObject({ code: 0, stderr: '' })
  expect(made.stdout).toContain(`\`lab down --topology ${file}\` ends it.`)
  const enter = entrances(made.stdout)
  expect(await portsOf(enter.dut)).toEqual(['d0', 'd1', 'd2'])
  expect(await portsOf(enter.generator)).toEqual(['t0', 't1', 't2'])
  await up.belongings.processes()

  const second = await lab(['up', '--topology', file])
  expectReadable(second)
  expect(second.stderr).toBe(`lab ${name} is up already; \`lab down --topology ${file}\` ends it\n`)
  expect(second.code).toBe(2)

  const down = await lab(['down', '--topology', file])
  expect(down).toMatchObject({ code: 0, stdout: `lab ${name} is down\n`, stderr: '' })
  expect(await up.belongings.left()).toEqual([])
})

test('after a standing lab was killed nothing is left of it, and it can be made again', async ({
  start,
  lab,
  folder,
}) => {
  const { file, name } = topologyIn(folder)
  const first = start(['up', '--topology', file])
  expect((await first.outcome).code).toBe(0)
  process.kill(await standing(first), 'SIGKILL')
  await expectNothingLeft(first)
  expect((await lab(['down', '--topology', file])).stderr).toBe(`lab ${name} is not up\n`)
  const again = start(['up', '--topology', file])
  expect(await again.outcome).toMatchObject({ code: 0, stderr: '' })
  expect((await lab(['down', '--topology', file])).code).toBe(0)
})

test('labs of two topologies stand side by side', async ({ start, lab, folder }) => {
  const beds = [topologyIn(folder), topologyIn(folder)] as const
  const ups = beds.map(({ file }) => start(['up', '--topology', file]))
  const outcomes = await Promise.all(ups.map(({ outcome }) => outcome))
  for (const { belongings } of ups) await belongings.processes()
  expect(outcomes.map(({ code }) => code)).toEqual([0, 0])
  expect((await lab(['down', '--topology', beds[0].file])).code).toBe(0)
  expect(await portsOf(entrances(outcomes[1]!.stdout).dut)).toEqual(['d0', 'd1', 'd2'])
  expect((await lab(['down', '--topology', beds[1].file])).code).toBe(0)
  await expectNothingLeft(ups[1]!)
})

test('a standing lab that cannot be made says why', async ({ lab, folder }) => {
  const { file } = topologyIn(folder)
  chmodSync(folder, 0o755)
  const outcome = await lab(['up', '--topology', file], { within: AS_NOBODY })
  expectReadable(outcome)
  expect(outcome.stderr).toBe(
    'the virtual lab cannot be had: it makes network namespaces: run as root, or with sudo\n',
  )
  expect(outcome.code).toBe(3)
})
