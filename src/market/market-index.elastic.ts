import { Client } from '@elastic/elasticsearch'
import type { Clock, Timer } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import type { PartHealth } from '../shopping/port.ts'
import { shoppedOffersMax } from '../shopping/shopped.ts'
import { type Convert, type MarketRow, rowOf } from './document.ts'
import type { MarketIndex, MarketStats } from './market-index.ts'
import { makeMarketQueue } from './market-queue.ts'
import { indexName, indexTemplate } from './template.ts'

export type ElasticMarketOptions = {
  readonly url: string
  /** Of the indices of each day, and the alias over them. */
  readonly indexPrefix: string
  readonly convert: Convert
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly queueMax?: number
  /** Pause between bulk requests while all is well; doubled with each failure, up to half a minute. */
  readonly pauseMs?: number
}

const queueMaxDefault = 10_000
const pauseMsDefault = 1_000
const pauseMsMax = 30_000
/** Between two looks at the server when there is nothing to write. */
const quietMs = 5_000
const rowsPerBulk = 500
const requestTimeoutMs = 5_000

/** One bulk request at a time. The lowest price is kept without reading: a row's version is higher the lower its price
 *  is, and an external version only ever rises, so a dearer or equal one is refused as a conflict. Tried instead: create,
 *  and read on conflict, which takes two round trips and loses against a second process in between. */
export function openElasticMarket(options: ElasticMarketOptions): MarketIndex {
  const { clock, log, metrics, convert, indexPrefix } = options
  const client = new Client({ node: options.url, maxRetries: 0, requestTimeout: requestTimeoutMs })
  const queue = makeMarketQueue(options.queueMax ?? queueMaxDefault)
  const pauseMs = options.pauseMs ?? pauseMsDefault
  const counts = { written: 0, kept: 0, dropped: 0, refused: 0 }
  let failures = 0
  let hasTemplate = false
  let timer: Timer | undefined
  /** The timer waits for nothing but its next look at the server. */
  let isQuiet = false
  let running = Promise.resolve()
  let closed = false

  const count = (outcome: keyof typeof counts, by: number): void => {
    if (by === 0) return
    counts[outcome] += by
    metrics.count('fareloom_market_documents_total', { outcome }, by)
  }
  const gauge = (): void => metrics.gauge('fareloom_market_queue_length', {}, queue.length)

  const prepare = async (): Promise<void> => {
    if (hasTemplate) return
    await client.indices.putIndexTemplate(indexTemplate(indexPrefix))
    hasTemplate = true
  }

  const write = async (rows: readonly MarketRow[]): Promise<void> => {
    const answer = await client.bulk({ operations: rows.flatMap(row => operationOf(row, indexPrefix)) })
    const statuses = answer.items.map(item => item.index?.status ?? 500)
    const full = rows.filter((_, i) => statuses[i] === 429 || statuses[i]! >= 500)
    const refused = answer.items.filter((_, i) => isRefusal(statuses[i]!))
    count('written', statuses.filter(status => status < 300).length)
    count('kept', statuses.filter(status => status === 409).length)
    count('refused', refused.length)
    if (refused[0]) log.error({ store: 'elasticsearch', reason: refused[0].index?.error?.reason }, 'document refused')
    if (full.length === 0) return
    count('dropped', queue.putBack(full))
    throw new Error(`the index has no room for ${full.length} of ${rows.length} documents`)
  }

  /** Without rows it only asks whether the server is there, so that health knows in quiet times too. */
  const runOnce = async (): Promise<void> => {
    let rows: readonly MarketRow[] = []
    try {
      await prepare()
      rows = queue.take(rowsPerBulk)
      if (rows.length > 0) await write(rows)
      else await client.cluster.health()
      if (failures > 0) log.info({ store: 'elasticsearch' }, 'the market index answers again')
      failures = 0
    } catch (error) {
      if (failures === 0) log.warn({ store: 'elasticsearch', err: error }, 'the market index does not answer')
      failures++
      hasTemplate = false
      // rows that were written in part are known by their ids and prices: writing them again changes nothing
      count('dropped', queue.putBack(rows))
    } finally {
      metrics.gauge('fareloom_store_up', { store: 'elasticsearch' }, failures === 0 ? 1 : 0)
      gauge()
    }
  }

  const run = (): Promise<void> => {
    running = running.then(runOnce)
    return running
  }
  const schedule = (): void => {
    if (timer || closed) return
    isQuiet = queue.length === 0
    const wait = isQuiet ? Math.max(pauseMs, quietMs) : pauseMs
    const ms = failures === 0 ? wait : Math.min(pauseMs * 2 ** Math.min(failures, 10), pauseMsMax)
    const wake = (): void => {
      timer = undefined
      run().then(schedule, schedule)
    }
    timer = clock.after(ms, wake, { unref: true })
  }
  const flush = async (): Promise<void> => {
    for (let left = Math.ceil(queue.length / rowsPerBulk); left > 0 || failures > 0; left--) {
      await run()
      if (failures > 0) return
    }
  }
  run().then(schedule, schedule)

  return {
    record(shopped) {
      if (closed) return
      try {
        for (const offer of shopped.offers.slice(0, shoppedOffersMax)) {
          const row = rowOf(offer, shopped, convert)
          if (row && !queue.add(row)) count('dropped', 1)
        }
      } catch (error) {
        log.error({ store: 'elasticsearch', err: error }, 'a search could not be recorded')
      }
      gauge()
      if (!isQuiet || failures > 0 || queue.length === 0) return
      timer?.cancel()
      timer = undefined
      schedule()
    },
    flush,
    stats: (): MarketStats => ({ queued: queue.length, ...counts }),
    health: (): PartHealth => (failures === 0 ? 'ok' : 'degraded'),
    async close() {
      closed = true
      timer?.cancel()
      if (failures === 0) await flush()
      await running
      await client.close()
    },
  }
}

function operationOf(row: MarketRow, prefix: string): readonly object[] {
  const version = Number.MAX_SAFE_INTEGER - row.document.lowestPriceMinor
  const _index = indexName(prefix, row.day)
  return [{ index: { _index, _id: row.id, version, version_type: 'external' } }, row.document]
}

/** 409 is the answer to a price that is not lower. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 409 && status !== 429
}
