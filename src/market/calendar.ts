import type { EpochMs } from '../core/clock.ts'
import type { TenantId } from '../core/tenant.ts'
import { atPlace, inCabin, inMonth, ofTrip, shoppedSince } from './clauses.ts'
import { fareOf, freshnessOf } from './fares.ts'
import { type Bucket, bucketsOf, type Clause, cheapest, type SearchIndex, topOf } from './index-search.ts'
import type { CalendarAnswer, CalendarQuestion, MarketFare } from './port.ts'
import { Findings, inQuery } from './questions.ts'
import type { ReadParts } from './reads.ts'

const maxAgeDaysDefault = 30

/** The cheapest per day of departure. Of each the last day of shopping counts alone: a fare that was gone yesterday is no
 *  lowest price, however low it was. */
export async function calendar(
  question: CalendarQuestion,
  tenant: TenantId,
  search: SearchIndex,
  parts: ReadParts,
): Promise<CalendarAnswer> {
  const { origin, destination, month, currency = parts.defaultCurrency } = question
  const findings = new Findings(inQuery)
  findings.place('origin', origin)
  findings.place('destination', destination)
  findings.apart('destination', origin, destination)
  findings.country('pointOfSale', question.pointOfSale)
  findings.currency(currency, parts.knowsCurrency)
  findings.check()
  const { aggregations } = await search(tenant, {
    filter: filters(question, parts.clock.now()),
    aggregations: { days: { ...byDay, aggs: fareAggregations(question.nights) } },
  })
  const known = new Map(bucketsOf(aggregations, 'days').map(bucket => [bucket.key_as_string, bucket]))
  const fare = (bucket: Bucket | undefined, name: string): MarketFare | null => {
    const trip = bucket?.[name] as Readonly<Record<string, unknown>> | undefined
    const document = topOf(bucketsOf(trip, 'lastShopped')[0], 'cheapest')
    return (document && fareOf(document, currency, parts.convert)) ?? null
  }
  const days = daysOf(month).map(date => {
    const bucket = known.get(date)
    return { date, oneWay: fare(bucket, 'oneWay'), return: fare(bucket, 'return') }
  })
  const shown = days.flatMap(day => [day.oneWay, day.return]).filter(each => each !== null)
  const freshness = freshnessOf(shown.map(({ shoppedAt }) => shoppedAt))
  return { origin, destination, month, currency, days, freshness }
}

const byDay: Clause = { date_histogram: { field: 'departureDate', calendar_interval: 'day', format: 'yyyy-MM-dd' } }

function filters(question: CalendarQuestion, now: EpochMs): readonly Clause[] {
  const { origin, destination, month, cabin = 'economy', pointOfSale, maxAgeDays = maxAgeDaysDefault } = question
  return [
    atPlace('origin', origin),
    atPlace('destination', destination),
    inMonth(month),
    inCabin(cabin),
    shoppedSince(now, maxAgeDays),
    ...(pointOfSale === undefined ? [] : [{ term: { pointOfSale } }]),
  ]
}

function fareAggregations(nights: number | undefined): Readonly<Record<string, Clause>> {
  const lastShopped = {
    lastShopped: { terms: { field: 'shoppedDay', size: 1, order: { _key: 'desc' } }, aggs: { cheapest } },
  }
  const returns = [ofTrip('return'), ...(nights === undefined ? [] : [{ term: { nights } }])]
  return {
    oneWay: { filter: ofTrip('one-way'), aggs: lastShopped },
    return: { filter: { bool: { filter: returns } }, aggs: lastShopped },
  }
}

function daysOf(month: string): readonly string[] {
  const [year, number] = month.split('-').map(Number)
  const count = new Date(Date.UTC(year!, number!, 0)).getUTCDate()
  return Array.from({ length: count }, (_, i) => `${month}-${String(i + 1).padStart(2, '0')}`)
}
