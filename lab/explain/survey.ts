/** What a machine already runs of XDP, whoever set it up: ports, programs, the maps they redirect through. */
import { z } from 'zod'
import type { Agent } from '../remote/agent.ts'
import type { Target } from '../units/redirect.ts'

const id = z.number().int()

const Port = z.object({
  interface: z.string(),
  ifindex: id,
  /** `veth`, `tun`, `vlan` …; empty for most real NICs. */
  kind: z.string(),
  mtu: z.number(),
  up: z.boolean(),
  carrier: z.boolean(),
  /** Ifindex of the other end of a veth pair in the same namespace, or of the port that this one sits on; 0: none. */
  peer: id,
  master: id,
  xdp: z.array(z.object({ mode: z.enum(['native', 'generic', 'offload']), program: id })),
  /** NETDEV_XDP_ACT_* (uapi/linux/netdev.h); a kernel before 6.3 does not say. */
  features: z.number().optional(),
  counters: z.record(z.string(), z.string()),
})
export type Port = Readonly<z.infer<typeof Port>>

const Program = z.object({
  id,
  name: z.string(),
  /** Maps through which it may redirect or go on, by id. */
  maps: z.array(id),
  /** The program in which it takes the place of a function (freplace, libxdp). */
  extends: id.optional(),
})
export type Program = Readonly<z.infer<typeof Program>>

const Entry = z.object({
  key: id,
  /** Of a devmap. */
  ifindex: id.optional(),
  /** Of a cpumap: frames that its queue holds. */
  queue: id.optional(),
  /** On the entry; of an array of programs, the entry itself. */
  program: id.optional(),
})
export type Entry = Readonly<z.infer<typeof Entry>>

const RedirectMap = z.object({
  id,
  name: z.string(),
  /** enum bpf_map_type */
  type: id,
  maxEntries: z.number(),
  /** Those that are there; null for a map that the kernel does not let anybody read (xskmap). */
  entries: z.array(Entry).nullable(),
  /** Whether there are entries that are not listed. */
  more: z.boolean(),
})
export type RedirectMap = Readonly<z.infer<typeof RedirectMap>>

const Survey = z.object({
  ports: z.array(Port),
  programs: z.array(Program),
  maps: z.array(RedirectMap),
  /** AF_XDP sockets that are bound; null where the kernel does not list them (CONFIG_XDP_SOCKETS_DIAG). */
  sockets: z.array(z.object({ ifindex: id, queue: id })).nullable(),
})
export type Survey = Readonly<z.infer<typeof Survey>>

/** enum bpf_map_type (uapi/linux/bpf.h) */
const PROG_ARRAY = 3
const TARGETS_BY_TYPE: Readonly<Record<number, Target>> = {
  14: 'devmap',
  16: 'cpumap',
  17: 'xskmap',
  25: 'devmap-hash',
}

/**
 * @param interfaces only what frames meet that come in there; all ports when absent.
 * @throws AgentFailed: not root, no such interface.
 */
export function readSurvey(agent: Agent, interfaces?: readonly string[]): Promise<Survey> {
  return agent.request('survey', interfaces === undefined ? {} : { interfaces }, Survey)
}

/** The later one, and what has gone since the earlier: events name programs and maps that were there when they came. */
export function mergeSurveys(before: Survey, now: Survey): Survey {
  const merged = <T>(old: readonly T[], present: readonly T[], number: (one: T) => number): T[] => {
    const there = new Set(present.map(number))
    return [...present, ...old.filter((one) => !there.has(number(one)))]
  }
  return {
    ports: merged(before.ports, now.ports, ({ ifindex }) => ifindex),
    programs: merged(before.programs, now.programs, (one) => one.id),
    maps: merged(before.maps, now.maps, (one) => one.id),
    sockets: now.sockets,
  }
}

/** What a map redirects to; undefined for an array of programs. */
export const targetOf = (map: RedirectMap): Target | undefined => TARGETS_BY_TYPE[map.type]

export const isProgramArray = (map: RedirectMap): boolean => map.type === PROG_ARRAY

/** Looks up and follows what hangs together in a survey. */
export class Lookup {
  readonly survey: Survey
  readonly #ports: ReadonlyMap<number, Port>
  readonly #programs: ReadonlyMap<number, Program>
  readonly #maps: ReadonlyMap<number, RedirectMap>
  readonly #attached: ReadonlySet<number>

  constructor(survey: Survey) {
    this.survey = survey
    this.#ports = new Map(survey.ports.map((port) => [port.ifindex, port]))
    this.#programs = new Map(survey.programs.map((program) => [program.id, program]))
    this.#maps = new Map(survey.maps.map((map) => [map.id, map]))
    this.#attached = new Set(survey.ports.flatMap(({ xdp }) => xdp.map(({ program }) => program)))
  }

  port(ifindex: number): Port | undefined {
    return this.#ports.get(ifindex)
  }

  program(program: number): Program | undefined {
    return this.#programs.get(program)
  }

  map(map: number): RedirectMap | undefined {
    return this.#maps.get(map)
  }

  /** The entries of redirect maps on which a program sits; empty for one that is attached to a port. */
  entriesWith(program: number): { map: RedirectMap; entry: Entry }[] {
    if (this.#attached.has(program)) return []
    return this.#redirectMaps().flatMap((map) =>
      (map.entries ?? []).filter((entry) => entry.program === program).map((entry) => ({ map, entry })),
    )
  }

  /** Ports with one of the programs that were looked for. */
  attachedPorts(): Port[] {
    return this.survey.ports.filter(({ xdp }) => xdp.some(({ program }) => this.#programs.has(program)))
  }

  portsOf(program: number): Port[] {
    return this.survey.ports.filter(({ xdp }) => xdp.some((at) => at.program === program))
  }

  /**
   * Redirect maps that a program can use: its own, and those of programs that it hands over to.
   * @param onward also those of the programs on their entries.
   */
  mapsFrom(program: number, onward = false): RedirectMap[] {
    const seen = new Set<number>()
    const found = new Map<number, RedirectMap>()
    const visit = (one: number) => {
      if (seen.has(one)) return
      seen.add(one)
      for (const map of (this.#programs.get(one)?.maps ?? []).map((each) => this.#maps.get(each))) {
        if (!map) continue
        if (targetOf(map)) found.set(map.id, map)
        if (isProgramArray(map) || onward)
          for (const entry of map.entries ?? []) if (entry.program !== undefined) visit(entry.program)
      }
      for (const other of this.survey.programs) if (other.extends === one) visit(other.id)
    }
    visit(program)
    return [...found.values()]
  }

  /** Ways from a port to another through devmaps. */
  waysBetween(from: Port, toIfindex: number): { map: RedirectMap; entry: Entry }[] {
    const maps = new Map(
      from.xdp.flatMap(({ program }) => this.mapsFrom(program, true)).map((map) => [map.id, map]),
    )
    return [...maps.values()].flatMap((map) =>
      (map.entries ?? []).filter(({ ifindex }) => ifindex === toIfindex).map((entry) => ({ map, entry })),
    )
  }

  /** Whether frames come to the map in generic mode, of which its events say less. */
  isGeneric(map: number): boolean {
    return this.survey.ports.some(({ xdp }) =>
      xdp.some(
        ({ mode, program }) =>
          mode === 'generic' && this.mapsFrom(program, true).some(({ id: other }) => other === map),
      ),
    )
  }

  /** Ports that frames may be redirected to by an entry of a devmap. */
  targetPorts(): Port[] {
    const indexes = new Set(
      this.#redirectMaps().flatMap(({ entries }) => (entries ?? []).flatMap(({ ifindex }) => ifindex ?? [])),
    )
    return this.survey.ports.filter(({ ifindex }) => indexes.has(ifindex))
  }

  #redirectMaps(): RedirectMap[] {
    return this.survey.maps.filter((map) => targetOf(map) !== undefined)
  }
}
