import { type Target, TARGETS } from '../units/redirect.ts'
import { WrongUse } from './wrong-use.ts'

/** All targets when none is named. @throws WrongUse for a name that is no target's. */
export function targetsNamed(names: readonly string[]): readonly Target[] {
  if (names.length === 0) return TARGETS
  return names.map((name) => {
    const target = TARGETS.find((one) => one === name)
    if (!target) throw new WrongUse(`there is no target '${name}'; targets: ${TARGETS.join(', ')}`)
    return target
  })
}
