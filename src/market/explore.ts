import { type EpochMs, toInstant } from '../core/clock.ts'
import { type CurrencyCode, compare, type Money, moneyJson } from '../core/money.ts'
import type { TenantId } from '../core/tenant.ts'
import { findAirport, findCity } from '../reference/airports.ts'
import { atPlace, between, inCabin, inMonth, nearby, ofTrip, shoppedSince } from './clauses.ts'
import { type Convert, type MarketDocument, marketCurrency } from './document.ts'
import { fareOf, freshnessOf, priceOf } from './fares.ts'
import { type Bucket, bucketsOf, type Clause, cheapest, type SearchIndex, topOf } from './index-search.ts'
import type { Circle, ExploreAnswer, ExploreQuestion } from './port.ts'
import { Findings, inQuery } from './questions.ts'
import type { ReadParts } from './reads.ts'

const maxAgeDaysDefault = 7
const limitDefault = 50
/** Cities that a shard tells of: as good as all, so that what is best of each is best of all. */
const citiesMax = 3_000

type Destination = ExploreAnswer['destinations'][number]

/** Where one gets to for little, from what was shopped of late. */
export async function explore(
  question: ExploreQuestion,
  tenant: TenantId,
  search: SearchIndex,
  parts: ReadParts,
): Promise<ExploreAnswer> {
  const { origin, currency = parts.defaultCurrency, limit = limitDefault } = question
  const findings = new Findings(inQuery)
  findings.place('origin', origin)
  findings.country('pointOfSale', question.pointOfSale)
  findings.currency(currency, parts.knowsCurrency)
  const circle = readCircle(question.within, findings)
  findings.check()
  const budget = findings.amount('budget', question.budget, currency)
  findings.check()
  const { aggregations } = await search(tenant, {
    filter: filters(question, { budget, circle }, parts),
    aggregations: { cities: citiesBy(limit) },
  })
  const destinations = bucketsOf(aggregations, 'cities')
    .flatMap(bucket => destinationOf(bucket, currency, budget, parts.convert) ?? [])
    .sort((a, b) => compare(a.amount, b.amount) || (a.shown.destination < b.shown.destination ? -1 : 1))
    .map(({ shown }) => shown)
  const freshness = freshnessOf(
    destinations.flatMap(({ oneWay, return: back }) => [oneWay, back]).flatMap(fare => fare?.shoppedAt ?? []),
  )
  return { origin, currency, destinations, freshness }
}

function readCircle(within: string | undefined, findings: Findings): Circle | undefined {
  if (within === undefined) return undefined
  const [lat, lon, km] = within.split(',').map(Number) as [number, number, number]
  findings.circle('within', { lat, lon, km })
  return { lat, lon, km }
}

type Limits = { readonly budget: Money | undefined; readonly circle: Circle | undefined }

function filters(question: ExploreQuestion, { budget, circle }: Limits, parts: ReadParts): readonly Clause[] {
  const { origin, month, cabin = 'economy', pointOfSale, trip, maxAgeDays = maxAgeDaysDefault } = question
  const now: EpochMs = parts.clock.now()
  const trips: readonly Clause[] = [trip === undefined ? { terms: { trip: ['one-way', 'return'] } } : ofTrip(trip)]
  return [
    atPlace('origin', origin),
    // what has left takes nobody anywhere
    { range: { departure: { gte: toInstant(now) } } },
    ...(month === undefined ? [] : [inMonth(month)]),
    inCabin(cabin),
    shoppedSince(now, maxAgeDays),
    ...trips,
    ...(budget ? between('lowestPriceMinor', undefined, upperMinor(budget, parts.convert)) : []),
    ...(circle ? [nearby('destinationLocation', circle)] : []),
    ...(pointOfSale === undefined ? [] : [{ term: { pointOfSale } }]),
  ]
}

/** In the currency of the index, rounded to the generous side: what is over the budget falls out once it is converted. */
function upperMinor(budget: Money, convert: Convert): number {
  const own = convert(budget, marketCurrency)
  return own ? own.amountMinor + Math.ceil(own.amountMinor / 1_000) + 1 : Number.MAX_SAFE_INTEGER
}

function citiesBy(limit: number): Clause {
  return {
    terms: { field: 'destinationCity', size: limit, shard_size: citiesMax, order: { lowest: 'asc' } },
    aggs: {
      lowest: { min: { field: 'lowestPriceMinor' } },
      oneWay: { filter: ofTrip('one-way'), aggs: { cheapest } },
      return: { filter: ofTrip('return'), aggs: { cheapest } },
    },
  }
}

/** Undefined: over the budget after all, or of a place that the tables have lost. */
function destinationOf(bucket: Bucket, currency: CurrencyCode, budget: Money | undefined, convert: Convert) {
  const offered = (name: string): { document: MarketDocument; price: Money } | undefined => {
    const document = topOf(bucket[name] as Readonly<Record<string, unknown>>, 'cheapest')
    const price = document && priceOf(document, currency, convert)
    if (!document || !price || (budget && compare(price, budget) > 0)) return undefined
    return { document, price }
  }
  const oneWay = offered('oneWay')
  const back = offered('return')
  const lower = oneWay && back ? (compare(back.price, oneWay.price) < 0 ? back : oneWay) : (oneWay ?? back)
  const airport = lower && findAirport(lower.document.destination)
  if (!lower || !airport) return undefined
  const code = String(bucket.key)
  const shown: Destination = {
    destination: code,
    name: findCity(code)?.name ?? airport.cityName,
    country: airport.country,
    coordinates: { lat: airport.latitude, lon: airport.longitude },
    price: moneyJson(lower.price),
    oneWay: (oneWay && fareOf(oneWay.document, currency, convert)) ?? null,
    return: (back && fareOf(back.document, currency, convert)) ?? null,
    shoppedAt: lower.document.shoppedAt,
  }
  return { amount: lower.price, shown }
}
