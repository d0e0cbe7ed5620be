/** Hosts of a topology: made on this machine, or reached by address. */
import { connectTcp } from '../remote/connect.ts'
import type { Topology } from '../topology/schema.ts'
import type { Hosts } from './hosts.ts'
import { makeNamespaces } from './namespaces.ts'

/** @throws Unreachable, Unsupported, CommandFailed; nothing is left behind then. */
export async function openHosts(topology: Topology): Promise<Hosts> {
  const { host: dut } = topology.dut
  const { host: generator } = topology.generator
  if (dut === 'namespace' || generator === 'namespace') return makeNamespaces(topology)
  const opened = await Promise.allSettled([connectTcp('dut', dut), connectTcp('generator', generator)])
  const failed = opened.find((one) => one.status === 'rejected')
  const hosts = opened.filter((one) => one.status === 'fulfilled').map(({ value }) => value)
  const close = async () => {
    await Promise.all(hosts.map((host) => host.close()))
  }
  if (failed) {
    await close()
    throw failed.reason
  }
  return { dut: hosts[0]!, generator: hosts[1]!, close }
}
