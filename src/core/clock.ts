/** Time, timers and waiting behind a port: tests and the seeded simulation bring their own. */
export type EpochMs = number

/** ISO 8601 UTC with a final Z, milliseconds allowed: `2027-01-05T10:00:00Z`. */
export type Instant = string

export interface Clock {
  now(): EpochMs
  /** Milliseconds that never go backwards; for durations only. */
  monotonicMs(): number
  /** Calls back once after `ms`. `unref`: does not keep the process alive. */
  after(ms: number, callback: () => void, options?: { readonly unref?: boolean }): Timer
  /** Resolves after `ms`; rejects with the signal's reason when that comes first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** How long, all in all since it was first asked for, this process was late for what was due: two readings tell how much of
   *  the time between them nobody could be listened to. Absent: it never is, as a clock moved by hand. */
  heldUpMs?(): number
}

export interface Timer {
  cancel(): void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(ms, callback, options) {
    const handle = setTimeout(callback, ms)
    if (options?.unref) handle.unref()
    return { cancel: () => clearTimeout(handle) }
  },
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason)
        return
      }
      const onAbort = (): void => {
        clearTimeout(handle)
        reject(signal?.reason)
      }
      const handle = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }, ms)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  },
  heldUpMs: heldUp,
}

/** Turns much shorter than this hold nobody up. */
const lookEveryMs = 100
let lookDueMs: number | undefined
let lateMs = 0

function heldUp(): number {
  if (lookDueMs === undefined) lookAgain()
  // the look may itself be due
  return lateMs + Math.max(0, performance.now() - lookDueMs!)
}

function lookAgain(): void {
  lookDueMs = performance.now() + lookEveryMs
  const look = (): void => {
    lateMs = heldUp()
    lookAgain()
  }
  setTimeout(look, lookEveryMs).unref()
}

/** Resolves when what else waits (input, output, timers) has had its turn: for work that would hold the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

/** A clock moved by hand. */
export function manualClock(startMs: EpochMs): Clock & { advance(ms: number): void; set(ms: EpochMs): void } {
  let now = startMs
  let waiting: { readonly at: EpochMs; readonly callback: () => void }[] = []
  const fire = (): void => {
    const due = waiting.filter(entry => entry.at <= now).sort((a, b) => a.at - b.at)
    waiting = waiting.filter(entry => entry.at > now)
    for (const entry of due) entry.callback()
  }
  const after: Clock['after'] = (ms, callback) => {
    const entry = { at: now + ms, callback }
    waiting.push(entry)
    return {
      cancel: () => {
        waiting = waiting.filter(other => other !== entry)
      },
    }
  }
  return {
    now: () => now,
    monotonicMs: () => now,
    after,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const timer = after(ms, resolve)
        signal?.addEventListener('abort', () => {
          timer.cancel()
          reject(signal.reason)
        })
      }),
    advance(ms) {
      now += ms
      fire()
    },
    set(ms) {
      now = ms
      fire()
    },
  }
}

export function toInstant(ms: EpochMs): Instant {
  const whole = Math.trunc(ms)
  const minute = Math.floor(whole / 60_000)
  const rest = whole - minute * 60_000
  const millis = rest % 1_000
  const seconds = (rest - millis) / 1_000
  const text = `${untilMinute(minute)}${seconds < 10 ? '0' : ''}${seconds}`
  return millis === 0 ? `${text}Z` : `${text}.${millis < 10 ? '00' : millis < 100 ? '0' : ''}${millis}Z`
}

/** The same few minutes are asked for over and over: now, and when now's deadlines are. Written down by Date 0.48 µs, so 0.06. */
const minutes = Array.from({ length: 16 }, () => ({ minute: Number.NaN, text: '' }))

function untilMinute(minute: number): string {
  const known = minutes[minute & 15]!
  if (known.minute !== minute) {
    known.text = new Date(minute * 60_000).toISOString().slice(0, -'00.000Z'.length)
    known.minute = minute
  }
  return known.text
}

/** Undefined where the text is no instant with an offset or Z. Offers of a search have few time limits, each asked for by
 *  several: read anew they took two hundredths of it. */
export function parseInstant(text: string): EpochMs | undefined {
  const at = text.length - 2
  const known = instants[(text.charCodeAt(at) * 61 + text.charCodeAt(at - 3) * 7 + text.charCodeAt(at - 7)) & 63]!
  if (known.text !== text) {
    known.ms = readInstant(text)
    known.text = text
  }
  return known.ms
}

const instants = Array.from({ length: 64 }, (): { text: string; ms: EpochMs | undefined } => ({
  text: '',
  ms: undefined,
}))

function readInstant(text: string): EpochMs | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(text)) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}
