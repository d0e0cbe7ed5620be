/**
 * What one lab has on this machine: processes, network namespaces, XDP programs. Others may use the machine
 * meanwhile, so nothing is compared before and after; what belongs to the lab is found while it runs, and
 * looked for when it should be gone.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const XDP = 6

export interface Process {
  readonly pid: number
  readonly name: string
  readonly parent: number
  /** Tells it from a later process of the same number. */
  readonly began: string
  readonly namespace: string
  readonly environment: string
}

export class Belongings {
  readonly #root: number | string
  /** Processes that were there before the lab, and are somebody else's. */
  readonly #before = new Map(processes().map(({ pid, began }) => [pid, began]))
  readonly #seen = new Map<number, string>()
  /** Port in the test's namespace, by the lab's namespace that it is cabled to. */
  readonly #cables = new Map<string, string>()
  readonly #programs = new Set<number>()
  /** Where its perf writes. */
  readonly #folders = new Set<string>()
  #watcher: ChildProcess | undefined

  /** @param root the process whose descendants belong to the lab, or a mark in the environment of its processes. */
  constructor(root: number | string) {
    this.#root = root
  }

  /** The lab's processes now. Remembers them, and what they hold. */
  async processes(): Promise<Process[]> {
    const all = processes().filter(({ pid }) => pid !== this.#watcher?.pid)
    // The number of a namespace is used again: one that still stands is the one that was listed.
    const standing = await this.#standing()
    const strange = new Set(all.filter((one) => this.#isOld(one)).map(({ namespace }) => namespace))
    const young = all.filter((one) => !this.#isOld(one))
    const ours = new Map(young.filter((one) => this.#isOurs(one, standing)).map((one) => [one.pid, one]))
    let known: number
    do {
      known = ours.size
      for (const one of young) if (ours.has(one.parent) || one.parent === this.#root) ours.set(one.pid, one)
    } while (ours.size > known)
    for (const { pid, began, namespace } of ours.values()) {
      this.#seen.set(pid, began)
      if (!strange.has(namespace) && !standing.has(namespace)) await this.#watch(pid, namespace)
      for (const program of programsOf(pid)) this.#programs.add(program)
      const folder = /\0-o\0(\/tmp\/redirect-lab-\w+)\//.exec(read(`/proc/${pid}/cmdline`))?.[1]
      if (folder !== undefined) this.#folders.add(folder)
    }
    return [...ours.values()]
  }

  /** Every XDP program that was ever seen with the lab. */
  get programs(): ReadonlySet<number> {
    return this.#programs
  }

  /** Every network namespace that was ever seen with the lab. */
  get namespaces(): readonly string[] {
    return [...this.#cables.keys()]
  }

  /** What is left, in words, and for how long there was something: at most `ms`. @param but see `left` */
  async leftAfter(ms: number, but?: string): Promise<{ left: string[]; ms: number }> {
    const start = performance.now()
    for (;;) {
      const left = await this.left(but)
      const passed = Math.round(performance.now() - start)
      if (left.length === 0 || passed > ms) return { left, ms: passed }
      await delay(40)
    }
  }

  /** @param but name of processes that do not matter. */
  async left(but?: string): Promise<string[]> {
    const matter = (await this.processes()).filter(({ name }) => name !== but)
    const processes = matter.map(({ pid, name }) => `process ${pid} ${name}`)
    if (processes.length > 0) return processes
    const namespaces = [...(await this.#standing())].map((name) => `namespace ${name}`)
    const programs = (await xdpPrograms())
      .filter((id) => this.#programs.has(id))
      .map((id) => `XDP program ${id}`)
    const folders = [...this.#folders]
      .filter((folder) => existsSync(folder))
      .map((folder) => `folder ${folder}`)
    return [...processes, ...namespaces, ...programs, ...folders]
  }

  async forget(): Promise<void> {
    this.#watcher?.kill('SIGKILL')
    if (this.#watcher?.exitCode === null && this.#watcher.signalCode === null)
      await once(this.#watcher, 'exit')
  }

  #isOld({ pid, began }: Process): boolean {
    return this.#before.get(pid) === began
  }

  #isOurs({ pid, began, environment, namespace }: Process, standing: ReadonlySet<string>): boolean {
    if (this.#seen.get(pid) === began || standing.has(namespace)) return true
    return typeof this.#root === 'string' && environment.includes(this.#root)
  }

  /**
   * Lays a cable into the lab's namespace, its near end in a namespace of the test: that end vanishes when the
   * kernel has really removed the namespace and its ports, whoever still held it.
   */
  async #watch(pid: number, namespace: string): Promise<void> {
    if (this.#watcher === undefined) {
      const argv = ['--net', 'sh', '-c', 'echo; exec cat']
      this.#watcher = spawn('unshare', argv, { stdio: ['pipe', 'pipe', 'ignore'] })
      await once(this.#watcher.stdout!, 'data')
    }
    const port = `w${namespace.replace(/\D/g, '')}`
    const near = ['link', 'add', port, 'netns', String(this.#watcher.pid), 'type', 'veth']
    const laid = await execute('ip', [...near, 'peer', 'name', port, 'netns', String(pid)]).then(
      () => true,
      () => false,
    )
    // One that is on its way out takes no cable.
    if (laid) this.#cables.set(namespace, port)
  }

  /** Namespaces of the lab that the kernel has not removed yet. */
  async #standing(): Promise<Set<string>> {
    if (this.#watcher === undefined) return new Set()
    const inside = ['--target', String(this.#watcher.pid), '--net', 'ip', '-json', 'link']
    const { stdout } = await execute('nsenter', inside)
    const ports = new Set((JSON.parse(stdout) as { ifname: string }[]).map(({ ifname }) => ifname))
    return new Set([...this.#cables].filter(([, port]) => ports.has(port)).map(([namespace]) => namespace))
  }
}

/** Ids of all XDP programs in the kernel. */
export async function xdpPrograms(): Promise<number[]> {
  const { stdout } = await execute('bpftool', ['--json', 'prog', 'list'], { maxBuffer: 1 << 26 })
  return (JSON.parse(stdout) as { id: number; type?: string }[])
    .filter(({ type }) => type === 'xdp')
    .map(({ id }) => id)
}

/** All processes of this machine but the dead that nobody has asked about yet. */
export function processes(): Process[] {
  const found: Process[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = read(`/proc/${name}/stat`)
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (stat === '' || fields[0] === 'Z' || fields[0] === 'X') continue
    const namespace = attempt(() => readlinkSync(`/proc/${name}/ns/net`))
    if (namespace === undefined) continue
    found.push({
      pid: Number(name),
      name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
      parent: Number(fields[1]),
      began: fields[19]!,
      namespace,
      environment: read(`/proc/${name}/environ`),
    })
  }
  return found
}

function programsOf(pid: number): number[] {
  const files = attempt(() => readdirSync(`/proc/${pid}/fdinfo`)) ?? []
  return files.flatMap((file) => {
    const text = read(`/proc/${pid}/fdinfo/${file}`)
    const type = /^prog_type:\s+(\d+)/m.exec(text)?.[1]
    return Number(type) === XDP ? [Number(/^prog_id:\s+(\d+)/m.exec(text)![1])] : []
  })
}

function read(file: string): string {
  return attempt(() => readFileSync(file, 'latin1')) ?? ''
}

/** Processes and their files go away while they are looked at. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
