/** bpf_redirect(): a port by its number, without a map. */
import { redirectsEveryFrame } from '../fixtures/matrix.ts'

redirectsEveryFrame('ifindex')
