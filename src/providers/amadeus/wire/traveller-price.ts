import { add, allocate, isZero, type Money, money, parseMoney, subtract } from '../../../core/money.ts'
import type { Charge, PassengerPrice } from '../../../core/offer.ts'
import { listOf, type Place, type Raw, rawOf, textOf, Unreadable, type Warnings, warn } from './read.ts'
import { chargeCode } from './vocabulary.ts'

/** Prices of a message by their total: offers that differ in their flights only cost the same. */
export type KnownPrices = Map<unknown, KnownPrice[]>
type KnownPrice = { readonly raw: Raw; readonly price: PassengerPrice }

/** More of one total are made anew each time. */
const alikeMax = 8

/** As readTravellerPrice; one that was read before, without a doubt, is shared. */
export function findOrReadPrice(
  value: unknown,
  currency: string,
  at: Place,
  known: KnownPrices,
  warnings: Warnings,
): PassengerPrice {
  const raw = rawOf(value)
  const alike = known.get(raw?.total)
  if (alike && raw) {
    for (const { raw: other, price } of alike) {
      if (price.total.currency === currency && samePrice(other, raw)) return price
    }
  }
  const doubts = warnings.length
  const price = readTravellerPrice(raw, currency, at, warnings)
  if (raw === null || warnings.length > doubts) return price
  if (!alike) known.set(raw.total, [{ raw, price }])
  else if (alike.length < alikeMax) alike.push({ raw, price })
  return price
}

/** In all that readTravellerPrice looks at, but for the total. */
function samePrice(a: Raw, b: Raw): boolean {
  if (a.base !== b.base || a.currency !== b.currency) return false
  return sameCharges(a.taxes, b.taxes) && sameCharges(a.fees, b.fees)
}

function sameCharges(a: unknown, b: unknown): boolean {
  const x = listOf(a)
  const y = listOf(b)
  if (x.length !== y.length) return false
  for (let i = 0; i < x.length; i++) {
    const one = rawOf(x[i])
    const other = rawOf(y[i])
    if (!one || !other) return false
    if (one.amount !== other.amount || one.code !== other.code || one.type !== other.type) return false
  }
  return true
}

/** `price` of one traveller: base, taxes by code, fees, total. What the taxes leave untold is one tax XT; where the
 *  figures disagree the total wins and the gap is a fee `rounding`. */
function readTravellerPrice(raw: Raw | null, currency: string, at: Place, warnings: Warnings): PassengerPrice {
  if (raw === null) throw new Unreadable('price-missing', at(), 'a traveller has no price')
  const said = textOf(raw.currency)
  if (said !== null && said !== currency) throw new Unreadable('currency-mixed', at(), `${said} beside ${currency}`)
  const total = amountOf(raw.total, currency, at)
  const taxes = chargesOf(raw.taxes, 'code', currency, at)
  const listed = chargesOf(raw.fees, 'type', currency, at)
  const taxed = sumOf(taxes, currency)
  if (raw.base === undefined || raw.base === null) {
    warn(warnings, 'base-missing', at(), 'the base fare is not told: it is what the taxes leave of the total')
    return { base: subtract(total, taxed), taxes, fees: [], total }
  }
  const base = amountOf(raw.base, currency, at)
  const rest = subtract(subtract(total, base), taxed)
  const fees = feesWithin(rest, listed, currency)
  return settle({ base, taxes, fees, total }, subtract(rest, sumOf(fees, currency)), at, warnings)
}

/** Fees that the traveller's total leaves out are told again for the whole offer. */
function feesWithin(rest: Money, listed: readonly Charge[], currency: string): readonly Charge[] {
  if (listed.length === 0) return listed
  return rest.amountMinor >= sumOf(listed, currency).amountMinor ? listed : []
}

function settle(price: PassengerPrice, rest: Money, at: Place, warnings: Warnings): PassengerPrice {
  if (isZero(rest)) return price
  const { base, taxes, fees, total } = price
  // a cent for each figure that may have been rounded is a gap, more than that is something that was not told
  const rounded = Math.abs(rest.amountMinor) <= taxes.length + 2
  if (rest.amountMinor > 0 && (taxes.length === 0 || !rounded)) {
    if (taxes.length > 0)
      warn(warnings, 'taxes-untold', at(), 'the taxes told do not add up to the total: the rest is XT')
    return { base, taxes: mergeCharge(taxes, { code: 'XT', amount: rest }), fees, total }
  }
  warn(warnings, 'rounding', at(), 'base, taxes and fees do not add up to the total: the total wins')
  return { base, taxes, fees: [...fees, { code: 'rounding', amount: rest }], total }
}

/** What the supplier asks for the whole offer beyond its travellers' totals. */
export type OfferPrice = {
  readonly total: Money
  readonly fees: readonly Charge[]
  readonly services: readonly Charge[]
}

export function readOfferPrice(raw: Raw, currency: string, at: Place): OfferPrice {
  const total = raw.grandTotal ?? raw.total
  return {
    total: amountOf(total, currency, at),
    fees: chargesOf(raw.fees, 'type', currency, at),
    services: chargesOf(raw.additionalServices, 'type', currency, at),
  }
}

/** The travellers' prices brought to the offer's total: each bears its share of fees and chosen services, which the
 *  supplier states for all. Services on offer but not chosen (the price of a first bag) are not in the total. */
export function settleOffer(
  prices: readonly PassengerPrice[],
  offer: OfferPrice,
  at: Place,
  warnings: Warnings,
): readonly PassengerPrice[] {
  const currency = offer.total.currency
  const gap = subtract(offer.total, sumTotals(prices, currency))
  if (isZero(gap)) return prices
  const charges = chargesInGap(gap, offer, currency)
  const rest = subtract(gap, sumOf(charges, currency))
  if (!isZero(rest)) {
    warn(warnings, 'rounding', at(), 'the travellers’ prices do not add up to the total: the total wins')
    charges.push({ code: 'rounding', amount: rest })
  }
  return shareOut(prices, charges)
}

/** The sum of fees, of services, or of both that comes nearest to the gap; none when the gap itself is nearest to zero. */
function chargesInGap(gap: Money, offer: OfferPrice, currency: string): Charge[] {
  const choices = [[], offer.fees, offer.services, [...offer.fees, ...offer.services]]
  let best: readonly Charge[] = []
  let least = Math.abs(gap.amountMinor)
  for (const choice of choices) {
    const left = Math.abs(gap.amountMinor - sumOf(choice, currency).amountMinor)
    if (left < least) {
      least = left
      best = choice
    }
  }
  return [...best]
}

function shareOut(prices: readonly PassengerPrice[], charges: readonly Charge[]): readonly PassengerPrice[] {
  let shared = prices
  for (const charge of charges) {
    const shares = allocate(charge.amount, shared.length)
    shared = shared.map((price, i) => withFee(price, { code: charge.code, amount: shares[i]! }))
  }
  return shared
}

function withFee(price: PassengerPrice, fee: Charge): PassengerPrice {
  if (isZero(fee.amount)) return price
  const { base, taxes, total } = price
  return { base, taxes, fees: mergeCharge(price.fees, fee), total: add(total, fee.amount) }
}

/** Fees and services are named by their type in our spelling, taxes by their code. What costs nothing is no fee. */
function chargesOf(value: unknown, name: 'code' | 'type', currency: string, at: Place): readonly Charge[] {
  const list = listOf(value)
  let charges: Charge[] | undefined
  for (let i = 0; i < list.length; i++) {
    const raw = rawOf(list[i])
    if (raw === null) throw new Unreadable('amount-unreadable', at(), 'a charge is no object')
    if (name === 'type' && raw.amount === '0.00') continue
    const word = textOf(raw[name])
    const amount = amountOf(raw.amount, currency, at)
    if (name === 'type' && isZero(amount)) continue
    const code = word === null ? (name === 'code' ? 'XT' : 'other') : name === 'code' ? word : chargeCode(word)
    charges ??= []
    addCharge(charges, { code, amount })
  }
  return charges ?? noCharges
}

/** One entry a code. */
function addCharge(charges: Charge[], charge: Charge): void {
  for (let i = 0; i < charges.length; i++) {
    const { code, amount } = charges[i]!
    if (code === charge.code) {
      charges[i] = { code, amount: add(amount, charge.amount) }
      return
    }
  }
  charges.push(charge)
}

const noCharges: readonly Charge[] = []

function mergeCharge(charges: readonly Charge[], charge: Charge): readonly Charge[] {
  const merged = [...charges]
  addCharge(merged, charge)
  return merged
}

function amountOf(value: unknown, currency: string, at: Place): Money {
  const amount = typeof value === 'string' || typeof value === 'number' ? parseMoney(value, currency) : undefined
  if (amount === undefined) throw new Unreadable('amount-unreadable', at(), 'an amount is missing or no decimal number')
  return amount
}

function sumOf(charges: readonly Charge[], currency: string): Money {
  let total = 0
  for (const charge of charges) total += charge.amount.amountMinor
  return money(total, currency)
}

function sumTotals(prices: readonly PassengerPrice[], currency: string): Money {
  let total = 0
  for (const price of prices) total += price.total.amountMinor
  return money(total, currency)
}
