const LONGEST_SHOWN = 120

/** A command on a machine ended badly, could not be started, or outlived its time. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  readonly host: string
  readonly argv: readonly string[]
  /** null when it never ended by itself: not started, killed, or the connection went away. */
  readonly exitCode: number | null
  readonly stderr: string

  constructor(
    host: string,
    argv: readonly string[],
    outcome: { exitCode: number | null; stderr: string; why?: string },
  ) {
    const how = outcome.why ?? `exit code ${outcome.exitCode ?? 'none'}`
    const said = outcome.stderr.trim()
    super(`${host}: \`${shown(argv)}\` failed: ${how}${said ? `\n${said}` : ''}`)
    this.host = host
    this.argv = argv
    this.exitCode = outcome.exitCode
    this.stderr = outcome.stderr
  }
}

/** A command in one line: of a script, its beginning. */
function shown(argv: readonly string[]): string {
  const [line = '', ...more] = argv.join(' ').trim().split('\n')
  return more.length > 0 || line.length > LONGEST_SHOWN ? `${line.slice(0, LONGEST_SHOWN)}…` : line
}
