/** DEVMAP: an array of ports, the target of most forwarding programs. */
import { redirectsEveryFrame } from '../fixtures/matrix.ts'

redirectsEveryFrame('devmap')
