import { toInstant } from 'fareloom/core/clock.ts'
import type { PassengerId } from 'fareloom/core/ids.ts'
import { money, times } from 'fareloom/core/money.ts'
import { type Condition, nothingRequired, type SupplierOffer } from 'fareloom/core/offer.ts'
import { WireError } from 'fareloom/core/wire-error.ts'
import { toPassengerFares, toSlices } from 'fareloom/sandbox/to-offer.ts'
import type { WorldOffer, WorldSelection } from 'fareloom/sandbox/world.ts'
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
  const passengers = toPassengerFares(
    offer.passengers,
    key.selection.passengers.map((passenger, index) => ({ id: key.passengerIds[index]!, ...passenger })),
  )
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
