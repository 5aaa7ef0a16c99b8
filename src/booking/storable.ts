/** What suppliers say, as PostgreSQL can hold it: its JSON takes neither NUL nor half of a surrogate pair, and what cannot be
 *  written down would be asked again. Cleaned before it is audited, so that the log is what was written. */
export function storable<T>(value: T): T {
  const text = JSON.stringify(value)
  return /\\u(?:0000|d[89a-f])/.test(text) ? JSON.parse(text, (_, item) => cleaned(item)) : value
}

function cleaned(item: unknown): unknown {
  return typeof item === 'string' ? item.replaceAll('\u0000', '').toWellFormed() : item
}
