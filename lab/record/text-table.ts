/** Rows under headings, for a terminal and as Markdown. */

export interface Column {
  readonly heading: string
  /** Numbers are set to the right. */
  readonly right?: boolean
}

/** Aligned; the last column may be of any length. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ heading }, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]!.length)),
  )
  const line = (row: readonly string[]) =>
    row
      .map((text, at) => (columns[at]!.right ? text.padStart(widths[at]!) : text.padEnd(widths[at]!)))
      .join('  ')
      .trimEnd()
  const headings = columns.map(({ heading }) => heading)
  const rule = columns.map(({ heading }, at) =>
    '─'.repeat(at === columns.length - 1 ? heading.length : widths[at]!),
  )
  return [line(headings), line(rule), ...rows.map(line)]
}

export function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const line = (row: readonly string[]) => `| ${row.map(escapeMarkdown).join(' | ')} |`
  return [
    line(columns.map(({ heading }) => heading)),
    `| ${columns.map(({ right }) => (right ? '--:' : '---')).join(' | ')} |`,
    ...rows.map(line),
  ]
}

/** Text that Markdown is to show as it is: a message of a test may hold anything. */
export const escapeMarkdown = (text: string): string =>
  text.replaceAll('\n', ' ').replace(/[\\`*_[\]<>|#]/g, '\\$&')
