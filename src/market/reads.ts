import type { Clock } from '../core/clock.ts'
import type { CurrencyCode } from '../core/money.ts'
import { ProblemError } from '../core/problem.ts'
import { calendar } from './calendar.ts'
import type { Convert } from './document.ts'
import { explore } from './explore.ts'
import type { SearchIndex } from './index-search.ts'
import { type MarketCursors, makeMarketCursors } from './market-cursor.ts'
import { marketQuery } from './market-query.ts'
import type { MarketReads } from './port.ts'
import { priceHistory } from './price-history.ts'

export type ReadParts = {
  readonly clock: Clock
  readonly convert: Convert
  readonly knowsCurrency: (currency: CurrencyCode) => boolean
  readonly defaultCurrency: CurrencyCode
  readonly cursors: MarketCursors
}

export type MarketReadsOptions = Omit<ReadParts, 'cursors' | 'defaultCurrency'> & {
  readonly search: SearchIndex
  /** Signs cursors; the same in all processes. */
  readonly secret: string
}

export function createMarketReads({ search, secret, ...given }: MarketReadsOptions): MarketReads {
  const parts: ReadParts = { ...given, defaultCurrency: 'EUR', cursors: makeMarketCursors(secret) }
  return {
    calendar: (question, { tenant }) => calendar(question, tenant, search, parts),
    explore: (question, { tenant }) => explore(question, tenant, search, parts),
    priceHistory: (question, { tenant }) => priceHistory(question, tenant, search, parts),
    query: (question, { tenant }) => marketQuery(question, tenant, search, parts),
  }
}

/** No index configured: questions are checked all the same, and then told so. */
export const noIndex: SearchIndex = async () => {
  throw new ProblemError(
    'unavailable',
    'the market is not remembered here: the service runs without Elasticsearch (ELASTICSEARCH_URL)',
    {
      retryAfterSeconds: 300,
    },
  )
}
