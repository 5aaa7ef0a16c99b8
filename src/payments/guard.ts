import CircuitBreaker from 'opossum'
import pLimit from 'p-limit'
import type { Clock } from '../core/clock.ts'
import { type Fault, fault, isOutage } from '../core/fault.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import type { AuthoriseOutcome, FindPaymentOutcome, MoveOutcome, PaymentCall, PaymentGateway } from './port.ts'

/** PaymentGateway in, PaymentGateway out: no call outlives its deadline, the gateway gets no more than its cap, a sick
 *  operation is left alone while it recovers, and what a client throws becomes an outcome. Never repeats anything. */
export type GuardParts = { readonly clock: Clock; readonly log: Log; readonly metrics: Metrics }

export type GuardLimits = {
  readonly concurrencyMax: number
  readonly waitingMax: number
  readonly breaker: {
    readonly errorPercent: number
    readonly callsMin: number
    readonly windowMs: number
    readonly resetMs: number
  }
}

export const defaultLimits: GuardLimits = {
  concurrencyMax: 64,
  waitingMax: 512,
  breaker: { errorPercent: 50, callsMin: 8, windowMs: 10_000, resetMs: 5_000 },
}

const operations = ['authorise', 'capture', 'void', 'refund', 'find'] as const
type Operation = (typeof operations)[number]
type AnyOutcome = { readonly kind: string; readonly fault?: Fault }
/** What an operation answers when no good answer came; `sent`: it may have reached the gateway. */
type Lost<T> = (fault: Fault, sent: boolean) => T

/** Carries an outcome through the breaker as the failure that it counts. */
class Outage extends Error {
  readonly outcome: AnyOutcome
  constructor(outcome: AnyOutcome) {
    super('outage')
    this.outcome = outcome
  }
}

export function guard(gateway: PaymentGateway, parts: GuardParts, limits: GuardLimits = defaultLimits): PaymentGateway {
  const limit = pLimit(limits.concurrencyMax)
  const breakers = new Map(operations.map(name => [name, makeBreaker(gateway.code, name, parts, limits)]))

  const run = async <T extends AnyOutcome>(
    name: Operation,
    call: PaymentCall,
    ask: () => Promise<T>,
    lost: Lost<T>,
  ): Promise<T> => {
    if (limit.pendingCount >= limits.waitingMax)
      return lost(fault('rate-limited', 'Too many payments are waiting already.'), false)
    let sent = false
    const place = limit(async () => {
      if (call.deadline.signal.aborted) return lost(late(), false)
      sent = true
      const work = () => attempt({ name, code: gateway.code, call, ask, lost }, parts)
      return fire(breakers.get(name)!, work, lost)
    })
    return orDeadline(place, call, () => lost(late(), sent))
  }

  return {
    code: gateway.code,
    authorise: (request, call) => run('authorise', call, () => gateway.authorise(request, call), authoriseLost),
    capture: (request, call) => run('capture', call, () => gateway.capture(request, call), moveLost),
    void: (request, call) => run('void', call, () => gateway.void(request, call), moveLost),
    refund: (request, call) => run('refund', call, () => gateway.refund(request, call), moveLost),
    find: (paymentId, call) => run('find', call, () => gateway.find(paymentId, call), findLost),
    async close() {
      for (const breaker of breakers.values()) breaker.shutdown()
      await gateway.close()
    },
  }
}

const authoriseLost: Lost<AuthoriseOutcome> = (lost, sent) =>
  sent
    ? { kind: 'unknown', fault: { ...lost, mayHaveBooked: true } }
    : { kind: 'declined', fault: lost, gatewayPaymentId: null }
const moveLost: Lost<MoveOutcome> = (lost, sent) =>
  sent ? { kind: 'unknown', fault: { ...lost, mayHaveBooked: true } } : { kind: 'refused', fault: lost }
const findLost: Lost<FindPaymentOutcome> = lost => ({ kind: 'failed', fault: lost })

function late(): Fault {
  return fault('timeout', 'The payment gateway did not answer in time.')
}

type Breaker = CircuitBreaker<[() => Promise<AnyOutcome>], AnyOutcome>

function makeBreaker(code: string, name: Operation, { log }: GuardParts, { breaker }: GuardLimits): Breaker {
  const made: Breaker = new CircuitBreaker((work: () => Promise<AnyOutcome>) => work(), {
    timeout: false,
    errorThresholdPercentage: breaker.errorPercent,
    volumeThreshold: breaker.callsMin,
    rollingCountTimeout: breaker.windowMs,
    resetTimeout: breaker.resetMs,
    name: `${code}.${name}`,
  })
  made.on('open', () => log.warn({ gateway: code, operation: name }, 'breaker opened'))
  return made
}

async function attempt<T extends AnyOutcome>(
  asked: {
    readonly name: Operation
    readonly code: string
    readonly call: PaymentCall
    readonly ask: () => Promise<T>
    readonly lost: Lost<T>
  },
  { log, metrics }: GuardParts,
): Promise<AnyOutcome> {
  const labels = { gateway: asked.code, operation: asked.name }
  let outcome: AnyOutcome
  try {
    outcome = await asked.ask()
  } catch (error) {
    log.error({ ...labels, requestId: asked.call.requestId, err: error }, 'gateway client threw')
    outcome = asked.lost(fault('supplier-error', 'The payment gateway could not be understood.'), true)
  }
  metrics.count('fareloom_gateway_calls_total', { ...labels, outcome: outcome.fault?.kind ?? outcome.kind })
  if (outcome.fault && isOutage(outcome.fault.kind)) throw new Outage(outcome)
  return outcome
}

async function fire<T extends AnyOutcome>(
  breaker: Breaker,
  work: () => Promise<AnyOutcome>,
  lost: Lost<T>,
): Promise<T> {
  try {
    return (await breaker.fire(work)) as T
  } catch (error) {
    if (error instanceof Outage) return error.outcome as T
    return lost(fault('circuit-open', 'The payment gateway has failed too often just now.'), false)
  }
}

/** A client that ignores its signal still ends at the deadline. */
function orDeadline<T>(work: Promise<T>, { deadline: { signal } }: PaymentCall, atDeadline: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(atDeadline())
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
