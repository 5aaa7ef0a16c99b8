import type { RequestContext } from '../core/context.ts'
import { startDeadline } from '../core/deadline.ts'
import { type BookedPayment, findOpenAttempt } from './booking.ts'
import { VersionConflict } from './booking-store.ts'
import { decide } from './decide.ts'
import type { Desk } from './parts.ts'
import { perform } from './perform.ts'
import type { BookingJson } from './port.ts'
import { type Held, load, run, startFrom } from './runner.ts'
import { bookingJson } from './view.ts'

/** Who asks, and of which payment; null: of the one that waits for its traveller. */
export type Inquiry = RequestContext & { readonly actor: string; readonly paymentId: string | null }

/** The traveller may have confirmed by now: the gateway is asked, and where it has news the booking goes on. */
export async function askGateway(desk: Desk, held: Held, inquiry: Inquiry): Promise<BookingJson> {
  const { clock } = desk.tools.outside
  const { requestId, traceparent, tenant, actor } = inquiry
  const { booking, secrets } = held
  const deadline = startDeadline(clock, desk.limits.deadlineMs)
  try {
    const payment = booking.payments.find(one => (inquiry.paymentId ?? one.id) === one.id && isOpen(one))
    if (!payment || findOpenAttempt(booking)) return bookingJson(booking, secrets.party)
    const asked = {
      booking,
      step: 'check-payment',
      target: payment.id,
      secrets,
      deadline,
      requestId,
      traceparent,
    } as const
    const { report } = await perform(asked, desk.tools.outside)
    const events = decide(booking, report, clock.now())
    // still waiting: nothing to write down
    if (events.every(event => event.kind === 'payment-checked')) return bookingJson(booking, secrets.party)
    const how = { deadline, actor, requestId, traceparent, key: null, answer: null }
    const { held: after } = await run(startFrom(held, events), desk.tools, how)
    return bookingJson(after.booking, after.secrets.party)
  } catch (error) {
    if (!(error instanceof VersionConflict)) throw error
    const theirs = await load(desk.tools, tenant, booking.id)
    return theirs ? bookingJson(theirs.booking, theirs.secrets.party) : bookingJson(booking, secrets.party)
  } finally {
    deadline.dispose()
  }
}

/** The gateway has the next word. What a person looks into is left to them. */
function isOpen({ status, doubt, stuck }: BookedPayment): boolean {
  return stuck === null && (status === 'action-required' || doubt !== null)
}
