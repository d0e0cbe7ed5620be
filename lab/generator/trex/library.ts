/**
 * TRex's client library. It comes from the installation that the server runs from, so that the two fit: used where it
 * is when that is this machine, else copied once and kept under the hash of its content.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { execa } from 'execa'
import type { Host } from '../../remote/host.ts'
import { GeneratorError } from '../generator-error.ts'

const execute = promisify(execFile)
const PACKAGE = 'automation/trex_control_plane/interactive'
/** As trex/__init__.py of that package names them. */
const NEEDED = [
  'texttable-0.8.4',
  'pyyaml-3.11',
  'scapy-2.4.3',
  'pyzmq-ctypes',
  'simpy-3.0.10',
  'trex-openssl',
  'dpkt-1.9.1',
  'repoze',
].map((name) => `external_libs/${name}`)
const PARTS = [PACKAGE, ...NEEDED]
const COPY_MS = 120_000
/** Newest first among those beside the usual name; scapy 2.4.3 imports what 3.13 no longer has. */
const PYTHONS = ['python3', 'python3.12', 'python3.11', 'python3.10', 'python3.9', 'python3.8']

/** What names a file and its content, a line each, in the order of their names. */
const MANIFEST = [
  'cd "$1" && shift',
  `find "$@" -type f ! -name '*.pyc' | LC_ALL=C sort | tr '\\n' '\\0' | xargs -0 sha256sum`,
].join(' && ')

/** Folder to import `trex` from, of an installation on this machine. @throws GeneratorError when it is not all there. */
export async function localLibrary(installation: string): Promise<string> {
  const there = await readdir(join(installation, PACKAGE)).catch((): string[] => [])
  if (!there.includes('trex'))
    throw new GeneratorError(
      `${installation} holds no client library of TRex (${PACKAGE}/trex)`,
      'Name the folder of an unpacked release: `path` in the topology, or TREX_DIR.',
    )
  return join(installation, PACKAGE)
}

/** As localLibrary, of an installation on a host, copied from there unless it was before. @throws GeneratorError */
export async function copiedLibrary(
  host: Host,
  installation: string,
  cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'redirect-lab'),
): Promise<string> {
  const missing = (error: unknown) =>
    new GeneratorError(
      `the client library of TRex cannot be copied from ${installation}: ${(error as Error).message}`,
      'Name the folder of an unpacked release there: `path` in the topology, or TREX_DIR.',
    )
  const wanted = await host
    .run(['sh', '-c', MANIFEST, 'sh', installation, ...PARTS], { timeoutMs: COPY_MS })
    .catch((error: unknown) => Promise.reject(missing(error)))
  const folder = join(cache, `trex-client-${createHash('sha256').update(wanted).digest('hex').slice(0, 16)}`)
  if ((await manifestOf(folder)) === wanted) return join(folder, PACKAGE)

  const packed = await host
    .run(
      [
        'sh',
        '-c',
        'cd "$1" && shift && tar -c --exclude="*.pyc" "$@" | gzip | base64',
        'sh',
        installation,
        ...PARTS,
      ],
      {
        timeoutMs: COPY_MS,
      },
    )
    .catch((error: unknown) => Promise.reject(missing(error)))
  await mkdir(cache, { recursive: true, mode: 0o700 })
  const part = await mkdtemp(`${folder}.`)
  try {
    await execa('tar', ['-xz', '-C', part], { input: Buffer.from(packed, 'base64') })
    if ((await manifestOf(part)) !== wanted) throw new Error('it arrived otherwise than it was sent')
    // Whole under its name, or not at all; what is there under it is damaged.
    await rm(folder, { recursive: true, force: true })
    await rename(part, folder)
  } catch (error) {
    await rm(part, { recursive: true, force: true })
    throw missing(error)
  }
  return join(folder, PACKAGE)
}

/** A Python that can run the library; `python3`, to be refused with the reason, when none is there. */
export async function findPython(): Promise<string> {
  const asked = process.env['REDIRECT_LAB_PYTHON']
  if (asked) return asked
  for (const python of PYTHONS) {
    const version = await execute(python, ['-c', 'import sys; print(*sys.version_info[:2])']).then(
      ({ stdout }) => stdout.trim().split(' ').map(Number),
      () => [],
    )
    const [major = 0, minor = 0] = version
    if (major === 3 && minor >= 6 && minor <= 12) return python
  }
  return 'python3'
}

async function manifestOf(folder: string): Promise<string | undefined> {
  return execute('sh', ['-c', MANIFEST, 'sh', folder, ...PARTS], { maxBuffer: 1 << 26 }).then(
    ({ stdout }) => stdout,
    () => undefined,
  )
}
