import type { Clock } from '../core/clock.ts'
import type { Fault } from '../core/fault.ts'
import { type GuardLimits, guardCalls, type LostAnswer } from '../core/guarded-calls.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import type { AuthoriseOutcome, MoveOutcome, PaymentGateway } from './port.ts'

/** PaymentGateway in, PaymentGateway out (core/guarded-calls.ts says what for). */
export type GuardParts = { readonly clock: Clock; readonly log: Log; readonly metrics: Metrics }

export const defaultLimits: GuardLimits = {
  concurrencyMax: 64,
  concurrencyMin: 64,
  waitingMax: 512,
  breaker: { errorPercent: 50, callsMin: 8, windowMs: 10_000, resetMs: 5_000 },
}

const operations = ['authorise', 'capture', 'void', 'refund', 'find', 'identify'] as const

export function guard(gateway: PaymentGateway, parts: GuardParts, limits: GuardLimits = defaultLimits): PaymentGateway {
  const { code } = gateway
  const { metrics, clock, log } = parts
  const calls = guardCalls({
    code,
    who: 'the payment gateway',
    operations,
    limits,
    clock,
    log,
    watch: {
      called: (operation, outcome) =>
        metrics.count('fareloom_gateway_calls_total', { gateway: code, operation, outcome }),
      places() {},
      breaker() {},
    },
  })
  const { run } = calls
  const identify = gateway.identify?.bind(gateway)
  const readNews = gateway.readNews?.bind(gateway)
  return {
    code,
    authorise: (request, call) => run('authorise', call, () => gateway.authorise(request, call), authoriseLost),
    capture: (request, call) => run('capture', call, () => gateway.capture(request, call), moveLost),
    void: (request, call) => run('void', call, () => gateway.void(request, call), moveLost),
    refund: (request, call) => run('refund', call, () => gateway.refund(request, call), moveLost),
    find: (paymentId, call, known) => run('find', call, () => gateway.find(paymentId, call, known), failed),
    ...(identify
      ? { identify: (methodToken, call) => run('identify', call, () => identify(methodToken, call), failed) }
      : {}),
    ...(readNews ? { readNews } : {}),
    async close() {
      calls.close()
      await gateway.close()
    },
  }
}

const authoriseLost: LostAnswer<AuthoriseOutcome> = (lost, sent) =>
  sent
    ? { kind: 'unknown', fault: { ...lost, mayHaveBooked: true } }
    : { kind: 'declined', fault: lost, gatewayPaymentId: null }
const moveLost: LostAnswer<MoveOutcome> = (lost, sent) =>
  sent ? { kind: 'unknown', fault: { ...lost, mayHaveBooked: true } } : { kind: 'refused', fault: lost }
const failed: LostAnswer<{ readonly kind: 'failed'; readonly fault: Fault }> = lost => ({ kind: 'failed', fault: lost })
