export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, letter => `&#${letter.charCodeAt(0)};`)
}

/** JSON inside a script element: no text of ours or of a target can close it. */
export function embedJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c')
}

/** `text`: a sentence, which stands on the left and may wrap. */
export type Cell = string | number | { readonly html: string } | { readonly text: string }

/** First column left, the others right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const isText = (each: Cell | undefined): boolean => typeof each === 'object' && 'text' in each
  const mark = (each: Cell | undefined): string => (isText(each) ? ' class="text"' : '')
  const headers = head.map((each, index) => `<th${mark(rows[0]?.[index])}>${escapeHtml(each)}</th>`).join('')
  const body = rows.map(row => `<tr>${row.map(each => `<td${mark(each)}>${inner(each)}</td>`).join('')}</tr>`).join('')
  return `<div class="scroll"><table><thead><tr>${headers}</tr></thead><tbody>${body}</tbody></table></div>`
}

function inner(cell: Cell): string {
  if (typeof cell !== 'object') return escapeHtml(String(cell))
  return 'html' in cell ? cell.html : escapeHtml(cell.text)
}
