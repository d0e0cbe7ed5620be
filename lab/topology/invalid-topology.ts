/** A topology that cannot be used, with every place that says so. */

export type Path = readonly (string | number)[]

export interface Place {
  /** Both from 1, as editors count. */
  readonly line: number
  readonly column: number
}

export interface Problem extends Place {
  readonly file: string
  /** `dut.ports.ingress.pci`, `links[0][1]`, `dut.ports["a.b"]`; empty for the whole file. */
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

/** The one problem at a spot of a loaded topology that only later layers can know, like a missing interface. */
export function wrongAt(
  loaded: { readonly file: string; readonly place: (path: Path) => Place },
  path: Path,
  message: string,
): InvalidTopology {
  return new InvalidTopology([{ file: loaded.file, ...loaded.place(path), path: pathText(path), message }])
}

export function pathText(path: Path): string {
  const plain = /^[A-Za-z0-9_-]+$/
  return path
    .map((step) => (typeof step === 'string' && plain.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`))
    .join('')
    .replace(/^\./, '')
}

function line({ file, line, column, path, message }: Problem): string {
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`
}
