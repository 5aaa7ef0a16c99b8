import { nextTurn, systemClock } from './clock.ts'

/** Work that would hold the event loop, with pauses where it may give way. */
export type Steps<T> = Generator<void, T>

/** What takes no longer is done in one turn, and nobody else waits much longer than this for the event loop. */
const turnMs = 3

/** Gives way at the first pause after each turn's time. */
export async function inTurns<T>(steps: Steps<T>, timeMs: number = turnMs): Promise<T> {
  let end = systemClock.monotonicMs() + timeMs
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    if (systemClock.monotonicMs() < end) continue
    await ownTurn('begun')
    end = systemClock.monotonicMs() + timeMs
  }
}

/** For a caller who waits for nobody. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** Offers that a decoder makes of JSON between two pauses: about a millisecond. A reply with no more goes without. */
export const offersPerTurn = 50

type Waiting = { readonly go: () => void; readonly sinceMs: number }

const waiting = { ending: [] as Waiting[], begun: [] as Waiting[], fresh: [] as Waiting[] }
let isPacing = false

/** Resolves when it is the caller's turn to work for some milliseconds: one of all who wait, then whatever else is due
 *  (input, output, timers), then the next. Where each only gave way to the loop, all who waited had their turns before it
 *  looked at a socket again: with 32 searches decoding that was 100 to 200 ms in which nobody was even refused. Who has
 *  begun goes before who has not, as of two replies that are read by turns both are late; and first of all who has everything
 *  for an answer. */
export function ownTurn(who: keyof typeof waiting = 'fresh'): Promise<void> {
  return new Promise(go => {
    waiting[who].push({ go, sinceMs: systemClock.monotonicMs() })
    if (isPacing) return
    isPacing = true
    void nextTurn().then(pace)
  })
}

function pace(): void {
  const next = waiting.ending.shift() ?? waiting.begun.shift() ?? waiting.fresh.shift()
  if (next === undefined) {
    isPacing = false
    return
  }
  void nextTurn().then(pace)
  next.go()
}

/** How long the first who waits for a turn has done so. */
export function turnsLateMs(): number {
  const first = waiting.fresh[0] ?? waiting.begun[0] ?? waiting.ending[0]
  return first === undefined ? 0 : systemClock.monotonicMs() - first.sinceMs
}
