import type { CurrencyCode } from '../../../core/money.ts'
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
  addWords(x.word(), to)
}

export function addWords(text: string, to: string[]): void {
  if (text === '') return
  if (!/\s/.test(text)) to.push(text)
  else for (const word of text.split(/\s+/)) to.push(word)
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

/** As on the wire: what it is worth depends on the message (values.ts: moneyOf). */
export type Amount = { readonly text: string; readonly currency: CurrencyCode }

/** `<TotalAmount CurCode="GBP">1.00</TotalAmount>`, `<BaseAmount Code="USD">1.00</BaseAmount>`, or wrapped in
 *  SimpleCurrencyPrice or DetailCurrencyPrice/Total (before 18.1). */
export function amountOf(x: XmlScanner): Amount | null {
  const { depth } = x
  let currency = currencyOf(x) ?? ''
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
  return text === '' ? null : { text, currency }
}

function currencyOf(x: XmlScanner): string | undefined {
  return x.attribute('CurCode') ?? x.attribute('Code')
}
