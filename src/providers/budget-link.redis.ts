import { createHash } from 'node:crypto'
import type { Cluster, Redis } from 'ioredis'
import type { Clock, EpochMs } from '../core/clock.ts'
import { randomText } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import { beatScript as beatText } from './budget-script.ts'

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
  evaluate(call: ScriptCall & { readonly late?: (reply: unknown) => void }): Promise<unknown>
  /** For whom nobody waits; rejects where Redis is away, and says nothing about it. */
  send(call: ScriptCall): Promise<unknown>
  isUp(): boolean
  /** One of so many living processes. */
  share(): number
  /** Now, and each time that we say that we live. */
  onBeat(listen: () => Promise<void>): void
  close(): void
}

type ScriptCall = {
  readonly script: Script
  readonly keys: readonly string[]
  readonly args: readonly (string | number)[]
}
export type Script = { readonly text: string; readonly sha: string }
export const scriptOf = (text: string): Script => ({ text, sha: createHash('sha1').update(text).digest('hex') })
const beatScript = scriptOf(beatText)

export function makeLink({ connection, keyPrefix, clock, log }: LinkParts): Link {
  const { redis } = connection
  const self = randomText(12, 'abcdefghjkmnpqrstvwxyz')
  const processesKey = `${keyPrefix}budget:processes`
  let processes = 1
  let away = false
  let lates = 0
  let quietUntil: EpochMs = 0
  const listeners: (() => Promise<void>)[] = []

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

  const send: Link['send'] = ({ script: { text, sha }, keys, args }) =>
    connection.run(() =>
      redis.evalsha(sha, keys.length, ...keys, ...args).catch(error => {
        if (/NOSCRIPT/.test(String(error))) return redis.eval(text, keys.length, ...keys, ...args)
        throw error
      }),
    )

  const evaluate: Link['evaluate'] = async ({ late, ...call }) => {
    if (away && clock.monotonicMs() < quietUntil) return undefined
    const work = send(call)
    try {
      return found(await withinTime(clock, work))
    } catch (error) {
      if (error instanceof LateError) work.then(late, () => {})
      return lost(error)
    }
  }

  const beat = async (): Promise<void> => {
    try {
      const living = await send({ script: beatScript, keys: [processesKey], args: [self, aliveMs] })
      processes = Math.max(1, Number(living))
      for (const listen of listeners) await listen()
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
    send,
    isUp: () => !away,
    share: () => 1 / processes,
    onBeat(listen) {
      listeners.push(listen)
      // the next beat asks again
      void listen().catch(() => {})
    },
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
