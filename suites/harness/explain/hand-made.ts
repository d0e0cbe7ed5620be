/**
 * A redirect as somebody makes it by hand, with ip and bpftool and nothing of the harness: `dut` takes frames
 * in at a1 and redirects them to b1, c1 and CPU 0; `outside` has the other ends. And `lab explain` beside it.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { arch, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test as base } from '@playwright/test'
import type { Loss } from '../../../lab/explain/loss.ts'

const execute = promisify(execFile)
const LAB = join(import.meta.dirname, '../../../lab/cli/lab.mjs')
const MACHINES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' }
/** The last byte of a frame's destination, by which the program chooses. */
const MAPS = { tx_ports: 1, workers: 2 } as const

export interface SetUp {
  readonly mode?: 'xdpdrv' | 'xdpgeneric'
  /** b1 is taken down again after it was put into the map. */
  readonly down?: boolean
  /** MTU of c1; that of a1 is 2000. */
  readonly mtu?: number
  /** Frames that the queue of CPU 0 holds. */
  readonly queue?: number
}

export class HandMade {
  readonly dut = `hand-${randomBytes(4).toString('hex')}`
  readonly outside = `${this.dut}-o`
  readonly #folder = mkdtempSync(join(tmpdir(), 'hand-made-'))
  program = 0
  readonly maps: Record<keyof typeof MAPS, number> = { tx_ports: 0, workers: 0 }

  /** Interfaces get the same numbers in every setup, as the kernel gives them out. */
  async make({ mode = 'xdpdrv', down = false, mtu = 2000, queue = 4096 }: SetUp): Promise<void> {
    await compileHandMade(this.#folder)
    await this.#run('ip', 'netns', 'add', this.dut)
    await this.#run('ip', 'netns', 'add', this.outside)
    const quiet = 'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
    for (const name of [this.dut, this.outside]) await this.#within(name, quiet)
    await this.#within(
      this.dut,
      [
        'set -e',
        `ip link add a1 mtu 2000 type veth peer name a0 mtu 2000 netns ${this.outside}`,
        `ip link add b1 mtu 2000 type veth peer name b0 mtu 2000 netns ${this.outside}`,
        `ip link add c1 mtu ${mtu} type veth peer name c0 mtu 2000 netns ${this.outside}`,
        'for port in a1 b1 c1; do ip link set $port up; done',
        `ip link set dev a1 ${mode} obj ${join(this.#folder, 'steer.o')} sec xdp`,
      ].join('\n'),
    )
    // A veth port takes redirected frames while its other end polls.
    await this.#within(
      this.outside,
      'for port in a0 b0 c0; do ip link set $port up; ethtool -K $port gro on; done',
    )
    const [{ xdp }] = JSON.parse(await this.#within(this.dut, 'ip -json link show a1')) as [
      { xdp: { prog: { id: number } } },
    ]
    this.program = xdp.prog.id
    await this.#findMaps()
    for (const [key, port] of [
      [3, 'b1'],
      [5, 'c1'],
    ] as const) {
      const index = Number(await this.#within(this.dut, `cat /sys/class/net/${port}/ifindex`))
      await this.#set('tx_ports', key, index)
    }
    await this.#set('workers', 0, queue)
    if (down) await this.#within(this.dut, 'ip link set b1 down')
  }

  /** From one CPU, with nothing else running on it meanwhile. @param length in bytes, without FCS. */
  async send(frames: number, map: keyof typeof MAPS, key: number, length = 100): Promise<void> {
    const words = ['a0', frames, length, key, MAPS[map]].join(' ')
    await this.#within(this.outside, `${join(this.#folder, 'send')} ${words}`)
  }

  /** Id of the program at a1 now. */
  async attached(): Promise<number> {
    const text = await this.#within(this.dut, 'ip -json link show a1')
    return (JSON.parse(text) as [{ xdp?: { prog: { id: number } } }])[0].xdp?.prog.id ?? 0
  }

  async remove(): Promise<void> {
    for (const name of [this.dut, this.outside])
      await this.#run('ip', 'netns', 'del', name).catch(() => undefined)
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #findMaps(): Promise<void> {
    const program = JSON.parse(
      await this.#run('bpftool', '--json', 'prog', 'show', 'id', String(this.program)),
    ) as {
      map_ids: number[]
    }
    for (const id of program.map_ids) {
      const { name } = JSON.parse(await this.#run('bpftool', '--json', 'map', 'show', 'id', String(id))) as {
        name: string
      }
      if (name in this.maps) this.maps[name as keyof typeof MAPS] = id
    }
  }

  async #set(map: keyof typeof MAPS, key: number, value: number): Promise<void> {
    const bytes = (number: number) => [0, 8, 16, 24].map((shift) => (number >> shift) & 0xff).join(' ')
    await this.#within(
      this.dut,
      `bpftool map update id ${this.maps[map]} key ${bytes(key)} value ${bytes(value)} ${bytes(0)}`,
    )
  }

  #within(namespace: string, script: string): Promise<string> {
    return this.#run('ip', 'netns', 'exec', namespace, 'sh', '-c', script)
  }

  #run(program: string, ...words: string[]): Promise<string> {
    return run(this.#folder, program, ...words)
  }
}

/** `steer.o`, the program, and `send`, which sends frames to it. */
export async function compileHandMade(folder: string): Promise<void> {
  const headers = `/usr/include/${MACHINES[arch()] ?? arch()}-linux-gnu`
  const source = (name: string) => join(import.meta.dirname, name)
  const bpf = ['-O2', '-g', '-target', 'bpf', '-mcpu=v3', `-I${headers}`, '-c', source('hand-made.bpf.c')]
  await Promise.all([
    run(folder, 'clang', ...bpf, '-o', 'steer.o'),
    run(folder, 'gcc', '-O2', '-Wall', '-Werror', source('send.c'), '-o', 'send'),
  ])
}

/** Programs of the system are not on everybody's PATH. */
async function run(folder: string, program: string, ...words: string[]): Promise<string> {
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
  return (await execute(program, words, { cwd: folder, env: { ...process.env, PATH: path } })).stdout
}

export interface Said {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What `--json` prints, as far as the tests read it. */
export interface Explained {
  readonly losing: boolean
  readonly lostFrames: number
  readonly redirectedFrames: number
  readonly foreignHits: number
  readonly losses: readonly Loss[]
  readonly setup: { readonly programs: readonly { readonly id: number }[] }
}

/** `lab explain` in a process of its own. */
export class Explaining {
  readonly outcome: Promise<Said>
  /** It has attached its probes. */
  readonly watching: Promise<void>
  readonly #child: ChildProcess
  #stdout = ''
  #stderr = ''

  /** @param where name of a network namespace, or words before the command, which become it. */
  constructor(where: string | readonly string[], ...options: string[]) {
    const within = typeof where === 'string' ? ['ip', 'netns', 'exec', where] : where
    const [program, ...words] = [...within, process.execPath, LAB, 'explain', ...options]
    this.#child = spawn(program!, words, {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.watching = new Promise((resolve, reject) => {
      const hear = () => {
        if (/^Watching /m.test(this.#stdout + this.#stderr)) resolve()
      }
      this.#child.stdout!.on('data', (chunk: Buffer) => {
        this.#stdout += chunk.toString()
        hear()
      })
      this.#child.stderr!.on('data', (chunk: Buffer) => {
        this.#stderr += chunk.toString()
        hear()
      })
      this.#child.once('exit', () => reject(new Error(`it ended before it watched:\n${this.#stderr}`)))
    })
    this.watching.catch(() => undefined)
    this.outcome = once(this.#child, 'close').then(([code]) => ({
      code: code as number | null,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }))
  }

  get pid(): number {
    return this.#child.pid!
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** As with Ctrl-C. */
  end(): Promise<Said> {
    this.kill('SIGINT')
    return this.outcome
  }
}

interface Fixtures {
  handMade: (setUp: SetUp) => Promise<HandMade>
  explain: (where: string | readonly string[], ...options: string[]) => Explaining
  root: undefined
}

/** Setups and commands end with their test. */
export const test = base.extend<Fixtures>({
  handMade: async ({}, use) => {
    const made: HandMade[] = []
    await use(async (setUp) => {
      const one = new HandMade()
      made.push(one)
      await one.make(setUp)
      return one
    })
    for (const one of made) await one.remove()
  },
  explain: async ({}, use) => {
    const started: Explaining[] = []
    await use((where, ...options) => {
      const one = new Explaining(where, ...options)
      started.push(one)
      return one
    })
    for (const one of started) {
      one.kill('SIGKILL')
      await one.outcome
    }
  },
  root: [
    async ({}, use) => {
      test.skip(process.getuid?.() !== 0, 'network namespaces are made by root')
      await use(undefined)
    },
    { auto: true },
  ],
})
export { expect }
