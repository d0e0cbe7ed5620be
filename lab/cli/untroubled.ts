import { parseRate } from '../units/rate.ts'

/** At which whether redirect works is asked: a bed tuned for overload loses at the tables' own rate. */
export const UNTROUBLED = parseRate('50kpps')
