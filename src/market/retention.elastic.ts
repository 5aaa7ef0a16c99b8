import { Client } from '@elastic/elasticsearch'
import type { Clock, Timer } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { expiredIndices } from './retention.ts'

export type RetentionOptions = {
  readonly url: string
  readonly indexPrefix: string
  /** Days of shopping that are kept beside today. */
  readonly days: number
  readonly clock: Clock
  readonly log: Log
}

export type Retention = {
  /** Drops what is too old; returns the names. Rejects where the server does not answer. */
  sweep(): Promise<readonly string[]>
  close(): Promise<void>
}

const dailyMs = 24 * 3_600_000
const againMs = 10 * 60_000
const requestTimeoutMs = 10_000
/** Index names in one request: they travel in the address. */
const namesMax = 50
const goneIsFine = { ignore: [404] }

/** Whole days are dropped, which costs the server next to nothing; documents deleted one by one would be rewritten for
 *  weeks. At the start and once a day, in every process: what another one dropped first is gone all the same. */
export function startRetention(options: RetentionOptions): Retention {
  const { clock, log, indexPrefix, days } = options
  const client = new Client({ node: options.url, maxRetries: 0, requestTimeout: requestTimeoutMs })
  let timer: Timer | undefined
  let closed = false

  /** One that another process has dropped meanwhile fails all that are named beside it, whatever may be unavailable. */
  const drop = async (names: string[]): Promise<void> => {
    const answer = await client.indices.delete(
      { index: names, ignore_unavailable: true },
      { ...goneIsFine, meta: true },
    )
    if (answer.statusCode !== 404) return
    for (const index of names) await client.indices.delete({ index }, goneIsFine)
  }
  const sweep = async (): Promise<readonly string[]> => {
    const answer = await client.indices.get({
      index: `${indexPrefix}-*`,
      expand_wildcards: 'all',
      filter_path: '*.settings.index.uuid',
    })
    const expired = expiredIndices(Object.keys(answer), { prefix: indexPrefix, days, now: clock.now() })
    for (let i = 0; i < expired.length; i += namesMax) {
      await drop(expired.slice(i, i + namesMax))
    }
    if (expired.length > 0) log.info({ store: 'elasticsearch', indices: expired }, 'days of the market dropped')
    return expired
  }
  const next = (ms: number): void => {
    if (!closed) timer = clock.after(ms, run, { unref: true })
  }
  const run = (): void => {
    sweep().then(
      () => next(dailyMs),
      error => {
        if (closed) return
        log.warn({ store: 'elasticsearch', err: error }, 'old days of the market could not be dropped')
        next(againMs)
      },
    )
  }
  run()
  return {
    sweep,
    async close() {
      closed = true
      timer?.cancel()
      await client.close()
    },
  }
}
