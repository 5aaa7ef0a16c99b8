import { sha256Hex } from '../core/ids.ts'
import type { ProviderCode } from '../core/offer.ts'
import type { ShopQuery } from '../providers/port.ts'

/** Raised when what is stored under a key changes its form: a new version never reads an old one's. */
const keyVersion = 1

/** One key for everybody who may see the same fares: the question itself, with point of sale and account codes in it,
 *  and who is asked. Not the tenant: net prices are nobody's own. Passenger ids are part of it, since suppliers answer
 *  with them and may keep them in their context; callers that give none share. */
export function queryKey(query: ShopQuery, providers: readonly ProviderCode[]): string {
  const { slices, passengers, carriers, accountCodes } = query
  const text = JSON.stringify([
    keyVersion,
    slices.map(slice => [
      slice.origin,
      slice.destination,
      slice.departureDate,
      slice.departureTime?.from ?? null,
      slice.departureTime?.to ?? null,
    ]),
    passengers.map(({ id, type, age }) => [id, type, age]),
    query.cabin,
    query.currency,
    query.pointOfSale,
    query.maxConnections,
    carriers.include,
    carriers.exclude,
    [...new Set(accountCodes.map(({ carrier, code }) => `${carrier}:${code}`))].sort(),
    query.offersMax,
    [...providers].sort(),
  ])
  return sha256Hex(text).slice(0, 40)
}
