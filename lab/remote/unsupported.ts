/** Something that this kernel, driver or machine does not have, with what is needed instead. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported'

  constructor(feature: string, needed: string) {
    super(`${feature} cannot be had: ${needed}`)
  }
}
