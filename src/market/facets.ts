import { toInstant } from '../core/clock.ts'
import { type CurrencyCode, compare, type Money, moneyJson, zero } from '../core/money.ts'
import type { Convert } from './document.ts'
import { byShownCurrency, figureOf } from './fares.ts'
import { type Aggregation, aggregationOf, type Bucket, bucketsOf, type Clause } from './index-search.ts'
import type { FacetName, Freshness, MarketFacet, MarketFacets } from './port.ts'

const fields: Readonly<Record<FacetName, string>> = {
  carriers: 'carriers',
  stops: 'stops',
  cabins: 'cabins',
  providers: 'supplier',
  trips: 'trip',
  origins: 'originCity',
  destinations: 'destinationCity',
}
const names = Object.keys(fields) as readonly FacetName[]
const valuesMax = 50

/** The filters that a facet stands for: each facet ignores its own. */
export type FacetFilters = Readonly<Partial<Record<FacetName, Clause>>>

/** Freshness is of what all filters let through. */
export function facetAggregations(filters: FacetFilters, withFacets: boolean): Readonly<Record<string, Clause>> {
  const but = (own: FacetName | null): Clause => ({
    bool: { filter: names.filter(name => name !== own).flatMap(name => filters[name] ?? []) },
  })
  const facets = (withFacets ? names : []).map(name => [
    name,
    { filter: but(name), aggs: { values: { terms: { field: fields[name], size: valuesMax }, aggs: { shown } } } },
  ])
  const ends = { newest: { max: { field: 'shoppedAt' } }, oldest: { min: { field: 'shoppedAt' } } }
  return { ...Object.fromEntries(facets), found: { filter: but(null), aggs: ends } }
}

const shown: Clause = byShownCurrency({ lowest: { min: { field: 'shownPriceMinor' } } })

type Aggregations = Readonly<Record<string, Aggregation>> | undefined

export function facetsFrom(aggregations: Aggregations, currency: CurrencyCode, convert: Convert): MarketFacets {
  const facet = (name: FacetName): readonly MarketFacet[] =>
    bucketsOf(aggregations?.[name], 'values').map(bucket => ({
      value: bucket.key,
      count: bucket.doc_count,
      lowest: moneyJson(lowestOf(bucket, currency, convert)),
    }))
  return {
    carriers: facet('carriers'),
    stops: facet('stops'),
    cabins: facet('cabins'),
    providers: facet('providers'),
    trips: facet('trips'),
    origins: facet('origins'),
    destinations: facet('destinations'),
  }
}

function lowestOf(bucket: Bucket, currency: CurrencyCode, convert: Convert): Money {
  const lowest = bucketsOf(bucket, 'shown')
    .flatMap(each => figureOf(aggregationOf(each, 'lowest')?.value ?? 0, String(each.key), currency, convert) ?? [])
    .sort(compare)[0]
  return lowest ?? zero(currency)
}

export function freshnessFrom(aggregations: Aggregations): Freshness {
  const end = (name: string): string | null => {
    const value = aggregationOf(aggregations?.found, name)?.value
    return value == null ? null : toInstant(value)
  }
  return { newest: end('newest'), oldest: end('oldest') }
}
