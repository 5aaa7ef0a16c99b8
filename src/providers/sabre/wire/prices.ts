import type { PassengerId } from '../../../core/ids.ts'
import type { PassengerType } from '../../../core/itinerary.ts'
import { type CurrencyCode, type Money, money } from '../../../core/money.ts'
import type { Charge, PassengerFare } from '../../../core/offer.ts'

/** Prices of one offer from what is said for one passenger of each kind and for all of them. The stated total wins; a
 *  gap becomes a signed fee `rounding`, on as many passengers as it can be spread over without a fraction. */

export type SaidPrice = {
  readonly type: PassengerType
  /** Sabre's own code: C05 and C08 are both CHD. */
  readonly code: string
  readonly count: number
  /** For one passenger, all in one currency. */
  readonly base: Money
  readonly taxes: readonly Charge[]
  readonly total: Money
}

export type OfferPrices = {
  readonly passengers: readonly PassengerFare[]
  readonly total: Money
  readonly base: Money
  readonly taxes: Money
  readonly fees: Money
  /** What the supplier's own figures differ by; zero where they agree. */
  readonly gapMinor: number
}

/** Whose prices: gives out ids for `count` passengers of a code. Undefined: the reply prices somebody not asked for. */
export type TakeIds = (said: {
  readonly type: PassengerType
  readonly code: string
  readonly count: number
}) => readonly PassengerId[] | undefined

/** Without a query at hand: pax_1, pax_2 … in the order of the reply. */
export function numberedIds(): TakeIds {
  let taken = 0
  return ({ count }) => Array.from({ length: count }, (): PassengerId => `pax_${++taken}`)
}

export function offerPrices(said: readonly SaidPrice[], total: Money | null, take: TakeIds): OfferPrices | undefined {
  const currency = total?.currency ?? said[0]!.total.currency
  let entries: PassengerFare[] = []
  let gapMinor = 0
  for (const price of said) {
    const ids = take(price)
    if (!ids || price.total.currency !== currency) return undefined
    const entry = passengerFare(price, ids, currency)
    gapMinor += roundingOf(entry) * entry.count
    mergeInto(entries, entry)
  }
  if (total) {
    const rest = total.amountMinor - sumOf(entries, entry => entry.each.total.amountMinor)
    if (rest !== 0) entries = spread(entries, rest, currency)
    gapMinor += rest
  }
  const taxes = sumOf(entries, entry => chargesMinor(entry.each.taxes))
  const fees = sumOf(entries, entry => chargesMinor(entry.each.fees))
  const base = sumOf(entries, entry => entry.each.base.amountMinor)
  return {
    passengers: entries,
    total: money(base + taxes + fees, currency),
    base: money(base, currency),
    taxes: money(taxes, currency),
    fees: money(fees, currency),
    gapMinor,
  }
}

const noFees: readonly Charge[] = []

function passengerFare(price: SaidPrice, ids: readonly PassengerId[], currency: CurrencyCode): PassengerFare {
  const gap = price.total.amountMinor - price.base.amountMinor - chargesMinor(price.taxes)
  const fees = gap === 0 ? noFees : [rounding(gap, currency)]
  const each = { base: price.base, taxes: price.taxes, fees, total: price.total }
  return { ids, type: price.type, count: price.count, each }
}

function rounding(minor: number, currency: CurrencyCode): Charge {
  return { code: 'rounding', amount: money(minor, currency) }
}

function roundingOf(entry: PassengerFare): number {
  return entry.each.fees.length === 0 ? 0 : chargesMinor(entry.each.fees)
}

function chargesMinor(charges: readonly Charge[]): number {
  let sum = 0
  for (const charge of charges) sum += charge.amount.amountMinor
  return sum
}

function sumOf(entries: readonly PassengerFare[], minor: (entry: PassengerFare) => number): number {
  let sum = 0
  for (const entry of entries) sum += entry.count * minor(entry)
  return sum
}

/** Two children of five and eight at one price are one entry. */
function mergeInto(entries: PassengerFare[], entry: PassengerFare): void {
  const index = entries.findIndex(other => other.type === entry.type && samePrice(other, entry))
  const other = entries[index]
  if (!other) {
    entries.push(entry)
    return
  }
  entries[index] = {
    ids: [...other.ids, ...entry.ids],
    type: other.type,
    count: other.count + entry.count,
    each: other.each,
  }
}

function samePrice(a: PassengerFare, b: PassengerFare): boolean {
  return (
    a.each.total.amountMinor === b.each.total.amountMinor &&
    a.each.base.amountMinor === b.each.base.amountMinor &&
    sameCharges(a.each.taxes, b.each.taxes) &&
    sameCharges(a.each.fees, b.each.fees)
  )
}

function sameCharges(a: readonly Charge[], b: readonly Charge[]): boolean {
  return (
    a.length === b.length &&
    a.every((charge, i) => charge.code === b[i]!.code && charge.amount.amountMinor === b[i]!.amount.amountMinor)
  )
}

/** On the whole of an entry that it divides by, else on one passenger of the first, who then is an entry of his own. */
function spread(entries: readonly PassengerFare[], rest: number, currency: CurrencyCode): PassengerFare[] {
  const whole = entries.findIndex(entry => rest % entry.count === 0)
  if (whole >= 0) {
    return entries.map((entry, i) => (i === whole ? charged(entry, entry.ids, rest / entry.count, currency) : entry))
  }
  const [first, ...others] = entries
  const rest1: PassengerFare = {
    ids: first!.ids.slice(1),
    type: first!.type,
    count: first!.count - 1,
    each: first!.each,
  }
  return [charged(first!, first!.ids.slice(0, 1), rest, currency), rest1, ...others]
}

function charged(
  entry: PassengerFare,
  ids: readonly PassengerId[],
  minor: number,
  currency: CurrencyCode,
): PassengerFare {
  const { base, taxes, total } = entry.each
  const gap = roundingOf(entry) + minor
  const fees = gap === 0 ? noFees : [rounding(gap, currency)]
  const each = { base, taxes, fees, total: money(total.amountMinor + minor, currency) }
  return { ids, type: entry.type, count: ids.length, each }
}

/** Equal codes add up: one YQ, not one for each flight. In the order of their first mention. */
export class TaxList {
  readonly #charges: { code: string; amountMinor: number }[] = []

  add(code: string, amount: Money): void {
    for (const charge of this.#charges) {
      if (charge.code === code) {
        charge.amountMinor += amount.amountMinor
        return
      }
    }
    this.#charges.push({ code, amountMinor: amount.amountMinor })
  }

  charges(currency: CurrencyCode): readonly Charge[] {
    return this.#charges.map(charge => ({ code: charge.code, amount: money(charge.amountMinor, currency) }))
  }
}
