import { Client, errors, type estypes } from '@elastic/elasticsearch'
import { type Clock, type Timer, toInstant } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import type { PartHealth } from '../shopping/port.ts'
import { type ShoppedSearch, shoppedOffersMax } from '../shopping/shopped.ts'
import { type Convert, type MarketRow, rowOf } from './document.ts'
import type { MarketIndex, MarketStats } from './market-index.ts'
import { type MarketQueue, makeMarketQueue } from './market-queue.ts'
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

type BulkAnswer = Pick<estypes.BulkResponse, 'items'>

export type ElasticMarket = MarketIndex & {
  /** For start-up: rejects with one sentence where the server did not take the template at once. */
  ready(): Promise<void>
}

const queueMaxDefault = 10_000
const pauseMsDefault = 1_000
const pauseMsMax = 30_000
/** Between two looks at the server when there is nothing to write. */
const quietMs = 5_000
const rowsPerBulk = 500
const requestTimeoutMs = 5_000

export function openElasticMarket(options: ElasticMarketOptions): ElasticMarket {
  return new BulkWriter(options)
}

/** One bulk request at a time. The lowest price is kept without reading: a row's version is higher the lower its price
 *  is, and an external version never falls, so a dearer one is refused as a conflict; the same price is written again, since
 *  it is as fresh as when it was last seen. Tried instead: create, and read on conflict, which takes two round trips and
 *  loses against a second process in between. */
class BulkWriter implements ElasticMarket {
  readonly #options: ElasticMarketOptions
  readonly #client: Client
  readonly #queue: MarketQueue
  readonly #pauseMs: number
  readonly #counts = { written: 0, kept: 0, dropped: 0, refused: 0 }
  #failures = 0
  #lastError = ''
  #wasThere = false
  /** The day on which it was last put. */
  #templateOn = ''
  #timer: Timer | undefined
  /** The timer waits for nothing but its next look at the server. */
  #isQuiet = false
  #running = Promise.resolve()
  #closed = false

  constructor(options: ElasticMarketOptions) {
    this.#options = options
    this.#client = new Client({ node: options.url, maxRetries: 0, requestTimeout: requestTimeoutMs })
    this.#queue = makeMarketQueue(options.queueMax ?? queueMaxDefault)
    this.#pauseMs = options.pauseMs ?? pauseMsDefault
    this.#runAndGoOn()
  }

  record(shopped: ShoppedSearch): void {
    if (this.#closed) return
    try {
      for (const offer of shopped.offers.slice(0, shoppedOffersMax)) {
        const row = rowOf(offer, shopped, this.#options.convert)
        if (row && !this.#queue.add(row)) this.#count('dropped', 1)
      }
    } catch (error) {
      this.#options.log.error({ store: 'elasticsearch', err: error }, 'a search could not be recorded')
    }
    this.#gauge()
    if (!this.#isQuiet || this.#failures > 0 || this.#queue.length === 0) return
    this.#timer?.cancel()
    this.#timer = undefined
    this.#schedule()
  }

  async flush(): Promise<void> {
    for (let left = Math.ceil(this.#queue.length / rowsPerBulk); left > 0 || this.#failures > 0; left--) {
      await this.#run()
      if (this.#failures > 0) return
    }
  }

  async ready(): Promise<void> {
    await this.#running
    if (this.#failures === 0) return
    const { host } = new URL(this.#options.url)
    throw new Error(`there is no Elasticsearch at ${host}: ${this.#lastError || 'no answer'}`)
  }

  stats(): MarketStats {
    return { queued: this.#queue.length, ...this.#counts }
  }

  health(): PartHealth {
    return this.#failures === 0 ? 'ok' : 'degraded'
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#timer?.cancel()
    if (this.#failures === 0) await this.flush()
    await this.#running
    await this.#client.close()
  }

  #run(): Promise<void> {
    this.#running = this.#running.then(() => this.#runOnce())
    return this.#running
  }

  #runAndGoOn(): void {
    const goOn = (): void => this.#schedule()
    this.#run().then(goOn, goOn)
  }

  #schedule(): void {
    if (this.#timer || this.#closed) return
    this.#isQuiet = this.#queue.length === 0
    const wait = this.#isQuiet ? Math.max(this.#pauseMs, quietMs) : this.#pauseMs
    const backoff = Math.min(this.#pauseMs * 2 ** Math.min(this.#failures, 10), pauseMsMax)
    const wake = (): void => {
      this.#timer = undefined
      this.#runAndGoOn()
    }
    this.#timer = this.#options.clock.after(this.#failures === 0 ? wait : backoff, wake, { unref: true })
  }

  /** Without rows it only asks whether the server is there, so that health knows in quiet times too. Never rejects. */
  async #runOnce(): Promise<void> {
    let left: readonly MarketRow[] = []
    try {
      await this.#prepare()
      left = this.#queue.take(rowsPerBulk)
      if (left.length === 0) await this.#client.cluster.health()
      else left = await this.#write(left)
      if (left.length > 0) throw new Error(`the index has no room for ${left.length} documents now`)
      this.#wasThere = true
      if (this.#failures > 0) this.#options.log.info({ store: 'elasticsearch' }, 'the market index answers again')
      this.#failures = 0
    } catch (error) {
      this.#count('dropped', this.#queue.putBack(left))
      this.#failed(error as Error)
    }
    this.#options.metrics.gauge('fareloom_store_up', { store: 'elasticsearch' }, this.#failures === 0 ? 1 : 0)
    this.#gauge()
  }

  #failed(error: Error): void {
    // until it was there once, whoever waits for ready() is told
    if (this.#failures === 0 && this.#wasThere)
      this.#options.log.warn({ store: 'elasticsearch', err: error }, 'the market index does not answer')
    this.#failures++
    this.#lastError = error.message
    // a server that lost its data lost the template too
    this.#templateOn = ''
  }

  /** Every day anew: an index that is made without it is read by nobody, and whoever tidies up a server may have taken it. */
  async #prepare(): Promise<void> {
    const { clock, indexPrefix } = this.#options
    const today = toInstant(clock.now()).slice(0, 10)
    if (this.#templateOn === today) return
    await this.#client.indices.putIndexTemplate(indexTemplate(indexPrefix))
    this.#templateOn = today
  }

  /** Returns the rows that the server had no room for. What it, or a proxy before it, refuses as a whole goes in halves: asked
   *  again as it is, one document too many would keep all others from being written for ever. */
  async #write(rows: readonly MarketRow[]): Promise<readonly MarketRow[]> {
    const reasons: string[] = []
    const write = async (part: readonly MarketRow[]): Promise<readonly MarketRow[]> => {
      try {
        return this.#left(part, await this.#client.bulk({ operations: this.#operations(part) }), reasons)
      } catch (error) {
        if (!isRefusedWhole(error)) throw error
        if (part.length > 1) {
          const half = Math.ceil(part.length / 2)
          return [...(await write(part.slice(0, half))), ...(await write(part.slice(half)))]
        }
        reasons.push(error.message)
        return []
      }
    }
    try {
      return await write(rows)
    } finally {
      this.#refuse(reasons)
    }
  }

  #operations(rows: readonly MarketRow[]): object[] {
    return rows.flatMap(row => operationOf(row, this.#options.indexPrefix))
  }

  #left(rows: readonly MarketRow[], { items }: BulkAnswer, reasons: string[]): readonly MarketRow[] {
    // what the answer does not tell of may not have been written
    const statuses = rows.map((_, i) => items[i]?.index?.status ?? 500)
    this.#count('written', statuses.filter(status => status < 300).length)
    this.#count('kept', statuses.filter(status => status === 409).length)
    const refused = items.filter((_, i) => isRefusal(statuses[i]!))
    for (const { index } of refused) reasons.push(index?.error?.reason ?? 'no reason given')
    return rows.filter((_, i) => statuses[i] === 429 || statuses[i]! >= 500)
  }

  #refuse(reasons: readonly string[]): void {
    this.#count('refused', reasons.length)
    const [reason] = reasons
    if (reason !== undefined)
      this.#options.log.error({ store: 'elasticsearch', reason, count: reasons.length }, 'documents refused')
  }

  #count(outcome: Exclude<keyof MarketStats, 'queued'>, by: number): void {
    if (by === 0) return
    this.#counts[outcome] += by
    this.#options.metrics.count('fareloom_market_documents_total', { outcome }, by)
  }

  #gauge(): void {
    this.#options.metrics.gauge('fareloom_market_queue_length', {}, this.#queue.length)
  }
}

function operationOf(row: MarketRow, prefix: string): readonly object[] {
  const version = Number.MAX_SAFE_INTEGER - row.document.lowestPriceMinor
  const _index = indexName(prefix, row.day)
  return [{ index: { _index, _id: row.id, version, version_type: 'external_gte' } }, row.document]
}

/** The request, not one of its documents. */
function isRefusedWhole(error: unknown): error is errors.ResponseError {
  return error instanceof errors.ResponseError && (error.statusCode === 400 || error.statusCode === 413)
}

/** 409 is the answer to a dearer price. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 409 && status !== 429
}
