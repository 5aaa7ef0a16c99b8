import type { EpochMs } from '../core/clock.ts'
import type { RequestContext } from '../core/context.ts'
import { startDeadline } from '../core/deadline.ts'
import type { BookingId, CancellationQuoteId } from '../core/ids.ts'
import { ProblemError } from '../core/problem.ts'
import { type Booking, type CancellationQuote, findOpenAttempt, findQuote } from './booking.ts'
import { VersionConflict } from './booking-store.ts'
import { getHeld, runOf, unavailable } from './cancel-rules.ts'
import type { BookingEvent } from './events.ts'
import { isUnavailable } from './failures.ts'
import type { Desk } from './parts.ts'
import type { BookingJson } from './port.ts'
import { sharesAll } from './refund-share.ts'
import { type Held, type Run, run, startFrom } from './runner.ts'
import { statusOf } from './status.ts'
import { bookingJson } from './view.ts'

const conflictsMax = 5
const pollMs = 100

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
  if (!secrets.party) throw new ProblemError('not-cancellable', 'The personal data of this booking were deleted.')
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
