import type { PassengerId } from '../../../core/ids.ts'
import type { PassengerType } from '../../../core/itinerary.ts'
import { type CurrencyCode, formatAmount, type Money, money } from '../../../core/money.ts'
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
  /** Of each entry of `passengers`, whose price it was, as an index into what was said. */
  readonly sources: readonly number[]
  /** Whether the supplier's own figures differ. */
  readonly isOff: boolean
}

type Entry = PassengerFare & { readonly source: number }

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
  let entries: Entry[] = []
  for (const [source, price] of said.entries()) {
    const ids = take(price)
    if (!ids || price.total.currency !== currency) return undefined
    const entry = entryOf(price, source, ids, currency)
    mergeInto(entries, entry)
  }
  if (total) {
    const rest = total.amountMinor - sumOf(entries, entry => entry.each.total.amountMinor)
    if (rest !== 0) entries = spread(entries, rest, currency)
  }
  const taxes = sumOf(entries, entry => chargesMinor(entry.each.taxes))
  const fees = sumOf(entries, entry => chargesMinor(entry.each.fees))
  const base = sumOf(entries, entry => entry.each.base.amountMinor)
  return {
    passengers: entries.map(({ ids, type, count, each }): PassengerFare => ({ ids, type, count, each })),
    total: money(base + taxes + fees, currency),
    base: money(base, currency),
    taxes: money(taxes, currency),
    fees: money(fees, currency),
    sources: entries.map(entry => entry.source),
    isOff: entries.some(entry => entry.each.fees.length > 0),
  }
}

const noFees: readonly Charge[] = []

function entryOf(price: SaidPrice, source: number, ids: readonly PassengerId[], currency: CurrencyCode): Entry {
  const gap = price.total.amountMinor - price.base.amountMinor - chargesMinor(price.taxes)
  const fees = gap === 0 ? noFees : [rounding(gap, currency)]
  const each = { base: price.base, taxes: price.taxes, fees, total: price.total }
  return { ids, type: price.type, count: price.count, each, source }
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
function mergeInto(entries: Entry[], entry: Entry): void {
  const index = entries.findIndex(other => other.type === entry.type && samePrice(other, entry))
  const other = entries[index]
  if (other) entries[index] = { ...other, ids: [...other.ids, ...entry.ids], count: other.count + entry.count }
  else entries.push(entry)
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
function spread(entries: readonly Entry[], rest: number, currency: CurrencyCode): Entry[] {
  const whole = entries.findIndex(entry => rest % entry.count === 0)
  if (whole >= 0) {
    return entries.map((entry, i) => (i === whole ? charged(entry, entry.ids, rest / entry.count, currency) : entry))
  }
  const [first, ...others] = entries
  const one = charged(first!, first!.ids.slice(0, 1), rest, currency)
  return [one, { ...first!, ids: first!.ids.slice(1), count: first!.count - 1 }, ...others]
}

function charged(entry: Entry, ids: readonly PassengerId[], minor: number, currency: CurrencyCode): Entry {
  const { base, taxes, total } = entry.each
  const gap = roundingOf(entry) + minor
  const fees = gap === 0 ? noFees : [rounding(gap, currency)]
  const each = { base, taxes, fees, total: money(total.amountMinor + minor, currency) }
  return { ids, type: entry.type, count: ids.length, each, source: entry.source }
}

/** For the warning beside a rounding fee. */
export function roundingText(fees: Money): string {
  return `the parts differ from the total by ${formatAmount(fees)} ${fees.currency}`
}

/** Equal codes add up: one YQ, not one for each flight. In the order of their first mention. */
export function addUp(charges: readonly Charge[]): readonly Charge[] {
  const found: Charge[] = []
  for (const charge of charges) {
    const index = found.findIndex(other => other.code === charge.code)
    const other = found[index]
    if (!other) found.push(charge)
    else {
      const { amountMinor, currency } = other.amount
      found[index] = { code: other.code, amount: money(amountMinor + charge.amount.amountMinor, currency) }
    }
  }
  return found
}
