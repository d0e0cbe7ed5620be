/** The bare loop (bare-devmap.c): built where it stands, and kept running between runs. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { type Run, runOf } from './devmap-path.ts'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const BINARY = fileURLToPath(new URL('build/bare-devmap', import.meta.url))

export class BareLoop {
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string>

  private constructor(process: ChildProcess) {
    this.#process = process
    this.#lines = createInterface(process.stdout!)[Symbol.asyncIterator]()
  }

  /** @throws when it cannot be built, or ends instead of being ready: what it said is on standard error. */
  static async start(): Promise<BareLoop> {
    await execa('make', ['-s', '-C', FOLDER], { stdio: 'inherit' })
    const loop = new BareLoop(spawn(BINARY, [], { stdio: ['pipe', 'pipe', 'inherit'] }))
    await loop.#line()
    return loop
  }

  async run(frames: number, batch: number, cpu: number): Promise<Run> {
    this.#process.stdin!.write(`${frames} ${batch} ${cpu}\n`)
    const [sent, arrived, ns] = (await this.#line()).split(' ').map(Number) as [number, number, number]
    return runOf(frames, arrived, ns, sent === frames ? undefined : `${sent} of ${frames} frames sent`)
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.stdin!.end()
    await ended
  }

  async #line(): Promise<string> {
    const { value, done } = (await this.#lines.next()) as IteratorResult<string, undefined>
    if (done === true) throw new Error('the bare loop has ended: it says why above')
    return value
  }
}
