/**
 * What a machine must have to run the lab: what, why, how to find it, how to get it. Data first; `locate` and
 * `thisMachine` below read it. Node's own modules only: this runs before any npm package is there.
 */

import { accessSync, constants, existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { spawnSync } from 'node:child_process'

/**
 * How a requirement is found. `program`: on PATH or in a system folder. `header`, `archive`: where the compiler looks.
 * `btf`: a name in the kernel's type information. `java`, `node`: lowest version.
 *
 * @typedef {{ platform: string } | { node: string } | { file: string } | { btf: string } | { program: string } |
 *   { header: string } | { archive: string } | { java: number }} Find
 *
 * @typedef {object} Requirement
 * @property {string} name
 * @property {string} why
 * @property {Find} find
 * @property {string} [debianPackage] the Debian package that has it
 * @property {string} [get] how to get it where no package helps
 *
 * @typedef {object} Machine
 * @property {string} root the folder its files are under: `/`
 * @property {string} platform as `process.platform`
 * @property {string} nodeVersion
 * @property {number} uid -1 where there is no such thing
 * @property {Record<string, string | undefined>} env
 */

const BTF = '/sys/kernel/btf/vmlinux'

/** @type {readonly Requirement[]} */
export const requirements = [
  {
    name: 'Linux',
    why: 'XDP is part of the Linux kernel',
    find: { platform: 'linux' },
    get: 'a Linux machine, Debian 12 for instance',
  },
  {
    name: 'Node.js 20.19 or newer',
    why: 'runs the harness and its checks',
    find: { node: '20.19.0' },
    get: 'https://nodejs.org/en/download',
  },
  {
    name: 'kernel type information (BTF)',
    why: 'bpftrace and libbpf read the kernel by it',
    find: { file: BTF },
    get: 'a kernel with CONFIG_DEBUG_INFO_BTF=y, as every Debian kernel since Debian 11',
  },
  {
    name: 'XDP in the kernel',
    why: 'it is what is tested',
    find: { btf: 'xdp_do_redirect' },
    get: 'a kernel with CONFIG_NET and CONFIG_BPF_SYSCALL=y, version 5.18 or newer',
  },
  { name: 'clang', why: 'compiles BPF programs', find: { program: 'clang' }, debianPackage: 'clang' },
  { name: 'gcc', why: 'compiles the agent', find: { program: 'gcc' }, debianPackage: 'gcc' },
  { name: 'make', why: 'builds agent and programs', find: { program: 'make' }, debianPackage: 'make' },
  {
    name: 'static C library',
    why: 'part of the agent',
    find: { archive: 'libc.a' },
    debianPackage: 'libc6-dev',
  },
  { name: 'libbpf', why: 'part of the agent', find: { archive: 'libbpf.a' }, debianPackage: 'libbpf-dev' },
  { name: 'libxdp', why: 'part of the agent', find: { archive: 'libxdp.a' }, debianPackage: 'libxdp-dev' },
  { name: 'libelf', why: 'part of the agent', find: { archive: 'libelf.a' }, debianPackage: 'libelf-dev' },
  { name: 'zlib', why: 'part of the agent', find: { archive: 'libz.a' }, debianPackage: 'zlib1g-dev' },
  {
    name: 'jansson',
    why: 'part of the agent',
    find: { archive: 'libjansson.a' },
    debianPackage: 'libjansson-dev',
  },
  {
    name: 'kernel headers',
    why: 'programs and agent include them',
    find: { header: 'linux/if_xdp.h' },
    debianPackage: 'linux-libc-dev',
  },
  { name: 'bpftool', why: 'builds the agent', find: { program: 'bpftool' }, debianPackage: 'bpftool' },
  {
    name: 'bpftrace',
    why: 'evidence: XDP tracepoints',
    find: { program: 'bpftrace' },
    debianPackage: 'bpftrace',
  },
  { name: 'perf', why: 'evidence: perf record', find: { program: 'perf' }, debianPackage: 'linux-perf' },
  { name: 'ethtool', why: 'evidence: NIC counters', find: { program: 'ethtool' }, debianPackage: 'ethtool' },
  {
    name: 'sshd',
    why: 'answers inside the virtual lab; no service runs',
    find: { program: 'sshd' },
    debianPackage: 'openssh-server',
  },
  { name: 'ssh', why: 'reaches machines by hand', find: { program: 'ssh' }, debianPackage: 'openssh-client' },
  {
    name: 'ssh-keygen',
    why: 'makes the keys of a virtual lab',
    find: { program: 'ssh-keygen' },
    debianPackage: 'openssh-client',
  },
  { name: 'ip', why: 'makes the ports of a virtual lab', find: { program: 'ip' }, debianPackage: 'iproute2' },
  {
    name: 'unshare',
    why: 'makes the hosts of a virtual lab',
    find: { program: 'unshare' },
    debianPackage: 'util-linux',
  },
  {
    name: 'nsenter',
    why: 'enters the hosts of a virtual lab',
    find: { program: 'nsenter' },
    debianPackage: 'util-linux',
  },
  {
    name: 'Java 11 or newer',
    why: 'makes the report',
    find: { java: 11 },
    debianPackage: 'default-jre-headless',
  },
]

/** The machine this process runs on. @returns {Machine} */
export const thisMachine = () => ({
  root: '/',
  platform: process.platform,
  nodeVersion: process.versions.node,
  uid: process.getuid ? process.getuid() : -1,
  env: process.env,
})

/**
 * What stands for the requirement on this machine: a path or a version. `undefined` where it is missing; `found`
 * tells what is there instead, if anything.
 *
 * @param {Requirement} requirement
 * @param {Machine} [machine]
 * @returns {{ at?: string, found?: string }}
 */
export function locate({ find }, machine = thisMachine()) {
  if ('platform' in find) return atOr(machine.platform === find.platform, machine.platform)
  if ('node' in find) return atOr(atLeast(machine.nodeVersion, find.node), machine.nodeVersion)
  if ('file' in find) return at(firstOf(machine, [''], find.file))
  if ('btf' in find) return at(hasName(machine, find.btf) ? BTF : undefined)
  if ('program' in find) return at(locateProgram(find.program, machine))
  if ('header' in find) return at(firstOf(machine, HEADERS, find.header))
  if ('archive' in find) return at(firstOf(machine, libraryFolders(), find.archive))
  return locateJava(find.java, machine)
}

/**
 * Path of a program on PATH or in the folders of system programs, which an ordinary user's PATH lacks.
 *
 * @param {string} name
 * @param {Machine} [machine]
 * @returns {string | undefined}
 */
export function locateProgram(name, machine = thisMachine()) {
  const folders = (machine.env.PATH || '').split(':').filter((folder) => folder.startsWith('/'))
  return firstOf(machine, [...folders, '/usr/local/sbin', '/usr/sbin', '/sbin'], name, constants.X_OK)
}

const HEADERS = ['/usr/local/include', '/usr/include']

const MULTIARCH = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu', riscv64: 'riscv64-linux-gnu' }

function libraryFolders() {
  const folders = ['/usr/local/lib', '/usr/lib', '/usr/lib64']
  const multiarch = MULTIARCH[/** @type {keyof typeof MULTIARCH} */ (process.arch)]
  return multiarch ? [`/usr/lib/${multiarch}`, ...folders] : folders
}

/**
 * @param {Machine} machine
 * @param {readonly string[]} folders
 * @param {string} name
 */
function firstOf(machine, folders, name, mode = constants.R_OK) {
  return folders
    .map((folder) => join(machine.root, folder, name))
    .find((path) => {
      try {
        accessSync(path, mode)
        return true
      } catch {
        return false
      }
    })
}

/** @param {Machine} machine @param {string} name */
function hasName(machine, name) {
  const path = join(machine.root, BTF)
  return existsSync(path) && readFileSync(path).includes(`\0${name}\0`)
}

/** @param {number} lowest @param {Machine} machine */
function locateJava(lowest, machine) {
  const home = machine.env.JAVA_HOME
  const java =
    (home && firstOf(machine, [`${home}/bin`], 'java', constants.X_OK)) || locateProgram('java', machine)
  if (!java) return {}
  const version = javaVersion(java)
  return atOr(Number(version.split('.')[0]) >= lowest, version, java)
}

/** From the `release` file beside it, as starting a Java machine takes half a second. @param {string} java */
function javaVersion(java) {
  try {
    const release = readFileSync(join(dirname(realpathSync(java)), '..', 'release'), 'utf8')
    const [, version] = /^JAVA_VERSION="([^"]+)"/m.exec(release) || []
    if (version) return version
  } catch {
    // A wrapper script: ask it.
  }
  const { stderr } = spawnSync(java, ['-version'], { encoding: 'utf8' })
  return (/version "([^"]+)"/.exec(stderr || '') || [])[1] || 'of an unknown version'
}

/** @param {string} version @param {string} lowest */
function atLeast(version, lowest) {
  const [have, want] = [version, lowest].map((text) => text.split('.').map(Number))
  const differs = want.findIndex((part, i) => have[i] !== part)
  return differs === -1 || have[differs] > want[differs]
}

/** @param {string | undefined} path */
const at = (path) => (path ? { at: path } : {})

/** @param {boolean} fits @param {string} found */
const atOr = (fits, found, path = found) => (fits ? { at: path } : { found })
