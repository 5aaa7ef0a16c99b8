import { toInstant as instantText } from '../../core/clock.ts'
import type { PassengerId } from '../../core/ids.ts'
import type { Cabin, Slice } from '../../core/itinerary.ts'
import type { Condition, PassengerFare, SupplierOffer } from '../../core/offer.ts'
import { times } from '../../core/money.ts'
import { assembleSlice } from '../../reference/assemble.ts'
import { toFare, toSegment } from '../../sandbox/to-offer.ts'
import type {
  WorldOffer,
  WorldPassenger,
  WorldPassengerPrice,
  WorldSelection,
  WorldSlice,
  WorldView,
} from '../../sandbox/world.ts'
import { ageOfCode, cabinOf, passengerCode, passengerTypeOf } from './wire/codes.ts'
import { encodeGrouped, noAvailability } from './wire/grouped-encode.ts'
import type { JsonObject } from './wire/json.ts'
import type { ShopRequest } from './wire/shop-request.ts'

/** The sandbox office. */
export const office = { zone: 'Europe/London', country: 'GB', currency: 'GBP', pseudoCityCode: 'F1RL' } as const

/** What is sold against payment only has no time limit on the wire but this one: so soon that there is nothing to hold. */
const instantMs = 15 * 60_000
/** Beside fares of another cabin. */
const mainFaresMax = 20

/** A search at any time of the day is answered from what is for sale; one that names minutes of departure asks again for
 *  what was found before, and is priced now. */
export function answerShop(request: ShopRequest, view: WorldView, now: number): JsonObject {
  const passengers = request.passengers.flatMap(({ code, count }) =>
    Array.from({ length: count }, (): WorldPassenger => worldPassenger(code)),
  )
  const currency = request.currency ?? office.currency
  const ask = (cabin: Cabin | null, offersMax: number): readonly WorldOffer[] =>
    view.shop({
      slices: request.slices.map(({ origin, destination, date, time }) => {
        const minute = time?.slice(0, 5)
        const departureTime = minute === undefined ? null : { from: minute, to: minute }
        return { origin, destination, departureDate: date, departureTime }
      }),
      passengers,
      cabin,
      currency,
      pointOfSale: office.country,
      maxConnections: request.connectionsMax,
      carriers: { include: request.carriers, exclude: [] },
      offersMax,
    })
  const other = cabinOf(request.otherCabinCode)
  const preferred = cabinOf(request.cabinCode)
  const found = [
    ...(other ? ask(other, request.itinerariesMax) : []),
    ...ask(other ? (preferred ?? 'economy') : preferred, other ? mainFaresMax : request.itinerariesMax),
  ]
  const recheck = request.slices.some(slice => slice.time !== null)
  const offers = recheck ? found.flatMap(offer => priced(offer, passengers, currency, view)) : found
  if (offers.length === 0) return noAvailability()
  const ages = new Map<PassengerFare, number | null>()
  const sold = (request.unrestrictedToo ? offers : cheapestOfEach(offers)).map(offer => toOffer(offer, now, ages))
  return encodeGrouped(sold, {
    officeZone: office.zone,
    passengerCode: passenger => passengerCode(passenger.type, ages.get(passenger) ?? null),
  })
}

export function worldPassenger(code: string): WorldPassenger {
  return { type: passengerTypeOf(code) ?? 'ADT', age: ageOfCode(code) }
}

function priced(
  offer: WorldOffer,
  passengers: readonly WorldPassenger[],
  currency: string,
  view: WorldView,
): readonly WorldOffer[] {
  const result = view.price(selectionOf(offer, passengers, currency))
  return result.kind === 'priced' ? [result.offer] : []
}

export function selectionOf(
  offer: WorldOffer,
  passengers: readonly WorldPassenger[],
  currency: string,
): WorldSelection {
  return {
    slices: offer.slices.map((slice, i) => ({
      segments: slice.segments.map(({ carrier, number, origin, destination, departure, bookingClass }) => ({
        carrier,
        number,
        origin,
        destination,
        departureDate: departure.slice(0, 10),
        bookingClass,
      })),
      fareBasis: offer.passengers[0]!.fares[i]!.fareBasis,
    })),
    passengers,
    currency,
    pointOfSale: office.country,
  }
}

/** One fare for each itinerary: offers come cheapest first. */
function cheapestOfEach(offers: readonly WorldOffer[]): readonly WorldOffer[] {
  const seen = new Set<string>()
  return offers.filter(offer => {
    const key = flightsKey(offer)
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

export function flightsKey(offer: WorldOffer): string {
  return offer.slices
    .flatMap(slice => slice.segments.map(segment => `${segment.carrier}${segment.number}${segment.departure}`))
    .join()
}

/** The world's offer in our own words, for the encoder. Ages go beside: they are in Sabre's passenger codes only. */
export function toOffer(offer: WorldOffer, now: number, ages: Map<PassengerFare, number | null>): SupplierOffer {
  const passengers = offer.passengers.map(price => {
    const fare = passengerFare(price)
    ages.set(fare, price.age)
    return fare
  })
  const total = { base: 0, taxes: 0 }
  for (const { count, each } of passengers) {
    total.base += count * each.base.amountMinor
    for (const tax of each.taxes) total.taxes += count * tax.amount.amountMinor
  }
  const { currency } = offer
  const limit = offer.holdAllowed ? offer.lastTicketing : Math.min(offer.lastTicketing, now + instantMs)
  const seats = passengers.reduce((sum, { type, count }) => sum + (type === 'INF' ? 0 : count), 0)
  return {
    provider: 'sabre',
    validatingCarrier: offer.validatingCarrier,
    total: offer.total,
    base: { amountMinor: total.base, currency },
    taxes: { amountMinor: total.taxes, currency },
    fees: { amountMinor: 0, currency },
    passengers,
    slices: offer.slices.map((slice, i) => toSlice(slice, offer.passengers, i)),
    conditions: { change: condition(offer.change, seats), refund: condition(offer.refund, seats) },
    requirements: {
      documents: null,
      gender: null,
      birthDate: true,
      instantPayment: null,
      holdAllowed: offer.holdAllowed,
    },
    seatsLeft: offer.seatsLeft,
    ticketBy: instantText(limit),
    expiresAt: null,
    supplierContext: {},
  }
}

function condition(said: WorldOffer['change'], seats: number): Condition {
  return { allowed: said.allowed, fee: said.fee && times(said.fee, seats) }
}

const noIds: readonly PassengerId[] = []

function passengerFare(price: WorldPassengerPrice): PassengerFare {
  const { base, taxes, total } = price
  return { ids: noIds, type: price.type, count: price.count, each: { base, taxes, fees: [], total } }
}

export function toSlice(slice: WorldSlice, prices: readonly WorldPassengerPrice[], index: number): Slice {
  return assembleSlice(
    slice.segments.map(segment =>
      toSegment(segment, 'seg_0', {
        fares: prices.map(price => toFare(segment, price, index)),
        marriageGroup: segment.marriageGroup === null ? null : `${index}${segment.marriageGroup}`,
        status: null,
      }),
    ),
  )
}
