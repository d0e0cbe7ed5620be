/** Reads a topology file: the parsed bed, the hash of its text, and where each part stands in the file. */
import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import type * as z from 'zod'
import { nearest } from './did-you-mean.ts'
import { explain } from './explain.ts'
import { InvalidTopology, type Path, type Place, type Problem, pathText } from './invalid-topology.ts'
import { type HostAt, type Topology, TopologySchema } from './schema.ts'
import { type YamlSource, readYaml } from './yaml-source.ts'

export interface LoadedTopology {
  /** Paths of keys and known_hosts files are absolute. */
  readonly topology: Topology
  /** As it was named by the caller. */
  readonly file: string
  /** Of the file's text: the first 12 hex digits of its SHA-256. */
  readonly hash: string
  /** Where a part stands in the file; of a part that is absent, where what should hold it stands. */
  readonly place: (path: Path) => Place
}

/** @throws InvalidTopology, with every problem found. */
export async function loadTopology(file: string): Promise<LoadedTopology> {
  const text = await read(file)
  const source = readYaml(file, text)
  const parsed = TopologySchema.safeParse(source.value, { error: explain })
  if (!parsed.success)
    throw new InvalidTopology(
      parsed.error.issues
        .flatMap((issue) => problemsOf(issue, file, source))
        .sort((one, other) => one.line - other.line || one.column - other.column),
    )
  return {
    topology: withAbsolutePaths(parsed.data, dirname(file)),
    file,
    hash: createHash('sha256').update(text).digest('hex').slice(0, 12),
    place: source.place,
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const message = `expected a topology file, found none that can be read (${(error as Error).message})`
    const hint = await neighbour(file)
    throw new InvalidTopology([{ file, line: 1, column: 1, path: '', message: message + hint }])
  }
}

async function neighbour(file: string): Promise<string> {
  const stem = (name: string) => name.replace(/\.ya?ml$/, '')
  const names = (await readdir(dirname(file)).catch(() => [])).filter((name) => stem(name) !== name)
  const near = nearest(stem(basename(file)), names.map(stem))
  const name = names.find((one) => stem(one) === near)
  return name === undefined ? '' : `; did you mean "${join(dirname(file), name)}"?`
}

function problemsOf(issue: z.core.$ZodIssue, file: string, source: YamlSource, above: Path = []): Problem[] {
  const path = [...above, ...(issue.path as (string | number)[])]
  const problem = (at: Path, place: Place, message: string): Problem => ({
    file,
    ...place,
    path: pathText(at),
    message,
  })
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n')
    return issue.keys.map((key, index) => {
      const at = [...path, key]
      return problem(at, source.placeOfKey(at), messages[index] ?? issue.message)
    })
  }
  if (issue.code === 'invalid_union') {
    const meant = issue.errors.filter((branch) => !branch.some(isOfAnotherKind))
    if (meant.length === 1) return meant[0]!.flatMap((one) => problemsOf(one, file, source, path))
  }
  const atKey = issue.code === 'invalid_key' || (issue.code === 'custom' && issue.params?.['at'] === 'key')
  const place = atKey ? source.placeOfKey(path) : source.place(path)
  return [problem(path, place, issue.message)]
}

/** A branch of a union that refuses the value as a whole is not the one that was meant. */
function isOfAnotherKind({ code, path }: z.core.$ZodIssue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value')
}

function withAbsolutePaths(topology: Topology, folder: string): Topology {
  const { dut, generator } = topology
  return {
    ...topology,
    dut: { ...dut, host: absoluteHost(dut.host, folder) },
    generator: {
      ...generator,
      host: absoluteHost(generator.host, folder),
      ...(generator.kind === 'trex' &&
        generator.profile !== undefined && { profile: absolutePath(generator.profile, folder) }),
    },
  }
}

function absoluteHost(host: HostAt, folder: string): HostAt {
  if (host === 'namespace') return host
  return {
    ...host,
    ...(host.key !== undefined && { key: absolutePath(host.key, folder) }),
    knownHosts: absolutePath(host.knownHosts, folder),
  }
}

function absolutePath(path: string, folder: string): string {
  return /^~(\/|$)/.test(path) ? join(homedir(), path.slice(1)) : resolve(folder, path)
}
