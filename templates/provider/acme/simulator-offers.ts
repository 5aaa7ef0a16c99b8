import { toInstant } from 'fareloom/core/clock.ts'
import type { PassengerId } from 'fareloom/core/ids.ts'
import type { Segment, Slice } from 'fareloom/core/itinerary.ts'
import { money, times } from 'fareloom/core/money.ts'
import { type Condition, nothingRequired, type PassengerFare, type SupplierOffer } from 'fareloom/core/offer.ts'
import { WireError } from 'fareloom/core/wire-error.ts'
import { assembleSlice } from 'fareloom/reference/assemble.ts'
import type { WorldOffer, WorldSegment, WorldSelection } from 'fareloom/sandbox/world.ts'
import type { WireSearch } from './wire/search.ts'

/** What an offer's key holds: the flights, classes and fares, and for whom. A real supplier would keep this and hand out an id. */
export type Selected = { readonly selection: WorldSelection; readonly passengerIds: readonly PassengerId[] }

export function keyOf(offer: WorldOffer, { passengers, pointOfSale }: WireSearch): Selected {
  return {
    selection: {
      slices: offer.slices.map((slice, index) => ({
        segments: slice.segments.map(({ carrier, number, origin, destination, departure, bookingClass }) => ({
          carrier,
          number,
          origin,
          destination,
          departureDate: departure.slice(0, 10),
          bookingClass,
        })),
        fareBasis: (offer.passengers.find(({ type }) => type === 'ADT') ?? offer.passengers[0])!.fares[index]!.fareBasis,
      })),
      passengers: passengers.map(({ type, age }) => ({ type, age })),
      currency: offer.currency,
      pointOfSale,
    },
    passengerIds: passengers.map(({ id }) => id),
  }
}

function encodeKey(key: Selected): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

export function selectedBy(key: unknown): Selected {
  try {
    return JSON.parse(Buffer.from(String(key), 'base64url').toString()) as Selected
  } catch {
    throw new WireError('no key of an offer', '/key')
  }
}

export function toOffer(offer: WorldOffer, key: Selected): SupplierOffer {
  const passengers = toPassengers(offer, key)
  const base = offer.passengers.reduce((sum, fare) => sum + fare.base.amountMinor * fare.count, 0)
  const seats = key.selection.passengers.filter(({ type }) => type !== 'INF').length
  const all = ({ allowed, fee }: WorldOffer['change']): Condition => ({ allowed, fee: fee && times(fee, seats) })
  return {
    provider: 'acme',
    validatingCarrier: offer.validatingCarrier,
    total: offer.total,
    base: money(base, offer.currency),
    taxes: money(offer.total.amountMinor - base, offer.currency),
    fees: money(0, offer.currency),
    passengers,
    slices: toSlices(offer, null),
    conditions: { change: all(offer.change), refund: all(offer.refund) },
    requirements: {
      ...nothingRequired,
      documents: offer.documentsRequired ? 'required' : 'optional',
      holdAllowed: offer.holdAllowed,
    },
    seatsLeft: offer.seatsLeft,
    ticketBy: toInstant(offer.lastTicketing),
    expiresAt: null,
    supplierContext: { key: encodeKey(key) },
  }
}

/** Whoever comes first of a type gets the first of its prices. */
function toPassengers(offer: WorldOffer, { selection, passengerIds }: Selected): readonly PassengerFare[] {
  const waiting = selection.passengers.map(({ type }, i) => ({ type, id: passengerIds[i]! }))
  return offer.passengers.map(({ type, count, base, taxes, total }) => {
    const ids = Array.from({ length: count }, () => {
      const next = waiting.findIndex(passenger => passenger.type === type)
      return waiting.splice(next, 1)[0]!.id
    })
    return { ids, type, count, each: { base, taxes, fees: [], total } }
  })
}

export function toSlices(offer: WorldOffer, status: string | null): readonly Slice[] {
  let place = 0
  return offer.slices.map((slice, index) =>
    assembleSlice(slice.segments.map(segment => ({ ...toSegment(offer, segment, index), id: `seg_${++place}`, status }))),
  )
}

function toSegment(offer: WorldOffer, segment: WorldSegment, slice: number): Omit<Segment, 'id' | 'status'> {
  const { origin, originTerminal, destination, destinationTerminal } = segment
  const { departure, departureZone, arrival, arrivalZone, durationMinutes } = segment
  return {
    marketing: { carrier: segment.carrier, number: segment.number },
    operating: { carrier: segment.operatingCarrier, number: segment.operatingNumber, name: null },
    origin,
    originTerminal,
    destination,
    destinationTerminal,
    departure,
    departureZone,
    arrival,
    arrivalZone,
    durationMinutes,
    aircraft: segment.aircraft,
    stops: segment.stops.map(({ airport, minutes }) => ({ airport, minutes })),
    marriageGroup: segment.marriageGroup,
    fares: offer.passengers.map(({ type, fares }) => {
      const { fareBasis, bookingClass, cabin, brand, checked, carryOn } = fares[slice]!
      return { passengerType: type, fareBasis, bookingClass, cabin, brand, baggage: { checked, cabin: carryOn } }
    }),
  }
}
