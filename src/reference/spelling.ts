/** Lower case, without accents and without other forms of a letter (full width, ligatures); what is no letter or digit is a
 *  space; apostrophes vanish. */
export function fold(text: string): string {
  const lower = text.toLowerCase()
  const plain = isAscii(lower) ? lower : withoutAccents(lower)
  return plain
    .replace(/['’ʻ`]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false
  return true
}

/** Letters that do not decompose into a base letter and a mark. */
const letters: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ə: 'a',
}

function withoutAccents(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[ßøæœłđðþıə]/g, letter => letters[letter]!)
}

const longest = 64
/** Three rows of the distance table, used again by every call: fresh ones cost more than the comparison. */
const rows = [new Uint8Array(longest + 1), new Uint8Array(longest + 1), new Uint8Array(longest + 1)] as const

/** Whether b is a after at most `max` insertions, deletions, replacements or swaps of neighbours; words of up to 64. */
export function withinEdits(a: string, b: string, max: number): boolean {
  if (Math.abs(a.length - b.length) > max || a.length > longest || b.length > longest) return false
  const row = lastRow(a, b, max)
  return row !== undefined && row[b.length]! <= max
}

/** Whether some beginning of b is. */
export function startsWithinEdits(a: string, b: string, max: number): boolean {
  if (a.length > longest) return false
  const beginning = b.slice(0, a.length + max)
  const row = lastRow(a, beginning, max)
  for (let j = 0; row && j <= beginning.length; j++) if (row[j]! <= max) return true
  return false
}

/** Edits from a to each beginning of b; undefined where all are beyond `max`. */
function lastRow(a: string, b: string, max: number): Uint8Array | undefined {
  let beforeLast: Uint8Array = rows[0]
  let last: Uint8Array = rows[1]
  let row: Uint8Array = rows[2]
  for (let j = 0; j <= b.length; j++) last[j] = j
  for (let i = 1; i <= a.length; i++) {
    const least = fillRow(a, b, i, row, last, beforeLast)
    if (least > max) return undefined
    const free = beforeLast
    beforeLast = last
    last = row
    row = free
  }
  return last
}

/** Optimal string alignment, one row; returns its least value. */
function fillRow(a: string, b: string, i: number, row: Uint8Array, last: Uint8Array, beforeLast: Uint8Array): number {
  const letter = a.charCodeAt(i - 1)
  const before = i > 1 ? a.charCodeAt(i - 2) : -1
  row[0] = i
  let least = i
  for (let j = 1; j <= b.length; j++) {
    const other = b.charCodeAt(j - 1)
    let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (letter === other ? 0 : 1))
    if (j > 1 && letter === b.charCodeAt(j - 2) && before === other) cost = Math.min(cost, beforeLast[j - 2]! + 1)
    row[j] = cost
    if (cost < least) least = cost
  }
  return least
}
