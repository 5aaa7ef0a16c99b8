import { toInstant } from '../core/clock.ts'
import { encodeOffer } from './encode.ts'
import type { Offer } from './port.ts'
import { offerIdOf, type SearchBase, searchIdOf } from './search-ids.ts'
import type { ViewHead, ViewOffer } from './view.ts'

/** Offers of a view as the traveller sees them, and their bytes. */
export function toOffer(base: SearchBase, index: number, { net, shown }: ViewOffer): Offer {
  return {
    id: offerIdOf(base, index),
    searchId: searchIdOf(base),
    replaces: null,
    provider: net.provider,
    validatingCarrier: net.validatingCarrier,
    total: shown.total,
    price: shown.price,
    passengers: shown.passengers,
    slices: net.slices,
    conditions: shown.conditions,
    requirements: net.requirements,
    seatsLeft: net.seatsLeft,
    ticketBy: net.ticketBy,
    expiresAt: toInstant(shown.expiresAt),
    alternatives: shown.alternatives.map(other => ({
      offerId: offerIdOf(base, other.index),
      provider: other.provider,
      total: other.total,
    })),
  }
}

/** With the ids of the view's own search: `rebase` makes them another's. */
export function encodeViewOffer({ base }: ViewHead, index: number, offer: ViewOffer): Buffer {
  return encodeOffer(toOffer(base, index, offer), offer.shown.labels)
}

const comma = Buffer.from(',')

export function joinOffers(encoded: readonly Buffer[]): Buffer {
  if (encoded.length < 2) return encoded[0] ?? Buffer.alloc(0)
  const parts: Buffer[] = [encoded[0]!]
  for (let i = 1; i < encoded.length; i++) parts.push(comma, encoded[i]!)
  return Buffer.concat(parts)
}

/** A page in which another search's base is to take the place of the view's own, at these places. */
export type Rebased = { readonly page: Buffer; readonly places: readonly number[]; readonly base: Buffer }

const noPlaces: readonly number[] = []
const noBytes = Buffer.alloc(0)
/** Looked for once a page: a first page of a busy route is sent thousands of times. */
const placesOf = new WeakMap<Buffer, readonly number[]>()

export function rebased(page: Buffer, from: SearchBase, to: SearchBase): Rebased {
  if (from === to) return { page, places: noPlaces, base: noBytes }
  let places = placesOf.get(page)
  if (!places) {
    places = findAll(page, from)
    placesOf.set(page, places)
  }
  return { page, places, base: Buffer.from(to, 'latin1') }
}

function findAll(page: Buffer, text: string): readonly number[] {
  const places: number[] = []
  for (let at = page.indexOf(text); at !== -1; at = page.indexOf(text, at + text.length)) places.push(at)
  return places
}
