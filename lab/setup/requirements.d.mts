export type Find =
  | { readonly platform: string }
  | { readonly node: string }
  | { readonly file: string }
  | { readonly btf: string }
  | { readonly program: string }
  | { readonly header: string }
  | { readonly archive: string }
  | { readonly java: number }

export interface Requirement {
  readonly name: string
  readonly why: string
  readonly find: Find
  /** The Debian package that has it. */
  readonly debianPackage?: string
  /** How to get it where no package helps. */
  readonly get?: string
}

export interface Machine {
  readonly root: string
  readonly platform: string
  readonly nodeVersion: string
  readonly uid: number
  readonly env: Readonly<Record<string, string | undefined>>
}

export const requirements: readonly Requirement[]
export function thisMachine(): Machine
/** What stands for the requirement: a path or a version. Without `at` it is missing; `found` is what is there instead. */
export function locate(
  requirement: Requirement,
  machine?: Machine,
): { readonly at?: string; readonly found?: string }
export function locateProgram(name: string, machine?: Machine): string | undefined
