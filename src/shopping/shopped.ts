import type { EpochMs } from '../core/clock.ts'
import type { SupplierOffer } from '../core/offer.ts'
import type { ShopQuery } from '../providers/port.ts'

/** What a search found, for whoever remembers the market: the leading offers, the cheapest first, at supplier's prices.
 *  Only public fares: what an account code opens is its holder's own. */
export type ShoppedSearch = {
  readonly shoppedAt: EpochMs
  readonly query: ShopQuery
  readonly offers: readonly SupplierOffer[]
}

export const shoppedOffersMax = 50
