import type { EpochMs } from '../core/clock.ts'
import { type Money, money } from '../core/money.ts'
import { carryOnBaggage, checkedBaggage, infantBaggage } from './brands.ts'
import { area } from './connecting-times.ts'
import type { Inventory } from './inventory.ts'
import { bookedIn, fareBasisFor, type Pick, type Pricing, priceOfSlice } from './picks.ts'
import { fareMinor } from './rates.ts'
import { usualFeeDollars } from './tariff.ts'
import type { WorldFare, WorldOffer, WorldPassenger, WorldPassengerPrice, WorldSegment, WorldSlice } from './world.ts'

export type OfferTerms = { readonly lastTicketing: EpochMs; readonly holdAllowed: boolean }

/** One pick per slice, priced for these passengers. */
export function toOffer(
  picks: readonly Pick[],
  passengers: readonly WorldPassenger[],
  pricing: Pricing,
  inventory: Inventory,
  terms: OfferTerms,
): WorldOffer {
  const { currency } = pricing.tender
  const prices = grouped(passengers).map(group => passengerPrice(picks, group, pricing))
  const slices = picks.map((pick, i) => toSlice(pick, i, inventory))
  return {
    slices,
    validatingCarrier: picks[0]!.itinerary.owner.code,
    currency,
    total: money(
      prices.reduce((sum, price) => sum + price.count * price.total.amountMinor, 0),
      currency,
    ),
    passengers: prices,
    seatsLeft: Math.min(...slices.flatMap(slice => slice.segments.map(segment => segment.seatsLeft))),
    lastTicketing: terms.lastTicketing,
    holdAllowed: terms.holdAllowed,
    change: condition(picks, 'change', pricing),
    refund: condition(picks, 'refund', pricing),
    documentsRequired: picks.some(({ market }) => {
      return area(market.from.airport.country) !== area(market.to.airport.country)
    }),
  }
}

type Group = { readonly passenger: WorldPassenger; count: number }

/** Passengers of one type cost the same here, whatever their age. */
function grouped(passengers: readonly WorldPassenger[]): readonly Group[] {
  const groups: Group[] = []
  for (const passenger of passengers) {
    const group = groups.find(other => other.passenger.type === passenger.type)
    if (group) group.count++
    else groups.push({ passenger, count: 1 })
  }
  return groups
}

function passengerPrice(picks: readonly Pick[], { passenger, count }: Group, pricing: Pricing): WorldPassengerPrice {
  const { currency } = pricing.tender
  const { type, age } = passenger
  const byCode = new Map<string, number>()
  const fares: WorldFare[] = []
  let base = 0
  for (const pick of picks) {
    const price = priceOfSlice(pick, type, pricing)
    base += price.base
    for (const { code, minor } of price.taxes) byCode.set(code, (byCode.get(code) ?? 0) + minor)
    fares.push(toFare(pick, type, money(price.base, currency)))
  }
  let total = base
  const taxes: { readonly code: string; readonly amount: Money }[] = []
  for (const [code, minor] of byCode) {
    total += minor
    taxes.push({ code, amount: money(minor, currency) })
  }
  return { type, age, count, base: money(base, currency), taxes, total: money(total, currency), fares }
}

function toFare(pick: Pick, type: WorldPassenger['type'], amount: Money): WorldFare {
  const { itinerary, cabin, terms, market } = pick
  const longest = itinerary.segments.findIndex(segment => segment.carrier === itinerary.owner)
  return {
    fareBasis: fareBasisFor(pick, type),
    bookingClass: bookedIn(pick, Math.max(0, longest)).bookingClass,
    cabin,
    brand: terms.brand,
    amount,
    checked: type === 'INF' ? infantBaggage : checkedBaggage(itinerary.owner, terms, cabin, market.from, market.to),
    carryOn: carryOnBaggage(itinerary.owner, cabin),
  }
}

function toSlice(pick: Pick, sliceIndex: number, inventory: Inventory): WorldSlice {
  const { itinerary, market } = pick
  // Some airlines sell a connection as one: its segments are booked and cancelled together.
  const married = itinerary.stops > 0 && itinerary.owner.index % 2 === 0 ? `M${sliceIndex + 1}` : null
  return {
    origin: market.from.code,
    destination: market.to.code,
    durationMinutes: itinerary.minutes,
    segments: itinerary.segments.map(({ flight, operated }, i): WorldSegment => {
      const { bookingClass, cabin, step } = bookedIn(pick, i)
      const seatsLeft = Math.min(9, inventory.available(operated, cabin, step))
      return { ...flight, seatsLeft, bookingClass, cabin, marriageGroup: married }
    }),
  }
}

/** The strictest of the slices; their fees add up. */
function condition(picks: readonly Pick[], kind: 'change' | 'refund', pricing: Pricing): WorldOffer['change'] {
  const shares = picks.map(pick => pick.terms[kind])
  if (shares.includes(null)) return { allowed: false, fee: null }
  const dollars = picks.reduce((sum, pick, i) => sum + usualFeeDollars(pick.market) * shares[i]!, 0)
  return { allowed: true, fee: money(fareMinor(pricing.tender, dollars), pricing.tender.currency) }
}
