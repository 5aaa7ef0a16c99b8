import type { BookedPayment } from '../../src/booking/booking.ts'
import { amountDue } from '../../src/booking/cancelled-parts.ts'
import { statusOf } from '../../src/booking/status.ts'
import { parseMoney } from '../../src/core/money.ts'
import type { Say } from './audit.ts'
import type { BookingFacts, Facts } from './facts.ts'
import type { Traveller } from './traveller.ts'

/** What a front end was told is so, and stays so. */
export function auditTraveller(me: Traveller, { bookings, keys }: Facts, say: Say): void {
  for (const trouble of me.trouble) say(trouble)
  const mine = bookings.filter(({ madeUnder }) => madeUnder === me.keys.create)
  // a 5xx is not kept for its key: whoever sends it again begins anew, after a booking that came to nothing
  const real = mine.filter(({ booking }) => statusOf(booking) !== 'failed')
  if (real.length > 1) say(`${me.keys.create} made ${real.map(({ booking }) => booking.id)}`)
  for (const id of me.acknowledged)
    if (!bookings.some(({ booking }) => booking.id === id)) say(`${id} was acknowledged, and is not there`)
  auditAnswers(me, say)
  const found = real[0] ?? mine[0]
  if (!found) return
  if (me.bookingId && real[0] && me.bookingId !== real[0].booking.id)
    say(`was told of ${me.bookingId}, its key made ${real[0].booking.id}`)
  const row = keys.find(({ key, scope }) => key === me.keys.create && scope === 'POST /v1/bookings')
  if (real[0] && row?.booking_id !== real[0].booking.id) say(`its key is bound to ${row?.booking_id}`)
  auditEnd(me, found, say)
}

function auditAnswers({ answers }: Traveller, say: Say): void {
  for (const [key, own] of Map.groupBy(answers, ({ request }) => request.key)) {
    const different = new Set(own.map(({ status, text }) => `${status} ${text}`))
    if (different.size > 1) say(`${key} was answered in ${different.size} ways: ${[...different].join(' | ')}`)
  }
}

function auditEnd(me: Traveller, { booking }: BookingFacts, say: Say): void {
  const { plan, offer } = me
  const status = statusOf(booking)
  const isOpen = booking.workItems.some(({ resolvedAt }) => resolvedAt === null)
  const afterTickets = ['ticketed', ...(me.confirmsCancellation ? ['cancelled', 'refunded'] : [])]
  if (me.toldTicketed && !isOpen && !afterTickets.includes(status)) say(`was told that it is ticketed; it is ${status}`)
  if (me.toldCancelled && !isOpen && !['cancelled', 'refunded'].includes(status))
    say(`was told that it is cancelled; it is ${status}`)
  const shown = offer && parseMoney(offer.total.amount, offer.total.currency)
  const { amountMinor } = booking.sale.total
  if (shown && amountMinor > shown.amountMinor && !plan.acceptsRise)
    say(`sold for ${amountMinor}, shown at ${shown.amountMinor}, and the rise was not accepted`)
  const due = amountDue(booking).amountMinor
  const isOther = ({ amount, status: now }: BookedPayment): boolean =>
    amount.amountMinor !== due && !(now === 'failed' || now === 'voided')
  if (booking.payments.some(isOther)) say('a payment of another amount')
}
