import type { PassengerId, SegmentId } from '../core/ids.ts'
import type { PassengerType, Segment, SegmentFare, Slice } from '../core/itinerary.ts'
import type { PassengerFare } from '../core/offer.ts'
import { assembleSlice } from '../reference/assemble.ts'
import type { WorldFlight, WorldOffer, WorldPassengerPrice, WorldSegment } from './world.ts'

/** What the world sells in the engine's own words: simulators that write their replies from offers begin here. */
export function toSegment(
  flight: WorldFlight,
  id: SegmentId,
  { fares, marriageGroup, status }: Pick<Segment, 'fares' | 'marriageGroup' | 'status'>,
): Segment {
  return {
    id,
    marketing: { carrier: flight.carrier, number: flight.number },
    operating: { carrier: flight.operatingCarrier, number: flight.operatingNumber, name: null },
    origin: flight.origin,
    originTerminal: flight.originTerminal,
    destination: flight.destination,
    destinationTerminal: flight.destinationTerminal,
    departure: flight.departure,
    departureZone: flight.departureZone,
    arrival: flight.arrival,
    arrivalZone: flight.arrivalZone,
    durationMinutes: flight.durationMinutes,
    aircraft: flight.aircraft,
    stops: flight.stops.map(({ airport, minutes }) => ({ airport, minutes })),
    marriageGroup,
    fares,
    status,
  }
}

/** `slice`: its place in the offer. */
export function toFare(segment: WorldSegment, price: WorldPassengerPrice, slice: number): SegmentFare {
  const { fareBasis, brand, checked, carryOn } = price.fares[slice]!
  const { bookingClass, cabin } = segment
  return { passengerType: price.type, fareBasis, bookingClass, cabin, brand, baggage: { checked, cabin: carryOn } }
}

/** All of an offer's flights, with the fares of all its passengers. `groupOf`: where the wire names marriage groups otherwise. */
export function toSlices(
  offer: WorldOffer,
  status: string | null,
  groupOf = (segment: WorldSegment): string | null => segment.marriageGroup,
): readonly Slice[] {
  let place = 0
  return offer.slices.map((slice, index) =>
    assembleSlice(
      slice.segments.map(segment =>
        toSegment(segment, `seg_${++place}`, {
          fares: offer.passengers.map(price => toFare(segment, price, index)),
          marriageGroup: groupOf(segment),
          status,
        }),
      ),
    ),
  )
}

export type AskedPassenger = { readonly id: PassengerId; readonly type: PassengerType; readonly age: number | null }

/** Who was asked for first of a type, and of his age where it is told, gets its first price. */
export function toPassengerFares(
  prices: readonly WorldPassengerPrice[],
  asked: readonly AskedPassenger[],
): readonly PassengerFare[] {
  const waiting = [...asked]
  return prices.map(({ type, age, count, base, taxes, total }) => {
    const ids: PassengerId[] = []
    while (ids.length < count) {
      const sameAge = waiting.findIndex(one => one.type === type && one.age === age)
      const index = sameAge >= 0 ? sameAge : waiting.findIndex(one => one.type === type)
      if (index < 0) throw new RangeError(`the world priced more ${type} than were asked for`)
      ids.push(waiting.splice(index, 1)[0]!.id)
    }
    return { ids, type, count, each: { base, taxes, fees: [], total } }
  })
}
