/** XSKMAP: the frame goes to an AF_XDP socket in user space, which checks it to its last byte. */
import { redirectsEveryFrame } from '../fixtures/matrix.ts'

redirectsEveryFrame('xskmap')
