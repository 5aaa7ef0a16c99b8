import type { Clock, Timer } from '../core/clock.ts'
import type { RequestContext } from '../core/context.ts'
import { type Deadline, DeadlineError, startDeadline } from '../core/deadline.ts'
import { type Fault, fault } from '../core/fault.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import type { SupplierOffer } from '../core/offer.ts'
import type { Call, Provider, ShopOutcome } from '../providers/port.ts'
import type { OfferCheck } from './check-offer.ts'
import { whySkipped } from './eligibility.ts'
import { type Facts, factsWriter, pickFacts } from './facts.ts'
import { type Intake, type IntakeParts, takeIn } from './intake.ts'
import type { ProviderOutcome, ProviderStatus, SearchWarning } from './net-set.ts'
import type { ValidatedSearch } from './validate.ts'

export type FanOutParts = { readonly clock: Clock; readonly log: Log; readonly metrics: Metrics }

export type FanOutResult = {
  /** In the order of the suppliers. */
  readonly providers: readonly ProviderOutcome[]
  readonly offers: readonly SupplierOffer[]
  readonly facts: Facts
  readonly warnings: readonly SearchWarning[]
}

/** All suppliers at once under one deadline. Each answer is checked as it comes, so that little is left to do when the
 *  last one has come or the deadline passes; what comes later is not looked at. */
export function fanOut(
  search: ValidatedSearch,
  suppliers: readonly Provider[],
  context: RequestContext,
  check: OfferCheck,
  parts: FanOutParts,
): Promise<FanOutResult> {
  const deadline = startDeadline(parts.clock, search.deadlineMs)
  const intake: IntakeParts = { check, facts: factsWriter() }
  const seats = suppliers.map(supplier => makeSeat(supplier, search, parts.clock))
  const asked = seats.filter(seat => seat.outcome === undefined)
  return waitForAnswers(asked, search, deadline, parts.clock, seat =>
    ask(seat, search, context, deadline, intake, parts),
  )
    .then(() => {
      for (const seat of asked) if (!seat.outcome) giveUp(seat, search, deadline, parts.clock)
      return gather(seats, intake.facts.facts())
    })
    .finally(() => {
      if (deadline.signal.aborted || seats.every(seat => seat.intake)) deadline.dispose()
      else deadline.cancel('the search has been answered')
    })
}

/** One supplier's place in the search. */
type Seat = {
  readonly supplier: Provider
  readonly startedAt: number
  outcome: ProviderOutcome | undefined
  intake: Intake | undefined
}

function makeSeat(supplier: Provider, search: ValidatedSearch, clock: Clock): Seat {
  const reason = whySkipped(supplier, search.query)
  const outcome = reason === undefined ? undefined : skipped(supplier.code, reason)
  return { supplier, startedAt: clock.monotonicMs(), outcome, intake: undefined }
}

function skipped(code: string, reason: string): ProviderOutcome {
  return {
    code,
    status: 'skipped',
    elapsedMs: 0,
    offers: 0,
    fault: { kind: 'not-supported', code: null, text: reason },
  }
}

function waitForAnswers(
  asked: readonly Seat[],
  { waitFor }: ValidatedSearch,
  deadline: Deadline,
  clock: Clock,
  askOne: (seat: Seat) => Promise<void>,
): Promise<void> {
  if (asked.length === 0) return Promise.resolve()
  return new Promise((resolve, reject) => {
    let open = asked.length
    let enough = waitFor === 'all' ? Number.POSITIVE_INFINITY : waitFor.providers
    let grace: Timer | undefined
    const finish = (): void => {
      grace?.cancel()
      resolve()
    }
    deadline.signal.addEventListener('abort', finish, { once: true })
    const answered = (seat: Seat): void => {
      open--
      if (isAnswer(seat.outcome)) enough--
      if (open === 0) finish()
      else if (enough === 0 && waitFor !== 'all') grace = clock.after(waitFor.graceMs, finish)
    }
    for (const seat of asked) askOne(seat).then(() => answered(seat), reject)
  })
}

function isAnswer(outcome: ProviderOutcome | undefined): boolean {
  return outcome?.status === 'ok' || outcome?.status === 'partial'
}

async function ask(
  seat: Seat,
  { query }: ValidatedSearch,
  context: RequestContext,
  deadline: Deadline,
  intake: IntakeParts,
  parts: FanOutParts,
): Promise<void> {
  const call: Call = { deadline, requestId: context.requestId, traceparent: context.traceparent }
  const { code } = seat.supplier
  try {
    const answer = await seat.supplier.shop(query, call)
    if (!seat.outcome) settle(seat, answer, intake, parts)
  } catch (error) {
    parts.log.error({ provider: code, requestId: context.requestId, err: error }, 'supplier threw while shopping')
    if (!seat.outcome) failSeat(seat, fault('supplier-error', `${code} could not be understood`), parts.clock)
  }
}

function settle(seat: Seat, answer: ShopOutcome, parts: IntakeParts, { clock, metrics }: FanOutParts): void {
  if (answer.kind === 'failed') {
    failSeat(seat, answer.fault, clock)
    return
  }
  const { code } = seat.supplier
  const elapsedMs = elapsed(seat, clock)
  const intake = takeIn(seat.supplier, answer.offers, answer.warnings, parts)
  for (const [reason, count] of intake.defects)
    metrics.count('fareloom_offers_dropped_total', { provider: code, reason }, count)
  seat.intake = intake
  seat.outcome = { code, status: answer.partial ? 'partial' : 'ok', elapsedMs, offers: intake.offers.length }
}

function failSeat(seat: Seat, { kind, code, text }: Fault, clock: Clock): void {
  const status = statusOfFault(kind)
  const elapsedMs = elapsed(seat, clock)
  const outcome = { code: seat.supplier.code, status, elapsedMs, offers: 0 }
  seat.outcome = kind === 'no-offers' ? outcome : { ...outcome, fault: { kind, code, text } }
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

function giveUp(seat: Seat, search: ValidatedSearch, deadline: Deadline, clock: Clock): void {
  const atDeadline = deadline.signal.reason instanceof DeadlineError
  const text = atDeadline ? `no answer within ${search.deadlineMs} ms` : 'not waited for: enough suppliers had answered'
  failSeat(seat, fault('timeout', text), clock)
}

function elapsed(seat: Seat, clock: Clock): number {
  return Math.round(clock.monotonicMs() - seat.startedAt)
}

/** Answers in the order of the suppliers, not of their arrival. */
function gather(seats: readonly Seat[], facts: Facts): FanOutResult {
  const offers: SupplierOffer[] = []
  const warnings: SearchWarning[] = []
  const places: number[] = []
  for (const { intake } of seats) {
    if (!intake) continue
    for (let i = 0; i < intake.offers.length; i++) {
      offers.push(intake.offers[i]!)
      places.push(intake.factsFrom + i)
    }
    for (const warning of intake.warnings) warnings.push(warning)
  }
  return {
    providers: seats.map(({ outcome }) => outcome!),
    offers,
    facts: pickFacts(facts, new Int32Array(places)),
    warnings,
  }
}
