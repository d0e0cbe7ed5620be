/** CPUMAP: another CPU takes the frame, and hands it to its stack, drops it, or redirects it onward. */
import { redirectsEveryFrame } from '../fixtures/matrix.ts'

redirectsEveryFrame('cpumap')
