import { Redis } from 'ioredis'
import type { Clock, EpochMs } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { StoreUnavailable } from './offer-store.ts'
import type { PartHealth } from './port.ts'

/** Nobody waits longer for a command; a search that has its offers in memory does not wait at all. */
const commandTimeoutMs = 150
const connectTimeoutMs = 1_000
const reconnectMsMax = 1_000
/** Commands in a row without an answer after which the connection is taken for dead (a half-open one never says so). */
const timeoutsMax = 3
/** Between two log lines about the same trouble. */
const quietMs = 5_000

/** One connection, and what to do when it is lost. */
export class RedisLink {
  readonly redis: Redis
  readonly #url: string
  readonly #clock: Clock
  readonly #log: Log
  #timeouts = 0
  /** From too many timeouts to the next connection that works. */
  #isDead = false
  /** Until then whoever waits for ready() is told, and nobody else. */
  #wasReady = false
  #saidAt: EpochMs = 0

  constructor(url: string, clock: Clock, log: Log) {
    this.#url = url
    this.#clock = clock
    this.#log = log
    this.redis = new Redis(url, {
      commandTimeout: commandTimeoutMs,
      connectTimeout: connectTimeoutMs,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: times => Math.min(50 * 2 ** Math.min(times, 10), reconnectMsMax),
    })
    this.redis.on('error', error => this.#say(error))
    this.redis.on('ready', () => {
      this.#wasReady = true
      this.#timeouts = 0
      this.#isDead = false
      log.info({ store: 'redis' }, 'connected to Redis')
    })
  }

  /** Throws StoreUnavailable: at once while there is no connection, else within the command's time. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.redis.status !== 'ready' || this.#isDead) throw new StoreUnavailable('Redis: not connected')
    try {
      const result = await work()
      const failed = pipelineError(result)
      if (failed) throw failed
      this.#timeouts = 0
      return result
    } catch (error) {
      throw this.#lost(error as Error)
    }
  }

  health(): PartHealth {
    return this.redis.status === 'ready' && !this.#isDead && this.#timeouts === 0 ? 'ok' : 'degraded'
  }

  /** Rejects with one sentence at the first failure, or where nothing is heard within the time. */
  ready(withinMs: number): Promise<void> {
    if (this.redis.status === 'ready') return Promise.resolve()
    return new Promise((resolve, reject) => {
      const { host } = new URL(this.#url)
      const fail = ({ message }: Error): void => {
        timer.cancel()
        reject(new StoreUnavailable(`there is no Redis at ${host}: ${message || 'no answer'}`))
      }
      const timer = this.#clock.after(withinMs, () => fail(new Error('no answer')))
      this.redis.once('error', fail)
      this.redis.once('ready', () => {
        timer.cancel()
        resolve()
      })
    })
  }

  async close(): Promise<void> {
    this.redis.disconnect()
  }

  #lost(error: Error): StoreUnavailable {
    this.#say(error)
    if (!this.#isDead && /timed out/i.test(error.message) && ++this.#timeouts >= timeoutsMax) {
      this.#isDead = true
      this.redis.disconnect(true)
    }
    return new StoreUnavailable(`Redis: ${error.message}`, { cause: error })
  }

  #say(error: Error): void {
    if (!this.#wasReady) return
    if (this.#clock.now() - this.#saidAt < quietMs) return
    this.#saidAt = this.#clock.now()
    this.#log.warn({ store: 'redis', err: error }, 'Redis does not answer; searches go on from memory')
  }
}

/** exec() resolves with [error, result] pairs. */
function pipelineError(result: unknown): Error | undefined {
  if (!Array.isArray(result)) return undefined
  const failed = result.find(entry => Array.isArray(entry) && entry[0] instanceof Error)
  return failed?.[0]
}
