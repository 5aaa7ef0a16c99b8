import { type EpochMs, parseInstant } from '../core/clock.ts'
import type { RequestContext } from '../core/context.ts'
import { type Deadline, startDeadline } from '../core/deadline.ts'
import { type BookingId, newId, type PassengerId } from '../core/ids.ts'
import { ProblemError } from '../core/problem.ts'
import type { Provider, SupplierCancellationQuote } from '../providers/port.ts'
import { because } from './answers.ts'
import type { BookedOrder, Booking, CancellationQuote } from './booking.ts'
import { VersionConflict } from './booking-store.ts'
import { checkPart, partAsked } from './cancel-part.ts'
import { getHeld, runOf, unavailable } from './cancel-rules.ts'
import { whoTravels } from './cancelled-parts.ts'
import { orderKey } from './order-key.ts'
import type { Desk } from './parts.ts'
import type { CancellationQuoteJson, QuoteRequest } from './port.ts'
import { shareOf } from './refund-share.ts'
import { type Held, run, type Start, startFrom } from './runner.ts'
import { statusOf } from './status.ts'
import { quoteJson } from './view.ts'

/** Where the supplier sets no time: long enough to ask the traveller, short enough for a fare rule to hold. */
const quoteMs = 15 * 60_000
const quoteMaxMs = 24 * 3_600_000
const pollMs = 100

/** POST …/cancellation-quotes: what giving everything, or some passengers, back brings now. Moves nothing. */
export async function quoteCancellation(
  desk: Desk,
  id: BookingId,
  request: QuoteRequest,
  context: RequestContext,
): Promise<CancellationQuoteJson> {
  const deadline = startDeadline(desk.tools.outside.clock, desk.limits.deadlineMs)
  try {
    const held = await getHeld(desk, id, context)
    const { order, provider, passengerIds } = cancellable(desk, held, request)
    const call = { deadline, requestId: context.requestId, traceparent: context.traceparent }
    const outcome = await provider.quoteCancellation(orderKey(order, held.secrets), call, passengerIds)
    if (outcome.kind === 'refused') throw new ProblemError('not-cancellable', outcome.fault.text)
    if (outcome.kind === 'failed') throw unavailable(outcome.fault.text)
    const asked = { order, passengerIds, supplied: outcome.quote, request, deadline, context }
    return quoteJson(await keepQuote(desk, held, asked))
  } finally {
    deadline.dispose()
  }
}

type Cancellable = {
  readonly order: BookedOrder
  readonly provider: Provider
  /** Undefined: all who travel. */
  readonly passengerIds: readonly PassengerId[] | undefined
}

function cancellable(desk: Desk, { booking, secrets }: Held, request: QuoteRequest): Cancellable {
  const passengerIds = partAsked(booking, request)
  const status = statusOf(booking)
  if (status !== 'ticketed' && status !== 'held')
    throw new ProblemError('not-cancellable', `A booking that is ${status} cannot be cancelled.`)
  if (!secrets.party) throw new ProblemError('not-cancellable', 'The personal data of this booking were deleted.')
  // several orders in one journey are quoted one by one when they can be sold
  const order = booking.orders[0]!
  const provider = desk.tools.outside.provider(order.provider)
  if (!provider) throw unavailable('The supplier of this booking is not connected here.')
  checkCapabilities(provider, status)
  if (passengerIds) checkPart(booking, provider, request)
  return { order, provider, passengerIds }
}

function checkCapabilities({ capabilities, code }: Provider, status: 'ticketed' | 'held'): void {
  const can = status === 'held' ? capabilities.release : capabilities.void || capabilities.refund
  if (can) return
  const what = status === 'held' ? 'release seats' : 'void or refund tickets'
  throw new ProblemError('not-cancellable', because(`${code} cannot ${what} here`, capabilities.notes))
}

function quoteOf(booking: Booking, { order, supplied, passengerIds }: Quoted, now: EpochMs): CancellationQuote {
  const { refund, penalty } = shareOf(booking, supplied, passengerIds)
  const theirs = supplied.expiresAt === null ? undefined : parseInstant(supplied.expiresAt)
  return {
    id: newId('cnq'),
    orderId: order.id,
    kind: supplied.kind,
    ...(passengerIds ? { passengerIds } : {}),
    refund,
    penalty,
    supplierRefund: supplied.refund,
    supplierPenalty: supplied.penalty,
    expiresAt: Math.min(theirs ?? now + quoteMs, now + quoteMaxMs),
    status: 'open',
    fault: null,
  }
}

type Quoted = Pick<Cancellable, 'order' | 'passengerIds'> & {
  readonly supplied: SupplierCancellationQuote
  readonly request: QuoteRequest
  readonly deadline: Deadline
  readonly context: RequestContext
}

/** Who asks twice at once gets two quotes: what was written in between is looked at again, as long as it can be cancelled. */
async function keepQuote(desk: Desk, first: Held, asked: Quoted): Promise<CancellationQuote> {
  let held = first
  for (;;) {
    const now = desk.tools.outside.clock.now()
    const enough = lastOfMany(held.booking, asked, now)
    if (enough) return enough
    const quote = quoteOf(held.booking, asked, now)
    try {
      await run(quotedStart(desk, held, quote, asked.supplied), desk.tools, runOf(asked.deadline, asked.context))
      return quote
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error
      if (asked.deadline.remainingMs() <= pollMs)
        throw new ProblemError('not-cancellable', 'Another request is working on this booking.', { cause: error })
    }
    held = await getHeld(desk, first.booking.id, asked.context)
    cancellable(desk, held, asked.request)
    // what the supplier said was of others too
    if (whoTravels(held.booking).length !== whoTravels(first.booking).length)
      throw new ProblemError('not-cancellable', 'Some passengers were cancelled meanwhile; ask again.')
    // or of seats that nobody had paid for: the whole price would come back for letting them go
    if (statusOf(held.booking) !== statusOf(first.booking))
      throw new ProblemError('not-cancellable', 'This booking was paid meanwhile; ask again.')
  }
}

/** Each quote makes the booking longer: after so many that are good still, whoever asks on gets the newest again, where it is
 *  for the same passengers. */
const openQuotesMax = 20

function lastOfMany({ quotes }: Booking, { passengerIds }: Quoted, now: EpochMs): CancellationQuote | undefined {
  const isGood = ({ status, expiresAt }: CancellationQuote): boolean => status === 'open' && now < expiresAt
  const good = quotes.slice(quotes.findLastIndex(({ status }) => status === 'confirmed') + 1).filter(isGood)
  if (good.length < openQuotesMax) return undefined
  const last = quotes.at(-1)!
  if (isGood(last) && isSame(last.passengerIds, passengerIds)) return last
  const detail = `${openQuotesMax} quotes of this booking are good still; ask again when one of them has expired.`
  throw new ProblemError('rate-limited', detail, { retryAfterSeconds: 60 })
}

function isSame(one: readonly PassengerId[] | undefined, other: readonly PassengerId[] | undefined): boolean {
  return one === other || (one?.length === other?.length && (one ?? []).every(id => other?.includes(id)))
}

function quotedStart(desk: Desk, held: Held, quote: CancellationQuote, supplied: SupplierCancellationQuote): Start {
  if (!held.key) throw new ProblemError('not-cancellable', 'The personal data of this booking were deleted.')
  const sealed = [desk.vault.seal(held.key, `context:${quote.id}`, supplied.supplierContext)]
  return startFrom(held, [{ kind: 'cancellation-quoted', quote }], sealed)
}
