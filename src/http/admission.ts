import type { Clock } from '../core/clock.ts'
import type { RequestContext } from '../core/context.ts'
import type { Metrics } from '../core/metrics.ts'
import { ProblemError } from '../core/problem.ts'
import { FairShares } from './fair-shares.ts'
import type { LoadClass } from './load-class.ts'
import type { LoopDelay } from './loop-delay.ts'

/** Keeps the event loop free enough for what matters more: refuses early what would only wait. Two valves, both set by how long
 *  what is due has to wait (the loop's delay; heavy work for its turn), looked at ten times a second:
 *  - searches that suppliers must be asked for: how many at once (they cost the most, and their cost comes later);
 *  - everything answered from memory: how many per window, once the first valve alone does not help.
 *  Each client gets a fair share of what there is. Bookings are refused only where nothing else is left to refuse. */
export interface Admission {
  /** False: refuse. `nowMs`: monotonic. */
  admits(load: LoadClass, client: string, nowMs: number): boolean
  /** Before suppliers are asked for a search. Throws `overloaded`; the function returned tells that they have been. */
  admitFanOut(context: RequestContext): () => void
}

export type AdmissionParts = {
  readonly clock: Clock
  readonly delay: LoopDelay
  readonly metrics: Metrics
  /** Calls that wait for the supplier with the shortest queue, in multiples of what it takes at once. Of the longest it would
   *  say little: one that is silent has a long queue, and the others answer. */
  readonly shortestQueue: () => number
}

/** Told to those who are refused: by then the valves have moved several times. */
export const retryAfterSeconds = 1

const windowMs = 100
/** A quiet time whose delay says nothing of now. */
const staleMs = 1_000
/** Mean delays. A calm service has below 2 ms; decoding five large replies in a row some 10. */
const fanOutDelayMs = 25
/** Ten small replies that wait to be read, or two large ones: more searches at once would only make all of them later. */
const turnsLateMs = 60
const memoryDelayMs = 80
const bookingDelayMs = 1_000

/** Searches at suppliers at once: where the first valve begins, and how far it opens and closes. A supplier takes 32 calls at
 *  once unless told otherwise, and fewer when that slows it down. Tried: a start at 64. A sudden flood then made all five
 *  simulators on one core miss the deadline, their breakers opened, and nobody was served for five seconds. */
const fanOuts = { start: 32, least: 16, most: 128 } as const
/** Another search would wait until everything that suppliers are doing, and as much again, is done. */
const queueMax = 1
/** For a client that has less than half its share, where others made the queue: half as long again. */
const queueMaxOfSmall = 1.5
/** So much of a queue that more at once would only lengthen it. */
const queueGrown = 0.25
/** Its effect shows when suppliers have answered: moved less often than it is looked at. */
const fanOutStepMs = 400
const budgetLeast = 10
const lateLooksMin = 3
const clientsMax = 10_000

export function createAdmission({ clock, delay, metrics, shortestQueue }: AdmissionParts): Admission {
  const shares = new FairShares(clientsMax)
  const underWay = new Map<string, number>()
  let inFlight = 0
  let peakInFlight = 0
  let fanOutsMax: number = fanOuts.start
  let budget: number | undefined
  let delayMs = 0
  let perWindow = 0
  let lateLooks = 0
  let lookedAtMs = clock.monotonicMs()
  let steppedAtMs = lookedAtMs

  const look = (nowMs: number): void => {
    const elapsedMs = nowMs - lookedAtMs
    const meanMs = delay.take()
    const isStale = elapsedMs > staleMs && meanMs < elapsedMs / 4
    delayMs = isStale ? 0 : mixed(delayMs, meanMs)
    perWindow = isStale ? 0 : mixed(perWindow, shares.admitted * (windowMs / elapsedMs))
    lateLooks = meanMs > memoryDelayMs ? lateLooks + 1 : 0
    lookedAtMs = nowMs
    budget = nextBudget(budget, perWindow, lateLooks)
    shares.next(budget)
    if (nowMs - steppedAtMs >= fanOutStepMs) {
      const isLate = delayMs > fanOutDelayMs || delay.turnsMs() > turnsLateMs || shortestQueue() > queueGrown
      fanOutsMax = nextFanOuts(fanOutsMax, peakInFlight, isLate)
      peakInFlight = inFlight
      steppedAtMs = nowMs
    }
  }

  const mayFanOut = (client: string): boolean => {
    const mine = underWay.get(client) ?? 0
    const clients = underWay.size + (mine === 0 ? 1 : 0)
    const share = fanOutsMax / clients
    // a newcomer finds a place although others hold all of them
    const isSmall = clients > 1 && mine < share / 2
    if (shortestQueue() >= (isSmall ? queueMaxOfSmall : queueMax)) return false
    return inFlight < fanOutsMax ? mine < share || inFlight < fanOutsMax * 0.75 : isSmall
  }

  return {
    admits(load, client, nowMs) {
      if (nowMs - lookedAtMs >= windowMs) look(nowMs)
      if (load === 'always') return true
      const admitted = load === 'booking' ? delayMs < bookingDelayMs : shares.admits(client)
      if (!admitted) metrics.count('fareloom_shed_total', { load })
      return admitted
    },

    admitFanOut({ client = 'unknown' }) {
      if (!mayFanOut(client)) {
        metrics.count('fareloom_shed_total', { load: 'fan-out' })
        throw new ProblemError('overloaded', overloadedDetail, { retryAfterSeconds })
      }
      inFlight++
      peakInFlight = Math.max(peakInFlight, inFlight)
      underWay.set(client, (underWay.get(client) ?? 0) + 1)
      let isDone = false
      return () => {
        if (isDone) return
        isDone = true
        inFlight--
        const left = underWay.get(client)! - 1
        if (left === 0) underWay.delete(client)
        else underWay.set(client, left)
      }
    },
  }
}

export const overloadedDetail = 'more is asked than can be answered in good time; ask again a little later'

/** The newest look counts for a third. */
const mixed = (before: number, now: number): number => before + (now - before) / 3

/** Requests from memory in the next window; undefined: all. `perWindow`: admitted lately. One late look is a pause (garbage, a
 *  busy neighbour), after which everybody who waited is served. */
function nextBudget(budget: number | undefined, perWindow: number, lateLooks: number): number | undefined {
  if (lateLooks >= lateLooksMin) return Math.max(budgetLeast, Math.min(budget ?? perWindow, perWindow) * 0.85)
  if (budget === undefined) return undefined
  // wide open again once nobody has come near it for a while
  return budget > 4 * perWindow + 1_000 ? undefined : budget * 1.1 + 1
}

function nextFanOuts(max: number, peak: number, isLate: boolean): number {
  if (isLate) return Math.max(fanOuts.least, max * 0.8)
  return peak >= max * 0.8 ? Math.min(fanOuts.most, max * 1.1 + 1) : max
}

/** For tests and benches of other things. */
export const admitAll: Admission = { admits: () => true, admitFanOut: () => () => {} }
