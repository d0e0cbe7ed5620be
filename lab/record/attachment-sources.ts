/** Names of attachments in Allure's results, which stand at any depth of steps. */

/** @param value a result or container. @returns the same with each attachment's file called otherwise. */
export function withSources<T>(value: T, rename: (source: string) => string): T {
  return renamed(value, rename) as T
}

function renamed(value: unknown, rename: (source: string) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => renamed(one, rename))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]: [string, unknown]) => [
      key,
      key === 'source' && typeof one === 'string' ? rename(one) : renamed(one, rename),
    ]),
  )
}
