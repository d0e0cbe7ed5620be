/** The generator cannot do what it is asked, or has failed. The message says what to do. */
export class GeneratorError extends Error {
  override readonly name = 'GeneratorError'

  /** @param what a sentence without its subject, which is the generator. */
  constructor(what: string, remedy: string) {
    super(`generator: ${what}. ${remedy}`)
  }
}
