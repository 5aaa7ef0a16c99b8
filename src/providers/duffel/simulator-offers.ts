import { type EpochMs, toInstant } from '../../core/clock.ts'
import { type PassengerId, randomText } from '../../core/ids.ts'
import type { Segment, Slice } from '../../core/itinerary.ts'
import { type Money, money, times } from '../../core/money.ts'
import type { Condition, PassengerFare, SupplierOffer } from '../../core/offer.ts'
import { assembleSlice } from '../../reference/assemble.ts'
import type { WorldOffer, WorldPassenger, WorldSelection, WorldSlice } from '../../sandbox/world.ts'
import { encodeOffer, type OfferPassenger } from './wire/offer-encode.ts'
import type { JsonObject } from './wire/read.ts'

/** The world's offers in Duffel's words. */

/** Of the account: replies are in it whatever is asked. */
export const billingCurrency = 'GBP'

const idCharacters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** `off_0000` and eighteen characters. */
export function newWireId(prefix: string): string {
  return `${prefix}_0000${randomText(18, idCharacters)}`
}

/** What the simulator remembers of an offer that it has shown. */
export type StoredOffer = {
  readonly id: string
  readonly requestId: string
  readonly createdAt: EpochMs
  readonly expiresAt: EpochMs
  readonly passengers: readonly OfferPassenger[]
  readonly selection: WorldSelection
}

const offerMs = 30 * 60_000

export function storeOffer(
  offer: WorldOffer,
  asked: { readonly requestId: string; readonly types: readonly WorldPassenger[]; readonly ids: readonly string[] },
  now: EpochMs,
): StoredOffer {
  return {
    id: newWireId('off'),
    requestId: asked.requestId,
    createdAt: now,
    expiresAt: Math.min(now + offerMs, offer.lastTicketing),
    passengers: asked.ids.map((wireId, i) => ({ wireId, id: passengerId(i), age: asked.types[i]!.age })),
    selection: {
      slices: offer.slices.map((slice, i) => selectSlice(slice, fareBasisOf(offer, i))),
      passengers: asked.types,
      currency: billingCurrency,
      pointOfSale: null,
    },
  }
}

export function passengerId(index: number): PassengerId {
  return `pax_${index + 1}`
}

function selectSlice(slice: WorldSlice, fareBasis: string | null): WorldSelection['slices'][number] {
  return {
    segments: slice.segments.map(({ carrier, number, origin, destination, departure, bookingClass }) => ({
      carrier,
      number,
      origin,
      destination,
      departureDate: departure.slice(0, 10),
      bookingClass,
    })),
    fareBasis,
  }
}

function fareBasisOf(offer: WorldOffer, slice: number): string | null {
  const adult = offer.passengers.find(({ type }) => type === 'ADT') ?? offer.passengers[0]
  return adult?.fares[slice]?.fareBasis ?? null
}

export function encodeStored(stored: StoredOffer, offer: WorldOffer): JsonObject {
  const types = stored.selection.passengers
  return encodeOffer(toSupplierOffer(offer, types, stored.expiresAt), {
    id: stored.id,
    createdAt: toInstant(stored.createdAt),
    passengers: stored.passengers,
    distancesKm: distancesOf(offer),
  })
}

export function distancesOf(offer: WorldOffer): readonly number[] {
  return offer.slices.flatMap(slice => slice.segments.map(segment => segment.distanceKm))
}

function toSupplierOffer(offer: WorldOffer, types: readonly WorldPassenger[], expiresAt: EpochMs): SupplierOffer {
  const passengers = toPassengers(offer, types)
  const { base, taxes } = wholePrice(offer)
  const seats = types.filter(({ type }) => type !== 'INF').length
  return {
    provider: 'duffel',
    validatingCarrier: offer.validatingCarrier,
    total: offer.total,
    base,
    taxes,
    fees: money(0, offer.currency),
    passengers,
    slices: toSlices(offer, null),
    conditions: conditionsOf(offer, seats),
    requirements: {
      documents: offer.documentsRequired ? 'required' : 'optional',
      gender: true,
      birthDate: true,
      instantPayment: !offer.holdAllowed,
      holdAllowed: offer.holdAllowed,
    },
    seatsLeft: null,
    ticketBy: offer.holdAllowed ? toInstant(offer.lastTicketing) : null,
    expiresAt: toInstant(expiresAt),
    supplierContext: {},
  }
}

/** Whoever comes first of a type gets the first of its prices. */
function toPassengers(offer: WorldOffer, types: readonly WorldPassenger[]): readonly PassengerFare[] {
  const waiting = types.map(({ type }, i) => ({ type, id: passengerId(i) }))
  return offer.passengers.map(({ type, count, base, taxes, total }) => {
    const ids: PassengerId[] = []
    while (ids.length < count) {
      const next = waiting.findIndex(passenger => passenger.type === type)
      if (next < 0) throw new RangeError(`the world priced more ${type} than were asked`)
      ids.push(waiting.splice(next, 1)[0]!.id)
    }
    return { ids, type, count, each: { base, taxes, fees: [], total } }
  })
}

/** For all passengers. */
export function wholePrice(offer: WorldOffer): { readonly base: Money; readonly taxes: Money } {
  const base = offer.passengers.reduce((sum, passenger) => sum + passenger.base.amountMinor * passenger.count, 0)
  return { base: money(base, offer.currency), taxes: money(offer.total.amountMinor - base, offer.currency) }
}

export function conditionsOf(offer: WorldOffer, seats: number): SupplierOffer['conditions'] {
  const all = ({ allowed, fee }: WorldOffer['change']): Condition => ({ allowed, fee: fee && times(fee, seats) })
  return { change: all(offer.change), refund: all(offer.refund) }
}

/** One fare an entry of the world's passenger prices. */
export function toSlices(offer: WorldOffer, status: string | null): readonly Slice[] {
  let place = 0
  return offer.slices.map((slice, index) =>
    assembleSlice(slice.segments.map(segment => toSegment(offer, { segment, slice: index, place: place++ }, status))),
  )
}

type Place = { readonly segment: WorldSlice['segments'][number]; readonly slice: number; readonly place: number }

function toSegment(offer: WorldOffer, { segment, slice, place }: Place, status: string | null): Segment {
  return {
    id: `seg_${place + 1}`,
    marketing: { carrier: segment.carrier, number: segment.number },
    operating: { carrier: segment.operatingCarrier, number: segment.operatingNumber, name: null },
    origin: segment.origin,
    originTerminal: segment.originTerminal,
    destination: segment.destination,
    destinationTerminal: segment.destinationTerminal,
    departure: segment.departure,
    departureZone: segment.departureZone,
    arrival: segment.arrival,
    arrivalZone: segment.arrivalZone,
    durationMinutes: segment.durationMinutes,
    aircraft: segment.aircraft,
    stops: segment.stops.map(({ airport, minutes }) => ({ airport, minutes })),
    marriageGroup: segment.marriageGroup,
    fares: offer.passengers.map(({ type, fares }) => {
      const { fareBasis, bookingClass, cabin, brand, checked, carryOn } = fares[slice]!
      return { passengerType: type, fareBasis, bookingClass, cabin, brand, baggage: { checked, cabin: carryOn } }
    }),
    status,
  }
}
