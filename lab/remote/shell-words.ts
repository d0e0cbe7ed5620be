/**
 * SSH carries one string, which a POSIX shell on the far side splits again. Every word is quoted, so that it
 * arrives there as it is here (POSIX.1-2017 XCU 2.2.2).
 */
export function shellWords(argv: readonly string[]): string {
  return argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
}
