import { makeAdaptiveLimit } from './adaptive-limit.ts'
import { type Lane, makeLane, type OperationState } from './call-lane.ts'
import type { Clock } from './clock.ts'
import { type Deadline, DeadlineError } from './deadline.ts'
import { type Fault, fault } from './fault.ts'
import { hedge, makeHedgeCredit } from './hedging.ts'
import type { Log } from './log.ts'
import { makePlaces, type PlacesState } from './places.ts'

/** What stands between us and somebody else's server: no call outlives its deadline, no more at once than the other side
 *  bears, none beyond its budget, a sick operation is left alone while it recovers, and what a client throws becomes an
 *  outcome. Repeats nothing but what `hedged` names. Used by providers/guard.ts and payments/guard.ts. */
export interface GuardedCalls<Name extends string> {
  run<T extends AnyOutcome, C extends GuardedCall>(
    name: Name,
    call: C,
    ask: (call: C) => Promise<T>,
    lost: LostAnswer<T>,
  ): Promise<T>
  states(): readonly OperationState<Name>[]
  concurrency(): PlacesState
  close(): void
}

export type GuardOptions<Name extends string> = {
  /** For breakers and logs. */
  readonly code: string
  /** For what callers read: "amadeus", "the payment gateway". */
  readonly who: string
  readonly operations: readonly Name[]
  readonly limits: GuardLimits
  readonly clock: Clock
  readonly log: Log
  readonly watch: GuardWatch<Name>
  /** Without one everything may leave. */
  readonly budget?: CallBudget<Name>
  /** Goes before the others and has places of its own; without it all are alike. */
  readonly urgent?: (name: Name) => boolean
  /** This process' part of the cap, which changes as others come and go; without it the whole. */
  readonly capShare?: () => number
  /** May be asked a second time while the first is late: only what changes nothing over there. */
  readonly hedged?: (name: Name) => boolean
}

/** Asked before each call, told after it. */
export type CallBudget<Name extends string> = {
  /** Null: it may leave now. `patient`: it may wait for its turn, well within its deadline. Never throws. */
  take(name: Name, deadline: Deadline, patient: boolean): Promise<Fault | null>
  came(name: Name, outcome: AnyOutcome): void
}

/** Where the figures go. `outcome`: the kind of the outcome, or of its fault. */
export type GuardWatch<Name extends string> = {
  readonly called: (name: Name, outcome: string, elapsedMs: number | null) => void
  readonly places: (state: PlacesState) => void
  readonly breaker: (name: Name, isOpen: boolean) => void
  /** The second request's answer was the one used, or not. */
  readonly hedged?: (name: Name, won: boolean) => void
}

export type GuardLimits = {
  /** Calls under way at once, at most. */
  readonly concurrencyMax: number
  /** What a slow other side can bring that down to; the same: it stays. */
  readonly concurrencyMin: number
  /** Calls waiting for a place; more are refused as rate-limited at once. */
  readonly waitingMax: number
  readonly breaker: {
    readonly errorPercent: number
    readonly callsMin: number
    readonly windowMs: number
    readonly resetMs: number
  }
}

export type GuardedCall = { readonly deadline: Deadline; readonly requestId: string }
export type AnyOutcome = { readonly kind: string; readonly fault?: Fault }

/** What an operation answers when no good answer came; `sent`: it may have reached the other side. */
export type LostAnswer<T> = (fault: Fault, sent: boolean) => T

/** Second requests as a share of the first ones. */
const hedgeShare = 0.05

export function guardCalls<Name extends string>(options: GuardOptions<Name>): GuardedCalls<Name> {
  const { limits, watch, who, budget, clock } = options
  const places = makePlaces(limits.concurrencyMax)
  const cap = (): number => Math.max(1, Math.floor(limits.concurrencyMax * (options.capShare?.() ?? 1)))
  const adaptive = makeAdaptiveLimit({ cap, min: limits.concurrencyMin })
  const setLimit = (): void => {
    if (adaptive.limit() !== places.state().limit) places.setLimit(adaptive.limit())
  }
  const credit = makeHedgeCredit(hedgeShare)
  const came = (name: Name, outcome: AnyOutcome, listenedMs: number): void => {
    if (saysHowItCopes(outcome)) adaptive.add(name, listenedMs)
    setLimit()
    budget?.came(name, outcome)
  }
  const lanes = new Map(options.operations.map(name => [name, makeLane(name, { ...options, came })]))

  /** Each call has one outcome in the figures, whether it was sent or not. */
  const unsent = <T>(name: Name, why: Fault, lost: LostAnswer<T>): T => {
    watch.called(name, why.kind, null)
    return lost(why, false)
  }

  /** One request, from waiting for its place to its outcome. */
  const once = <T extends AnyOutcome, C extends GuardedCall>(name: Name, call: C, how: How<T, C>): Promise<T> => {
    const { ask, lost, patient } = how
    const isUrgent = options.urgent?.(name) ?? true
    let sent = false
    const work = async (): Promise<T> => {
      const lane = lanes.get(name)!
      const end = lane.enter()
      if (!end) return lane.refuse(lost)
      try {
        return await admitted(lane)
      } finally {
        end()
      }
    }
    const admitted = async (lane: Lane<Name>): Promise<T> => {
      const place = places.take(isUrgent, call.deadline.signal)
      watch.places(places.state())
      const release = await place
      if (!release) return unsent(name, late(call), lost)
      try {
        const refused = (await budget?.take(name, call.deadline, patient)) ?? null
        if (refused !== null) return unsent(name, refused, lost)
        if (call.deadline.signal.aborted) return unsent(name, late(call), lost)
        sent = true
        return await lane.fire(call, () => ask(call), lost)
      } finally {
        release()
        watch.places(places.state())
      }
    }
    return orDeadline(work(), call, () => lost(late(call), sent))
  }

  const maybeTwice = <T extends AnyOutcome, C extends GuardedCall>(
    name: Name,
    call: C,
    how: How<T, C>,
    afterMs: number,
  ) => {
    const lane = lanes.get(name)!
    const hasRoom = (): boolean => {
      const { inFlight, limit } = places.state()
      return !lane.isShut() && inFlight * 2 <= limit && credit.spend()
    }
    return hedge<T>({
      clock,
      deadline: call.deadline,
      afterMs,
      first: deadline => once(name, { ...call, deadline }, how),
      second: deadline => (hasRoom() ? once(name, { ...call, deadline }, { ...how, patient: false }) : undefined),
      ended: won => watch.hedged?.(name, won),
    })
  }

  return {
    async run(name, call, ask, lost) {
      const lane = lanes.get(name)!
      if (lane.isShut()) return lane.refuse(lost)
      setLimit()
      if (places.state().waiting >= limits.waitingMax) {
        return unsent(name, fault('rate-limited', `${who} has ${limits.waitingMax} calls waiting already`), lost)
      }
      const how = { ask, lost, patient: true }
      if (!options.hedged?.(name)) return once(name, call, how)
      credit.earn()
      const afterMs = lane.p95Ms()
      return afterMs === null ? once(name, call, how) : maybeTwice(name, call, how, afterMs)
    },
    states: () => options.operations.map(name => lanes.get(name)!.state()),
    concurrency: () => places.state(),
    close() {
      for (const lane of lanes.values()) lane.close()
    },
  }
}

type How<T, C> = {
  readonly ask: (call: C) => Promise<T>
  readonly lost: LostAnswer<T>
  readonly patient: boolean
}

/** Answers and silences do; what failed at once or was called off does not. */
function saysHowItCopes({ fault }: AnyOutcome): boolean {
  const kind = fault?.kind
  return kind !== 'cancelled' && kind !== 'connection' && kind !== 'rate-limited' && kind !== 'supplier-error'
}

function late(call: GuardedCall): Fault {
  const reason: unknown = call.deadline.signal.reason
  return reason instanceof DeadlineError || reason === undefined
    ? fault('timeout', reason ? reason.message : 'no answer in time')
    : fault('cancelled', 'the caller left before the answer')
}

/** A client that ignores its signal still ends at the deadline. */
function orDeadline<T>(work: Promise<T>, call: GuardedCall, atDeadline: () => T): Promise<T> {
  const { signal } = call.deadline
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(atDeadline())
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
