import CircuitBreaker from 'opossum'
import pLimit from 'p-limit'
import type { Clock } from '../core/clock.ts'
import { DeadlineError } from '../core/deadline.ts'
import { type Fault, fault, isOutage } from '../core/fault.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import { type CallStatistics, makeStatistics } from './call-statistics.ts'
import type { Call, CancelOutcome, CreateOrderOutcome, Provider, TicketOutcome } from './port.ts'

/** Provider in, Provider out: no call outlives its deadline, no supplier gets more than its cap, a sick operation is left
 *  alone while it recovers, and what an adapter throws becomes an outcome. Never repeats anything. */
export type GuardedProvider = Provider & { operations(): readonly OperationState[] }

export type GuardParts = { readonly clock: Clock; readonly log: Log; readonly metrics: Metrics }

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

export const defaultLimits: GuardLimits = {
  concurrencyMax: 32,
  waitingMax: 256,
  breaker: { errorPercent: 50, callsMin: 8, windowMs: 10_000, resetMs: 5_000 },
}

export type OperationState = CallStatistics & {
  readonly name: Operation
  readonly state: 'closed' | 'open' | 'half-open'
}

export const operations = [
  'shop',
  'confirmPrice',
  'createOrder',
  'retrieveOrder',
  'findOrders',
  'issueTickets',
  'quoteCancellation',
  'cancelOrder',
] as const
export type Operation = (typeof operations)[number]

/** A deadline shorter than this that passes says nothing about the supplier's health. */
const fairWaitMs = 1_000

type Failed = { readonly kind: 'failed'; readonly fault: Fault }
type AnyOutcome = { readonly kind: string; readonly fault?: Fault }

/** Carries an outcome through the breaker as the failure that it counts. */
class Outage extends Error {
  readonly outcome: AnyOutcome
  constructor(outcome: AnyOutcome) {
    super('outage')
    this.outcome = outcome
  }
}

export function guard(provider: Provider, parts: GuardParts, limits: GuardLimits = defaultLimits): GuardedProvider {
  const limit = pLimit(limits.concurrencyMax)
  const lanes = new Map(operations.map(name => [name, makeLane(provider.code, name, parts, limits)]))

  const run = async <T extends AnyOutcome>(
    name: Operation,
    call: Call,
    ask: () => Promise<T>,
    lost: LostAnswer<T>,
  ): Promise<T> => {
    if (limit.pendingCount >= limits.waitingMax) {
      return lost(fault('rate-limited', `${provider.code} has ${limits.waitingMax} calls waiting already`), false)
    }
    let sent = false
    const place = limit(() => {
      if (call.deadline.signal.aborted) return lost(late(call), false)
      sent = true
      return lanes.get(name)!.fire(call, ask, lost)
    })
    parts.metrics.gauge('fareloom_supplier_waiting', { provider: provider.code }, limit.pendingCount)
    return orDeadline(place, call, () => lost(late(call), sent))
  }

  return {
    code: provider.code,
    capabilities: provider.capabilities,
    shop: (query, call) => run('shop', call, () => provider.shop(query, call), failed),
    confirmPrice: (request, call) => run('confirmPrice', call, () => provider.confirmPrice(request, call), failed),
    createOrder: (request, call) => run('createOrder', call, () => provider.createOrder(request, call), orderLost),
    retrieveOrder: (order, call) => run('retrieveOrder', call, () => provider.retrieveOrder(order, call), failed),
    findOrders: (criteria, call) => run('findOrders', call, () => provider.findOrders(criteria, call), failed),
    issueTickets: (order, call) => run('issueTickets', call, () => provider.issueTickets(order, call), ticketLost),
    quoteCancellation: (order, call) =>
      run('quoteCancellation', call, () => provider.quoteCancellation(order, call), failed),
    cancelOrder: (request, call) => run('cancelOrder', call, () => provider.cancelOrder(request, call), cancelLost),
    operations: () => operations.map(name => lanes.get(name)!.state()),
    async close() {
      for (const lane of lanes.values()) lane.close()
      await provider.close()
    },
  }
}

/** What an operation answers when no good answer came; `sent`: it may have reached the supplier. */
type LostAnswer<T> = (fault: Fault, sent: boolean) => T

const failed = (lost: Fault): Failed => ({ kind: 'failed', fault: lost })
const orderLost: LostAnswer<CreateOrderOutcome> = (lost, sent) => unknownOrRefused(lost, sent)
const cancelLost: LostAnswer<CancelOutcome> = (lost, sent) => unknownOrRefused(lost, sent)
const ticketLost: LostAnswer<TicketOutcome> = (lost, sent) =>
  sent
    ? { kind: 'unknown', fault: { ...lost, mayHaveBooked: true } }
    : { kind: 'refused', fault: lost, retryable: false }

function unknownOrRefused(lost: Fault, sent: boolean): { kind: 'unknown' | 'refused'; fault: Fault } {
  return sent ? { kind: 'unknown', fault: { ...lost, mayHaveBooked: true } } : { kind: 'refused', fault: lost }
}

function late(call: Call): Fault {
  const reason: unknown = call.deadline.signal.reason
  return reason instanceof DeadlineError || reason === undefined
    ? fault('timeout', reason ? reason.message : 'no answer in time')
    : fault('cancelled', 'the caller left before the answer')
}

/** An adapter that ignores its signal still ends at the deadline. */
function orDeadline<T>(work: Promise<T>, call: Call, atDeadline: () => T): Promise<T> {
  const { signal } = call.deadline
  if (signal.aborted) {
    work.catch(ignoreLateFailure)
    return Promise.resolve(atDeadline())
  }
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(atDeadline())
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** Whoever asked has had an answer; the lane has counted and logged the failure. */
function ignoreLateFailure(): void {}

type Lane = {
  fire<T extends AnyOutcome>(call: Call, ask: () => Promise<T>, lost: LostAnswer<T>): Promise<T>
  state(): OperationState
  close(): void
}

/** One operation of one supplier: its breaker and its figures. */
function makeLane(provider: string, name: Operation, { clock, log, metrics }: GuardParts, limits: GuardLimits): Lane {
  const statistics = makeStatistics()
  const breaker = new CircuitBreaker((work: () => Promise<AnyOutcome>) => work(), {
    timeout: false,
    errorThresholdPercentage: limits.breaker.errorPercent,
    volumeThreshold: limits.breaker.callsMin,
    rollingCountTimeout: limits.breaker.windowMs,
    resetTimeout: limits.breaker.resetMs,
    name: `${provider}.${name}`,
  })
  const labels = { provider, operation: name }
  breaker.on('open', () => {
    metrics.gauge('fareloom_supplier_breaker_open', labels, 1)
    log.warn(labels, 'breaker opened')
  })
  breaker.on('close', () => metrics.gauge('fareloom_supplier_breaker_open', labels, 0))

  const record = (outcome: AnyOutcome, elapsedMs: number): void => {
    statistics.add(elapsedMs, outcome.fault !== undefined && isOutage(outcome.fault.kind))
    metrics.count('fareloom_supplier_calls_total', { ...labels, outcome: outcome.fault?.kind ?? outcome.kind })
    metrics.observe('fareloom_supplier_call_seconds', labels, elapsedMs / 1000)
  }

  return {
    async fire<T extends AnyOutcome>(call: Call, ask: () => Promise<T>, lost: LostAnswer<T>) {
      const work = async (): Promise<AnyOutcome> => {
        const start = clock.monotonicMs()
        let outcome: AnyOutcome
        try {
          outcome = await ask()
        } catch (error) {
          log.error({ ...labels, requestId: call.requestId, err: error }, 'adapter threw')
          outcome = lost(fault('supplier-error', `${provider} could not be understood`), true)
        }
        const elapsedMs = clock.monotonicMs() - start
        record(outcome, elapsedMs)
        if (countsAgainst(outcome, elapsedMs)) throw new Outage(outcome)
        return outcome
      }
      try {
        return (await breaker.fire(work)) as T
      } catch (error) {
        if (error instanceof Outage) return error.outcome as T
        metrics.count('fareloom_supplier_calls_total', { ...labels, outcome: 'circuit-open' })
        return lost(
          fault('circuit-open', `${provider} has failed too often just now; it is left alone for some seconds`),
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

function countsAgainst(outcome: AnyOutcome, elapsedMs: number): boolean {
  if (!outcome.fault || !isOutage(outcome.fault.kind)) return false
  return outcome.fault.kind !== 'timeout' || elapsedMs >= fairWaitMs
}
