/**
 * A program on a host that ends with the controller: the agent's guard starts it, passes signals on, and kills
 * it when nobody is there any more.
 */
import { agentPath } from './agent-binary.ts'
import type { Host, RemoteProcess } from './host.ts'
import { Unsupported } from './unsupported.ts'

const STILL_HERE_MS = 8_000

/** A host lacks a program that the lab runs there, which no later trial will find either. */
export class NotInstalled extends Unsupported {
  constructor(program: string, host: string) {
    const debianPackage = DEBIAN_PACKAGES[program] ?? program
    super(`${program} on ${host}`, `it is not installed there; on Debian: apt-get install ${debianPackage}`)
  }
}

const DEBIAN_PACKAGES: Readonly<Record<string, string>> = { perf: 'linux-perf' }
/** As the guard says, and a shell (POSIX.1-2017, XCU §2.8.2). */
const NOT_FOUND = 127

export interface Guarded extends RemoteProcess {
  /**
   * Waits for something that the program does. @param what for the message: `attach`.
   * @throws Unsupported with the program's words when it ends first, or `ms` pass.
   */
  within<T>(ms: number, what: string, promise: Promise<T>): Promise<T>
  /** Ends it now. */
  kill(): Promise<void>
  signal(name: 'INT' | 'TERM' | 'USR1' | 'USR2' | 'KILL'): void
}

export async function startGuarded(host: Host, argv: readonly string[]): Promise<Guarded> {
  const process = await host.start([await agentPath(host), 'guard', '--', ...argv])
  const beat = setInterval(() => process.write('\n'), STILL_HERE_MS)
  beat.unref()
  void process.ended.then(() => clearInterval(beat))
  const program = argv.find((word) => !word.includes('=') && word !== 'env') ?? 'program'
  const name = `${program} on ${host.name}`
  const failed = (why: string) =>
    new Unsupported(name, `${why}\n${process.stderr().trim()}\n\`lab doctor\` tells what is missing there.`)
  return {
    write: (text) => process.write(text),
    end: () => process.end(),
    onLine: (listener) => process.onLine(listener),
    stderr: () => process.stderr(),
    ended: process.ended,
    signal: (signal) => process.write(`${signal}\n`),
    within: async (ms, what, promise) => {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(failed(`it did not ${what} within ${ms} ms`)), ms)
      })
      const gone = process.ended.then(({ exitCode }) =>
        Promise.reject(
          exitCode === NOT_FOUND
            ? new NotInstalled(program, host.name)
            : failed(`it ended with exit code ${exitCode ?? 'none'}`),
        ),
      )
      gone.catch(() => undefined)
      try {
        return await Promise.race([promise, late, gone])
      } finally {
        clearTimeout(timer)
      }
    },
    kill: async () => {
      process.write('KILL\n')
      process.end()
      await process.ended
    },
  }
}
