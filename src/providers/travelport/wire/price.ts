import type { PassengerId } from '../../../core/ids.ts'
import { isId } from '../../../core/ids.ts'
import type { PassengerType } from '../../../core/itinerary.ts'
import { type CurrencyCode, type Money, money, subtract, sum, times, zero } from '../../../core/money.ts'
import type { Charge, Condition, PassengerFare, PassengerPrice } from '../../../core/offer.ts'
import { sharedPassengers } from '../../../core/sharing.ts'
import { type Penalty, type PricingInfo, passengerTypeOf, type WireCharge, type WirePassenger } from './pricing.ts'
import type { Reply } from './reply.ts'

/** Whose price it is: the caller knows the passengers that it asked for. */
export type PassengerNames = { name(type: PassengerType, passenger: WirePassenger): PassengerId }

/** For a message without its request: ids that stand in it, else numbers in order. */
export function numberedPassengers(): PassengerNames {
  let number = 0
  return {
    name(_type, passenger) {
      number++
      return passenger.ref !== null && isId('pax', passenger.ref) ? passenger.ref : `pax_${number}`
    },
  }
}

/** What one pricing info says for its passengers of one type. */
export type PricedGroup = { readonly fare: PassengerFare; readonly info: PricingInfo }

/** Undefined where an info has no total or another currency: such a unit cannot be sold. */
export function priceGroups(
  reply: Reply,
  infos: readonly PricingInfo[],
  names: PassengerNames,
): readonly PricedGroup[] | undefined {
  const groups: PricedGroup[] = []
  let currency: CurrencyCode | undefined
  for (const info of infos) {
    const each = priceEach(reply, info)
    if (!each) return undefined
    currency ??= each.total.currency
    if (each.total.currency !== currency) {
      reply.warn('currencies', `AirPricingInfo ${info.key}`, `${each.total.currency} beside ${currency}`)
      return undefined
    }
    for (const { type, passengers } of byType(reply, info)) {
      const ids = passengers.map(passenger => names.name(type, passenger))
      addGroup(groups, { fare: { ids, type, count: ids.length, each }, info })
    }
  }
  return groups.length > 0 ? groups : undefined
}

/** Airlines price some types per passenger: equal ones are one entry. */
function addGroup(groups: PricedGroup[], group: PricedGroup): void {
  const same = groups.findIndex(other => other.fare.type === group.fare.type && isSamePrice(other, group))
  if (same < 0) {
    groups.push(group)
    return
  }
  const known = groups[same]!
  const ids = [...known.fare.ids, ...group.fare.ids]
  groups[same] = {
    fare: { ids, type: known.fare.type, count: ids.length, each: known.fare.each },
    info: known.info,
  }
}

function isSamePrice(a: PricedGroup, b: PricedGroup): boolean {
  return JSON.stringify(a.fare.each) === JSON.stringify(b.fare.each) && soldAs(a.info) === soldAs(b.info)
}

function soldAs(info: PricingInfo): string {
  const basis = new Map(info.fares.map(fare => [fare.key, fare.fareBasis]))
  const bookings = [...info.bookings, ...info.legs.flatMap(leg => leg.options.flat())]
  return bookings.map(b => `${b.segmentRef} ${b.bookingCode} ${basis.get(b.fareRef) ?? b.fareRef}`).join('|')
}

/** By our types: some codes are the same to us, and an info may price several. */
function byType(reply: Reply, info: PricingInfo): readonly OfOneType[] {
  const stated = info.passengers.length > 0 ? info.passengers : [{ code: fareCode(info), age: null, ref: null }]
  const types: OfOneType[] = []
  for (const passenger of stated) {
    const known = passengerTypeOf(passenger.code)
    if (known === null)
      reply.warn('passenger-type', `AirPricingInfo ${info.key}`, `${passenger.code} taken as an adult`)
    const type = known ?? 'ADT'
    const same = types.find(one => one.type === type)
    if (same) same.passengers.push(passenger)
    else types.push({ type, passengers: [passenger] })
  }
  return types
}

type OfOneType = { readonly type: PassengerType; readonly passengers: WirePassenger[] }

function fareCode(info: PricingInfo): string {
  return info.fares[0]?.passengerCode || 'ADT'
}

/** For one passenger; base + taxes + fees = total to the minor unit, the stated total wins. */
function priceEach(reply: Reply, info: PricingInfo): PassengerPrice | undefined {
  const { amounts } = info
  const place = `AirPricingInfo ${info.key}`
  const total = amounts.total
  if (!total) {
    reply.warn('no-total', place, 'no TotalPrice, or none that can be read')
    return undefined
  }
  const { currency } = total
  const taxes = itemised(reply, info.taxes, currency, place)
  const listed = itemised(reply, info.fees, currency, place)
  const missing = inCurrency(amounts.taxes, currency)
  const untold = missing ? missing.amountMinor - sumOf(taxes, currency).amountMinor : 0
  if (untold > 0) taxes.push({ code: 'XT', amount: { amountMinor: untold, currency } })
  const base = inCurrency(amounts.equivalentBase, currency) ?? inCurrency(amounts.base, currency)
  const withTaxes = subtract(total, sumOf(taxes, currency))
  if (!base) {
    const fees = listed.length > 0 ? listed : statedFees(amounts.fees, currency)
    return { base: subtract(withTaxes, sumOf(fees, currency)), taxes, fees, total }
  }
  const gap = subtract(withTaxes, base)
  return { base, taxes, fees: feesFor(reply, gap, listed, statedFees(amounts.fees, currency), place), total }
}

/** Fees that the total does not hold are paid elsewhere and left out. */
function feesFor(
  reply: Reply,
  gap: Money,
  listed: readonly Charge[],
  stated: readonly Charge[],
  place: string,
): readonly Charge[] {
  if (gap.amountMinor === 0) return sumOf(listed, gap.currency).amountMinor === 0 ? listed : []
  if (sumOf(listed, gap.currency).amountMinor === gap.amountMinor) return listed
  if (sumOf(stated, gap.currency).amountMinor === gap.amountMinor) return stated
  const rest = subtract(gap, sumOf(listed, gap.currency))
  reply.warn('rounding', place, `base, taxes and fees are ${rest.amountMinor} minor units short of the total`)
  return [...listed, { code: 'rounding', amount: rest }]
}

function statedFees(fees: Money | undefined, currency: CurrencyCode): readonly Charge[] {
  const amount = inCurrency(fees, currency)
  return amount && amount.amountMinor !== 0 ? [{ code: 'service', amount }] : []
}

function itemised(reply: Reply, charges: readonly WireCharge[], currency: CurrencyCode, place: string): Charge[] {
  const list: Charge[] = []
  for (const charge of charges) {
    if (charge.amount.currency === currency) list.push(charge)
    else reply.warn('currencies', place, `${charge.code} in ${charge.amount.currency} beside ${currency}`)
  }
  return list
}

function inCurrency(amount: Money | undefined, currency: CurrencyCode): Money | undefined {
  return amount?.currency === currency ? amount : undefined
}

/** All are in this currency. */
function sumOf(charges: readonly Charge[], currency: CurrencyCode): Money {
  let total = 0
  for (const { amount } of charges) total += amount.amountMinor
  return money(total, currency)
}

/** The sums of an offer over its passengers, and the supplier's own total beside them: where they differ, one passenger
 *  carries the gap as `rounding`. */
export type OfferPrice = {
  readonly passengers: readonly PassengerFare[]
  readonly total: Money
  readonly base: Money
  readonly taxes: Money
  readonly fees: Money
}

export function offerPrice(
  reply: Reply,
  groups: readonly PricedGroup[],
  stated: Money | undefined,
  place: string,
): OfferPrice {
  const fares = groups.map(group => group.fare)
  const { currency } = fares[0]!.each.total
  const summed = sumUp(fares, currency)
  if (!stated || stated.currency !== currency || stated.amountMinor === summed.total.amountMinor) return summed
  const gap = subtract(stated, summed.total)
  reply.warn('rounding', place, `its prices are ${gap.amountMinor} minor units short of its total`)
  return sumUp(carryGap(fares, gap), currency)
}

function carryGap(fares: readonly PassengerFare[], gap: Money): readonly PassengerFare[] {
  const [first, ...others] = fares as readonly [PassengerFare, ...PassengerFare[]]
  const { base, taxes, fees, total } = first.each
  const each = {
    base,
    taxes,
    fees: [...fees, { code: 'rounding', amount: gap }],
    total: { amountMinor: total.amountMinor + gap.amountMinor, currency: gap.currency },
  }
  const carrier: PassengerFare = { ids: first.ids.slice(0, 1), type: first.type, count: 1, each }
  if (first.count === 1) return [carrier, ...others]
  const rest: PassengerFare = { ids: first.ids.slice(1), type: first.type, count: first.count - 1, each: first.each }
  return [carrier, rest, ...others]
}

function sumUp(passengers: readonly PassengerFare[], currency: CurrencyCode): OfferPrice {
  let total = 0
  let base = 0
  let taxes = 0
  let fees = 0
  for (const { each, count } of passengers) {
    total += each.total.amountMinor * count
    base += each.base.amountMinor * count
    taxes += sumOf(each.taxes, currency).amountMinor * count
    fees += sumOf(each.fees, currency).amountMinor * count
  }
  return {
    passengers: sharedPassengers(passengers),
    total: money(total, currency),
    base: money(base, currency),
    taxes: money(taxes, currency),
    fees: money(fees, currency),
  }
}

/** `allowed` where an amount or the flag says so; the fee is for all passengers. */
export function conditionOf(
  groups: readonly PricedGroup[],
  currency: CurrencyCode,
  penaltyOf: (info: PricingInfo) => Penalty | null,
  flagOf: (info: PricingInfo) => boolean | null,
): Condition {
  let allowed: boolean | null = true
  let fee: Money | null = zero(currency)
  for (const { fare, info } of groups) {
    const one = conditionEach(penaltyOf(info), flagOf(info), currency)
    if (one.allowed === false) return { allowed: false, fee: null }
    if (one.allowed === null) allowed = null
    fee = fee && one.fee ? sum([fee, times(one.fee, fare.count)], currency) : null
  }
  return { allowed, fee: allowed === null ? null : fee }
}

function conditionEach(penalty: Penalty | null, allowed: boolean | null, currency: CurrencyCode): Condition {
  if (allowed === false || (penalty !== null && (penalty.percent ?? 0) >= 100)) return { allowed: false, fee: null }
  if (penalty === null) return { allowed, fee: null }
  const free = penalty.amount === undefined && penalty.percent === 0
  return { allowed: true, fee: free ? zero(currency) : (inCurrency(penalty.amount, currency) ?? null) }
}
