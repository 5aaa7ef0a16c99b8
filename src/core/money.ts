/** Integer minor units of one currency: EUR 12.34 is 1234, JPY 500 is 500, KWD 1.234 is 1234.
 *  The only file that multiplies, divides and rounds money. Which unit our own amounts are rounded to:
 *  pricing/rounding.ts. A supplier's amount is never re-rounded. */
export type CurrencyCode = string

export type Money = { readonly amountMinor: number; readonly currency: CurrencyCode }

/** What the API and every document show: decimal string with the currency's own number of digits. */
export type MoneyJson = { readonly amount: string; readonly currency: CurrencyCode }

/** ISO 4217 list one, the currencies whose exponent is not 2. */
const exponents: ReadonlyMap<string, number> = new Map([
  ...[
    'BIF',
    'CLP',
    'DJF',
    'GNF',
    'ISK',
    'JPY',
    'KMF',
    'KRW',
    'PYG',
    'RWF',
    'UGX',
    'UYI',
    'VND',
    'VUV',
    'XAF',
    'XOF',
    'XPF',
  ].map(code => [code, 0] as const),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map(code => [code, 3] as const),
  ['CLF', 4],
  ['UYW', 4],
])

export function exponentOf(currency: CurrencyCode): number {
  return exponents.get(currency) ?? 2
}

export class MoneyError extends Error {
  override readonly name = 'MoneyError'
}

export function money(amountMinor: number, currency: CurrencyCode): Money {
  checkWhole(amountMinor, currency)
  return shared(amountMinor, currency)
}

/** Of sums on the way to another: what does not stay is not looked up. */
function passing(amountMinor: number, currency: CurrencyCode): Money {
  checkWhole(amountMinor, currency)
  return { amountMinor, currency }
}

function checkWhole(amountMinor: number, currency: CurrencyCode): void {
  if (!Number.isSafeInteger(amountMinor))
    throw new MoneyError(`not a whole number of minor units: ${amountMinor} ${currency}`)
}

export function zero(currency: CurrencyCode): Money {
  return shared(0, currency)
}

const placesCount = 8_192
const places = new Array<Money | undefined>(placesCount).fill(undefined)

/** The same amount once: offers of a search hold thousands of some hundred amounts, and each that stays is moved and marked by
 *  the collector (sharing.ts). Two amounts that meet in one place push each other out. */
function shared(amountMinor: number, currency: CurrencyCode): Money {
  const hash = Math.imul(amountMinor ^ (currency.charCodeAt(0) << 8) ^ (currency.charCodeAt(2) << 14), 0x9e3779b1)
  const place = hash >>> 19
  const known = places[place]
  if (known !== undefined && known.amountMinor === amountMinor && known.currency === currency) return known
  // what comes out of a product or quotient may be a number with a box of its own, or a negative zero
  const small = amountMinor | 0
  const made = { amountMinor: small === amountMinor ? small : amountMinor, currency }
  places[place] = made
  return made
}

const decimal = /^([+-]?)(\d{1,15})(?:\.(\d*))?$/

/** Reads a supplier's decimal string or number exactly. Digits beyond the currency's exponent must be zeros
 *  (Amadeus pads to 20 decimals); fewer are filled up ("44.0", KRW and EUR in whole units).
 *  Returns undefined where it is no amount: the caller knows the place and says so. */
export function parseMoney(amount: string | number, currency: CurrencyCode): Money | undefined {
  if (typeof amount === 'number') return parseNumber(amount, currency)
  const plain = plainMinor(amount, exponentOf(currency))
  if (plain >= 0) return shared(plain, currency)
  const match = decimal.exec(amount.trim())
  if (!match) return undefined
  const digits = exponentOf(currency)
  const fraction = match[3] ?? ''
  if (fraction.length > digits && /[1-9]/.test(fraction.slice(digits))) return undefined
  const minor = Number(match[2]! + fraction.slice(0, digits).padEnd(digits, '0'))
  if (!Number.isSafeInteger(minor)) return undefined
  return shared(match[1] === '-' ? -minor : minor, currency)
}

/** `1234.50` as nearly every amount of a reply is written, in a third of the time that the pattern takes; -1: look closer. */
function plainMinor(text: string, digits: number): number {
  const length = text.length
  if (length === 0 || length > 11) return -1
  let minor = 0
  let point = length
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit >= 0 && digit <= 9) minor = minor * 10 + digit
    else if (digit === -2 && i > 0 && point === length) point = i
    else return -1
  }
  let missing = digits - Math.max(length - point - 1, 0)
  if (missing < 0) return -1
  while (missing-- > 0) minor *= 10
  return minor
}

/** By exponent. `**` calls into the C library. */
const scales = [1, 10, 100, 1_000, 10_000] as const

/** JSON numbers such as 1e21 or 0.1+0.2 have no honest decimal form: those fail to parse. A number has one where
 *  dividing back gives the very same double: both are the nearest to one rational. Ten times faster than by text. */
function parseNumber(amount: number, currency: CurrencyCode): Money | undefined {
  const scale = scales[exponentOf(currency)]!
  const minor = Math.round(amount * scale)
  if (!Number.isSafeInteger(minor) || minor / scale !== amount) return undefined
  return shared(minor, currency)
}

export function formatAmount(m: Money): string {
  const digits = exponentOf(m.currency)
  if (digits === 0) return String(m.amountMinor)
  const text = String(Math.abs(m.amountMinor)).padStart(digits + 1, '0')
  const sign = m.amountMinor < 0 ? '-' : ''
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

export function moneyJson(m: Money): MoneyJson {
  return { amount: formatAmount(m), currency: m.currency }
}

export function add(a: Money, b: Money): Money {
  sameCurrency(a, b)
  return passing(a.amountMinor + b.amountMinor, a.currency)
}

export function subtract(a: Money, b: Money): Money {
  sameCurrency(a, b)
  return passing(a.amountMinor - b.amountMinor, a.currency)
}

export function negate(m: Money): Money {
  return m.amountMinor === 0 ? m : { amountMinor: -m.amountMinor, currency: m.currency }
}

export function sum(items: readonly Money[], currency: CurrencyCode): Money {
  let total = 0
  for (const item of items) {
    if (item.currency !== currency) throw new MoneyError(`cannot add ${item.currency} to ${currency}`)
    total += item.amountMinor
  }
  return money(total, currency)
}

/** count is a whole number: passengers, nights, pieces. */
export function times(m: Money, count: number): Money {
  if (!Number.isSafeInteger(count)) throw new MoneyError(`not a whole number: ${count}`)
  return passing(m.amountMinor * count, m.currency)
}

export function compare(a: Money, b: Money): number {
  sameCurrency(a, b)
  return a.amountMinor - b.amountMinor
}

export function isZero(m: Money): boolean {
  return m.amountMinor === 0
}

/** A positive rational number, exact: rates and percentages are read from decimal strings, never from floats. */
export type Ratio = { readonly numerator: bigint; readonly denominator: bigint }

export type RoundingMode = 'half-up' | 'up' | 'down'

export function parseRatio(text: string): Ratio | undefined {
  const match = /^(\d{1,18})(?:\.(\d{1,18}))?$/.exec(text.trim())
  if (!match) return undefined
  const fraction = match[2] ?? ''
  const numerator = BigInt(match[1]! + fraction)
  return { numerator, denominator: 10n ** BigInt(fraction.length) }
}

export function percentage(text: string): Ratio | undefined {
  const ratio = parseRatio(text)
  return ratio && { numerator: ratio.numerator, denominator: ratio.denominator * 100n }
}

/** m × ratio in `currency` (its own currency for a percentage, another for a conversion), rounded to a multiple of
 *  `unitMinor` minor units. Half is rounded away from zero. */
export function scale(
  m: Money,
  ratio: Ratio,
  to: { readonly currency: CurrencyCode; readonly unitMinor: number; readonly mode: RoundingMode },
): Money {
  const shift = exponentOf(to.currency) - exponentOf(m.currency)
  const up = shift > 0 ? 10n ** BigInt(shift) : 1n
  const down = shift < 0 ? 10n ** BigInt(-shift) : 1n
  const unit = BigInt(to.unitMinor)
  const numerator = BigInt(Math.abs(m.amountMinor)) * ratio.numerator * up
  const denominator = ratio.denominator * down * unit
  const units = divide(numerator, denominator, to.mode) * unit
  const amountMinor = Number(m.amountMinor < 0 ? -units : units)
  return money(amountMinor === 0 ? 0 : amountMinor, to.currency)
}

function divide(numerator: bigint, denominator: bigint, mode: RoundingMode): bigint {
  const quotient = numerator / denominator
  const rest = numerator % denominator
  if (rest === 0n || mode === 'down') return quotient
  if (mode === 'up') return quotient + 1n
  return rest * 2n >= denominator ? quotient + 1n : quotient
}

/** Splits into `parts` whole amounts that sum exactly to m, the remainder spread over the first ones. */
export function allocate(m: Money, parts: number): readonly Money[] {
  if (!Number.isSafeInteger(parts) || parts < 1) throw new MoneyError(`cannot split into ${parts} parts`)
  const sign = m.amountMinor < 0 ? -1 : 1
  const whole = Math.abs(m.amountMinor)
  const each = Math.floor(whole / parts)
  const rest = whole - each * parts
  return Array.from({ length: parts }, (_, index) => money(sign * (each + (index < rest ? 1 : 0)) || 0, m.currency))
}

function sameCurrency(a: Money, b: Money): void {
  if (a.currency !== b.currency) throw new MoneyError(`cannot combine ${a.currency} with ${b.currency}`)
}
