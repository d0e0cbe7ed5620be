/** The agent answered that an operation failed, answered nonsense, or is gone. */
export class AgentFailed extends Error {
  override readonly name = 'AgentFailed'
  /** The call that failed on the far side: `bpf_link_create`, `arguments`, … */
  readonly call: string
  /** Linux errno, 0 where there is none. */
  readonly errno: number
  /** The verifier's last words, where there are any. */
  readonly log: string | undefined

  constructor(
    host: string,
    op: string,
    error: { what: string; errno: number; message: string; log?: string | undefined },
  ) {
    super(`${host}: ${op}: ${error.message}${error.log ? `\n${error.log.trimEnd()}` : ''}`)
    this.call = error.what
    this.errno = error.errno
    this.log = error.log
  }
}
