/** DEVMAP: an array of ports, the target of most forwarding programs. */
import { hasDevmapSemantics } from '../fixtures/devmap-semantics.ts'
import { redirectsEveryFrame } from '../fixtures/matrix.ts'

redirectsEveryFrame('devmap')
hasDevmapSemantics('devmap', [3, 40])
