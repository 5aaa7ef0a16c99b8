import { type CurrencyCode, exponentOf, type Money, money, parseMoney } from '../../../core/money.ts'
import type { XmlScanner } from '../../../core/xml/scanner.ts'
import { startTag } from '../../../core/xml/scanner.ts'

/** Visits the children of the element that just started; what a visit leaves unread is skipped. Search replies of
 *  megabytes are read by loops over `x.child` instead: a function made for each element is what costs there. */
export function eachChild(x: XmlScanner, visit: (name: string) => void): void {
  const { depth } = x
  while (x.child(depth)) visit(x.name)
}

/** Its own text without white space around. */
export function textOf(x: XmlScanner): string {
  return x.word()
}

/** Null where empty. */
export function wordOf(x: XmlScanner): string | null {
  const word = x.word()
  return word === '' ? null : word
}

/** References are an element each, or a list in one (before 18.1). */
export function addRefs(x: XmlScanner, to: string[]): void {
  for (const ref of x.words(none)) to.push(ref)
}

const none: readonly string[] = []

export function addWords(text: string, to: string[]): void {
  for (const word of wordsIn(text)) to.push(word)
}

/** Without white space around. */
export function wordsIn(text: string): readonly string[] {
  if (text === '') return none
  return /\s/.test(text) ? text.split(/\s+/) : [text]
}

export function integerOf(x: XmlScanner): number | null {
  const text = x.word()
  return /^\d{1,6}$/.test(text) ? Number(text) : null
}

export function isTrue(x: XmlScanner): boolean | null {
  const text = x.word()
  if (text === 'true' || text === '1') return true
  return text === 'false' || text === '0' ? false : null
}

/** As on the wire. What it is worth depends on the message (values.ts: moneyOf), but not where it has a point. */
export type Amount = {
  /** Empty where it had a point and is worth `money`. */
  readonly text: string
  readonly currency: CurrencyCode
  /** Null where that is to be found out. */
  readonly money: Money | null
}

/** `<TotalAmount CurCode="GBP">1.00</TotalAmount>`, `<BaseAmount Code="USD">1.00</BaseAmount>`, or wrapped in
 *  SimpleCurrencyPrice or DetailCurrencyPrice/Total (before 18.1). */
export function amountOf(x: XmlScanner): Amount | null {
  const { depth } = x
  let currency = currencyOf(x) ?? ''
  if (isCurrency(currency)) {
    const digits = x.decimal()
    if (digits >= 0) return exactAmount(digits, x.places, currency)
  }
  let text = ''
  for (;;) {
    const event = x.next()
    if (event === startTag) {
      if (text === '' && x.name !== 'Taxes' && x.name !== 'Details' && x.name !== 'Fees') {
        currency = currencyOf(x) ?? currency
        if (x.name === 'DetailCurrencyPrice' || x.name === 'EncodedCurrencyPrice') continue
        text = x.word()
      } else x.skip()
    } else if (x.depth < depth) break
    else text += x.text()
  }
  text = text.trim()
  return text === '' ? null : toAmount(text, currency)
}

function toAmount(text: string, currency: CurrencyCode): Amount {
  const exact = text.includes('.') && isCurrency(currency) ? (parseMoney(text, currency) ?? null) : null
  return { text, currency, money: exact }
}

/** Most amounts are never a string. */
function exactAmount(digits: number, places: number, currency: CurrencyCode): Amount {
  const exponent = exponentOf(currency)
  // A product with a power of ten, even of zero, is a number with a box of its own: so would be every amount then.
  let minor = digits
  for (let place = places; place < exponent; place++) minor *= 10
  if (Number.isSafeInteger(minor) && places <= exponent) return { text: '', currency, money: money(minor, currency) }
  return toAmount((digits / 10 ** places).toFixed(places), currency)
}

export function isCurrency(text: string): boolean {
  return text.length === 3 && isCapital(text, 0) && isCapital(text, 1) && isCapital(text, 2)
}

function isCapital(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 65 && code <= 90
}

export function isZeroAmount({ text, money }: Amount): boolean {
  return money ? money.amountMinor === 0 : !/[1-9]/.test(text)
}

function currencyOf(x: XmlScanner): string | undefined {
  return x.attribute('CurCode') ?? x.attribute('Code')
}
