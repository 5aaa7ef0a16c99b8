import { toInstant } from '../../core/clock.ts'
import { newId, type PassengerId } from '../../core/ids.ts'
import { money, times } from '../../core/money.ts'
import type { Condition, SupplierOffer } from '../../core/offer.ts'
import { toPassengerFares, toSlices } from '../../sandbox/to-offer.ts'
import type { WorldOffer, WorldPassenger, WorldSelection } from '../../sandbox/world.ts'
import type { RequestPassenger } from './wire/air-shopping.ts'

/** Offers of the sandbox are good for so long, like those of the airlines in the samples. */
const offerLifeMs = 30 * 60_000
const offersMax = 20_000

/** What an offer's id stands for, as an airline's server would remember it. */
export type StoredOffer = {
  readonly selection: WorldSelection
  readonly refs: readonly string[]
  readonly owner: string
  /** OfferPrice confirmed it: it may be ordered. */
  readonly priced: boolean
  readonly expiresMs: number
}

export type OfferStore = {
  add(
    offer: WorldOffer,
    asked: readonly RequestPassenger[],
    how: { readonly priced: boolean; readonly nowMs: number },
  ): string
  /** Undefined where it is not known, or too old. */
  find(id: string, nowMs: number): StoredOffer | undefined
  /** An offer is ordered once. */
  use(id: string): void
}

export function openOfferStore(): OfferStore {
  const offers = new Map<string, StoredOffer>()
  return {
    add(offer, asked, { priced, nowMs }) {
      const id = newId('ofr')
      if (offers.size >= offersMax) for (const old of [...offers.keys()].slice(0, offersMax / 10)) offers.delete(old)
      offers.set(id, {
        selection: selectionOf(offer, asked),
        refs: asked.map(one => one.ref),
        owner: offer.validatingCarrier,
        priced,
        expiresMs: nowMs + offerLifeMs,
      })
      return id
    },
    find(id, nowMs) {
      const found = offers.get(id)
      return found && found.expiresMs > nowMs ? found : undefined
    },
    use: id => void offers.delete(id),
  }
}

export function toWorldPassenger({ type, age }: RequestPassenger): WorldPassenger {
  return { type, age }
}

/** Fare bases are those of an adult, or of whoever is priced first. */
function selectionOf(offer: WorldOffer, asked: readonly RequestPassenger[]): WorldSelection {
  const named = offer.passengers.find(one => one.type === 'ADT') ?? offer.passengers[0]
  return {
    slices: offer.slices.map((slice, index) => ({
      segments: slice.segments.map(segment => ({
        carrier: segment.carrier,
        number: segment.number,
        origin: segment.origin,
        destination: segment.destination,
        departureDate: segment.departure.slice(0, 10),
        bookingClass: segment.bookingClass,
      })),
      fareBasis: named?.fares[index]?.fareBasis ?? null,
    })),
    passengers: asked.map(toWorldPassenger),
    currency: offer.currency,
    pointOfSale: null,
  }
}

/** The world's offer as one of this supplier, to be written as its reply. */
export function toSupplierOffer(offer: WorldOffer, asked: readonly RequestPassenger[], nowMs: number): SupplierOffer {
  const passengers = toPassengerFares(
    offer.passengers,
    asked.map(({ ref, type, age }) => ({ id: ref as PassengerId, type, age })),
  )
  const base = passengers.reduce((total, one) => total + one.each.base.amountMinor * one.count, 0)
  const people = passengers.reduce((count, one) => count + one.count, 0)
  return {
    provider: 'ndc',
    validatingCarrier: offer.validatingCarrier,
    total: offer.total,
    base: money(base, offer.currency),
    taxes: money(offer.total.amountMinor - base, offer.currency),
    fees: money(0, offer.currency),
    passengers,
    slices: toSlices(offer, null, () => null),
    conditions: { change: condition(offer.change, people), refund: condition(offer.refund, people) },
    requirements: {
      documents: null,
      gender: null,
      birthDate: null,
      instantPayment: !offer.holdAllowed,
      holdAllowed: offer.holdAllowed,
    },
    seatsLeft: null,
    ticketBy: offer.holdAllowed ? toInstant(offer.lastTicketing) : null,
    expiresAt: toInstant(nowMs + offerLifeMs),
    supplierContext: {},
  }
}

function condition(terms: WorldOffer['change'], people: number): Condition {
  return { allowed: terms.allowed, fee: terms.allowed && terms.fee ? times(terms.fee, people) : null }
}
