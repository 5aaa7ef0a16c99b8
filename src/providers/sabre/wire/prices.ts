import type { PassengerId } from '../../../core/ids.ts'
import type { PassengerType } from '../../../core/itinerary.ts'
import { type CurrencyCode, formatAmount, type Money, money } from '../../../core/money.ts'
import type { Charge, PassengerFare } from '../../../core/offer.ts'
import { sharedPassengers } from '../../../core/sharing.ts'

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

/** Whose prices: gives out ids for `count` passengers of a code. Undefined: the reply prices somebody not asked for. */
export type TakeIds = (said: {
  readonly type: PassengerType
  readonly code: string
  readonly count: number
}) => readonly PassengerId[] | undefined

/** Without a query at hand: pax_1, pax_2 … in the order of the reply. */
export function numberedIds(): TakeIds {
  let taken = 0
  return ({ count }) => {
    const ids = new Array<PassengerId>(count)
    for (let i = 0; i < count; i++) ids[i] = paxIds[taken + i] ?? `pax_${taken + i + 1}`
    taken += count
    return ids
  }
}

const paxIds: readonly PassengerId[] = Array.from({ length: 18 }, (_, i): PassengerId => `pax_${i + 1}`)

export function offerPrices(
  said: readonly { readonly price: SaidPrice }[],
  total: Money | null,
  take: TakeIds,
): OfferPrices | undefined {
  const currency = total?.currency ?? said[0]!.price.total.currency
  // sized for what is usual: nobody is merged
  const entries = new Array<PassengerFare>(said.length)
  const sources = new Array<number>(said.length)
  let count = 0
  for (let source = 0; source < said.length; source++) {
    const { price } = said[source]!
    const ids = take(price)
    if (!ids || price.total.currency !== currency) return undefined
    const entry = entryOf(price, ids, currency)
    const like = findLike(entries, count, entry)
    if (like >= 0) entries[like] = merged(entries[like]!, entry)
    else {
      entries[count] = entry
      sources[count++] = source
    }
  }
  entries.length = count
  sources.length = count
  if (total) {
    const rest = total.amountMinor - sumsOf(entries).total
    if (rest !== 0) spread(entries, sources, rest, currency)
  }
  const { base, taxes, fees } = sumsOf(entries)
  return {
    passengers: sharedPassengers(entries),
    total: money(base + taxes + fees, currency),
    base: money(base, currency),
    taxes: money(taxes, currency),
    fees: money(fees, currency),
    sources,
    isOff: entries.some(entry => entry.each.fees.length > 0),
  }
}

function findLike(entries: readonly PassengerFare[], count: number, entry: PassengerFare): number {
  for (let i = 0; i < count; i++) if (entries[i]!.type === entry.type && samePrice(entries[i]!, entry)) return i
  return -1
}

function sumsOf(entries: readonly PassengerFare[]): { base: number; taxes: number; fees: number; total: number } {
  const sums = { base: 0, taxes: 0, fees: 0, total: 0 }
  for (const { count, each } of entries) {
    sums.base += count * each.base.amountMinor
    sums.taxes += count * chargesMinor(each.taxes)
    sums.fees += count * chargesMinor(each.fees)
    sums.total += count * each.total.amountMinor
  }
  return sums
}

const noFees: readonly Charge[] = []

function entryOf(price: SaidPrice, ids: readonly PassengerId[], currency: CurrencyCode): PassengerFare {
  const gap = price.total.amountMinor - price.base.amountMinor - chargesMinor(price.taxes)
  const fees = gap === 0 ? noFees : [rounding(gap, currency)]
  const each = { base: price.base, taxes: price.taxes, fees, total: price.total }
  return { ids, type: price.type, count: price.count, each }
}

/** Two children of five and eight at one price are one entry. */
function merged(a: PassengerFare, b: PassengerFare): PassengerFare {
  return { ids: [...a.ids, ...b.ids], type: a.type, count: a.count + b.count, each: a.each }
}

function rounding(minor: number, currency: CurrencyCode): Charge {
  return { code: 'rounding', amount: money(minor, currency) }
}

function chargesMinor(charges: readonly Charge[]): number {
  let sum = 0
  for (const charge of charges) sum += charge.amount.amountMinor
  return sum
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
function spread(entries: PassengerFare[], sources: number[], rest: number, currency: CurrencyCode): void {
  const whole = entries.findIndex(entry => rest % entry.count === 0)
  if (whole >= 0) {
    const entry = entries[whole]!
    entries[whole] = charged(entry, entry.ids, rest / entry.count, currency)
    return
  }
  const first = entries[0]!
  const one = charged(first, first.ids.slice(0, 1), rest, currency)
  entries.splice(0, 1, one, { ids: first.ids.slice(1), type: first.type, count: first.count - 1, each: first.each })
  sources.unshift(sources[0]!)
}

function charged(
  entry: PassengerFare,
  ids: readonly PassengerId[],
  minor: number,
  currency: CurrencyCode,
): PassengerFare {
  const { base, taxes, total } = entry.each
  const gap = chargesMinor(entry.each.fees) + minor
  const fees = gap === 0 ? noFees : [rounding(gap, currency)]
  const each = { base, taxes, fees, total: money(total.amountMinor + minor, currency) }
  return { ids, type: entry.type, count: ids.length, each }
}

/** For the warning beside a rounding fee. */
export function roundingText(fees: Money): string {
  return `the parts differ from the total by ${formatAmount(fees)} ${fees.currency}`
}

/** Equal codes add up: one YQ, not one for each flight. In the order of their first mention. */
export function addUp(charges: Iterable<Charge>): readonly Charge[] {
  const found: Charge[] = []
  for (const charge of charges) addTo(found, charge)
  return found
}

export function addTo(found: Charge[], charge: Charge): void {
  for (let i = 0; i < found.length; i++) {
    const other = found[i]!
    if (other.code !== charge.code) continue
    const { amountMinor, currency } = other.amount
    found[i] = { code: other.code, amount: money(amountMinor + charge.amount.amountMinor, currency) }
    return
  }
  found.push(charge)
}
