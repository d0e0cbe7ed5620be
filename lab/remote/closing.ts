/** What was opened one after the other is closed last first, past what fails. */
export class Closing {
  readonly #steps: (() => Promise<void>)[] = []

  /** To be done when all is closed, before what was said earlier. */
  later(step: () => Promise<void>): void {
    this.#steps.push(step)
  }

  /** A second time does nothing. @throws the first failure, once all has been tried. */
  readonly close = async (): Promise<void> => {
    let first: unknown
    for (const step of this.#steps.splice(0).toReversed())
      await step().catch((error: unknown) => (first ??= error))
    if (first !== undefined) throw first as Error
  }
}
