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
import { type Link, type LinkParts, makeLink, scriptOf } from './budget-link.redis.ts'
import { bookScript, lookUpScript, pauseScript, takeScript } from './budget-script.ts'
import type { BudgetSettings } from './budget-settings.ts'
import { bucketsOf } from './token-bucket.ts'

export type SharedLedgers = {
  readonly open: OpenLedger
  /** Whether the last word came from Redis. */
  isShared(): boolean
  close(): void
}

/** Whatever an adapter has read from its supplier: longer is a mistake. */
const pauseMsMax = 3_600_000

const take = scriptOf(takeScript)
const pause = scriptOf(pauseScript)
const lookUp = scriptOf(lookUpScript)
const book = scriptOf(bookScript)

export function openSharedLedgers(parts: LinkParts): SharedLedgers {
  const link = makeLink(parts)
  return {
    open: (code, settings) => makeSharedLedger(code, settings, link, parts),
    isShared: () => link.isUp(),
    close: () => link.close(),
  }
}

function makeSharedLedger(
  code: string,
  settings: BudgetSettings,
  link: Link,
  { keyPrefix, clock }: LinkParts,
): BudgetLedger {
  const keys = [`${keyPrefix}{budget:${code}}:rate`, `${keyPrefix}{budget:${code}}:days`]
  const buckets = bucketsOf(settings).flatMap(({ intervalMs, tokens }) => [intervalMs, tokens])
  const memory = makeMemoryLedger(settings, clock)
  let isAlone = false
  let known: Usage = memory.usage()
  /** What Redis last said: it may lose it, with a restart or a master that fails. */
  let said: Usage = known
  /** By the monotonic clock: one that is set anew silences nobody. */
  let pausedUntil = 0
  /** Counted here while Redis was away, from then on: told it with the next word. Without it two processes of which one had
   *  lost Redis for a moment sent a third more than the rate on a busy machine. */
  let owed: Owed = nothingOwed

  const usage = (): Usage => {
    if (isAlone) return memory.usage()
    const day = dayOf(settings, clock.now())
    const pausedForMs = Math.max(0, pausedUntil - clock.monotonicMs())
    return { ...onDay(known, day), pausedForMs }
  }

  const alone = (request: TakeRequest): Grant => {
    if (!isAlone) {
      memory.goOn(usage(), link.share())
      isAlone = true
    }
    const grant = memory.take(request)
    if (grant.kind === 'granted') {
      const look = request.look ? 1 : 0
      owed = plus(owed, { looks: look, bookings: 0, tokens: 1, since: clock.monotonicMs() })
    }
    return grant
  }

  const pauseTill = (pauseUs: number): void => {
    pausedUntil = Math.max(pausedUntil, clock.monotonicMs() + pauseUs / 1_000)
  }

  const heard = (reply: readonly unknown[], day: string): void => {
    isAlone = false
    const [, , looks, bookings, bookingsYesterday, pauseUs] = reply.map(Number)
    known = { day, looks: looks!, bookings: bookings!, bookingsYesterday: bookingsYesterday!, pausedForMs: 0 }
    said = known
    pauseTill(pauseUs!)
  }

  /** Others search and book too: GET /v1/providers and the choice of suppliers know of it before we ask for a token. */
  const lookAround = async (): Promise<void> => {
    const day = dayOf(settings, clock.now())
    const reply = (await link.send({ script: lookUp, keys, args: [day, dayBefore(day)] })) as unknown[]
    const [looks, bookings, bookingsYesterday, pauseUs] = reply.map(Number)
    const here = onDay(known, day)
    known = {
      ...here,
      looks: Math.max(here.looks, looks!),
      bookings: Math.max(here.bookings, bookings!),
      bookingsYesterday: Math.max(here.bookingsYesterday, bookingsYesterday!),
    }
    pauseTill(pauseUs!)
  }
  link.onBeat(lookAround)

  const ask = async (request: TakeRequest): Promise<readonly unknown[] | undefined> => {
    const day = dayOf(settings, clock.now())
    const told = owed
    const before = onDay(said, day)
    owed = nothingOwed
    const args = [
      ...[request.look ? 1 : 0, request.urgent ? 1 : 0, aheadMsMax],
      ...[settings.looksPerDay ?? 0, settings.lookToBook ?? 0, day, dayBefore(day)],
      ...[told.looks, told.bookings, told.tokens, told.tokens === 0 ? 0 : Math.ceil(clock.monotonicMs() - told.since)],
      ...[before.looks, before.bookings, before.bookingsYesterday],
      ...buckets,
    ]
    /** It has heard all the same: what it granted was not used, what it was told is not owed. */
    const late = (answer: unknown): void => {
      const granted = Array.isArray(answer) && answer[0] === 'granted' ? 1 : 0
      owed = plus(owed, {
        looks: -told.looks - (request.look ? granted : 0),
        bookings: -told.bookings,
        tokens: -told.tokens - granted,
        since: Math.min(told.since, clock.monotonicMs()),
      })
    }
    const reply = await link.evaluate({ script: take, keys, args, late })
    if (Array.isArray(reply)) {
      heard(reply, day)
      return reply
    }
    owed = plus(owed, told)
    return undefined
  }

  /** At once: whoever shops elsewhere has earned looks by it, and this process may make no further call. */
  const tellBooked = async (): Promise<void> => {
    const day = dayOf(settings, clock.now())
    try {
      const args = [day, onDay(said, day).bookings]
      const bookings = Number(await link.send({ script: book, keys: keys.slice(1), args }))
      known = { ...onDay(known, day), bookings: Math.max(onDay(known, day).bookings, bookings) }
      said = { ...onDay(said, day), bookings: Math.max(onDay(said, day).bookings, bookings) }
    } catch {
      owed = plus(owed, { looks: 0, bookings: 1, tokens: 0, since: clock.monotonicMs() })
    }
  }

  return {
    async take(request) {
      const here = pausedUntil - clock.monotonicMs()
      if (here > 0) return { kind: 'later', waitMs: here, paused: true }
      const reply = await ask(request)
      return reply ? grantOf(String(reply[0]), Number(reply[1]) / 1_000) : alone(request)
    },
    pause(ms) {
      const wait = Math.min(ms, pauseMsMax)
      pauseTill(wait * 1_000)
      memory.pause(wait)
      void link.evaluate({ script: pause, keys: keys.slice(0, 1), args: [Math.ceil(wait)] })
    },
    booked() {
      if (isAlone) memory.booked()
      known = { ...usage(), bookings: usage().bookings + 1 }
      void tellBooked()
    },
    share: link.share,
    usage,
  }
}

/** A new day begins with nothing but what was booked the day before. */
function onDay(known: Usage, day: string): Usage {
  if (known.day === day) return known
  const bookingsYesterday = dayBefore(day) === known.day ? known.bookings : 0
  return { day, looks: 0, bookings: 0, bookingsYesterday, pausedForMs: 0 }
}

type Owed = {
  readonly looks: number
  readonly bookings: number
  readonly tokens: number
  /** By the monotonic clock: before that nothing is owed. */
  readonly since: number
}

const nothingOwed: Owed = { looks: 0, bookings: 0, tokens: 0, since: Number.POSITIVE_INFINITY }

/** Less than nothing is possible: what a late answer had granted in vain. */
function plus(a: Owed, b: Owed): Owed {
  return {
    looks: a.looks + b.looks,
    bookings: a.bookings + b.bookings,
    tokens: a.tokens + b.tokens,
    since: Math.min(a.since, b.since),
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
