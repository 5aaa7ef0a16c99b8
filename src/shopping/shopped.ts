import type { EpochMs } from '../core/clock.ts'
import type { PassengerFare, SupplierOffer } from '../core/offer.ts'
import type { TenantId } from '../core/tenant.ts'
import type { ShopQuery } from '../providers/port.ts'
import { orderRows } from './rank/sort.ts'
import type { View } from './view.ts'

/** What a search found, for whoever remembers the market: the cheapest offer of each journey and cabin, by price. Only
 *  public fares: what an account code opens is its holder's own. */
export type ShoppedSearch = {
  readonly shoppedAt: EpochMs
  /** Who was shown these prices. */
  readonly tenant: TenantId
  readonly query: ShopQuery
  readonly offers: readonly ShoppedOffer[]
}

export type ShoppedOffer = {
  /** As the supplier gave it. */
  readonly net: SupplierOffer
  /** As the tenant was shown it: its rules and the search's currency applied. */
  readonly passengers: readonly PassengerFare[]
}

export const shoppedOffersMax = 50

/** The cheapest offer of each journey and cabin, by price. */
export function cheapestJourneys({ columns, offers }: View): readonly ShoppedOffer[] {
  const { leaders, price, flights, cabins } = columns
  const seen = new Set<string>()
  const found: ShoppedOffer[] = []
  for (const row of orderRows(price)) {
    if (found.length === shoppedOffersMax) break
    const journey = `${flights[row]} ${cabins[row]}`
    if (seen.has(journey)) continue
    seen.add(journey)
    const { net, shown } = offers.get(leaders[row]!)
    found.push({ net, passengers: shown.passengers })
  }
  return found
}
