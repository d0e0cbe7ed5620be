/** Asks the kernel itself, in a network namespace of its own that ends with the question (20 ms). */

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { locateProgram } from './requirements.mjs'

/** @typedef {import('./requirements.mjs').Machine} Machine */

// clang -O2 -target bpf -fno-addrsig of `__attribute__((section("xdp"))) int pass(void *ctx) { return 2; }`,
// embedded so that the question can be asked before there is a compiler.
const PASS =
  'H4sIAAAAAAACA6t39XFjYmRkgAFGhu8MCB4C7EBiO0BJFqDK7UAWExBPZcAPpICYheHjf3RxkF1CYBMgQADGKEgsLmaoSClg0CsuKSpJTALSlbkg' +
  'WpeBGoALiJmxiM+A0jJY3IkM2KBibGjiDuj+gAIONL4QNNzQQQCU9kCylwlJvwTU9wD7A9XyuAEAAA=='

const NO_NAMESPACE = 1
const NO_VETH = 10
const NO_XDP = 11

const QUESTION = `
ip link add lab0 type veth peer name lab1 || exit ${NO_VETH}
ip link set dev lab0 xdpdrv obj "$1" sec xdp || exit ${NO_XDP}
`

/**
 * What this kernel lacks to run the virtual lab: network namespaces, veth, XDP on veth. Only root can ask; the tools
 * to ask with must be there.
 *
 * @param {Machine} machine
 * @returns {Promise<'could not ask' | { name: string, why: string, get: string, found: string }[]>}
 */
export async function lacking(machine) {
  const unshare = locateProgram('unshare', machine)
  const ip = locateProgram('ip', machine)
  if (machine.uid !== 0 || !unshare || !ip) return 'could not ask'
  const folder = mkdtempSync(join(tmpdir(), 'redirect-lab-'))
  try {
    const object = join(folder, 'pass.o')
    writeFileSync(object, gunzipSync(Buffer.from(PASS, 'base64')))
    const PATH = `${machine.env.PATH || ''}:/usr/sbin:/sbin`
    return lack(await ask(unshare, ['--net', 'sh', '-c', QUESTION, 'sh', object], { ...machine.env, PATH }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {{ code: number | null, answer: string }} outcome */
function lack({ code, answer }) {
  const found = answer.trim().split('\n').pop() || `exit code ${code}`
  if (code === 0) return []
  if (code === NO_VETH)
    return [
      {
        name: 'veth ports',
        why: 'they join the hosts of a virtual lab',
        get: 'a kernel with CONFIG_VETH',
        found,
      },
    ]
  if (code === NO_XDP && /\belf\b/i.test(answer)) return 'could not ask' // an `ip` that cannot read objects
  if (code === NO_XDP)
    return [
      {
        name: 'XDP on veth ports',
        why: 'it is what is tested',
        get: 'a kernel of version 5.18 or newer with CONFIG_BPF_SYSCALL=y; in a container, --privileged',
        found,
      },
    ]
  if (code === NO_NAMESPACE)
    return [
      {
        name: 'network namespaces',
        why: 'they are the hosts of a virtual lab',
        get: 'a kernel with CONFIG_NET_NS=y; in a container, --privileged',
        found,
      },
    ]
  return 'could not ask'
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string | undefined>} env
 * @returns {Promise<{ code: number | null, answer: string }>}
 */
function ask(program, args, env) {
  return new Promise((resolve) => {
    let answer = ''
    const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr.on('data', (data) => (answer += data))
    child.on('error', (error) => resolve({ code: null, answer: error.message }))
    child.on('close', (code) => resolve({ code, answer }))
  })
}
