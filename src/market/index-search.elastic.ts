import { Client, errors } from '@elastic/elasticsearch'
import type { Clock, EpochMs } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { ProblemError } from '../core/problem.ts'
import type { TenantId } from '../core/tenant.ts'
import type { MarketDocument } from './document.ts'
import type { Aggregation, IndexAnswer, IndexSearch, SearchIndex, SortValues } from './index-search.ts'
import { readAlias } from './template.ts'

export type ElasticSearchOptions = {
  readonly url: string
  readonly indexPrefix: string
  readonly clock: Clock
  readonly log: Log
}

/** The server gives up first, so that it does not go on with what nobody waits for. */
const serverTimeoutMs = 1_500
const requestTimeoutMs = 2_000
/** Reads have connections of their own and no more than this under way: never in the way of what is written, nor of a search. */
const readsMax = 16
/** After one that had no answer in time all are told at once for so long: a stalled server holds up one read a second. */
const awayMs = 1_000
const totalMax = 10_000

export type ElasticSearch = { readonly search: SearchIndex; close(): Promise<void> }

export function openElasticSearch(options: ElasticSearchOptions): ElasticSearch {
  const { clock, log } = options
  // once more where a connection broke: those kept from before the server started anew are dead
  const client = new Client({ node: options.url, maxRetries: 1, requestTimeout: requestTimeoutMs })
  let reads = 0
  let awayUntil: EpochMs = 0
  return {
    async search(tenant, asked) {
      if (clock.now() < awayUntil) throw unavailable()
      if (reads >= readsMax)
        throw new ProblemError('overloaded', 'too many questions to the market at once', { retryAfterSeconds: 1 })
      reads++
      try {
        return await ask(client, readAlias(options.indexPrefix), tenant, asked)
      } catch (error) {
        // what it does not understand is a mistake of ours, and not its absence
        if (error instanceof errors.ResponseError && error.statusCode === 400) throw error
        if (error instanceof errors.TimeoutError) awayUntil = clock.now() + awayMs
        log.warn({ store: 'elasticsearch', err: error }, 'a question to the market had no answer')
        throw unavailable(error)
      } finally {
        reads--
      }
    },
    close: () => client.close(),
  }
}

function unavailable(cause?: unknown): ProblemError {
  return new ProblemError('unavailable', 'the memory of the market does not answer; searches work', {
    retryAfterSeconds: 5,
    cause,
  })
}

type Source = MarketDocument
type Body = NonNullable<Parameters<Client['search']>[0]>

async function ask(client: Client, index: string, tenant: TenantId, asked: IndexSearch): Promise<IndexAnswer> {
  const { filter, hitsOnly = [], size = 0, sort, after, aggregations } = asked
  const body = {
    index,
    // nothing shopped yet is no failure
    ignore_unavailable: true,
    allow_partial_search_results: false,
    timeout: `${serverTimeoutMs}ms`,
    track_total_hits: totalMax,
    query: { bool: { filter: [{ term: { tenant } }, ...filter] } },
    size,
    ...(hitsOnly.length > 0 ? { post_filter: { bool: { filter: hitsOnly } } } : {}),
    ...(sort ? { sort } : {}),
    ...(after ? { search_after: after } : {}),
    ...(aggregations ? { aggs: aggregations } : {}),
  }
  // at once: the client's own pause before it tries again is up to four seconds
  const answer = await client.search<Source>(body as Body, { retryBackoff: () => 0 })
  const { hits, total } = answer.hits
  const count = typeof total === 'number' ? { value: total, relation: 'eq' } : total
  return {
    hits: hits.map(hit => ({ document: hit._source!, sort: (hit.sort ?? []) as SortValues })),
    total: count?.value ?? 0,
    totalIsExact: count?.relation !== 'gte',
    aggregations: answer.aggregations as Readonly<Record<string, Aggregation>> | undefined,
  }
}
