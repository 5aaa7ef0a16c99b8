import { toInstant } from '../core/clock.ts'
import { compare, type MoneyJson, moneyJson } from '../core/money.ts'
import type { TenantId } from '../core/tenant.ts'
import { atPlace, inCabin, ofTrip } from './clauses.ts'
import { marketCurrency } from './document.ts'
import { byShownCurrency, figureOf, freshnessOf, priceOf } from './fares.ts'
import {
  aggregationOf,
  type Bucket,
  bucketsOf,
  type Clause,
  cheapest,
  type SearchIndex,
  topOf,
} from './index-search.ts'
import type { HistoryAnswer, HistoryQuestion, Trip } from './port.ts'
import { Findings, inQuery } from './questions.ts'
import type { ReadParts } from './reads.ts'

/** Days of shopping in one answer: more than any retention keeps. */
const daysMax = 1_000

type HistoryDay = HistoryAnswer['history'][number]

/** How the price of one departure went, by day of shopping. Quartiles are over itineraries, each at its lowest of the day. */
export async function priceHistory(
  question: HistoryQuestion,
  tenant: TenantId,
  search: SearchIndex,
  parts: ReadParts,
): Promise<HistoryAnswer> {
  const { origin, destination, departureDate, returnDate = null, currency = parts.defaultCurrency } = question
  const trip = question.trip ?? (returnDate === null ? 'one-way' : 'return')
  check(question, trip, parts)
  const { aggregations } = await search(tenant, {
    filter: filters(question, trip),
    aggregations: { days: { terms: { field: 'shoppedDay', size: daysMax, order: { _key: 'asc' } }, aggs: perDay } },
  })
  const history = bucketsOf(aggregations, 'days').flatMap(bucket => dayOf(bucket, currency, parts) ?? [])
  const freshness = freshnessOf(history.map(({ shoppedAt }) => shoppedAt))
  return { origin, destination, departureDate, returnDate, trip, currency, history, freshness }
}

function check(question: HistoryQuestion, trip: Trip, parts: ReadParts): void {
  const { origin, destination, departureDate, returnDate, currency } = question
  const findings = new Findings(inQuery)
  findings.place('origin', origin)
  findings.place('destination', destination)
  findings.apart('destination', origin, destination)
  findings.country('pointOfSale', question.pointOfSale)
  findings.currency(currency ?? parts.defaultCurrency, parts.knowsCurrency)
  findings.days('returnDate', { from: departureDate, to: returnDate })
  if (returnDate !== undefined && trip === 'one-way')
    findings.report('returnDate', 'contradiction', 'a one-way trip has no return date')
  findings.check()
}

function filters(question: HistoryQuestion, trip: Trip): readonly Clause[] {
  const { origin, destination, departureDate, returnDate, cabin = 'economy', pointOfSale } = question
  return [
    atPlace('origin', origin),
    atPlace('destination', destination),
    { term: { departureDate } },
    ofTrip(trip),
    inCabin(cabin),
    ...(returnDate === undefined ? [] : [{ term: { returnDate } }]),
    ...(pointOfSale === undefined ? [] : [{ term: { pointOfSale } }]),
  ]
}

function quartilesOf(field: 'shownPriceMinor' | 'lowestPriceMinor'): Clause {
  return { percentiles: { field, percents: [25, 50, 75] } }
}

const perDay: Readonly<Record<string, Clause>> = {
  cheapest,
  shown: byShownCurrency({ quartiles: quartilesOf('shownPriceMinor') }),
  quartiles: quartilesOf('lowestPriceMinor'),
  newest: { max: { field: 'shoppedAt' } },
}

function dayOf(bucket: Bucket, currency: string, { convert }: ReadParts): HistoryDay | undefined {
  const document = topOf(bucket, 'cheapest')
  const lowest = document && priceOf(document, currency, convert)
  const newest = aggregationOf(bucket, 'newest')?.value
  if (!lowest) return undefined
  // as shown, where all were shown in one currency
  const [only, ...others] = bucketsOf(bucket, 'shown')
  const isOne = only !== undefined && others.length === 0
  const [values, given] = isOne ? [only, String(only.key)] : [bucket, marketCurrency]
  const quartile = (percent: string): MoneyJson => {
    const minor = aggregationOf(values, 'quartiles')?.values?.[percent]
    const figure = minor == null ? undefined : figureOf(minor, given, currency, convert)
    return moneyJson(figure && compare(figure, lowest) > 0 ? figure : lowest)
  }
  return {
    day: String(bucket.key),
    lowest: moneyJson(lowest),
    quartiles: { q1: quartile('25.0'), median: quartile('50.0'), q3: quartile('75.0') },
    itineraries: bucket.doc_count,
    shoppedAt: newest ? toInstant(newest) : document.shoppedAt,
  }
}
