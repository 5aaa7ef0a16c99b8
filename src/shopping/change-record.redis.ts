import type { Clock } from '../core/clock.ts'
import { bytesOf, int32s } from './codec.ts'
import { changesKeptMs, type FlightChanges, type FlightNumbers } from './flight-changes.ts'
import { StoreUnavailable } from './offer-store.ts'
import type { RedisLink } from './redis-link.redis.ts'

/** A process that has read the record this lately uses what it holds without looking again: a read of it costs 60 µs, so
 *  at most 0.3 % of the time. */
const provenMs = 20
const lostJustNowMs = 500
/** The first attempt is made after 100 ms. */
const reconnectMs = 200
/** Of one read. */
const entriesMax = 1_000
/** Kept; who was away for more starts afresh. */
const recordEntriesMax = 50_000
const recordExpiresMs = 3 * changesKeptMs
/** Changes that wait for Redis to come back; with more, all that is cached goes out of use. */
const waitingMax = 1_000

/** silent: connected, and no good answer: it may be the connection that is dead, while others go on writing. */
export type CatchUp = 'current' | 'silent' | 'away'

type Entry = readonly [id: Buffer, fields: readonly Buffer[]]

/** The record of changed flights that all processes over one Redis read: a stream, so that nothing is missed. Messages of
 *  publish/subscribe are lost with a connection; here everyone reads on from the last entry that it knows, and where that one
 *  is gone (trimmed, flushed, a fail-over) nothing cached before is used. */
export class ChangeRecord {
  readonly #link: RedisLink
  readonly #key: string
  readonly #changes: FlightChanges
  readonly #clock: Clock
  #last: string | undefined
  #readAt = Number.NEGATIVE_INFINITY
  #reading: Promise<CatchUp> | undefined
  #waiting: FlightNumbers[] = []
  #hasWaited = false

  constructor(link: RedisLink, key: string, changes: FlightChanges, clock: Clock) {
    this.#link = link
    this.#key = key
    this.#changes = changes
    this.#clock = clock
  }

  /** How long ago the record was read to its end. */
  ageMs(): number {
    return this.#clock.monotonicMs() - this.#readAt
  }

  isCurrent(): boolean {
    return this.ageMs() < provenMs
  }

  /** Reads on, once for all who ask. */
  catchUp(): Promise<CatchUp> {
    if (this.isCurrent()) return Promise.resolve('current')
    this.#reading ??= this.#readOrLost().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  /** A connection that was lost just now is waited for, once a loss; after that nobody waits. */
  async #readOrLost(): Promise<CatchUp> {
    const start = this.#clock.monotonicMs()
    try {
      await this.#read()
      this.#hasWaited = false
      return 'current'
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      if (this.#link.isReady) return 'silent'
      const leftMs = reconnectMs - (this.#clock.monotonicMs() - start)
      if (this.#hasWaited || leftMs <= 0 || this.ageMs() > lostJustNowMs) return 'away'
      this.#hasWaited = true
      await this.#link.reconnected(leftMs)
      return this.#readOrLost()
    }
  }

  /** Known here at once, to the others when this has resolved; while Redis is away it waits for it. Never throws. */
  async add(flights: FlightNumbers): Promise<void> {
    this.#changes.note(flights)
    this.#waiting.push(flights)
    if (this.#waiting.length > waitingMax) this.#waiting = [everyFlight]
    try {
      await this.#send()
      // the next search that is asked shall not be taken for older than this
      this.#readAt = Number.NEGATIVE_INFINITY
      await this.catchUp()
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
    }
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0) {
      const flights = this.#waiting[0]!
      await this.#append(flights)
      // sent twice where two send at once: harmless
      const at = this.#waiting.indexOf(flights)
      if (at >= 0) this.#waiting.splice(at, 1)
    }
  }

  async #append(flights: FlightNumbers): Promise<void> {
    const { redis } = this.#link
    const newest = Number(this.#last?.split('-')[0] ?? 0)
    await this.#link.run(() =>
      redis
        .pipeline()
        .xadd(this.#key, 'MAXLEN', '~', recordEntriesMax, '*', 'f', bytesOf(flights))
        .xtrim(this.#key, 'MINID', '~', Math.max(0, newest - changesKeptMs))
        .pexpire(this.#key, recordExpiresMs)
        .exec(),
    )
  }

  async #read(): Promise<void> {
    if (this.#waiting.length > 0) await this.#send()
    for (;;) {
      const askedAt = this.#clock.monotonicMs()
      const from = this.#last
      const entries = await this.#page(from ?? '-')
      const known = from === undefined ? 0 : 1
      if (from !== undefined && entries[0]?.[0].toString() !== from) this.#last = undefined
      else if (from === undefined && entries.length === 0) await this.#append(noFlights)
      else {
        if (from === undefined) this.#changes.follow(entries[0]![0].toString())
        for (const entry of entries.slice(known)) this.#take(entry)
        if (entries.length === entriesMax) continue
        this.#readAt = askedAt
        return
      }
    }
  }

  async #page(from: string): Promise<readonly Entry[]> {
    const { redis } = this.#link
    const found = await this.#link.runUnlessSilent(() => redis.xrangeBuffer(this.#key, from, '+', 'COUNT', entriesMax))
    return found as unknown as readonly Entry[]
  }

  #take([id, fields]: Entry): void {
    const mark = id.toString()
    const flights = int32s(fields[1]!)
    this.#last = mark
    if (flights[0] === everyFlight[0] && flights.length === 1) this.#changes.follow(mark)
    this.#changes.apply(mark, flights)
  }
}

const noFlights: FlightNumbers = new Int32Array(0)
/** A number that stands for all of them. */
const everyFlight: FlightNumbers = Int32Array.of(-1)
