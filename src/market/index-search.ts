import type { TenantId } from '../core/tenant.ts'
import type { MarketDocument } from './document.ts'

/** One search of the index in the words of its query language, for one tenant: whoever implements it keeps to the tenant's
 *  own documents. Throws `unavailable` and `overloaded`. */
export type SearchIndex = (tenant: TenantId, search: IndexSearch) => Promise<IndexAnswer>

/** A clause, as Elasticsearch's query language writes it. */
export type Clause = Readonly<Record<string, unknown>>

export type IndexSearch = {
  readonly filter: readonly Clause[]
  /** Hits pass these too; aggregations do not look at them. */
  readonly hitsOnly?: readonly Clause[]
  readonly size?: number
  readonly sort?: readonly Clause[]
  readonly after?: SortValues
  readonly aggregations?: Readonly<Record<string, Clause>>
}

export type SortValues = readonly (string | number)[]

export type IndexAnswer = {
  readonly hits: readonly { readonly document: MarketDocument; readonly sort: SortValues }[]
  readonly total: number
  readonly totalIsExact: boolean
  /** Absent where nothing has been shopped yet. */
  readonly aggregations: Readonly<Record<string, Aggregation>> | undefined
}

/** The parts of an aggregation's answer that we read. */
export type Aggregation = {
  readonly buckets?: readonly Bucket[]
  readonly hits?: { readonly hits: readonly { readonly _source?: unknown }[] }
  readonly value?: number | null
  readonly values?: Readonly<Record<string, number | null>>
  readonly [name: string]: unknown
}
export type Bucket = {
  readonly key: string | number
  readonly key_as_string?: string
  readonly doc_count: number
  readonly [name: string]: unknown
}

export function bucketsOf(parent: Readonly<Record<string, unknown>> | undefined, name: string): readonly Bucket[] {
  return aggregationOf(parent, name)?.buckets ?? []
}

export function aggregationOf(
  parent: Readonly<Record<string, unknown>> | undefined,
  name: string,
): Aggregation | undefined {
  return parent?.[name] as Aggregation | undefined
}

/** The first document of a top_hits aggregation. */
export function topOf(parent: Readonly<Record<string, unknown>> | undefined, name: string): MarketDocument | undefined {
  return aggregationOf(parent, name)?.hits?.hits[0]?._source as MarketDocument | undefined
}

/** The cheapest document; of several the one shopped last. Where one unit of the index's currency is many of the one shown
 *  (EUR 0.01 is VND 305), what was shown tells those of one unit apart. */
export const cheapest: Clause = {
  top_hits: {
    size: 1,
    sort: [{ lowestPriceMinor: 'asc' }, { shownPriceMinor: 'asc' }, { shoppedAt: 'desc' }, { key: 'asc' }],
  },
}
