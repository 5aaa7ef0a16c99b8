import { type EpochMs, parseInstant } from '../core/clock.ts'
import type { RequestContext } from '../core/context.ts'
import { type Deadline, startDeadline } from '../core/deadline.ts'
import { type BookingId, type CancellationQuoteId, newId } from '../core/ids.ts'
import { type FieldError, ProblemError } from '../core/problem.ts'
import type { Provider, SupplierCancellationQuote } from '../providers/port.ts'
import { because } from './answers.ts'
import { type BookedOrder, type Booking, type CancellationQuote, findOpenAttempt, findQuote } from './booking.ts'
import { VersionConflict } from './booking-store.ts'
import type { BookingEvent } from './events.ts'
import { isUnavailable } from './failures.ts'
import type { Desk } from './parts.ts'
import { orderKey } from './perform.ts'
import type { BookingJson, CancellationQuoteJson, QuoteRequest } from './port.ts'
import { shareOf, sharesAll } from './refund-share.ts'
import { type Held, load, type Run, run, type Start, startFrom } from './runner.ts'
import { statusOf } from './status.ts'
import { invalid } from './validate.ts'
import { bookingJson, quoteJson } from './view.ts'

/** Where the supplier sets no time: long enough to ask the traveller, short enough for a fare rule to hold. */
const quoteMs = 15 * 60_000
const quoteMaxMs = 24 * 3_600_000
const conflictsMax = 5
const pollMs = 100

/** POST …/cancellation-quotes: what giving everything back brings now. Moves nothing. */
export async function quoteCancellation(
  desk: Desk,
  id: BookingId,
  request: QuoteRequest,
  context: RequestContext,
): Promise<CancellationQuoteJson> {
  const deadline = startDeadline(desk.tools.outside.clock, desk.limits.deadlineMs)
  try {
    const held = await getHeld(desk, id, context)
    const order = cancellable(desk, held, request)
    const provider = desk.tools.outside.provider(order.provider)!
    const call = { deadline, requestId: context.requestId, traceparent: context.traceparent }
    const outcome = await provider.quoteCancellation(orderKey(order, held.secrets), call)
    if (outcome.kind === 'refused') throw new ProblemError('not-cancellable', outcome.fault.text)
    if (outcome.kind === 'failed') throw unavailable(outcome.fault.text)
    return quoteJson(await keepQuote(desk, held, order, { supplied: outcome.quote, request, deadline, context }))
  } finally {
    deadline.dispose()
  }
}

async function getHeld(desk: Desk, id: BookingId, context: RequestContext): Promise<Held> {
  const held = await load(desk.tools, context.tenant, id)
  if (!held) throw new ProblemError('not-found', 'There is no such booking.')
  return held
}

function unavailable(text: string): ProblemError {
  return new ProblemError('suppliers-unavailable', text, { retryAfterSeconds: 5 })
}

function cancellable(desk: Desk, { booking, secrets }: Held, request: QuoteRequest): BookedOrder {
  checkWhole(booking, request)
  const status = statusOf(booking)
  if (status !== 'ticketed' && status !== 'held')
    throw new ProblemError('not-cancellable', `A booking that is ${status} cannot be cancelled.`)
  if (!secrets.party) throw new ProblemError('not-cancellable', 'The personal data of this booking were deleted.')
  // several orders in one journey are quoted one by one when they can be sold
  const order = booking.orders[0]!
  const provider = desk.tools.outside.provider(order.provider)
  if (!provider) throw unavailable('The supplier of this booking is not connected here.')
  checkCapabilities(provider, status)
  return order
}

function checkCapabilities({ capabilities, code }: Provider, status: 'ticketed' | 'held'): void {
  const can = status === 'held' ? capabilities.release : capabilities.void || capabilities.refund
  if (can) return
  const what = status === 'held' ? 'release seats' : 'void or refund tickets'
  throw new ProblemError('not-cancellable', because(`${code} cannot ${what} here`, capabilities.notes))
}

/** Only all passengers and all slices together: no supplier's contract here has less. */
function checkWhole(booking: Booking, { passengerIds, sliceIndexes }: QuoteRequest): void {
  const slices = booking.sale.net.slices.length
  const errors: FieldError[] = []
  for (const [i, id] of (passengerIds ?? []).entries()) {
    if (!booking.passengers.some(passenger => passenger.id === id))
      errors.push({ pointer: `/passengerIds/${i}`, code: 'unknown-passenger', detail: 'there is no such passenger' })
  }
  for (const [i, index] of (sliceIndexes ?? []).entries()) {
    if (!Number.isInteger(index) || index < 0 || index >= slices)
      errors.push({ pointer: `/sliceIndexes/${i}`, code: 'unknown-slice', detail: `slices are 0 to ${slices - 1}` })
  }
  if (errors.length > 0) throw invalid(errors)
  const fewer = passengerIds && new Set(passengerIds).size < booking.passengers.length
  if (fewer || (sliceIndexes && new Set(sliceIndexes).size < slices))
    throw new ProblemError(
      'not-cancellable',
      `${booking.sale.provider} cancels a booking as a whole only, no part of it.`,
    )
}

function quoteOf(
  booking: Booking,
  order: BookedOrder,
  supplied: SupplierCancellationQuote,
  now: EpochMs,
): CancellationQuote {
  const { refund, penalty } = shareOf(booking, supplied)
  const theirs = supplied.expiresAt === null ? undefined : parseInstant(supplied.expiresAt)
  return {
    id: newId('cnq'),
    orderId: order.id,
    kind: supplied.kind,
    refund,
    penalty,
    supplierRefund: supplied.refund,
    supplierPenalty: supplied.penalty,
    expiresAt: Math.min(theirs ?? now + quoteMs, now + quoteMaxMs),
    status: 'open',
    fault: null,
  }
}

type Quoted = {
  readonly supplied: SupplierCancellationQuote
  readonly request: QuoteRequest
  readonly deadline: Deadline
  readonly context: RequestContext
}

/** Who asks twice at once gets two quotes: what was written in between is looked at again, as long as it can be cancelled. */
async function keepQuote(desk: Desk, first: Held, order: BookedOrder, asked: Quoted): Promise<CancellationQuote> {
  let held = first
  for (;;) {
    const now = desk.tools.outside.clock.now()
    const enough = lastOfMany(held.booking, now)
    if (enough) return enough
    const quote = quoteOf(held.booking, order, asked.supplied, now)
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
  }
}

/** Each quote makes the booking longer: after so many that are good still, whoever asks on gets the newest again. */
const openQuotesMax = 20

function lastOfMany({ quotes }: Booking, now: EpochMs): CancellationQuote | undefined {
  const isGood = ({ status, expiresAt }: CancellationQuote): boolean => status === 'open' && now < expiresAt
  const last = quotes.at(-1)
  return last && isGood(last) && quotes.filter(isGood).length >= openQuotesMax ? last : undefined
}

function quotedStart(desk: Desk, held: Held, quote: CancellationQuote, supplied: SupplierCancellationQuote): Start {
  if (!held.key) throw new ProblemError('not-cancellable', 'The personal data of this booking were deleted.')
  const sealed = [desk.vault.seal(held.key, `context:${quote.id}`, supplied.supplierContext)]
  return startFrom(held, [{ kind: 'cancellation-quoted', quote }], sealed)
}

function runOf(deadline: Deadline, { requestId, traceparent }: RequestContext): Run {
  return { deadline, actor: 'api', requestId, traceparent, key: null, answer: null }
}

/** POST …/confirm: the supplier first, then the money. Twice is the same answer: the second one finds the booking cancelled, or
 *  waits for the first. */
export async function confirmCancellation(
  desk: Desk,
  id: BookingId,
  quoteId: CancellationQuoteId,
  context: RequestContext,
): Promise<BookingJson> {
  const { clock } = desk.tools.outside
  const deadline = startDeadline(clock, desk.limits.deadlineMs)
  try {
    for (let conflicts = 0; ; ) {
      const held = await getHeld(desk, id, context)
      const quote = findQuote(held.booking, quoteId)
      if (!quote) throw new ProblemError('not-found', 'There is no such quote.')
      const busy = findOpenAttempt(held.booking)
      if (busy && clock.now() < busy.until && deadline.remainingMs() > pollMs) {
        await clock.sleep(pollMs)
        continue
      }
      try {
        return await confirm(desk, held, quote, runOf(deadline, context))
      } catch (error) {
        if (!(error instanceof VersionConflict) || ++conflicts >= conflictsMax) throw error
      }
    }
  } finally {
    deadline.dispose()
  }
}

async function confirm(desk: Desk, held: Held, quote: CancellationQuote, how: Run): Promise<BookingJson> {
  const { booking, secrets } = held
  if (quote.status === 'confirmed') return bookingJson(booking, secrets.party)
  const events = confirmEvents(booking, quote, desk.tools.outside.clock.now())
  const { held: after } = await run(startFrom(held, events), desk.tools, how)
  const refused = findQuote(after.booking, quote.id)
  if (refused?.fault && refused.status !== 'confirmed') {
    const { kind, text } = refused.fault
    throw isUnavailable(kind) ? unavailable(text) : new ProblemError('not-cancellable', text)
  }
  return bookingJson(after.booking, after.secrets.party)
}

function confirmEvents(booking: Booking, quote: CancellationQuote, now: EpochMs): readonly BookingEvent[] {
  const status = statusOf(booking)
  if (status !== 'ticketed' && status !== 'held')
    throw new ProblemError('not-cancellable', `A booking that is ${status} cannot be cancelled.`)
  if (quote.status === 'refused')
    throw new ProblemError('not-cancellable', quote.fault?.text ?? 'The supplier refused this cancellation.')
  if (now >= quote.expiresAt) throw new ProblemError('not-cancellable', 'This quote has expired; ask for a new one.')
  if (!sharesAll(booking, quote))
    throw new ProblemError('not-cancellable', 'This booking was paid after the quote was made; ask for a new one.')
  if (quote.id !== booking.quotes.at(-1)?.id)
    throw new ProblemError('not-cancellable', 'There is a newer quote; only the newest can be confirmed.')
  return [{ kind: 'cancellation-confirmed', quoteId: quote.id }]
}
