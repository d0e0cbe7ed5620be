/** Watches what a machine redirects, without touching it: the agent looks, bpftrace counts. */
import { Bpftrace } from '../evidence/bpftrace.ts'
import { NOTHING_SEEN, type Observation } from '../evidence/observation.ts'
import { findProbes } from '../evidence/probes.ts'
import { Agent } from '../remote/agent.ts'
import { AgentFailed } from '../remote/agent-failed.ts'
import type { Host } from '../remote/host.ts'
import { countersMoved, type Counters, readCounters } from '../remote/port-facts.ts'
import { Unsupported } from '../remote/unsupported.ts'
import { type Cost, costOf } from './cost.ts'
import type { Loss } from './loss.ts'
import { explainLosses, type Moved } from './losses.ts'
import { added, hitsOf, ours } from './sightings.ts'
import { Lookup, mergeSurveys, readSurvey, type Survey } from './survey.ts'
import { withTracefs } from './tracefs.ts'

const EPERM = 1

export interface WatchOptions {
  /** Only what frames meet that come in at these. */
  readonly interfaces?: readonly string[]
  readonly perFrame: boolean
}

/** What is known at a moment: all of it counts from the start of the watch. */
export interface Sight {
  readonly seconds: number
  readonly lookup: Lookup
  /** Of this setup only. */
  readonly observed: Observation
  readonly hits: Readonly<Record<string, number>>
  /** Hits by frames of other network namespaces, or other programs than were asked about. */
  readonly foreignHits: number
  readonly moved: Moved
  readonly losses: readonly Loss[]
  /** Network namespaces that somebody lives in. */
  readonly namespaces: number
  /** Events that bpftrace could not count. */
  readonly lostEvents: number
  /** Whether it had to leave events out because their keys are too many. */
  readonly incomplete: boolean
}

export class Watch {
  readonly kernel: string
  readonly #agent: Agent
  readonly #agentPid: number
  readonly #host: Host
  readonly #bpftrace: Bpftrace
  readonly #options: WatchOptions
  readonly #counters = new Map<string, Readonly<Record<string, bigint>>>()
  readonly #namespaces: number
  #survey: Survey
  #all: Observation = NOTHING_SEEN
  readonly #begun = performance.now()

  private constructor(
    from: { host: Host; agent: Agent; bpftrace: Bpftrace; survey: Survey },
    machine: { kernel: string; pid: number; namespaces: number },
    options: WatchOptions,
  ) {
    this.kernel = machine.kernel
    this.#agentPid = machine.pid
    this.#namespaces = machine.namespaces
    this.#host = from.host
    this.#agent = from.agent
    this.#bpftrace = from.bpftrace
    this.#survey = from.survey
    this.#options = options
  }

  /**
   * @param onSurvey is told what was found before the watch begins.
   * @throws Unsupported: not root, no XDP program there, no tracepoints, no bpftrace; AgentFailed.
   */
  static async start(
    host: Host,
    options: WatchOptions,
    onSurvey: (lookup: Lookup) => void = () => undefined,
  ): Promise<Watch> {
    const agent = await Agent.start(host)
    let bpftrace: Bpftrace | undefined
    try {
      const survey = await readSurvey(agent, options.interfaces).catch((error: unknown) => {
        throw error instanceof AgentFailed && error.errno === EPERM ? notRoot(host) : error
      })
      if (survey.programs.length === 0) throw nothingAttached(host, options.interfaces)
      onSurvey(new Lookup(survey))
      const traced = await withTracefs(host)
      // Of everybody, and sorted out later: programs and ports may change meanwhile.
      bpftrace = await Bpftrace.start(traced, await findProbes(traced), options.perFrame ? 'full' : 'light')
      const machine = { ...(await agent.hello()), namespaces: await namespacesOf(host) }
      const watch = new Watch({ host, agent, bpftrace, survey }, machine, options)
      await watch.#readCounters(survey)
      return watch
    } catch (error) {
      await bpftrace?.stop()
      await agent.stop()
      throw error
    }
  }

  /** @throws Unsupported when bpftrace is gone, AgentFailed when the agent is. */
  async look(): Promise<Sight> {
    const [observation, survey] = await Promise.all([
      this.#bpftrace.collect({ partial: true }),
      readSurvey(this.#agent, this.#options.interfaces),
    ])
    this.#all = added(this.#all, observation)
    this.#survey = mergeSurveys(this.#survey, survey)
    const lookup = new Lookup(this.#survey)
    const observed = ours(this.#all, lookup)
    const moved = await this.#readCounters(survey)
    const total = (of: Observation) => Object.values(hitsOf(of)).reduce((sum, count) => sum + count, 0)
    return {
      seconds: (performance.now() - this.#begun) / 1000,
      lookup,
      observed,
      hits: hitsOf(observed),
      foreignHits: total(this.#all) - total(observed),
      moved,
      losses: explainLosses(lookup, observed, moved),
      namespaces: this.#namespaces,
      lostEvents: this.#bpftrace.lostEvents,
      incomplete: this.#bpftrace.full.length > 0,
    }
  }

  /** To be asked before `stop`. */
  cost(): Promise<Cost> {
    const hits = Object.values(this.#all.probes).reduce((sum, count) => sum + count, 0)
    const pids = { bpftrace: this.#bpftrace.pid, agent: this.#agentPid }
    return costOf(this.#host, this.#agent, pids, hits)
  }

  /** Detaches everything. Never throws. */
  async stop(): Promise<void> {
    await Promise.allSettled([this.#bpftrace.stop(), this.#agent.stop()])
  }

  /** Those of ports that frames come in at or are redirected to; counted from when a port was first seen. */
  async #readCounters(survey: Survey): Promise<Moved> {
    const lookup = new Lookup(survey)
    const ports = [...new Set([...lookup.attachedPorts(), ...lookup.targetPorts()])]
    // A port may go away between the two questions: its ethtool counters are then not to be had.
    const own: Counters = await readCounters(
      this.#agent,
      ports.map((port) => port.interface),
    ).catch(() => ({}))
    const now: Record<string, Record<string, bigint>> = {}
    for (const { interface: name, counters } of ports) {
      // `counters` reads /sys, which may be another namespace's; the survey's come by netlink.
      const drivers = Object.entries(own[name] ?? {}).filter(([counter]) => !counter.startsWith('link.'))
      const links = Object.entries(counters).map(([counter, value]) => [`link.${counter}`, BigInt(value)])
      now[name] = Object.fromEntries([...drivers, ...links]) as Record<string, bigint>
      if (!this.#counters.has(name)) this.#counters.set(name, now[name])
    }
    return countersMoved(Object.fromEntries(this.#counters), now)
  }
}

/** Those that a process lives in, and those with a name; 1 where that cannot be seen. */
async function namespacesOf(host: Host): Promise<number> {
  const script =
    '{ readlink /proc/[0-9]*/ns/net; stat -Lc "net:[%i]" /run/netns/*; } 2>/dev/null | sort -u | wc -l'
  return Number(await host.run(['sh', '-c', script]).catch(() => '1')) || 1
}

const notRoot = (host: Host): Unsupported =>
  new Unsupported(
    `a look at ${host.name}`,
    'the kernel shows its programs to root only: run with sudo, or log in as root',
  )

function nothingAttached(host: Host, interfaces: readonly string[] | undefined): Unsupported {
  const where =
    interfaces === undefined
      ? `any port of this network namespace of ${host.name}`
      : `${interfaces.join(', ')} of ${host.name}`
  return new Unsupported(
    'an explanation',
    `no XDP program is attached to ${where}. Is it in another one? \`ip netns exec NAME npx lab explain\` looks there`,
  )
}
