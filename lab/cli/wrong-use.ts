/** The command was used wrongly: exit code 2. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse'
}
