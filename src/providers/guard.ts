import type { Clock } from '../core/clock.ts'
import type { Fault } from '../core/fault.ts'
import { type GuardLimits, guardCalls, type LostAnswer, type OperationState as StateOf } from '../core/guarded-calls.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import type { CancelOutcome, CreateOrderOutcome, Provider, TicketOutcome } from './port.ts'

/** Provider in, Provider out (core/guarded-calls.ts says what for). */
export type GuardedProvider = Provider & { operations(): readonly OperationState[] }

export type GuardParts = { readonly clock: Clock; readonly log: Log; readonly metrics: Metrics }

export const defaultLimits: GuardLimits = {
  concurrencyMax: 32,
  waitingMax: 256,
  breaker: { errorPercent: 50, callsMin: 8, windowMs: 10_000, resetMs: 5_000 },
}

const operations = [
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
export type OperationState = StateOf<Operation>

export function guard(provider: Provider, parts: GuardParts, limits: GuardLimits = defaultLimits): GuardedProvider {
  const { code } = provider
  const { metrics, clock, log } = parts
  const calls = guardCalls<Operation>({
    code,
    who: code,
    operations,
    limits,
    clock,
    log,
    watch: {
      called(operation, outcome, elapsedMs) {
        metrics.count('fareloom_supplier_calls_total', { provider: code, operation, outcome })
        if (elapsedMs !== null)
          metrics.observe('fareloom_supplier_call_seconds', { provider: code, operation }, elapsedMs / 1000)
      },
      waiting: count => metrics.gauge('fareloom_supplier_waiting', { provider: code }, count),
      breaker: (operation, isOpen) =>
        metrics.gauge('fareloom_supplier_breaker_open', { provider: code, operation }, isOpen ? 1 : 0),
    },
  })
  const { run } = calls
  return {
    code,
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
    operations: calls.states,
    async close() {
      calls.close()
      await provider.close()
    },
  }
}

type Failed = { readonly kind: 'failed'; readonly fault: Fault }
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
