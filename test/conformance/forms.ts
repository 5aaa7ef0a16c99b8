/** Values of a report brought to one form, so that spelling is no difference. */

export type Tree = Readonly<Record<string, unknown>>

export function treeOf(value: unknown): Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : {}
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function treesOf(value: unknown): readonly Tree[] {
  return listOf(value).map(treeOf)
}

const passengerWords: Readonly<Record<string, string>> = {
  ADULT: 'ADT',
  CHILD: 'CHD',
  CNN: 'CHD',
  CH: 'CHD',
  HELD_INFANT: 'INF',
  INFANT_WITHOUT_SEAT: 'INF',
  IN: 'INF',
  SEATED_INFANT: 'INS',
  INFANT_WITH_SEAT: 'INS',
  YOUNG: 'YTH',
  GBE: 'YTH',
  SENIOR: 'SRC',
  STUDENT: 'STU',
}

export function passengerTypeOf(value: unknown): string {
  const word = String(value).toUpperCase()
  return /^C\d\d$/.test(word) ? 'CHD' : (passengerWords[word] ?? word)
}

/** Sabre's US1 and YQF are US and YQ. */
export function taxCodeOf(value: unknown): string {
  const code = String(value).toUpperCase()
  return /^[A-Z0-9]{3}$/.test(code) ? code.slice(0, 2) : code
}

/** `355.340`, 355.34 and `0355.34` are one amount. */
export function decimalOf(value: unknown): string | undefined {
  const match = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(String(value).trim())
  if (!match || String(value).trim() === '') return undefined
  const [, sign, whole, fraction] = match
  const text = `${whole || '0'}${fraction ? `.${fraction}` : ''}`
  return sign === '-' && text !== '0' ? `-${text}` : text
}

/** `355.34 EUR` as told by expected.json. */
export function statedMoney(text: string): string {
  const [amount, currency] = text.split(' ')
  return `${decimalOf(amount) ?? amount} ${currency}`
}

/** The same of a report's `{amount, currency}`. */
export function moneyOf(value: unknown): string | undefined {
  const { amount, currency } = treeOf(value)
  return amount === null || amount === undefined ? undefined : `${decimalOf(amount) ?? amount} ${currency}`
}

export function segmentsOf(holder: Tree): readonly Tree[] {
  return treesOf(holder.slices).flatMap(slice => treesOf(slice.segments))
}

/** `BA117 LHR-JFK 2027-03-10T08:20` */
export function flightOf(segment: Tree): string {
  const { carrier, number } = treeOf(segment.marketing)
  const digits = String(number ?? '')
    .trim()
    .replace(/^0+(?=.)/, '')
  const departure = String(segment.departure ?? '')
    .slice(0, 16)
    .replace(' ', 'T')
  return `${carrier ?? ''}${digits} ${segment.origin}-${segment.destination}${departure ? ` ${departure}` : ''}`
}

export function isCodeshare(segment: Tree): boolean {
  const operating = treeOf(segment.operating).carrier
  return typeof operating === 'string' && operating !== '' && operating !== treeOf(segment.marketing).carrier
}

/** `2PC`, `30KG`: pieces go before the weight of a piece. */
export function checkedBagOf(fare: Tree): string | undefined {
  const { pieces, weightKg, weightLb } = treeOf(treeOf(fare.baggage).checked)
  if (typeof pieces === 'number') return `${Math.trunc(pieces)}PC`
  if (typeof weightKg === 'number') return `${decimalOf(weightKg)}KG`
  return typeof weightLb === 'number' ? `${decimalOf(weightLb)}LB` : undefined
}

/** Case and white space are no difference between words. */
export function folded(value: unknown): string {
  return String(value).replace(/\s+/g, ' ').trim().toLowerCase()
}
