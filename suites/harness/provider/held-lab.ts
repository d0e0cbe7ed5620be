/** Holds a lab until it is ended: what `lab up` and a test's worker do, and nothing else. */
import { openHosts } from '../../../lab/provider/open-hosts.ts'
import { loadTopology } from '../../../lab/topology/load.ts'

await openHosts((await loadTopology(process.argv[2]!)).topology)
console.log('open')
