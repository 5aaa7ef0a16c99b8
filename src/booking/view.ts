import { toInstant } from '../core/clock.ts'
import { moneyJson } from '../core/money.ts'
import type { IdentityDocument } from '../core/order.ts'
import type { BookedOrder, BookedPassenger, BookedPayment, Booking, CancellationQuote } from './booking.ts'
import { amountDue, isCancelled } from './cancelled-parts.ts'
import type { BookingJson, CancellationQuoteJson } from './port.ts'
import type { BookedTraveller, Party } from './private-data.ts'
import { segmentStatuses } from './segment-statuses.ts'
import { statusOf, uncertainty } from './status.ts'

/** api.md "Booking". `party` null: forgotten, only ids and types are left. */
export function bookingJson(booking: Booking, party: Party | null): BookingJson {
  const { sale } = booking
  const status = statusOf(booking)
  const payment = booking.payments.find(one => one.status === 'action-required')
  return {
    id: booking.id,
    reference: booking.reference,
    status,
    createdAt: toInstant(booking.createdAt),
    offerId: sale.offerId,
    provider: sale.provider,
    orders: booking.orders.map(orderJson),
    recordLocators: booking.orders.flatMap(order => order.locators),
    documents: booking.orders.flatMap(order => order.documents),
    passengers: booking.passengers.map(one => passengerJson(booking, one, party)),
    slices: slicesJson(booking),
    price: sale.shown.price,
    total: moneyJson(amountDue(booking)),
    payments: booking.payments.map(paymentJson),
    refunds: booking.refunds.map(refund => ({
      id: refund.id,
      paymentId: refund.paymentId,
      status: refund.status,
      amount: moneyJson(refund.amount),
    })),
    contact: party?.contact ?? null,
    ticketBy: status === 'held' ? earliest(booking.orders) : null,
    metadata: party?.metadata ?? {},
    ...(status === 'action-required' && payment?.action ? { action: payment.action } : {}),
    ...(booking.goal.kind === 'undo' ? { failure: failureJson(booking.goal.failure) } : {}),
    ...(status === 'outcome-unknown' ? { reason: uncertainty(booking) } : {}),
  }
}

function failureJson({ problem, detail }: { readonly problem: string; readonly detail: string }): object {
  return { type: `/problems/${problem}`, detail }
}

function orderJson(order: BookedOrder): object {
  return {
    provider: order.provider,
    offerId: order.offerId,
    status: order.doubt ? 'outcome-unknown' : order.status,
    locators: order.locators,
    segmentIds: order.segmentIds,
    ticketBy: order.status === 'held' ? order.ticketBy : null,
    total: order.total && moneyJson(order.total),
  }
}

function paymentJson(payment: BookedPayment): object {
  return {
    id: payment.id,
    status: payment.status === 'action-required' ? 'pending' : payment.status,
    amount: moneyJson(payment.amount),
    refunded: moneyJson(payment.refunded),
  }
}

function passengerJson(booking: Booking, { id, type, adultId }: BookedPassenger, party: Party | null): object {
  const traveller = party?.travellers.find(one => one.id === id)
  const person = traveller ? personJson(traveller) : {}
  return { id, type, ...person, ...(adultId ? { adultId } : {}), cancelled: isCancelled(booking, id) }
}

function personJson(traveller: BookedTraveller): object {
  return {
    title: traveller.title,
    givenNames: traveller.given.givenNames,
    surname: traveller.given.surname,
    birthDate: traveller.birthDate,
    gender: traveller.gender,
    document: traveller.document && masked(traveller.document),
    loyalty: traveller.loyalty,
  }
}

/** Enough to recognise one's own passport by. */
function masked(document: IdentityDocument): IdentityDocument {
  const { number } = document
  const shown = Math.min(4, Math.max(0, number.length - 4))
  return { ...document, number: '*'.repeat(number.length - shown) + number.slice(number.length - shown) }
}

type ShownSegment = { readonly id: string }
type ShownSlice = { readonly segments: readonly ShownSegment[] }

/** As shown when sold, each segment with its status now. */
function slicesJson(booking: Booking): readonly object[] {
  const statuses = segmentStatuses(booking)
  const slices = (booking.sale.shown.slices ?? []) as readonly ShownSlice[]
  return slices.map(slice => ({
    ...slice,
    segments: slice.segments.map(segment => ({ ...segment, status: statuses.get(segment.id) ?? null })),
  }))
}

function earliest(orders: readonly BookedOrder[]): string | null {
  const limits = orders.flatMap(order => (order.ticketBy ? [order.ticketBy] : []))
  return limits.sort((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null
}

export function quoteJson(quote: CancellationQuote): CancellationQuoteJson {
  return {
    id: quote.id,
    kind: quote.kind,
    passengerIds: quote.passengerIds ?? null,
    refund: moneyJson(quote.refund),
    penalty: moneyJson(quote.penalty),
    expiresAt: toInstant(quote.expiresAt),
  }
}
