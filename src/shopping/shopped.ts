import type { EpochMs } from '../core/clock.ts'
import { cabins } from '../core/itinerary.ts'
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
/** Of each cabin at least so many, where there are: the 50 cheapest of a search that names no cabin are economy alone. */
const ofEachCabinMin = 10
/** Priced to find the cheapest for an adult, where others pay less. */
const pricedMax = 200

/** The cheapest offer of each journey and cabin, by what an adult pays: that is what the market compares. */
export function cheapestJourneys(view: View): readonly ShoppedOffer[] {
  const rows = firstOfJourneys(byAdultPrice(view), view)
  return chosen(rows, view).map(row => shoppedOf(row, view))
}

/** Of the one that everything is compared by. */
export function adultFare(passengers: readonly PassengerFare[]): PassengerFare | undefined {
  return passengers.find(({ type }) => type === 'ADT') ?? passengers.find(({ type }) => type === 'SRC')
}

/** Where all pay the same that is the order of the totals. Else a total and the supplier's own shares tell nearly what an
 *  adult is shown, and the first of that order are priced to know. */
function byAdultPrice(view: View): Int32Array {
  const { price, leaders } = view.columns
  const types = new Set(view.head.passengers.map(({ type }) => type))
  if (types.size < 2) return orderRows(price)
  const nearly = price.map((total, row) => {
    const { passengers, total: net } = view.offers.net[leaders[row]!]!
    return Math.round((total * (adultFare(passengers)?.each.total.amountMinor ?? 0)) / (net.amountMinor || 1))
  })
  const order = orderRows(nearly)
  const priced = Array.from(order.subarray(0, pricedMax), row => ({
    row,
    minor: adultFare(shoppedOf(row, view).passengers)?.each.total.amountMinor ?? 0,
  }))
  order.set(priced.sort((a, b) => a.minor - b.minor).map(({ row }) => row))
  return order
}

function firstOfJourneys(rows: Int32Array, { columns: { flights, cabins } }: View): readonly number[] {
  const seen = new Set<number>()
  return Array.from(rows).filter(row => {
    const journey = flights[row]! * 256 + cabins[row]!
    return !seen.has(journey) && seen.add(journey)
  })
}

/** In the order given. */
function chosen(rows: readonly number[], { columns }: View): readonly number[] {
  const left = cabins.map(() => ofEachCabinMin)
  const isFirstOfCabin = (row: number): boolean => {
    const cabin = cabins.findIndex((_, i) => columns.cabins[row] === 1 << i)
    return cabin >= 0 && left[cabin]!-- > 0
  }
  const kept = new Set(rows.filter(isFirstOfCabin))
  for (const row of rows) {
    if (kept.size >= shoppedOffersMax) break
    kept.add(row)
  }
  return rows.filter(row => kept.has(row))
}

function shoppedOf(row: number, { columns, offers }: View): ShoppedOffer {
  const { net, shown } = offers.get(columns.leaders[row]!)
  return { net, passengers: shown.passengers }
}
