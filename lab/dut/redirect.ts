/** A redirect on the DUT: the program of one target, its map filled, attached to the ingress port. */
import { ACTIONS, type Action, type Mode, type Target } from '../units/redirect.ts'
import type { FrameKind } from '../units/frame.ts'
import { BpfObject, type LoadOptions } from './bpf-object.ts'
import { checkContract } from './contract.ts'
import type { Dut } from './dut.ts'

/** Frames that a cpumap entry's queue holds: the most that the map takes (kernel/bpf/cpumap.c). */
const CPU_QUEUE = 16_384
const PLACE_SLOTS = 8
const FOREIGN = 5
const NON_LINEAR = 6
/** Where a program runs: on the port that receives, on a cpumap's CPU, on the way out of a devmap. */
export type Place = 'ingress' | 'cpu' | 'egress'

export interface RedirectSpec {
  readonly target: Target
  readonly frames: FrameKind
  readonly mode: Mode
  /** Path here of the compiled program. */
  readonly program: string
  /** Roles of ports, `ingress` and `egress` when absent. */
  readonly from?: string
  readonly to?: string
  readonly constants?: LoadOptions['constants']
  /** Also loads the program for devmap entries, `on_egress`. */
  readonly egressProgram?: boolean
  /** Loads all programs of the object, and puts none of them on the entry. */
  readonly everyProgram?: boolean
  /** CPU of a cpumap's entry: the last one when absent. */
  readonly cpu?: number
  /** false leaves the map empty, to be filled by whoever asked. */
  readonly fill?: boolean
}

/** Frames by what the program answered at one place. */
export interface Answers extends Readonly<Record<Action, number>> {
  /** Not the test's: passed to the stack. */
  readonly foreign: number
  /** Of the test's, those in more than one buffer. */
  readonly nonLinear: number
}

export class Redirect {
  readonly spec: RedirectSpec
  readonly object: BpfObject
  readonly #dut: Dut
  #before: number[][] = []
  #stopped = false

  private constructor(dut: Dut, spec: RedirectSpec, object: BpfObject) {
    this.#dut = dut
    this.spec = spec
    this.object = object
  }

  /**
   * @throws AgentFailed: refused by the verifier, an entry refused, the port taken by another program;
   * UnfitProgram when it does not offer what a redirect needs.
   */
  static async start(dut: Dut, spec: RedirectSpec): Promise<Redirect> {
    const object = await BpfObject.load(dut.agent, spec.program, {
      frags: spec.frames === 'non-linear',
      constants: { ...constantsOf(dut, spec), ...spec.constants },
      ...(spec.everyProgram ? {} : { programs: programsOf(spec) }),
      ...entriesOf(dut, spec),
    })
    const redirect = new Redirect(dut, spec, object)
    try {
      checkContract(spec.program, object.offered, spec.target, programsOf(spec))
      if (spec.fill ?? true) await redirect.#fill()
      await object.attach('redirect', dut.ports[spec.from ?? 'ingress']!.interface, spec.mode)
      await redirect.startCounting()
    } catch (error) {
      await object.unload()
      throw error
    }
    return redirect
  }

  /** Forgets what was counted so far. */
  async startCounting(): Promise<void> {
    this.#before = await this.object.read('counted')
  }

  /** What the programs answered since counting began. */
  async answers(): Promise<Record<Place, Answers>> {
    const slots = (await this.object.read('counted')).map((cpus, slot) =>
      cpus.reduce((sum, frames, cpu) => sum + frames - (this.#before[slot]?.[cpu] ?? 0), 0),
    )
    const at = (place: number): Answers => {
      const frames = slots.slice(place * PLACE_SLOTS, (place + 1) * PLACE_SLOTS)
      const byAction = Object.fromEntries(ACTIONS.map((action, slot) => [action, frames[slot]!])) as Record<
        Action,
        number
      >
      return { ...byAction, foreign: frames[FOREIGN]!, nonLinear: frames[NON_LINEAR]! }
    }
    return { ingress: at(0), cpu: at(1), egress: at(2) }
  }

  /** Detaches and unloads it; a second time does nothing. */
  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    await this.object.unload()
  }

  /** CPU of a cpumap's entry. */
  get cpu(): number {
    return cpuOf(this.#dut, this.spec)
  }

  /**
   * Makes a cpumap's entry for a CPU.
   * @param options.queueSize frames that its queue holds.
   * @param options.program false: without the program that redirects onward, so that the stack takes the frame.
   */
  async setCpu(cpu: number, options: { queueSize?: number; program?: boolean } = {}): Promise<void> {
    const egress = this.#dut.ports[this.spec.to ?? 'egress']!.interface
    await this.object.set('onward', { key: 0, interface: egress })
    await this.object.set('targets', {
      key: cpu,
      value: options.queueSize ?? CPU_QUEUE,
      ...((options.program ?? true) ? { program: { object: this.object.name, name: 'on_cpu' } } : {}),
    })
  }

  async #fill(): Promise<void> {
    const { spec, object } = this
    const egress = this.#dut.ports[spec.to ?? 'egress']!.interface
    const program = (name: string) => ({ program: { object: object.name, name } })
    switch (spec.target) {
      case 'devmap':
      case 'devmap-hash':
        await object.set('targets', {
          key: spec.constants?.['key'] ?? 0,
          interface: egress,
          ...(spec.egressProgram ? program('on_egress') : {}),
        })
        return
      case 'cpumap':
        await this.setCpu(this.cpu)
        return
      case 'xskmap':
        await object.set('targets', { key: 0, xsk: socketOf(0) })
        return
      case 'ifindex':
        return
      default:
        spec.target satisfies never
    }
  }
}

/** Name of the socket that is bound to a queue. */
export const socketOf = (queue: number): string => `queue-${queue}`

/** Those that are attached or put on an entry: a program that is not used need not be there, or pass the verifier. */
function programsOf(spec: RedirectSpec): string[] {
  return [
    'redirect',
    ...(spec.egressProgram ? ['on_egress'] : []),
    ...(spec.target === 'cpumap' ? ['on_cpu'] : []),
  ]
}

/** A cpumap has an entry a CPU, however many there are. */
function entriesOf(dut: Dut, { target }: RedirectSpec): Pick<LoadOptions, 'entries'> {
  return target === 'cpumap' ? { entries: { targets: dut.cpus } } : {}
}

function constantsOf(dut: Dut, spec: RedirectSpec): Record<string, number> {
  if (spec.target === 'ifindex') return { to: dut.ports[spec.to ?? 'egress']!.ifindex }
  if (spec.target === 'cpumap') return { key: cpuOf(dut, spec) }
  return {}
}

const cpuOf = (dut: Dut, { cpu }: RedirectSpec): number => cpu ?? dut.cpus - 1
