/** DEVMAP_HASH: ports under any key, for maps with few entries among large numbers. */
import { redirectsEveryFrame } from '../fixtures/matrix.ts'

redirectsEveryFrame('devmap-hash')
