import CircuitBreaker from 'opossum'
import { type CallStatistics, makeStatistics } from './call-statistics.ts'
import { fault, isOutage } from './fault.ts'
import type { AnyOutcome, GuardedCall, GuardOptions, LostAnswer } from './guarded-calls.ts'

/** One operation: its breaker and its figures. */
export type Lane<Name extends string> = {
  /** It is left alone now: open, or half open with its one probe chosen. */
  isShut(): boolean
  /** Before anything is spent on a call; half open, whoever comes first is the probe. Gives what ends it; undefined: shut. */
  enter(): (() => void) | undefined
  refuse<T>(lost: LostAnswer<T>): T
  fire<T extends AnyOutcome>(call: GuardedCall, ask: () => Promise<T>, lost: LostAnswer<T>): Promise<T>
  /** Later than this is rare; null while there are too few calls to say. */
  p95Ms(): number | null
  state(): OperationState<Name>
  close(): void
}

export type OperationState<Name extends string> = CallStatistics & {
  readonly name: Name
  readonly state: 'closed' | 'open' | 'half-open'
}

/** A deadline shorter than this that passes says nothing about the other side's health. */
const fairWaitMs = 1_000
/** Nor does one of which we spent more than this share without looking: the answer may have lain there. Under a flood all
 *  suppliers' breakers would open by our own lateness. */
const ownLateShareMax = 0.5

/** Carries an outcome through the breaker as the failure that it counts. */
class Outage extends Error {
  readonly outcome: AnyOutcome
  constructor(outcome: AnyOutcome) {
    super('outage')
    this.outcome = outcome
  }
}

export type LaneOptions<Name extends string> = GuardOptions<Name> & {
  /** A call has come back after so long, the time not counted in which we were late ourselves. */
  readonly came: (name: Name, outcome: AnyOutcome, listenedMs: number) => void
}

export function makeLane<Name extends string>(name: Name, options: LaneOptions<Name>): Lane<Name> {
  const { code, who, clock, log, watch, came } = options
  const statistics = makeStatistics()
  const breaker = makeBreaker(name, options)

  const attempt = async <T extends AnyOutcome>(
    call: GuardedCall,
    ask: () => Promise<T>,
    lost: LostAnswer<T>,
  ): Promise<AnyOutcome> => {
    const start = clock.monotonicMs()
    const heldUpBefore = clock.heldUpMs?.() ?? 0
    const isProbe = breaker.halfOpen
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
    const ownLateMs = (clock.heldUpMs?.() ?? 0) - heldUpBefore
    came(name, outcome, Math.max(0, elapsedMs - ownLateMs))
    if (countsAgainst(outcome, elapsedMs, ownLateMs) || (isProbe && provesNothing(outcome))) throw new Outage(outcome)
    return outcome
  }

  const refuse = <T>(lost: LostAnswer<T>): T => {
    watch.called(name, 'circuit-open', null)
    return lost(fault('circuit-open', `${who} has failed too often just now and is left alone for some seconds`), false)
  }

  let probing = false
  const isShut = (): boolean => breaker.opened || (breaker.halfOpen && probing)

  return {
    isShut,
    enter() {
      if (isShut()) return undefined
      if (!breaker.halfOpen) return () => {}
      probing = true
      return () => {
        probing = false
      }
    },
    refuse,
    async fire<T extends AnyOutcome>(call: GuardedCall, ask: () => Promise<T>, lost: LostAnswer<T>) {
      try {
        return (await breaker.fire(() => attempt(call, ask, lost))) as T
      } catch (error) {
        return error instanceof Outage ? (error.outcome as T) : refuse(lost)
      }
    },
    p95Ms: statistics.p95Ms,
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

function countsAgainst(outcome: AnyOutcome, elapsedMs: number, ownLateMs: number): boolean {
  if (!outcome.fault || !isOutage(outcome.fault.kind)) return false
  if (outcome.fault.kind !== 'timeout') return true
  return elapsedMs >= fairWaitMs && ownLateMs <= elapsedMs * ownLateShareMax
}

/** A probe must bring an answer: one whose caller was impatient, or left, does not close the breaker. */
function provesNothing({ fault }: AnyOutcome): boolean {
  return fault !== undefined && (isOutage(fault.kind) || fault.kind === 'cancelled' || fault.kind === 'rate-limited')
}
