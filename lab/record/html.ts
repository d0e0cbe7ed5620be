/** Small pieces of HTML for the report: text is always escaped. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** @param rows cells as text; numbers are set to the right. */
export function htmlTable(
  headings: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const cell = (value: string | number) =>
    typeof value === 'number'
      ? `<td style="text-align:right;padding:1px 10px;font-variant-numeric:tabular-nums">${value.toLocaleString('en-US')}</td>`
      : `<td style="padding:1px 10px">${escapeHtml(value)}</td>`
  const head = headings.map(
    (text) =>
      `<th style="text-align:left;padding:1px 10px;border-bottom:1px solid #999">${escapeHtml(text)}</th>`,
  )
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`)
  return `<table style="border-collapse:collapse;margin:4px 0 12px"><tr>${head.join('')}</tr>${body.join('')}</table>`
}
