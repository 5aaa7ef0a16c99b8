import { systemClock } from '../src/core/clock.ts'
import type { RequestContext } from '../src/core/context.ts'
import { silentLog } from '../src/core/log.ts'
import { noMetrics } from '../src/core/metrics.ts'
import type { SupplierOffer } from '../src/core/offer.ts'
import { makePricer } from '../src/pricing/price-offer.ts'
import type { Capabilities, Provider } from '../src/providers/port.ts'
import type { OfferStore } from '../src/shopping/offer-store.ts'
import type { SearchRequest, Shopping } from '../src/shopping/port.ts'
import { createShopping } from '../src/shopping/service.ts'
import { makeOffer } from './offers.ts'
import { flatRates, noRules } from './suppliers.ts'

export const day = new Date(systemClock.now() + 60 * 86_400_000).toISOString().slice(0, 10)

const capabilities: Partial<Capabilities> = {
  ...{ hold: true, ticketHeld: true, slicesMax: 6, passengersMax: 9, accountCodes: true },
  passengerTypes: ['ADT'],
}

/** Shopping over two suppliers in this process that have their offers ready: what is left is the engine. `areOwn`: each search
 *  gets offers that nobody else has. */
export function readyShopping(store: OfferStore, offersEach: number, areOwn = false): Shopping {
  const suppliers = ['alpha', 'beta'].map(code => {
    // every second itinerary is sold by both
    const from = code === 'alpha' ? 0 : Math.floor(offersEach / 2)
    const offers = Array.from({ length: offersEach }, (_, i) => makeOffer(from + i, i, code, day))
    return supplier(code, () => (areOwn ? structuredClone(offers) : offers))
  })
  return createShopping({
    ...{ clock: systemClock, log: silentLog, metrics: noMetrics },
    providers: { list: () => suppliers, find: code => suppliers.find(each => each.code === code) },
    makePricer: scope => makePricer(noRules, flatRates, scope),
    knowsCurrency: currency => flatRates.knows(currency),
    convert: m => m,
    store,
    secret: 'bench',
    onSearch() {},
    health: { redis: () => 'off', elasticsearch: () => 'off' },
  })
}

function supplier(code: string, find: () => readonly SupplierOffer[]): Provider {
  const shop: Provider['shop'] = async () => ({ kind: 'offers', offers: find(), partial: false, warnings: [] })
  return { code, capabilities, shop } as Provider
}

/** `account`: each its own question. */
export function returnSearch(cabin: SearchRequest['cabin'] = undefined, account?: string): SearchRequest {
  const back = new Date(Date.parse(day) + 7 * 86_400_000).toISOString().slice(0, 10)
  return {
    slices: [
      { origin: 'LHR', destination: 'JFK', departureDate: day },
      { origin: 'JFK', destination: 'LHR', departureDate: back },
    ],
    passengers: [{ type: 'ADT', id: 'pax_1' }],
    ...(account === undefined ? {} : { accountCodes: [{ carrier: 'BA', code: account }] }),
    cabin,
    currency: 'EUR',
    pointOfSale: 'GB',
  }
}

const context: RequestContext = { tenant: 'default', requestId: 'req_bench', traceparent: null }

/** The question of that number, and whether all its offers came: a search that lost them has no size. */
export async function fullSearch(shopping: Shopping, n: number, rows: number): Promise<void> {
  const { body } = await shopping.search(returnSearch(undefined, `A${n}`), context)
  const { page } = JSON.parse(Buffer.from(body).toString()) as { page: { total: number } }
  if (page.total !== rows) throw new Error(`${page.total} rows instead of ${rows}`)
}
