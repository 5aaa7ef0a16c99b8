import { createHash } from 'node:crypto'
import type { Cluster, Redis } from 'ioredis'
import type { Clock, EpochMs } from '../core/clock.ts'
import { randomText } from '../core/ids.ts'
import type { Log } from '../core/log.ts'

/** A connection that somebody else keeps: `run` throws at once while there is none. */
export type RedisConnection = { readonly redis: Redis | Cluster; run<T>(work: () => Promise<T>): Promise<T> }

export type LinkParts = {
  readonly connection: RedisConnection
  readonly keyPrefix: string
  readonly clock: Clock
  readonly log: Log
}

/** A search waits no longer for Redis than this; then this process goes on with its share from memory. */
const waitMsMax = 15
/** One late answer is a busy machine; after more in a row Redis is left alone so long, so that not each call waits again. */
const latesMax = 2
const quietMs = 250
/** Processes say that they live each so many ms and are counted for so long. */
const beatMs = 2_000
const aliveMs = 7_000

/** Scripts in Redis, for whom a late answer is none; and how many processes share what is in it. */
export type Link = {
  /** Undefined: Redis is away or did not answer in time; what it says later is given to `late`. */
  evaluate(call: ScriptCall): Promise<unknown>
  isUp(): boolean
  /** One of so many living processes. */
  share(): number
  close(): void
}

type ScriptCall = {
  readonly script: Script
  readonly keys: readonly string[]
  readonly args: readonly (string | number)[]
  readonly late?: (reply: unknown) => void
}
export type Script = { readonly text: string; readonly sha: string }
export const scriptOf = (text: string): Script => ({ text, sha: createHash('sha1').update(text).digest('hex') })
export function makeLink({ connection, keyPrefix, clock, log }: LinkParts): Link {
  const { redis } = connection
  const self = randomText(12, 'abcdefghjkmnpqrstvwxyz')
  const processesKey = `${keyPrefix}budget:processes`
  let processes = 1
  let away = false
  let lates = 0
  let quietUntil: EpochMs = 0

  const lost = (error: unknown): undefined => {
    if (error instanceof LateError && ++lates < latesMax) return undefined
    if (!away)
      log.warn({ store: 'redis', err: error }, 'budgets of suppliers go on from memory, a share for each process')
    away = true
    quietUntil = clock.monotonicMs() + quietMs
    return undefined
  }
  const found = <T>(value: T): T => {
    if (away) log.info({ store: 'redis' }, 'budgets of suppliers are shared again')
    away = false
    lates = 0
    return value
  }

  const evaluate: Link['evaluate'] = async ({ script: { text, sha }, keys, args, late }) => {
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
      if (error instanceof LateError) work.then(late, () => {})
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

class LateError extends Error {}

/** Where the loop itself was late, the answer may lie in the socket: it is read before the wait is given up. */
function withinTime<T>(clock: Clock, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new LateError(`no answer within ${waitMsMax} ms`))
    let timer = clock.after(waitMsMax, () => {
      timer = clock.after(0, giveUp)
    })
    work.then(resolve, reject).finally(() => timer.cancel())
  })
}
