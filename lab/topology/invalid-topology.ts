/** A topology that cannot be used, with every place that says so. */

export type Path = readonly (string | number)[]

export interface Place {
  /** Both from 1, as editors count. */
  readonly line: number
  readonly column: number
}

export interface Problem extends Place {
  readonly file: string
  /** `dut.ports.ingress.pci`, `links[0][1]`; empty for the whole file. */
  readonly path: string
  readonly message: string
}

export class InvalidTopology extends Error {
  override readonly name = 'InvalidTopology'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(line).join('\n'))
    this.problems = problems
  }
}

/** A problem at a spot of a loaded topology, for what only later layers can know, like a missing interface. */
export function problemAt(
  loaded: { readonly file: string; readonly place: (path: Path) => Place },
  path: Path,
  message: string,
): Problem {
  return { file: loaded.file, ...loaded.place(path), path: pathText(path), message }
}

export function pathText(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '')
}

function line({ file, line, column, path, message }: Problem): string {
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`
}
