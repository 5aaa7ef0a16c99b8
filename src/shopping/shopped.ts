import type { EpochMs } from '../core/clock.ts'
import type { SupplierOffer } from '../core/offer.ts'
import type { ShopQuery } from '../providers/port.ts'
import { orderRows } from './rank/sort.ts'
import type { View } from './view.ts'

/** What a search found, for whoever remembers the market: the cheapest offer of each journey and cabin, by price, as the
 *  supplier gave it. Only public fares: what an account code opens is its holder's own. */
export type ShoppedSearch = {
  readonly shoppedAt: EpochMs
  readonly query: ShopQuery
  readonly offers: readonly SupplierOffer[]
}

export const shoppedOffersMax = 50

/** The cheapest offer of each journey and cabin, by price. */
export function cheapestJourneys({ columns, offers }: View): ShoppedSearch['offers'] {
  const { leaders, price, flights, cabins } = columns
  const seen = new Set<string>()
  const found: ShoppedSearch['offers'][number][] = []
  for (const row of orderRows(price)) {
    if (found.length === shoppedOffersMax) break
    const journey = `${flights[row]} ${cabins[row]}`
    if (seen.has(journey)) continue
    seen.add(journey)
    found.push(offers[leaders[row]!]!.net)
  }
  return found
}
