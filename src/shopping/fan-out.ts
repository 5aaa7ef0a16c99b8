import type { Clock } from '../core/clock.ts'
import type { RequestContext } from '../core/context.ts'
import type { Deadline } from '../core/deadline.ts'
import { type Fault, fault } from '../core/fault.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import type { ProviderCode, SupplierOffer } from '../core/offer.ts'
import type { Call, Provider, ShopOutcome, ShopQuery } from '../providers/port.ts'
import type { OfferCheck } from './check-offer.ts'
import type { SupplierChoice } from './choice.ts'
import { whySkipped } from './eligibility.ts'
import { type Facts, factsWriter, pickFacts } from './facts.ts'
import { type Intake, type IntakeParts, offersMaxOf, takeIn } from './intake.ts'
import type { ProviderOutcome, ProviderStatus, SearchWarning } from './net-set.ts'

export type FanOutParts = {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** Who is worth asking; absent: all are. */
  readonly choice?: SupplierChoice | undefined
}

export type FanOutResult = {
  /** Who has answered or was skipped, in the order of the suppliers. */
  readonly providers: readonly ProviderOutcome[]
  readonly offers: readonly SupplierOffer[]
  readonly facts: Facts
  readonly warnings: readonly SearchWarning[]
}

/** Suppliers asked at once under one deadline. Each answer is checked as it comes, so that little is left to do when the last
 *  one has come or the deadline passes; what comes later is not looked at. */
export interface FanOut {
  /** Offers and no offers alike, but not failures. */
  readonly answered: number
  /** Suppliers that are still to answer. */
  readonly open: readonly ProviderCode[]
  /** In the order of the suppliers, so that the same answers make the same result whoever was first. `missing`: what is
   *  said of those that have not answered. */
  result(missing: string): FanOutResult
  /** In the order in which answers came: what is there keeps its place whatever comes after. Those that have not
   *  answered are left out unless something is said of them. */
  arrivals(missing?: string): FanOutResult
}

export type FanOutQuestion = {
  readonly query: ShopQuery
  readonly suppliers: readonly Provider[]
  readonly context: RequestContext
  readonly check: OfferCheck
  readonly deadline: Deadline
  /** After each answer that came in time; it is in already. */
  readonly onAnswer: () => void
}

export function startFanOut(question: FanOutQuestion, parts: FanOutParts): FanOut {
  const offersMax = offersMaxOf(question.suppliers.length)
  const intake: IntakeParts = { check: question.check, facts: factsWriter(), offersMax }
  const spared = parts.choice?.leftOut(question.query, question.suppliers)
  const seats = question.suppliers.map(supplier => makeSeat(supplier, question.query, parts.clock, spared))
  const arrived: Seat[] = []
  for (const seat of seats) {
    if (seat.outcome) continue
    ask(seat, question, parts)
      .then(answer => {
        if (question.deadline.signal.aborted) return
        settle(seat, answer, intake, parts)
        arrived.push(seat)
        question.onAnswer()
      })
      .catch(error => parts.log.error({ err: error }, "a supplier's answer could not be passed on"))
  }
  const gatherAll = (ordered: readonly Seat[], missing: string | undefined): FanOutResult =>
    gather(seats, ordered, intake.facts.facts(), seat =>
      missing === undefined ? undefined : failureOf(seat, fault('timeout', missing), parts.clock),
    )
  return {
    get answered() {
      return seats.filter(({ outcome }) => outcome?.status === 'ok' || outcome?.status === 'partial').length
    },
    get open() {
      return seats.filter(({ outcome }) => outcome === undefined).map(({ supplier }) => supplier.code)
    },
    result: missing => gatherAll(seats, missing),
    arrivals: missing => gatherAll(arrived, missing),
  }
}

/** One supplier's place in the search. */
type Seat = {
  readonly supplier: Provider
  readonly startedAt: number
  outcome: ProviderOutcome | undefined
  intake: Intake | undefined
}

function makeSeat(
  supplier: Provider,
  query: ShopQuery,
  clock: Clock,
  spared: ReadonlyMap<ProviderCode, string> = new Map(),
): Seat {
  const { code } = supplier
  const unable = whySkipped(supplier, query)
  const reason = unable ?? spared.get(code)
  const outcome = reason && skipped(code, unable === undefined ? 'rate-limited' : 'not-supported', reason)
  return { supplier, startedAt: clock.monotonicMs(), outcome: outcome || undefined, intake: undefined }
}

function skipped(code: string, kind: Fault['kind'], text: string): ProviderOutcome {
  return {
    code,
    status: 'skipped',
    elapsedMs: 0,
    offers: 0,
    fault: { kind, code: null, text },
  }
}

async function ask(
  { supplier }: Seat,
  { query, context, deadline }: FanOutQuestion,
  { log }: FanOutParts,
): Promise<ShopOutcome> {
  const call: Call = { deadline, requestId: context.requestId, traceparent: context.traceparent }
  try {
    return await supplier.shop(query, call)
  } catch (error) {
    const { code } = supplier
    log.error({ provider: code, requestId: context.requestId, err: error }, 'supplier threw while shopping')
    return { kind: 'failed', fault: fault('supplier-error', `${code} could not be understood`) }
  }
}

/** What cannot be taken in fails that supplier only. */
function settle(seat: Seat, answer: ShopOutcome, intake: IntakeParts, parts: FanOutParts): void {
  const { code } = seat.supplier
  try {
    if (answer.kind === 'failed') seat.outcome = failureOf(seat, answer.fault, parts.clock)
    else accept(seat, answer, intake, parts)
  } catch (error) {
    parts.log.error({ provider: code, err: error }, 'offers could not be looked through')
    seat.outcome = failureOf(seat, fault('supplier-error', `${code} could not be understood`), parts.clock)
  }
}

function accept(
  seat: Seat,
  { offers, warnings, partial }: ShopOutcome & { readonly kind: 'offers' },
  parts: IntakeParts,
  { clock, metrics }: FanOutParts,
): void {
  const { code } = seat.supplier
  const elapsedMs = elapsed(seat, clock)
  const intake = takeIn(seat.supplier, offers, warnings, parts)
  for (const [reason, count] of intake.defects)
    metrics.count('fareloom_offers_dropped_total', { provider: code, reason }, count)
  seat.intake = intake
  seat.outcome = { code, status: partial ? 'partial' : 'ok', elapsedMs, offers: intake.offers.length }
}

function failureOf(seat: Seat, { kind, code, text }: Fault, clock: Clock): ProviderOutcome {
  const status = statusOfFault(kind)
  const outcome = { code: seat.supplier.code, status, elapsedMs: elapsed(seat, clock), offers: 0 }
  return kind === 'no-offers' ? outcome : { ...outcome, fault: { kind, code, text } }
}

/** Understood and empty is an answer; what a supplier cannot do at all was not asked of it. */
function statusOfFault(kind: Fault['kind']): ProviderStatus {
  switch (kind) {
    case 'no-offers':
      return 'ok'
    case 'timeout':
    case 'cancelled':
      return 'timeout'
    case 'circuit-open':
      return 'circuit-open'
    case 'rate-limited':
      return 'rate-limited'
    case 'not-supported':
      return 'skipped'
    default:
      return 'error'
  }
}

function elapsed(seat: Seat, clock: Clock): number {
  return Math.round(clock.monotonicMs() - seat.startedAt)
}

function gather(
  seats: readonly Seat[],
  ordered: readonly Seat[],
  facts: Facts,
  missing: (seat: Seat) => ProviderOutcome | undefined,
): FanOutResult {
  const offers: SupplierOffer[] = []
  const warnings: SearchWarning[] = []
  const places: number[] = []
  for (const { intake } of ordered) {
    if (!intake) continue
    for (let i = 0; i < intake.offers.length; i++) {
      offers.push(intake.offers[i]!)
      places.push(intake.factsFrom + i)
    }
    for (const warning of intake.warnings) warnings.push(warning)
  }
  const providers = seats.flatMap(seat => seat.outcome ?? missing(seat) ?? [])
  return { providers, offers, facts: pickFacts(facts, new Int32Array(places)), warnings }
}
