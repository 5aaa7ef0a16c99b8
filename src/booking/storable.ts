/** What suppliers say, as PostgreSQL can hold it: its JSON takes neither NUL nor half of a surrogate pair, and what cannot be
 *  written down would be asked again. Cleaned before it is audited, so that the log is what was written. */
export function storable<T>(value: T): T {
  return isStorable(value) ? value : JSON.parse(JSON.stringify(value), (_, item) => cleaned(item))
}

/** Of a pair whose halves are both there neither is seen (`u`). */
const unstorable = /[\0\ud800-\udfff]/u

/** A look at each text is a third of the work of writing all down. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !unstorable.test(value)
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isStorable)
  for (const name in value) if (!isStorable((value as Readonly<Record<string, unknown>>)[name])) return false
  return true
}

function cleaned(item: unknown): unknown {
  return typeof item === 'string' ? item.replaceAll('\u0000', '').toWellFormed() : item
}
