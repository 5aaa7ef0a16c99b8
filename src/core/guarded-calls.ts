import CircuitBreaker from 'opossum'
import pLimit from 'p-limit'
import { type CallStatistics, makeStatistics } from './call-statistics.ts'
import type { Clock } from './clock.ts'
import { type Deadline, DeadlineError } from './deadline.ts'
import { type Fault, fault, isOutage } from './fault.ts'
import type { Log } from './log.ts'

/** What stands between us and somebody else's server: no call outlives its deadline, no more than the cap at once, a sick
 *  operation is left alone while it recovers, and what a client throws becomes an outcome. Never repeats anything.
 *  Used by providers/guard.ts and payments/guard.ts. */
export interface GuardedCalls<Name extends string> {
  run<T extends AnyOutcome>(name: Name, call: GuardedCall, ask: () => Promise<T>, lost: LostAnswer<T>): Promise<T>
  states(): readonly OperationState<Name>[]
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
}

/** Where the figures go. `outcome`: the kind of the outcome, or of its fault. */
export type GuardWatch<Name extends string> = {
  readonly called: (name: Name, outcome: string, elapsedMs: number | null) => void
  readonly waiting: (count: number) => void
  readonly breaker: (name: Name, isOpen: boolean) => void
}

export type GuardLimits = {
  /** Calls under way at once. */
  readonly concurrencyMax: number
  /** Calls waiting for a place; more are refused as rate-limited at once. */
  readonly waitingMax: number
  readonly breaker: {
    readonly errorPercent: number
    readonly callsMin: number
    readonly windowMs: number
    readonly resetMs: number
  }
}

export type OperationState<Name extends string> = CallStatistics & {
  readonly name: Name
  readonly state: 'closed' | 'open' | 'half-open'
}

export type GuardedCall = { readonly deadline: Deadline; readonly requestId: string }
export type AnyOutcome = { readonly kind: string; readonly fault?: Fault }

/** What an operation answers when no good answer came; `sent`: it may have reached the other side. */
export type LostAnswer<T> = (fault: Fault, sent: boolean) => T

/** A deadline shorter than this that passes says nothing about the other side's health. */
const fairWaitMs = 1_000

/** Carries an outcome through the breaker as the failure that it counts. */
class Outage extends Error {
  readonly outcome: AnyOutcome
  constructor(outcome: AnyOutcome) {
    super('outage')
    this.outcome = outcome
  }
}

export function guardCalls<Name extends string>(options: GuardOptions<Name>): GuardedCalls<Name> {
  const { limits, watch, who } = options
  const limit = pLimit(limits.concurrencyMax)
  const lanes = new Map(options.operations.map(name => [name, makeLane(name, options)]))
  return {
    async run(name, call, ask, lost) {
      if (limit.pendingCount >= limits.waitingMax) {
        return lost(fault('rate-limited', `${who} has ${limits.waitingMax} calls waiting already`), false)
      }
      let sent = false
      const place = limit(() => {
        if (call.deadline.signal.aborted) return lost(late(call), false)
        sent = true
        return lanes.get(name)!.fire(call, ask, lost)
      })
      watch.waiting(limit.pendingCount)
      return orDeadline(place, call, () => lost(late(call), sent))
    },
    states: () => options.operations.map(name => lanes.get(name)!.state()),
    close() {
      for (const lane of lanes.values()) lane.close()
    },
  }
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

type Lane<Name extends string> = {
  fire<T extends AnyOutcome>(call: GuardedCall, ask: () => Promise<T>, lost: LostAnswer<T>): Promise<T>
  state(): OperationState<Name>
  close(): void
}

/** One operation: its breaker and its figures. */
function makeLane<Name extends string>(name: Name, options: GuardOptions<Name>): Lane<Name> {
  const { code, who, clock, log, watch } = options
  const statistics = makeStatistics()
  const breaker = makeBreaker(name, options)

  const attempt = async <T extends AnyOutcome>(
    call: GuardedCall,
    ask: () => Promise<T>,
    lost: LostAnswer<T>,
  ): Promise<AnyOutcome> => {
    const start = clock.monotonicMs()
    let outcome: AnyOutcome
    try {
      outcome = await ask()
    } catch (error) {
      log.error({ code, operation: name, requestId: call.requestId, err: error }, 'a client threw')
      outcome = lost(fault('supplier-error', `${who} could not be understood`), true)
    }
    const elapsedMs = clock.monotonicMs() - start
    statistics.add(elapsedMs, outcome.fault !== undefined && isOutage(outcome.fault.kind))
    watch.called(name, outcome.fault?.kind ?? outcome.kind, elapsedMs)
    if (countsAgainst(outcome, elapsedMs)) throw new Outage(outcome)
    return outcome
  }

  return {
    async fire<T extends AnyOutcome>(call: GuardedCall, ask: () => Promise<T>, lost: LostAnswer<T>) {
      try {
        return (await breaker.fire(() => attempt(call, ask, lost))) as T
      } catch (error) {
        if (error instanceof Outage) return error.outcome as T
        watch.called(name, 'circuit-open', null)
        return lost(
          fault('circuit-open', `${who} has failed too often just now and is left alone for some seconds`),
          false,
        )
      }
    },
    state: () => ({
      name,
      state: breaker.opened ? 'open' : breaker.halfOpen ? 'half-open' : 'closed',
      ...statistics.read(),
    }),
    close: () => breaker.shutdown(),
  }
}

type Breaker = CircuitBreaker<[() => Promise<AnyOutcome>], AnyOutcome>

function makeBreaker<Name extends string>(name: Name, { code, limits, log, watch }: GuardOptions<Name>): Breaker {
  const breaker: Breaker = new CircuitBreaker((work: () => Promise<AnyOutcome>) => work(), {
    timeout: false,
    errorThresholdPercentage: limits.breaker.errorPercent,
    volumeThreshold: limits.breaker.callsMin,
    rollingCountTimeout: limits.breaker.windowMs,
    resetTimeout: limits.breaker.resetMs,
    name: `${code}.${name}`,
  })
  breaker.on('open', () => {
    watch.breaker(name, true)
    log.warn({ code, operation: name }, 'breaker opened')
  })
  breaker.on('close', () => watch.breaker(name, false))
  return breaker
}

function countsAgainst(outcome: AnyOutcome, elapsedMs: number): boolean {
  if (!outcome.fault || !isOutage(outcome.fault.kind)) return false
  return outcome.fault.kind !== 'timeout' || elapsedMs >= fairWaitMs
}
