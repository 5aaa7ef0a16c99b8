import type { Segment, SegmentFare, Slice } from '../../../core/itinerary.ts'
import { add, isZero, type Money, parseMoney, subtract, zero } from '../../../core/money.ts'
import type { Charge, PassengerPrice, SupplierOffer } from '../../../core/offer.ts'
import { listDescendants, type XmlElement } from '../../../core/xml/tree.ts'
import { assembleSlice } from '../../../reference/assemble.ts'
import { Unreadable, type Warnings, warn } from './read.ts'

/** What the pricing replies have in common. */

export function readEach(
  elements: readonly XmlElement[],
  name: string,
  warnings: Warnings,
  decode: (element: XmlElement, at: string, warnings: Warnings) => SupplierOffer,
): readonly SupplierOffer[] {
  return elements.flatMap((element, i) => {
    const at = `/${name}[${i + 1}]`
    try {
      return [decode(element, at, warnings)]
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      warn(warnings, error.code, error.at, `the fare is left out: ${error.message}`)
      return []
    }
  })
}

export type Amount = { readonly qualifier: string; readonly money: Money }

/** `712` is the total; `B` the base in the currency of the fare, `E` in that of the total; `TOF` ticketing fees. */
export function priceFrom(
  amounts: readonly Amount[],
  taxes: readonly Charge[],
  at: string,
  warnings: Warnings,
): PassengerPrice {
  const of = (qualifier: string): Money | undefined => amounts.find(amount => amount.qualifier === qualifier)?.money
  const total = of('712') ?? of('T') ?? of('TFT')
  if (!total) throw new Unreadable('total-missing', at, 'there is no total')
  const fees = amounts
    .filter(amount => amount.qualifier === 'TOF' && amount.money.currency === total.currency && !isZero(amount.money))
    .map((amount): Charge => ({ code: 'ticketing', amount: amount.money }))
  const charged = [...taxes, ...fees].reduce((sum, charge) => add(sum, charge.amount), zero(total.currency))
  const base = [of('E'), of('B')].find(amount => amount?.currency === total.currency) ?? subtract(total, charged)
  const rest = subtract(subtract(total, base), charged)
  if (isZero(rest)) return { base, taxes, fees, total }
  if (rest.amountMinor > taxes.length + 2) return { base, taxes: [...taxes, { code: 'XT', amount: rest }], fees, total }
  warn(warnings, 'rounding', at, 'base, taxes and fees do not add up to the total: the total wins')
  return { base, taxes, fees: [...fees, { code: 'rounding', amount: rest }], total }
}

export function mergeTaxes(list: readonly Charge[]): readonly Charge[] {
  const byCode = new Map<string, Money>()
  for (const { code, amount } of list) {
    const told = byCode.get(code)
    byCode.set(code, told ? add(told, amount) : amount)
  }
  return [...byCode].map(([code, amount]) => ({ code, amount }))
}

export function amountOf(text: string | undefined, currency: string, at: string): Money {
  const read = text === undefined ? undefined : parseMoney(text, currency)
  if (!read) throw new Unreadable('amount-unreadable', at, 'an amount is missing or no decimal number')
  return read
}

/** What a fare says about a flight that the reply does not name. */
export function bareSegment(fare: SegmentFare): Segment {
  return {
    id: 'seg_1',
    marketing: { carrier: '', number: '' },
    operating: { carrier: null, number: null, name: null },
    origin: '',
    originTerminal: null,
    destination: '',
    destinationTerminal: null,
    departure: '',
    departureZone: null,
    arrival: '',
    arrivalZone: null,
    durationMinutes: null,
    aircraft: null,
    stops: [],
    marriageGroup: null,
    fares: [fare],
    status: null,
  }
}

export function numbered(segments: readonly Segment[], from = 0): Slice {
  return assembleSlice(segments.map((segment, i) => ({ ...segment, id: `seg_${from + i + 1}` })))
}

/** Of the first descendant found step by step. */
export function textAt(element: XmlElement, ...path: readonly string[]): string | undefined {
  let current: XmlElement | undefined = element
  for (const name of path) current = current && listDescendants(current, name)[0]
  return current?.text.trim() || undefined
}
