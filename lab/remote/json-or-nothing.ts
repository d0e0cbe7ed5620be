/** What a text says as JSON; undefined when it is none. A schema has to look at it all the same. */
export function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
