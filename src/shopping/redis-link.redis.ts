import { Cluster, Redis, type RedisOptions } from 'ioredis'
import { type Clock, type EpochMs, nextTurn } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { parseRedisUrl, type RedisAddress, redisHosts } from '../core/redis-address.ts'
import { CommandTimeouts } from './command-timeouts.ts'
import { StoreUnavailable } from './offer-store.ts'
import type { PartHealth } from './port.ts'

/** Nobody waits longer for a command, whatever is tried again behind it; a search that has its offers in memory does not wait
 *  at all. */
const commandTimeoutMs = 150
const connectTimeoutMs = 1_000
const reconnectMsMax = 1_000
/** After a command without an answer who can do without does not wait for another one: a search waits once. */
const doubtMs = 250
/** Where commands take longer on average, who can do without does: a search has up to seven in turn. */
const slowMs = 60
/** Commands in a row without an answer after which the connection is taken for dead (a half-open one never says so). */
const unansweredMax = 3
/** Between two log lines about the same trouble. */
const quietMs = 5_000

/** A connection of a cluster on which commands wait that long without a byte is closed: a node that hangs must not cost
 *  its third of the keys until the kernel gives up. */
const silentNodeMs = 450

/** One connection, or one to each node of a cluster, and what to do when it is lost. */
export class RedisLink {
  readonly redis: Redis | Cluster
  readonly #hosts: string
  readonly #clock: Clock
  readonly #timeouts: CommandTimeouts
  readonly #log: Log
  /** Commands in a row without an answer. */
  #unanswered = 0
  #isGathering = false
  /** Faded average. */
  #usualMs = 0
  #silentAt = Number.NEGATIVE_INFINITY
  /** From too many timeouts to the next connection that works. */
  #isDead = false
  /** Until then whoever waits for ready() is told, and nobody else. */
  #wasReady = false
  #saidAt: EpochMs = 0

  /** Throws StoreUnavailable where the URL is none. */
  constructor(url: string, clock: Clock, log: Log) {
    const address = parseRedisUrl(url)
    if (!address) throw new StoreUnavailable('REDIS_URL is no address of a Redis')
    this.#hosts = redisHosts(address)
    this.#clock = clock
    this.#timeouts = new CommandTimeouts(clock, commandTimeoutMs)
    this.#log = log
    this.redis = address.isCluster ? connectCluster(address) : new Redis(url, connection)
    this.redis.on('error', error => this.#say(error))
    this.redis.on('ready', () => {
      this.#wasReady = true
      this.#unanswered = 0
      this.#isDead = false
      this.#usualMs = 0
      log.info({ store: 'redis' }, 'connected to Redis')
    })
  }

  /** Throws StoreUnavailable: at once while there is no connection, else within the command's time. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (!this.isReady) throw new StoreUnavailable('Redis: not connected')
    try {
      this.#gather()
      const start = this.#clock.monotonicMs()
      const result = await this.#timeouts.within(work())
      this.#usualMs += (this.#clock.monotonicMs() - start - this.#usualMs) / 8
      const failed = pipelineError(result)
      if (failed) throw failed
      this.#unanswered = 0
      return result
    } catch (error) {
      throw this.#lost(error as Error)
    }
  }

  /** Connected, and not taken for dead. */
  get isReady(): boolean {
    return this.redis.status === 'ready' && !this.#isDead
  }

  /** As run(), where a command has just gone without an answer it throws at once. */
  async runUnlessSilent<T>(work: () => Promise<T>): Promise<T> {
    if (this.#clock.monotonicMs() - this.#silentAt < doubtMs)
      throw new StoreUnavailable('Redis: no answer a moment ago')
    return this.run(work)
  }

  /** The same where it is slow: for what can be done without. */
  async tryRun<T>(work: () => Promise<T>): Promise<T> {
    if (this.#usualMs > slowMs) throw new StoreUnavailable('Redis: too slow')
    return this.runUnlessSilent(work)
  }

  health(): PartHealth {
    return this.isReady && this.#unanswered === 0 ? 'ok' : 'degraded'
  }

  /** Rejects with one sentence at the first failure, or where nothing is heard within the time. */
  ready(withinMs: number): Promise<void> {
    if (this.redis.status === 'ready') return Promise.resolve()
    return new Promise((resolve, reject) => {
      const fail = ({ message }: Error): void => {
        timer.cancel()
        reject(new StoreUnavailable(`there is no Redis at ${this.#hosts}: ${message || 'no answer'}`))
      }
      const timer = this.#clock.after(withinMs, () => fail(new Error('no answer')))
      this.redis.once('error', fail)
      this.redis.once('ready', () => {
        timer.cancel()
        resolve()
      })
    })
  }

  /** After a loss: as soon as there is a connection again, at the latest after `ms`. */
  reconnected(ms: number): Promise<void> {
    if (this.isReady) return Promise.resolve()
    return new Promise(resolve => {
      const done = (): void => {
        timer.cancel()
        this.redis.off('ready', done)
        resolve()
      }
      const timer = this.#clock.after(ms, done)
      this.redis.on('ready', done)
    })
  }

  async close(): Promise<void> {
    this.redis.disconnect()
  }

  /** Commands of one turn go out in one write: a write is 18 % of a search answered from Redis. Their replies come one by one,
   *  unlike those of a pipeline, which makes 20 kB reads half as fast. */
  #gather(): void {
    if (this.redis instanceof Cluster || this.#isGathering) return
    const { stream } = this.redis
    this.#isGathering = true
    stream.cork()
    void nextTurn().then(() => {
      this.#isGathering = false
      stream.uncork()
    })
  }

  #lost(error: Error): StoreUnavailable {
    this.#say(error)
    if (/timed out/i.test(error.message)) {
      this.#silentAt = this.#clock.monotonicMs()
      if (!this.#isDead && ++this.#unanswered >= unansweredMax) {
        this.#isDead = true
        this.redis.disconnect(true)
      }
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

const reconnect = (times: number): number => Math.min(50 * 2 ** Math.min(times, 10), reconnectMsMax)

const connection: RedisOptions = {
  connectTimeout: connectTimeoutMs,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  retryStrategy: reconnect,
}

/** A replica that takes over is known after the next look at the slots: asked for at each failure, and every second. */
function connectCluster({ nodes, username, password, tls }: RedisAddress): Cluster {
  return new Cluster([...nodes], {
    enableOfflineQueue: false,
    clusterRetryStrategy: reconnect,
    retryDelayOnFailover: 50,
    retryDelayOnClusterDown: 50,
    slotsRefreshTimeout: connectTimeoutMs,
    slotsRefreshInterval: 1_000,
    redisOptions: {
      ...(username === null ? {} : { username }),
      ...(password === null ? {} : { password }),
      ...(tls ? { tls: {} } : {}),
      connectTimeout: connectTimeoutMs,
      autoResendUnfulfilledCommands: false,
      socketTimeout: silentNodeMs,
    },
  })
}

/** exec() resolves with [error, result] pairs. */
function pipelineError(result: unknown): Error | undefined {
  if (!Array.isArray(result)) return undefined
  const failed = result.find(entry => Array.isArray(entry) && entry[0] instanceof Error)
  return failed?.[0]
}
