import { createHash } from 'node:crypto'
import type { Cluster, Redis } from 'ioredis'
import type { Clock, EpochMs } from '../core/clock.ts'
import { randomText } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import {
  aheadMsMax,
  type BudgetLedger,
  dayBefore,
  dayOf,
  type Grant,
  makeMemoryLedger,
  type OpenLedger,
  type TakeRequest,
  type Usage,
} from './budget-ledger.ts'
import { pauseScript, takeScript } from './budget-script.ts'
import type { BudgetSettings } from './budget-settings.ts'
import { bucketsOf } from './token-bucket.ts'

/** A connection that somebody else keeps: `run` throws at once while there is none. */
export type RedisConnection = { readonly redis: Redis | Cluster; run<T>(work: () => Promise<T>): Promise<T> }

export type SharedLedgers = {
  readonly open: OpenLedger
  /** Whether the last word came from Redis. */
  isShared(): boolean
  close(): void
}

export type SharedLedgerParts = {
  readonly connection: RedisConnection
  readonly keyPrefix: string
  readonly clock: Clock
  readonly log: Log
}

/** A search waits no longer for Redis than this; then this process goes on with its share from memory. */
const waitMsMax = 10
/** After a loss Redis is left alone so long, so that not each call waits again. */
const quietMs = 250
/** Processes say that they live each so many ms and are counted for so long. */
const beatMs = 2_000
const aliveMs = 7_000
/** What a supplier's reset may ask for at most (client's own bounds are below). */
const pauseMsMax = 3_600_000

export function openSharedLedgers(parts: SharedLedgerParts): SharedLedgers {
  const link = makeLink(parts)
  return {
    open: (code, settings) => makeSharedLedger(code, settings, link, parts),
    isShared: () => link.isUp(),
    close: () => link.close(),
  }
}

type Link = {
  /** Undefined: Redis is away or did not answer in time. */
  evaluate(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>
  isUp(): boolean
  /** One of so many living processes. */
  share(): number
  close(): void
}

type Script = { readonly text: string; readonly sha: string }
const scriptOf = (text: string): Script => ({ text, sha: createHash('sha1').update(text).digest('hex') })
const take = scriptOf(takeScript)
const pause = scriptOf(pauseScript)

function makeLink({ connection, keyPrefix, clock, log }: SharedLedgerParts): Link {
  const { redis } = connection
  const self = randomText(12, 'abcdefghjkmnpqrstvwxyz')
  const processesKey = `${keyPrefix}budget:processes`
  let processes = 1
  let away = false
  let quietUntil: EpochMs = 0

  const lost = (error: unknown): undefined => {
    if (!away)
      log.warn({ store: 'redis', err: error }, 'budgets of suppliers go on from memory, a share for each process')
    away = true
    quietUntil = clock.monotonicMs() + quietMs
    return undefined
  }
  const found = <T>(value: T): T => {
    if (away) log.info({ store: 'redis' }, 'budgets of suppliers are shared again')
    away = false
    return value
  }

  const evaluate: Link['evaluate'] = async ({ text, sha }, keys, args) => {
    if (away && clock.monotonicMs() < quietUntil) return undefined
    const all = [keys.length, ...keys, ...args] as const
    const work = connection.run(() =>
      redis.evalsha(sha, ...all).catch(error => {
        if (/NOSCRIPT/.test(String(error))) return redis.eval(text, ...all)
        throw error
      }),
    )
    try {
      return found(await withinTime(clock, work))
    } catch (error) {
      return lost(error)
    }
  }

  const beat = async (): Promise<void> => {
    const now = clock.now()
    try {
      await connection.run(() => redis.zadd(processesKey, now, self))
      await connection.run(() => redis.zremrangebyscore(processesKey, '-inf', now - aliveMs))
      processes = Math.max(1, await connection.run(() => redis.zcard(processesKey)))
    } catch {
      // as many as were last seen
    }
  }
  let closed = false
  let timer = clock.after(0, next, { unref: true })
  function next(): void {
    void beat().then(() => {
      if (!closed) timer = clock.after(beatMs, next, { unref: true })
    })
  }

  return {
    evaluate,
    isUp: () => !away,
    share: () => 1 / processes,
    close() {
      closed = true
      timer.cancel()
      void connection.run(() => redis.zrem(processesKey, self)).catch(() => {})
    },
  }
}

/** Where the loop itself was late, the answer may lie in the socket: it is read before the wait is given up. */
function withinTime<T>(clock: Clock, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new Error(`no answer within ${waitMsMax} ms`))
    let timer = clock.after(waitMsMax, () => {
      timer = clock.after(0, giveUp)
    })
    work.then(resolve, reject).finally(() => timer.cancel())
  })
}

function makeSharedLedger(
  code: string,
  settings: BudgetSettings,
  link: Link,
  { keyPrefix, clock }: SharedLedgerParts,
): BudgetLedger {
  const keys = [`${keyPrefix}{budget:${code}}:rate`, `${keyPrefix}{budget:${code}}:days`]
  const buckets = bucketsOf(settings).flatMap(({ intervalMs, tokens }) => [intervalMs, tokens])
  const memory = makeMemoryLedger(settings, clock)
  let isAlone = false
  let known: Usage = memory.usage()
  let pausedUntil: EpochMs = 0
  /** Counted here while Redis was away: told it with the next word. */
  let looksOwed = 0
  let bookingsOwed = 0

  const usage = (): Usage => {
    if (isAlone) return memory.usage()
    const day = dayOf(settings, clock.now())
    const pausedForMs = Math.max(0, pausedUntil - clock.now())
    if (known.day === day) return { ...known, pausedForMs }
    const bookingsYesterday = dayBefore(day) === known.day ? known.bookings : 0
    return { day, looks: 0, bookings: 0, bookingsYesterday, pausedForMs }
  }

  const alone = (request: TakeRequest): Grant => {
    if (!isAlone) {
      memory.goOn(usage(), link.share())
      isAlone = true
    }
    const grant = memory.take(request)
    if (request.look && grant.kind === 'granted') looksOwed++
    return grant
  }

  const heard = (reply: readonly unknown[], day: string): void => {
    isAlone = false
    const [, , looks, bookings, bookingsYesterday, pauseUs] = reply.map(Number)
    const pausedForMs = pauseUs! / 1_000
    known = { day, looks: looks!, bookings: bookings!, bookingsYesterday: bookingsYesterday!, pausedForMs }
    pausedUntil = Math.max(pausedUntil, clock.now() + pausedForMs)
  }

  const ask = async (request: TakeRequest): Promise<readonly unknown[] | undefined> => {
    const day = dayOf(settings, clock.now())
    const [looks, bookings] = [looksOwed, bookingsOwed]
    looksOwed = 0
    bookingsOwed = 0
    const reply = await link.evaluate(take, keys, [
      ...[request.look ? 1 : 0, request.urgent ? 1 : 0, aheadMsMax],
      ...[settings.looksPerDay ?? 0, settings.lookToBook ?? 0, day, dayBefore(day), looks, bookings],
      ...buckets,
    ])
    if (Array.isArray(reply)) {
      heard(reply, day)
      return reply
    }
    looksOwed += looks
    bookingsOwed += bookings
    return undefined
  }

  return {
    async take(request) {
      const here = pausedUntil - clock.now()
      if (here > 0) return { kind: 'later', waitMs: here, paused: true }
      const reply = await ask(request)
      return reply ? grantOf(String(reply[0]), Number(reply[1]) / 1_000) : alone(request)
    },
    pause(ms) {
      const wait = Math.min(ms, pauseMsMax)
      pausedUntil = Math.max(pausedUntil, clock.now() + wait)
      memory.pause(wait)
      void link.evaluate(pause, keys.slice(0, 1), [Math.ceil(wait)])
    },
    booked() {
      if (isAlone) memory.booked()
      known = { ...usage(), bookings: usage().bookings + 1 }
      bookingsOwed++
    },
    share: link.share,
    usage,
  }
}

function grantOf(kind: string, waitMs: number): Grant {
  switch (kind) {
    case 'granted':
      return { kind, waitMs }
    case 'paused':
      return { kind: 'later', waitMs, paused: true }
    case 'looks-per-day':
    case 'look-to-book':
      return { kind: 'spent', budget: kind }
    default:
      return { kind: 'later', waitMs, paused: false }
  }
}
