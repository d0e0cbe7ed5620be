/** A host could not be reached, or is not the one it should be. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'

  constructor(host: string, why: string, remedy: string) {
    super(`${host} cannot be reached: ${why}\n${remedy}`)
  }
}
