import type { Clock } from '../core/clock.ts'
import type { Fault } from '../core/fault.ts'
import type { OperationState as StateOf } from '../core/call-lane.ts'
import { type AnyOutcome, type GuardLimits, guardCalls, type LostAnswer } from '../core/guarded-calls.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import type { SupplierOffer } from '../core/offer.ts'
import type { PlacesState } from '../core/places.ts'
import { type BudgetState, makeBudget, type RefusalReason } from './budget.ts'
import { memoryLedgers, type OpenLedger } from './budget-ledger.ts'
import { type BudgetSettings, type HedgeMode, noBudget } from './budget-settings.ts'
import type { Call, CancelOutcome, CreateOrderOutcome, Provider, TicketOutcome } from './port.ts'

/** Provider in, Provider out: within its deadline, its budget and what it bears (core/guarded-calls.ts, budget.ts). */
export type GuardedProvider = Provider & {
  operations(): readonly OperationState[]
  budget(): ProviderBudget
}

/** How far the supplier's budget is used, for choosing among suppliers and for GET /v1/providers. */
export type ProviderBudget = BudgetState & {
  readonly settings: BudgetSettings
  readonly concurrency: PlacesState & { readonly cap: number }
  /** Second requests that were sent. */
  readonly hedges: number
  /** This process' part of what is shared, as it would have to go on alone. */
  readonly share: number
}

export type GuardParts = {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** Where budgets are counted: memory unless told otherwise. */
  readonly openLedger?: OpenLedger
  /** An order has been made of this offer. */
  readonly onBooked?: (offer: SupplierOffer) => void
}

export const defaultLimits: GuardLimits = {
  concurrencyMax: 32,
  concurrencyMin: 4,
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

export function guard(
  provider: Provider,
  parts: GuardParts,
  limits: GuardLimits = defaultLimits,
  settings: BudgetSettings = noBudget,
): GuardedProvider {
  const { code } = provider
  const { clock, log } = parts
  const own = limitsOf(limits, settings)
  const ledger = (parts.openLedger ?? memoryLedgers(clock))(code, settings)
  const budget = makeBudget({ code, settings, clock, ledger, ...budgetWatch(code, parts) })
  /** Outcomes of calls that were held back half-way: their `rate-limited` is our own. */
  const heldBack = new WeakSet<AnyOutcome>()
  let hedges = 0
  const calls = guardCalls<Operation>({
    ...{ code, who: code, operations, limits: own, clock, log },
    budget: {
      take: budget.take,
      came: (operation, outcome) => budget.came(operation, outcome, heldBack.has(outcome)),
    },
    urgent: operation => operation !== 'shop',
    hedged: operation => hedgedBy[settings.hedge].includes(operation),
    // what was set is the supplier's; the default is our own care, in each process
    capShare: () => (settings.concurrency === null ? 1 : ledger.share()),
    watch: {
      ...callWatch(code, parts),
      hedged: (operation, won) => {
        hedges++
        parts.metrics.count('fareloom_supplier_hedges_total', {
          provider: code,
          operation,
          outcome: won ? 'won' : 'lost',
        })
      },
    },
  })
  const { run } = calls
  /** The first request has been paid for with the call; a further one that our own rate holds back is no word of the supplier. */
  const paced = async <T extends AnyOutcome>(call: Call, ask: (call: Call) => Promise<T>): Promise<T> => {
    let isFirst = true
    let isHeldBack = false
    const mayLeave = async (): Promise<Fault | null> => {
      const held = isFirst ? null : await budget.takeAnother(call.deadline)
      isFirst = false
      isHeldBack ||= held !== null
      return held
    }
    const outcome = await ask({ ...call, mayLeave })
    if (isHeldBack) heldBack.add(outcome)
    return outcome
  }
  return {
    code,
    capabilities: provider.capabilities,
    shop: (query, call) => run('shop', call, own => paced(own, c => provider.shop(query, c)), failed),
    confirmPrice: (request, call) =>
      run('confirmPrice', call, own => paced(own, c => provider.confirmPrice(request, c)), failed),
    async createOrder(request, call) {
      const ask = (own: Call) => paced(own, c => provider.createOrder(request, c))
      const outcome = await run('createOrder', call, ask, orderLost)
      if (outcome.kind === 'created') parts.onBooked?.(request.offer)
      return outcome
    },
    retrieveOrder: (order, call) =>
      run('retrieveOrder', call, own => paced(own, c => provider.retrieveOrder(order, c)), failed),
    findOrders: (criteria, call) =>
      run('findOrders', call, own => paced(own, c => provider.findOrders(criteria, c)), failed),
    issueTickets: (order, call) =>
      run('issueTickets', call, own => paced(own, c => provider.issueTickets(order, c)), ticketLost),
    quoteCancellation: (order, call, passengerIds) =>
      run(
        'quoteCancellation',
        call,
        own => paced(own, c => provider.quoteCancellation(order, c, passengerIds)),
        failed,
      ),
    cancelOrder: (request, call) =>
      run('cancelOrder', call, own => paced(own, c => provider.cancelOrder(request, c)), cancelLost),
    operations: calls.states,
    budget: () => ({
      ...budget.state(),
      settings,
      concurrency: { ...calls.concurrency(), cap: own.concurrencyMax },
      hedges,
      share: ledger.share(),
    }),
    async close() {
      calls.close()
      await provider.close()
    },
  }
}

/** What changes nothing over there; a search may be charged for, and then only where it was asked for. */
const hedgedBy: Readonly<Record<HedgeMode, readonly Operation[]>> = {
  off: [],
  reads: ['confirmPrice', 'retrieveOrder', 'findOrders'],
  on: ['shop', 'confirmPrice', 'retrieveOrder', 'findOrders'],
}

function limitsOf(limits: GuardLimits, { concurrency }: BudgetSettings): GuardLimits {
  const concurrencyMax = concurrency ?? limits.concurrencyMax
  return { ...limits, concurrencyMax, concurrencyMin: Math.min(limits.concurrencyMin, concurrencyMax) }
}

function callWatch(code: string, { metrics }: GuardParts) {
  return {
    called(operation: Operation, outcome: string, elapsedMs: number | null): void {
      metrics.count('fareloom_supplier_calls_total', { provider: code, operation, outcome })
      if (elapsedMs !== null)
        metrics.observe('fareloom_supplier_call_seconds', { provider: code, operation }, elapsedMs / 1000)
    },
    places({ limit, inFlight, waiting }: PlacesState): void {
      metrics.gauge('fareloom_supplier_waiting', { provider: code }, waiting)
      metrics.gauge('fareloom_supplier_in_flight', { provider: code }, inFlight)
      metrics.gauge('fareloom_supplier_concurrency_limit', { provider: code }, limit)
    },
    breaker(operation: Operation, isOpen: boolean): void {
      metrics.gauge('fareloom_supplier_breaker_open', { provider: code, operation }, isOpen ? 1 : 0)
    },
  }
}

function budgetWatch(code: string, { metrics, log }: GuardParts) {
  return {
    refused: (reason: RefusalReason): void =>
      metrics.count('fareloom_supplier_budget_refusals_total', { provider: code, reason }),
    waited: (ms: number): void =>
      metrics.observe('fareloom_supplier_token_wait_seconds', { provider: code }, ms / 1000),
    looks: (used: number): void => metrics.gauge('fareloom_supplier_looks_used_ratio', { provider: code }, used),
    paused(ms: number): void {
      metrics.count('fareloom_supplier_pauses_total', { provider: code })
      log.warn({ provider: code, pauseMs: ms }, 'the supplier asked for fewer requests')
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
