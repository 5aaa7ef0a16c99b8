import { Client } from '@elastic/elasticsearch'
import { manualClock, systemClock } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import { noMetrics } from '../../../src/core/metrics.ts'
import { type CurrencyCode, type Money, parseRatio, scale } from '../../../src/core/money.ts'
import { openElasticSearch } from '../../../src/market/index-search.elastic.ts'
import { openElasticMarket } from '../../../src/market/market-index.elastic.ts'
import { createMarketReads } from '../../../src/market/reads.ts'
import type { ShoppedSearch } from '../../../src/shopping/shopped.ts'
import { makeOffer, type OfferSpec } from '../../shopping/support/offers.ts'
import { contextOf } from '../../shopping/support/shopping.ts'
import { elasticsearchUrl, uniqueName } from '../../support/services.ts'

export const now = Date.parse('2027-01-05T10:00:00Z')
export const dayMs = 86_400_000

/** USD 1 is EUR 0.90, JPY 1 is EUR 0.006, VND 1 is EUR 0.00003. */
const inEuro: Readonly<Record<string, string>> = { EUR: '1', USD: '0.9', JPY: '0.006', VND: '0.00003' }
export function convert(m: Money, to: CurrencyCode): Money | undefined {
  const [from, target] = [inEuro[m.currency], inEuro[to]]
  if (!from || !target) return undefined
  if (m.currency === to) return m
  const [a, b] = [parseRatio(from)!, parseRatio(target)!]
  const ratio = { numerator: a.numerator * b.denominator, denominator: a.denominator * b.numerator }
  return scale(m, ratio, { currency: to, unitMinor: 1, mode: 'half-up' })
}

export type Shopped = {
  readonly from?: string
  readonly to?: string
  readonly date: string
  readonly back?: string
  /** Minor units, as shown; the supplier asks 400 less. */
  readonly price: number
  readonly currency?: string
  readonly flight?: string
  readonly cabin?: OfferSpec['cabin']
  readonly provider?: string
  readonly stops?: boolean
  readonly tenant?: string
  readonly pointOfSale?: string
  readonly at?: number
}

/** A search that found one itinerary. */
export function searchOf(shopped: Shopped): ShoppedSearch {
  const { from = 'LHR', to = 'JFK', date, back, price, currency = 'EUR', flight = 'BA117' } = shopped
  const leg = (origin: string, destination: string, day: string, name: string) => ({
    ...{ flight: name, from: origin, to: destination },
    departure: `${day}T08:20:00`,
    arrival: `${day}T13:15:00`,
  })
  const out = shopped.stops
    ? [
        leg(from, 'DUB', date, flight),
        { ...leg('DUB', to, date, 'EI105'), departure: `${date}T15:00:00`, arrival: `${date}T19:00:00` },
      ]
    : [leg(from, to, date, flight)]
  const slices = back === undefined ? [out] : [out, [leg(to, from, back, 'BA178')]]
  const spec: OfferSpec = {
    slices,
    currency,
    cabin: shopped.cabin === undefined ? 'economy' : shopped.cabin,
    provider: shopped.provider ?? 'alpha',
  }
  return {
    shoppedAt: shopped.at ?? now,
    tenant: shopped.tenant ?? 'default',
    query: {
      slices: [{ origin: from, destination: to, departureDate: date, departureTime: null }],
      passengers: [{ id: 'pax_1', type: 'ADT', age: null }],
      cabin: null,
      currency,
      pointOfSale: shopped.pointOfSale ?? 'GB',
      maxConnections: null,
      carriers: { include: [], exclude: [] },
      accountCodes: [],
      offersMax: 250,
    },
    offers: [{ net: makeOffer({ ...spec, price: price - 400 }), passengers: makeOffer({ ...spec, price }).passengers }],
  }
}

/** The memory of the market on the real server, under a name of its own. `url`: another way to it for reads. */
export async function openMarket(url = elasticsearchUrl()) {
  const indexPrefix = uniqueName()
  const client = new Client({ node: elasticsearchUrl() })
  const parts = { log: silentLog, metrics: noMetrics, indexPrefix }
  const index = openElasticMarket({ ...parts, url: elasticsearchUrl(), convert, clock: systemClock })
  const clock = manualClock(now)
  const reads = openElasticSearch({ ...parts, url, clock })
  const market = createMarketReads({
    clock,
    convert,
    knowsCurrency: code => code in inEuro,
    search: reads.search,
    secret: 'a secret of the test',
  })
  return {
    market,
    clock,
    search: reads.search,
    async shop(...searches: readonly Shopped[]) {
      for (const search of searches) index.record(searchOf(search))
      await index.flush()
      await client.indices.refresh({ index: `${indexPrefix}-*` })
    },
    async close() {
      await reads.close()
      await index.close()
      const made = Object.keys(await client.indices.get({ index: `${indexPrefix}-*` }))
      if (made.length > 0) await client.indices.delete({ index: made })
      await client.indices.deleteIndexTemplate({ name: `${indexPrefix}-v2` }, { ignore: [404] })
      await client.close()
    },
  }
}

export const own = contextOf('default')
