import type { Duplex } from 'node:stream'

/** A machine one reaches by SSH, whoever made it; or this one (LocalHost), to look and change nothing. */
export interface Host {
  /** For messages: `dut`, `generator`. */
  readonly name: string
  /**
   * Runs a command to its end and gives its standard output.
   * @throws CommandFailed on a non-zero exit code, when it cannot be started, or after `timeoutMs` (10 s).
   */
  run(argv: readonly string[], options?: RunOptions): Promise<string>
  /** Starts a command whose streams stay open. @throws CommandFailed when the channel cannot be opened. */
  start(argv: readonly string[]): Promise<RemoteProcess>
  /**
   * Speaks with what listens on a TCP port of that machine, as seen from itself (127.0.0.1), open to others or not.
   * @throws CommandFailed when nothing does.
   */
  connect(port: number): Promise<Duplex>
  /** Ends the connection and with it all that was started over it. Never throws. */
  close(): Promise<void>
}

export interface RunOptions {
  readonly input?: string | Buffer
  readonly timeoutMs?: number
}

export interface RemoteProcess {
  write(text: string): void
  /** Closes its standard input: how the agent and the guard are told to end. */
  end(): void
  onLine(listener: (line: string) => void): void
  /** What it wrote to standard error so far. */
  stderr(): string
  /** Resolves when it has ended, or the connection has: `exitCode` is null then. `signal` is like SIGTERM. Never rejects. */
  readonly ended: Promise<{ exitCode: number | null; signal?: string }>
}
