/** One BPF object on the DUT: loaded, its maps filled, attached, read and unloaded through the agent. */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import type { Agent } from '../remote/agent.ts'
import type { Mode } from '../units/redirect.ts'
import type { Offered } from './contract.ts'

const Loaded = z.object({
  programs: z.array(z.object({ name: z.string(), id: z.number() })),
  maps: z.array(
    z.object({
      name: z.string(),
      id: z.number(),
      type: z.number(),
      valueBytes: z.number(),
      entries: z.number(),
    }),
  ),
})
const Attached = z.object({ link: z.number() })
const Entries = z.object({ entries: z.array(z.array(z.string())) })
const Done = z.object({})

export interface LoadOptions {
  /** Programs to load; all when absent. */
  readonly programs?: readonly string[]
  /** BPF_F_XDP_HAS_FRAGS: the programs take multi-buffer frames. */
  readonly frags: boolean
  /** Values of `const volatile` integers. */
  readonly constants?: Readonly<Record<string, number>>
  /** max_entries of maps. */
  readonly entries?: Readonly<Record<string, number>>
}

/** A devmap's entry is a port, a cpumap's a queue size, an xskmap's a socket; the first two may carry a program. */
export interface MapEntry {
  readonly key: number
  readonly interface?: string
  readonly value?: number
  readonly xsk?: string
  readonly program?: { readonly object: string; readonly name: string }
  /** BPF_ANY (0), BPF_NOEXIST (1), BPF_EXIST (2). */
  readonly flags?: number
  /** Written from a network namespace of its own, where `value` is the ifindex. */
  readonly elsewhere?: boolean
}

let objects = 0

export class BpfObject {
  readonly name: string
  readonly #agent: Agent
  readonly #loaded: z.infer<typeof Loaded>

  private constructor(agent: Agent, name: string, loaded: z.infer<typeof Loaded>) {
    this.#agent = agent
    this.name = name
    this.#loaded = loaded
  }

  /** @param file path here of a compiled object. @throws AgentFailed with the verifier's words. */
  static async load(agent: Agent, file: string, options: LoadOptions): Promise<BpfObject> {
    const name = `${basename(file, '.bpf.o')}-${++objects}`
    const object = (await readFile(file)).toString('base64')
    return new BpfObject(agent, name, await agent.request('load', { name, object, ...options }, Loaded))
  }

  /** Kernel ids of the loaded programs, by name. */
  get programs(): Record<string, number> {
    return Object.fromEntries(this.#loaded.programs.map(({ name, id }) => [name, id]))
  }

  /** Programs and maps as the kernel has them. */
  get offered(): Offered {
    return this.#loaded
  }

  get mapIds(): number[] {
    return this.#loaded.maps.map(({ id }) => id)
  }

  /** @returns the link's number, for `detach`. */
  async attach(program: string, port: string, mode: Mode): Promise<number> {
    const { link } = await this.#agent.request(
      'attach',
      { object: this.name, program, interface: port, mode },
      Attached,
    )
    return link
  }

  async detach(link: number): Promise<void> {
    await this.#agent.request('detach', { link }, Done)
  }

  async set(map: string, entry: MapEntry): Promise<void> {
    await this.#agent.request('map_set', { object: this.name, map, ...entry }, Done)
  }

  async delete(map: string, key: number): Promise<void> {
    await this.#agent.request('map_delete', { object: this.name, map, key }, Done)
  }

  /** A per-CPU array of counters: one row a key, one number a CPU. */
  async read(map: string): Promise<number[][]> {
    const { entries } = await this.#agent.request('map_read', { object: this.name, map }, Entries)
    return entries.map((cpus) => cpus.map(Number))
  }

  /** Detaches, closes and forgets it; entries of maps go with it. */
  async unload(): Promise<void> {
    await this.#agent.request('unload', { object: this.name }, Done)
  }
}
