/** `lab explain`: says where frames vanish in a setup that is there already, and touches nothing of it. */
import { constants, homedir } from 'node:os'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { asJson } from '../explain/as-json.ts'
import { lineText, liveText } from '../explain/live-text.ts'
import { setupText } from '../explain/setup-text.ts'
import { lostFrames, summaryText } from '../explain/summary-text.ts'
import { type Sight, Watch } from '../explain/watch.ts'
import { connectTcp } from '../remote/connect.ts'
import type { Host } from '../remote/host.ts'
import { LocalHost } from '../remote/local-host.ts'
import { loadTopology } from '../topology/load.ts'
import { WrongUse } from './wrong-use.ts'

const LOOK_EVERY_MS = 1_000

interface Flags {
  readonly host?: At
  readonly topology?: string
  readonly interface?: readonly string[]
  /** Milliseconds. */
  readonly for: number
  readonly perFrame?: boolean
  readonly json?: boolean
}

/** Where a machine is reached, as `[USER@]HOST[:PORT]` says it. */
export interface At {
  readonly user: string
  readonly address: string
  readonly port: number
}

/** Ends with exit code 1 when frames are being lost. @throws WrongUse, InvalidTopology, Unreachable, Unsupported */
export async function explain(flags: Flags): Promise<void> {
  const host = await reach(flags)
  const say = flags.json ? console.error : console.log
  const stop = new Interruption()
  let watch: Watch | undefined
  try {
    const { interface: interfaces, perFrame = false } = flags
    watch = await Watch.start(host, { perFrame, ...(interfaces && { interfaces }) }, (lookup) =>
      say(`${setupText(lookup)}\n`),
    )
    const length = `${(flags.for / 1000).toLocaleString('en-US')} s`
    say(`Watching ${host.name} for ${length}; Ctrl-C ends it earlier.`)
    const sight = await follow(watch, flags, stop)
    const cost = await watch.cost()
    await watch.stop()
    if (flags.json) console.log(JSON.stringify(asJson(host.name, watch.kernel, sight, cost), null, 2))
    else console.log(`\n${summaryText(sight, cost, perFrame)}`)
    process.exitCode = lostFrames(sight.losses) > 0 ? 1 : 0
  } finally {
    stop.forget()
    await watch?.stop()
    await host.close()
  }
}

/** Looks each second until the time is over. @returns the last sight. */
async function follow(watch: Watch, flags: Flags, stop: Interruption): Promise<Sight> {
  const end = performance.now() + flags.for
  const screen = flags.json ? undefined : process.stdout.isTTY ? new Screen() : undefined
  let before: Sight | undefined
  for (;;) {
    await stop.within(Math.min(LOOK_EVERY_MS, Math.max(0, end - performance.now())))
    const sight = await watch.look()
    if (screen) screen.show(liveText(sight, before))
    else if (!flags.json) console.log(lineText(sight, before))
    if (stop.asked || performance.now() >= end) return sight
    before = sight
  }
}

/** Lines that take each other's place on a terminal. */
class Screen {
  #height = 0

  show(lines: readonly string[]): void {
    const width = Math.max(20, process.stdout.columns - 1)
    const back = this.#height > 0 ? `\u001B[${this.#height}A\u001B[J` : ''
    process.stdout.write(`${back}${lines.map((line) => `${line.slice(0, width)}\n`).join('')}`)
    this.#height = lines.length
  }
}

/** npm passes Ctrl-C on to what has had it from the terminal already. */
const SAME_SIGNAL_MS = 1_000

/** The first signal ends the watch as its time does; a later one ends this process. */
class Interruption {
  asked = false
  #askedAt = 0
  #wake: () => void = () => undefined
  readonly #hear = (signal: NodeJS.Signals) => {
    if (this.asked && performance.now() - this.#askedAt > SAME_SIGNAL_MS)
      process.exit(128 + constants.signals[signal])
    if (!this.asked) this.#askedAt = performance.now()
    this.asked = true
    this.#wake()
  }

  constructor() {
    process.on('SIGINT', this.#hear).on('SIGTERM', this.#hear)
  }

  within(ms: number): Promise<void> {
    if (this.asked) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  forget(): void {
    process.off('SIGINT', this.#hear).off('SIGTERM', this.#hear)
  }
}

async function reach({ host, topology: file }: Flags): Promise<Host> {
  if (host && file !== undefined) throw new WrongUse('--host and --topology both name a machine: give one')
  if (file !== undefined) {
    const { topology } = await loadTopology(file)
    if (topology.dut.host === 'namespace')
      throw new WrongUse(
        `${file} describes a virtual lab; \`lab up\` makes one and says how to enter it, and \`lab explain\` looks around in there`,
      )
    return connectTcp('dut', topology.dut.host)
  }
  if (!host) return new LocalHost()
  return connectTcp(host.address, { ...host, ...keyOf(), knownHosts: join(homedir(), '.ssh/known_hosts') })
}

/** As ssh does it: the agent where there is one, else the first of its own key files. */
function keyOf(): { key?: string } {
  if (process.env['SSH_AUTH_SOCK']) return {}
  const key = ['id_ed25519', 'id_ecdsa', 'id_rsa']
    .map((name) => join(homedir(), '.ssh', name))
    .find((path) => existsSync(path))
  return key === undefined ? {} : { key }
}
