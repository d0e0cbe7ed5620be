/** Turns perf's files into text on the DUT: one shell for all of them, since a login for each costs more. */
import type { Host, RemoteProcess } from '../remote/host.ts'
import { Unsupported } from '../remote/unsupported.ts'
import { UNREAD } from './perf-script.ts'

const END = 'end-of-file'
const LOOP = [
  'while IFS= read -r file; do',
  `"$@" -i "$file" 2>"$file.err" || echo "${UNREAD} $?: $(tail -n 1 "$file.err")";`,
  `rm -f "$file" "$file.err"; echo ${END}; done`,
].join(' ')
// Without the kernel's symbols, which nobody asks for and which cost more than all the rest.
const SCRIPT = [
  'perf',
  'script',
  '--kallsyms=/dev/null',
  '--show-lost-events',
  '--ns',
  '-F',
  'comm,cpu,time,event,trace',
]
const READ_MS = 60_000

export class PerfReader {
  readonly #host: Host
  readonly #process: RemoteProcess
  #lines: string[] = []
  #onEnd: (lines: string[]) => void = () => undefined

  private constructor(host: Host, process: RemoteProcess) {
    this.#host = host
    this.#process = process
    process.onLine((line) => {
      if (line !== END) {
        this.#lines.push(line)
        return
      }
      const lines = this.#lines
      this.#lines = []
      this.#onEnd(lines)
    })
  }

  static async start(host: Host): Promise<PerfReader> {
    return new PerfReader(host, await host.start(['sh', '-c', LOOP, 'sh', ...SCRIPT]))
  }

  /** The file is removed. One at a time. @throws Unsupported when the reader is gone or takes over a minute. */
  async read(file: string): Promise<string[]> {
    const lines = new Promise<string[]>((resolve) => (this.#onEnd = resolve))
    this.#process.write(`${file}\n`)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), READ_MS)
    })
    const got = await Promise.race([lines, late, this.#process.ended.then(() => undefined)])
    clearTimeout(timer)
    if (!got) throw new Unsupported(`perf script on ${this.#host.name}`, `it did not read ${file}`)
    return got
  }

  stop(): void {
    this.#process.end()
  }
}
