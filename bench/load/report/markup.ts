export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, letter => `&#${letter.charCodeAt(0)};`)
}

/** JSON inside a script element: no text of ours or of a target can close it. */
export function embedJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c')
}

export type Cell = string | number | { readonly html: string }

/** First column left, the others right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cell = (each: Cell): string => (typeof each === 'object' ? each.html : escapeHtml(String(each)))
  const headers = head.map(each => `<th>${escapeHtml(each)}</th>`).join('')
  const body = rows.map(row => `<tr>${row.map(each => `<td>${cell(each)}</td>`).join('')}</tr>`).join('')
  return `<div class="scroll"><table><thead><tr>${headers}</tr></thead><tbody>${body}</tbody></table></div>`
}
