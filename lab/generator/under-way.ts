/** Loads that are being sent, so that they can be ended before their last frame. */
import { GeneratorError } from './generator-error.ts'

export class UnderWay {
  #loads = 0
  #halts = 0

  /** @throws GeneratorError when the load was halted: what was sent of it answers no question. */
  async during<T>(send: () => Promise<T>): Promise<T> {
    const before = this.#halts
    this.#loads++
    try {
      const sent = await send()
      if (this.#halts === before) return sent
    } finally {
      this.#loads--
    }
    throw new GeneratorError('the load was stopped before its end', 'The test that sent it was interrupted.')
  }

  /** @param stop ends the loads; not called when there are none. */
  async halt(stop: () => Promise<unknown>): Promise<void> {
    if (this.#loads === 0) return
    this.#halts++
    await stop()
  }
}
