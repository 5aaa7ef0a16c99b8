import { toInstant } from '../../core/clock.ts'
import { sha256Hex } from '../../core/ids.ts'
import type { PassengerId } from '../../core/ids.ts'
import { money, times } from '../../core/money.ts'
import type { Condition, SupplierOffer } from '../../core/offer.ts'
import { toPassengerFares, toSlices } from '../../sandbox/to-offer.ts'
import type { WorldOffer, WorldPassenger, WorldSegment, WorldSelection } from '../../sandbox/world.ts'
import type { RequestSegment } from './wire/air-price.ts'
import type { RequestPassenger } from './wire/low-fare-search.ts'
import { passengerTypeOf } from './wire/pricing.ts'

/** The world's offers as offers of this supplier, to be written as its replies. */

export function toWorldPassenger(passenger: RequestPassenger): WorldPassenger {
  return { type: passengerTypeOf(passenger.code) ?? 'ADT', age: passenger.age }
}

export function toSupplierOffer(offer: WorldOffer, asked: readonly RequestPassenger[]): SupplierOffer {
  const passengers = toPassengerFares(
    offer.passengers,
    asked.map((passenger, index) => ({
      id: (passenger.ref ?? `pax_${index + 1}`) as PassengerId,
      ...toWorldPassenger(passenger),
    })),
  )
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
    slices: toSlices(offer, null, groupNumber),
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
