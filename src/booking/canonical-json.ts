/** The same text for the same value, however its fields are ordered. Written piece by piece, names and words without a call of
 *  JSON.stringify: entries that were filtered, sorted, mapped and joined were a quarter of all that a booking allocates. */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'number':
      return Number.isFinite(value) ? `${value}` : 'null'
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? arrayText(value) : objectText(value as Readonly<Record<string, unknown>>)
    default:
      return JSON.stringify(value) ?? 'null'
  }
}

function objectText(fields: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(fields)
  sortShort(names)
  let text = ''
  for (const name of names) {
    const item = fields[name]
    if (item !== undefined) text += `${text && ','}${quoted(name)}:${canonicalJson(item)}`
  }
  return `{${text}}`
}

function arrayText(items: readonly unknown[]): string {
  let text = ''
  for (let i = 0; i < items.length; i++) text += `${i > 0 ? ',' : ''}${canonicalJson(items[i])}`
  return `[${text}]`
}

/** Nothing in it that JSON escapes. */
const plain = /^[ !#-[\]-~]*$/

function quoted(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(text)
}

const shortMax = 24

/** In place, as sort() does, by code unit; by insertion, which allocates nothing. */
function sortShort(names: string[]): void {
  if (names.length > shortMax) {
    names.sort()
    return
  }
  for (let i = 1; i < names.length; i++) {
    const name = names[i]!
    let at = i
    for (; at > 0 && names[at - 1]! > name; at--) names[at] = names[at - 1]!
    names[at] = name
  }
}
