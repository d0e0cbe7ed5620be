/** DEVMAP_HASH: ports under any key, for maps with few entries among large numbers. */
import { hasDevmapSemantics } from '../fixtures/devmap-semantics.ts'
import { redirectsEveryFrame } from '../fixtures/matrix.ts'

redirectsEveryFrame('devmap-hash')
hasDevmapSemantics('devmap-hash', [7, 4_000_000_007])
