import type { CurrencyCode } from '../../../core/money.ts'
import type { XmlScanner } from '../../../core/xml/scanner.ts'
import { startTag } from '../../../core/xml/scanner.ts'

/** Visits the children of the element that just started; what a visit leaves unread is skipped. */
export function eachChild(x: XmlScanner, visit: (name: string) => void): void {
  const { depth } = x
  while (x.child(depth)) visit(x.name)
}

/** Its own text without white space around. */
export function textOf(x: XmlScanner): string {
  return x.elementText().trim()
}

/** Null where empty. */
export function wordOf(x: XmlScanner): string | null {
  const word = textOf(x)
  return word === '' ? null : word
}

/** References are an element each, or a list in one (before 18.1). */
export function addRefs(x: XmlScanner, to: string[]): void {
  const text = textOf(x)
  if (!/\s/.test(text)) {
    if (text !== '') to.push(text)
    return
  }
  for (const ref of text.split(/\s+/)) to.push(ref)
}

export function integerOf(x: XmlScanner): number | null {
  const text = textOf(x)
  return /^\d{1,6}$/.test(text) ? Number(text) : null
}

export function isTrue(x: XmlScanner): boolean | null {
  const text = textOf(x)
  if (text === 'true' || text === '1') return true
  return text === 'false' || text === '0' ? false : null
}

/** As on the wire: what it is worth depends on the message (reply.ts: money). */
export type Amount = { readonly text: string; readonly currency: CurrencyCode }

/** `<TotalAmount CurCode="GBP">1.00</TotalAmount>`, `<BaseAmount Code="USD">1.00</BaseAmount>`, or wrapped in
 *  SimpleCurrencyPrice or DetailCurrencyPrice/Total (before 18.1). */
export function amountOf(x: XmlScanner): Amount | null {
  const { depth } = x
  let currency = x.attribute('CurCode') ?? x.attribute('Code') ?? ''
  let text = ''
  for (;;) {
    const event = x.next()
    if (event === startTag) {
      if (text === '' && x.name !== 'Taxes' && x.name !== 'Details' && x.name !== 'Fees') {
        currency = x.attribute('CurCode') ?? x.attribute('Code') ?? currency
        if (x.name === 'DetailCurrencyPrice' || x.name === 'EncodedCurrencyPrice') continue
        text = textOf(x)
      } else x.skip()
    } else if (x.depth < depth) break
    else text += x.text()
  }
  text = text.trim()
  return text === '' ? null : { text, currency }
}
