import { toInstant } from '../../core/clock.ts'
import { sha256Hex } from '../../core/ids.ts'
import type { PassengerId } from '../../core/ids.ts'
import type { Slice } from '../../core/itinerary.ts'
import { money, times } from '../../core/money.ts'
import type { Condition, PassengerFare, SupplierOffer } from '../../core/offer.ts'
import { assembleSlice } from '../../reference/assemble.ts'
import type { WorldOffer, WorldPassenger, WorldSegment, WorldSelection } from '../../sandbox/world.ts'
import type { RequestSegment } from './wire/air-price.ts'
import type { RequestPassenger } from './wire/low-fare-search.ts'
import { passengerTypeOf } from './wire/pricing.ts'

/** The world's offers as offers of this supplier, to be written as its replies. */

export function toWorldPassenger(passenger: RequestPassenger): WorldPassenger {
  return { type: passengerTypeOf(passenger.code) ?? 'ADT', age: passenger.age }
}

export function toSupplierOffer(offer: WorldOffer, asked: readonly RequestPassenger[]): SupplierOffer {
  const passengers = passengerFares(offer, asked)
  const base = passengers.reduce((total, one) => total + one.each.base.amountMinor * one.count, 0)
  const seated = passengers.reduce((count, one) => count + (one.type === 'INF' ? 0 : one.count), 0)
  return {
    provider: 'travelport',
    validatingCarrier: offer.validatingCarrier,
    total: offer.total,
    base: money(base, offer.currency),
    taxes: money(offer.total.amountMinor - base, offer.currency),
    fees: money(0, offer.currency),
    passengers,
    slices: toSlices(offer),
    conditions: { change: condition(offer.change, seated), refund: condition(offer.refund, seated) },
    requirements: {
      documents: offer.documentsRequired ? 'required' : 'optional',
      gender: true,
      birthDate: true,
      instantPayment: offer.holdAllowed ? null : true,
      holdAllowed: offer.holdAllowed,
    },
    seatsLeft: offer.seatsLeft,
    ticketBy: toInstant(offer.lastTicketing),
    expiresAt: null,
    supplierContext: {},
  }
}

function condition(terms: WorldOffer['change'], seated: number): Condition {
  return { allowed: terms.allowed, fee: terms.allowed && terms.fee ? times(terms.fee, seated) : null }
}

/** Who asked for a type first gets its first price; ids as they came. */
function passengerFares(offer: WorldOffer, asked: readonly RequestPassenger[]): readonly PassengerFare[] {
  const waiting = asked.map((passenger, index) => ({
    id: (passenger.ref ?? `pax_${index + 1}`) as PassengerId,
    type: toWorldPassenger(passenger).type,
    age: passenger.age,
  }))
  return offer.passengers.map(price => {
    const ids: PassengerId[] = []
    while (ids.length < price.count) {
      const sameAge = waiting.findIndex(one => one.type === price.type && one.age === price.age)
      const index = sameAge >= 0 ? sameAge : waiting.findIndex(one => one.type === price.type)
      if (index < 0) throw new RangeError(`the world priced more ${price.type} than were asked for`)
      ids.push(waiting.splice(index, 1)[0]!.id)
    }
    const { base, taxes, total } = price
    return { ids, type: price.type, count: price.count, each: { base, taxes, fees: [], total } }
  })
}

function toSlices(offer: WorldOffer): readonly Slice[] {
  let place = 0
  return offer.slices.map((slice, leg) =>
    assembleSlice(
      slice.segments.map(segment => {
        place++
        return {
          id: `seg_${place}` as const,
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
          marriageGroup: groupNumber(segment),
          fares: offer.passengers.map(price => {
            const fare = price.fares[leg]!
            return {
              passengerType: price.type,
              fareBasis: fare.fareBasis,
              bookingClass: segment.bookingClass,
              cabin: segment.cabin,
              brand: fare.brand,
              baggage: { checked: fare.checked, cabin: fare.carryOn },
            }
          }),
          status: null,
        }
      }),
    ),
  )
}

/** Whole numbers on this wire. */
function groupNumber({ marriageGroup }: WorldSegment): string | null {
  return marriageGroup?.replace(/\D/g, '') || null
}

/** Segments of one group are a slice; its fare is that of its first segment. */
export function toSelection(
  segments: readonly RequestSegment[],
  passengers: readonly WorldPassenger[],
  currency: string,
): WorldSelection {
  const slices: { segments: WorldSelection['slices'][number]['segments'][number][]; fareBasis: string | null }[] = []
  segments.forEach((segment, index) => {
    if (index === 0 || segments[index - 1]!.group !== segment.group) {
      slices.push({ segments: [], fareBasis: segment.fareBasis })
    }
    slices.at(-1)!.segments.push({
      carrier: segment.carrier,
      number: segment.number,
      origin: segment.origin,
      destination: segment.destination,
      departureDate: segment.departure.slice(0, 10),
      bookingClass: segment.bookingClass,
    })
  })
  return { slices, passengers, currency, pointOfSale: null }
}

/** What the host wants back unchanged with a booking: it stands for the flights and the price. */
export function hostTokenOf(selection: WorldSelection, total: string): string {
  const flights = selection.slices
    .flatMap(slice => slice.segments)
    .map(s => `${s.carrier}${s.number}${s.departureDate}${s.bookingClass}`)
  return `GFB10101ADT00  01${sha256Hex(`${flights.join()}${total}`).slice(0, 24).toUpperCase()}#`
}
