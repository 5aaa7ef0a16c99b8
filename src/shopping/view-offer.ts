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

/** Puts another search's base in the place of the view's own, in a copy; both have the same length. */
export function rebase(bytes: Buffer, from: SearchBase, to: SearchBase): Buffer {
  if (from === to) return bytes
  const copy = Buffer.from(bytes)
  for (let at = copy.indexOf(from, 0, 'latin1'); at !== -1; at = copy.indexOf(from, at + to.length, 'latin1')) {
    copy.write(to, at, 'latin1')
  }
  return copy
}
