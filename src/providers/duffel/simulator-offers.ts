import { type EpochMs, toInstant } from '../../core/clock.ts'
import { type PassengerId, randomText } from '../../core/ids.ts'
import { type Money, money, times } from '../../core/money.ts'
import type { Condition, SupplierOffer } from '../../core/offer.ts'
import { toPassengerFares, toSlices } from '../../sandbox/to-offer.ts'
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
  const passengers = toPassengerFares(
    offer.passengers,
    types.map((passenger, index) => ({ id: passengerId(index), ...passenger })),
  )
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

/** For all passengers. */
export function wholePrice(offer: WorldOffer): { readonly base: Money; readonly taxes: Money } {
  const base = offer.passengers.reduce((sum, passenger) => sum + passenger.base.amountMinor * passenger.count, 0)
  return { base: money(base, offer.currency), taxes: money(offer.total.amountMinor - base, offer.currency) }
}

export function conditionsOf(offer: WorldOffer, seats: number): SupplierOffer['conditions'] {
  const all = ({ allowed, fee }: WorldOffer['change']): Condition => ({ allowed, fee: fee && times(fee, seats) })
  return { change: all(offer.change), refund: all(offer.refund) }
}
