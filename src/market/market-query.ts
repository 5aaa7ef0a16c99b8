import { type CurrencyCode, type Money, parseMoney } from '../core/money.ts'
import type { TenantId } from '../core/tenant.ts'
import { fold } from '../reference/spelling.ts'
import { atPlace, between, nearby, ofTrip, onDays } from './clauses.ts'
import { type Convert, marketCurrency } from './document.ts'
import { type FacetFilters, facetAggregations, facetsFrom, freshnessFrom } from './facets.ts'
import { fareOf } from './fares.ts'
import type { Clause, SearchIndex } from './index-search.ts'
import type { MarketAnswer, MarketFilters, MarketQuestion, MarketSort } from './port.ts'
import { Findings, inBody } from './questions.ts'
import type { ReadParts } from './reads.ts'

const limitDefault = 20

type PriceRange = NonNullable<MarketFilters['price']>

/** Everything that was shopped, by any of its fields. Pages go on after the last row seen: what is written between two
 *  pages appears where it belongs, and nothing is held open for a reader who may never come back. */
export async function marketQuery(
  given: MarketQuestion,
  tenant: TenantId,
  search: SearchIndex,
  parts: ReadParts,
): Promise<MarketAnswer> {
  const from = given.cursor === undefined ? undefined : parts.cursors.read(given.cursor, tenant)
  const question = from?.question ?? given
  const { filters = {}, sort = { by: 'price' }, currency = parts.defaultCurrency } = question
  const limit = given.limit ?? question.limit ?? limitDefault
  check(question, currency, parts)
  const facetFilters = facetFiltersOf(filters)
  const { hits, total, totalIsExact, aggregations } = await search(tenant, {
    filter: [...filtersOf(filters, currency, parts.convert), ...textClauses(question.text)],
    hitsOnly: Object.values(facetFilters),
    size: limit,
    sort: sortBy(sort.by, sort.order ?? 'asc'),
    ...(from ? { after: from.after } : {}),
    aggregations: facetAggregations(facetFilters, from === undefined),
  })
  const last = hits.at(-1)
  const more = hits.length === limit && last !== undefined
  const { cursor: _, ...asked } = question
  return {
    currency,
    fares: hits.flatMap(({ document }) => fareOf(document, currency, parts.convert) ?? []),
    page: {
      limit,
      total,
      totalIsExact,
      next: more ? parts.cursors.write({ question: { ...asked, limit }, after: last.sort }, tenant) : null,
    },
    facets: from ? null : facetsFrom(aggregations, currency, parts.convert),
    freshness: freshnessFrom(aggregations),
  }
}

function check(question: MarketQuestion, currency: CurrencyCode, parts: ReadParts): void {
  const { filters = {} } = question
  const findings = new Findings(inBody)
  findings.currency(currency, parts.knowsCurrency)
  findings.place('filters/origin', filters.origin)
  findings.place('filters/destination', filters.destination)
  findings.country('filters/pointOfSale', filters.pointOfSale)
  for (const name of ['departureDate', 'returnDate', 'shoppedDate'] as const)
    findings.days(`filters/${name}/to`, filters[name])
  const { min: least = 0, max: most = least } = filters.nights ?? {}
  if (most < least) findings.report('filters/nights/max', 'contradiction', `${least} nights are more than ${most}`)
  findings.circle('filters/originWithin', filters.originWithin)
  findings.circle('filters/destinationWithin', filters.destinationWithin)
  if (parts.knowsCurrency(currency)) {
    const min = findings.amount('filters/price/min', filters.price?.min, currency)
    const max = findings.amount('filters/price/max', filters.price?.max, currency)
    if (min && max && min.amountMinor > max.amountMinor)
      findings.report('filters/price/max', 'contradiction', 'the most is less than the least')
  }
  if (question.text !== undefined && fold(question.text) === '')
    findings.report('text', 'wrong-format', 'a text has at least one letter or digit')
  findings.check()
}

/** All but those that facets leave out for their own. */
function filtersOf(filters: MarketFilters, currency: CurrencyCode, convert: Convert): readonly Clause[] {
  const { departureDate, returnDate, shoppedDate, nights, price, pointOfSale } = filters
  return [
    ...onDays('departureDate', departureDate),
    ...onDays('returnDate', returnDate),
    ...onDays('shoppedAt', shoppedDate),
    ...between('nights', nights?.min, nights?.max),
    ...(price ? [priced(price, currency, convert)] : []),
    ...(pointOfSale === undefined ? [] : [{ term: { pointOfSale } }]),
    ...(filters.maxDurationMinutes === undefined
      ? []
      : [{ range: { durationMinutes: { lte: filters.maxDurationMinutes } } }]),
    ...(filters.originWithin ? [nearby('originLocation', filters.originWithin)] : []),
    ...(filters.destinationWithin ? [nearby('destinationLocation', filters.destinationWithin)] : []),
  ]
}

function facetFiltersOf(filters: MarketFilters): FacetFilters {
  const { carriers, maxStops, cabins, providers, trip, origin, destination } = filters
  return {
    ...(carriers ? { carriers: { terms: { carriers } } } : {}),
    ...(maxStops === undefined ? {} : { stops: { range: { stops: { lte: maxStops } } } }),
    ...(cabins ? { cabins: { terms: { cabins } } } : {}),
    ...(providers ? { providers: { terms: { supplier: providers } } } : {}),
    ...(trip ? { trips: ofTrip(trip) } : {}),
    ...(origin ? { origins: atPlace('origin', origin) } : {}),
    ...(destination ? { destinations: atPlace('destination', destination) } : {}),
  }
}

/** Every word of the text somewhere in the names or the route. */
function textClauses(text: string | undefined): readonly Clause[] {
  if (text === undefined) return []
  const query = fold(text)
  return [{ multi_match: { query, fields: ['places', 'route'], type: 'cross_fields', operator: 'and' } }]
}

/** What was shown in the currency of the question is compared in it, to the unit; anything else in that of the index. */
function priced({ min, max }: PriceRange, currency: CurrencyCode, convert: Convert): Clause {
  const [least, most] = [min, max].map(text => (text === undefined ? undefined : parseMoney(text, currency)))
  const own = (amount: Money | undefined): number | undefined => amount && convert(amount, marketCurrency)?.amountMinor
  const same = { term: { shownCurrency: currency } }
  const asShown = between('shownPriceMinor', least?.amountMinor, most?.amountMinor)
  const converted = between('lowestPriceMinor', own(least), own(most))
  return {
    bool: {
      should: [{ bool: { filter: [same, ...asShown] } }, { bool: { must_not: [same], filter: converted } }],
      minimum_should_match: 1,
    },
  }
}

/** With the key last, so that the order is one of all rows. A duration that nobody knows goes last. */
function sortBy(by: MarketSort, order: 'asc' | 'desc'): readonly Clause[] {
  const missing = order === 'asc' ? 2_147_483_647 : -1
  const first: Readonly<Record<MarketSort, readonly Clause[]>> = {
    // the second as in `cheapest`
    price: [{ lowestPriceMinor: { order } }, { shownPriceMinor: { order } }],
    departure: [{ departure: { order } }],
    duration: [{ durationMinutes: { order, missing } }],
    shopped: [{ shoppedAt: { order } }],
  }
  return [...first[by], { key: { order: 'asc' } }]
}
