import { type Fault, fault } from '../../core/fault.ts'
import { type Money, money, parseMoney, subtract } from '../../core/money.ts'
import type { SupplierContext } from '../../core/offer.ts'
import type { SupplierOrder } from '../../core/order.ts'
import type {
  Call,
  CancellationKind,
  CancelOutcome,
  CancelRequest,
  OrderKey,
  QuoteOutcome,
  TicketOutcome,
} from '../port.ts'
import { type Desk, harmless, idIn, readReply } from './desk.ts'
import { retrieveOrder } from './orders.ts'
import { type Cancellation, decodeCancellation, encodeCancellationRequest } from './wire/cancellation.ts'
import { encodePaymentRequest } from './wire/payment.ts'
import { textOf } from './wire/read.ts'

/** Tickets of a paid order may be some seconds on their way. */
const ticketLooks = 4
const ticketLookMs = 500

/** Paying is what issues the tickets of a held order. Sent once, for what was agreed when the order was made: a total
 *  that the airline has changed since is refused, not paid. */
export async function issueTickets(desk: Desk, key: OrderKey, call: Call): Promise<TicketOutcome> {
  const before = await retrieveOrder(desk, key, call)
  if (before.kind === 'absent') return noTicket(fault('not-found', 'Duffel has no such order'))
  if (before.kind === 'failed') return { ...noTicket(before.fault), retryable: true }
  const { order } = before
  if (order.status === 'ticketed') return { kind: 'ticketed', order }
  if (order.status === 'cancelled') return noTicket(fault('refused', 'the order is cancelled'))
  const agreed = agreedTotal(key.supplierContext) ?? order.total
  if (agreed === null || order.total === null) return noTicket(fault('refused', 'the order has no total'))
  if (agreed.amountMinor !== order.total.amountMinor || agreed.currency !== order.total.currency)
    return noTicket(fault('price-changed', 'the airline has changed the price of the held order'))
  const orderId = idIn(order.supplierContext, 'orderId')!
  const body = encodePaymentRequest(orderId, agreed, desk.paymentType)
  const paid = await desk.client.ask({ method: 'POST', path: '/air/payments', body }, call)
  if (paid.kind === 'failed' && paid.fault.code !== 'already_paid') {
    return paid.fault.mayHaveBooked ? { kind: 'unknown', fault: paid.fault } : noTicket(paid.fault)
  }
  return ticketsOf(desk, key, call)
}

/** `payment_declined` and the like stay so. `service_unavailable` promises that nothing was done, and asks to come back. */
function noTicket(why: Fault): Extract<TicketOutcome, { kind: 'refused' }> {
  const retryable = why.kind === 'rate-limited' || why.code === 'service_unavailable'
  return { kind: 'refused', fault: why, retryable }
}

async function ticketsOf(desk: Desk, key: OrderKey, call: Call): Promise<TicketOutcome> {
  for (let look = 1; ; look++) {
    const found = await retrieveOrder(desk, key, call)
    if (found.kind === 'found' && found.order.status === 'ticketed') return { kind: 'ticketed', order: found.order }
    if (look === ticketLooks || call.deadline.remainingMs() <= ticketLookMs) break
    await desk.clock.sleep(ticketLookMs)
  }
  const text = 'the order is paid and its tickets are not there yet'
  return { kind: 'unknown', fault: fault('ticketing-failed', text, { mayHaveBooked: true }) }
}

function agreedTotal(context: SupplierContext): Money | null {
  const amount = textOf(context.total)
  const currency = textOf(context.currency)
  return amount === null || currency === null ? null : (parseMoney(amount, currency) ?? null)
}

/** A cancellation that is not confirmed changes nothing: creating one is asking what it would bring. */
export async function quoteCancellation(desk: Desk, key: OrderKey, call: Call): Promise<QuoteOutcome> {
  const found = await retrieveOrder(desk, key, call)
  if (found.kind === 'failed') return found
  if (found.kind === 'absent') return { kind: 'refused', fault: fault('not-found', 'Duffel has no such order') }
  const { order } = found
  if (order.status === 'cancelled')
    return { kind: 'refused', fault: fault('not-cancellable', 'the order is cancelled already') }
  const body = encodeCancellationRequest(idIn(order.supplierContext, 'orderId')!)
  const answer = await desk.client.ask({ method: 'POST', path: '/air/order_cancellations', body }, call)
  if (answer.kind === 'failed') return notQuoted(harmless(answer.fault))
  const read = readReply(() => decodeCancellation(answer.root))
  if ('fault' in read) return { kind: 'failed', fault: harmless(read.fault) }
  return quoteOf(read.value, order, desk.clock.now())
}

function notQuoted(lost: Fault): QuoteOutcome {
  const definite = ['not-cancellable', 'refused', 'not-supported', 'not-found', 'invalid-request'].includes(lost.kind)
  return definite ? { kind: 'refused', fault: lost } : { kind: 'failed', fault: lost }
}

/** Money that goes elsewhere than to whoever paid (vouchers, airline credits) is none that we could give back. */
const moneyBack: ReadonlySet<string | null> = new Set([
  'balance',
  'arc_bsp_cash',
  'card',
  'original_form_of_payment',
  'awaiting_payment',
])

function quoteOf(cancellation: Cancellation, order: SupplierOrder, nowMs: number): QuoteOutcome {
  const { refund, refundTo } = cancellation
  const unpaid = refundTo === 'awaiting_payment'
  const currency = order.total?.currency ?? refund?.currency
  if (currency === undefined || (!unpaid && (order.total === null || refund === null)))
    return { kind: 'refused', fault: fault('not-cancellable', 'the airline does not say what it gives back') }
  if (!unpaid && refund!.currency !== currency)
    return { kind: 'refused', fault: fault('not-cancellable', 'the airline gives back another currency') }
  if (!unpaid && !moneyBack.has(refundTo))
    return { kind: 'refused', fault: fault('not-cancellable', 'the airline gives back credits, not money') }
  const nothing = money(0, currency)
  const back = unpaid ? nothing : refund!
  const penalty = unpaid ? nothing : subtract(order.total!, back)
  return {
    kind: 'quoted',
    quote: {
      kind: unpaid ? 'release' : kindOf(penalty, order, nowMs),
      refund: back,
      penalty,
      expiresAt: cancellation.expiresAt,
      supplierContext: {
        cancellationId: cancellation.id,
        documents: order.documents.filter(({ status }) => status === 'issued').map(({ number }) => number),
      },
    },
  }
}

/** Duffel does not say which it will be: all of the money inside the void window is a void. */
function kindOf(penalty: Money, order: SupplierOrder, nowMs: number): CancellationKind {
  const voidUntil = textOf(order.supplierContext.voidUntil)
  return penalty.amountMinor === 0 && voidUntil !== null && nowMs < Date.parse(voidUntil) ? 'void' : 'refund'
}

/** Confirms the quote. Whatever comes back, the order itself says whether it was cancelled. */
export async function cancelOrder(
  desk: Desk,
  { order: key, quote }: CancelRequest,
  call: Call,
): Promise<CancelOutcome> {
  const cancellationId = idIn(quote.supplierContext, 'cancellationId')
  if (cancellationId === null)
    return { kind: 'refused', fault: fault('invalid-request', 'the quote is none of Duffel') }
  const path = `/air/order_cancellations/${encodeURIComponent(cancellationId)}/actions/confirm`
  const answer = await desk.client.ask({ method: 'POST', path, body: {} }, call)
  if (answer.kind === 'answer') {
    const read = readReply(() => decodeCancellation(answer.root))
    if ('value' in read && read.value.confirmedAt !== null) return cancelledAs(quote)
  }
  const now = await retrieveOrder(desk, key, call)
  if (now.kind === 'found' && now.order.status === 'cancelled') return cancelledAs(quote)
  if (answer.kind === 'failed' && !answer.fault.mayHaveBooked) return { kind: 'refused', fault: answer.fault }
  const lost = answer.kind === 'failed' ? answer.fault : fault('malformed-reply', 'Duffel confirmed nothing')
  return { kind: 'unknown', fault: { ...lost, mayHaveBooked: true } }
}

function cancelledAs(quote: CancelRequest['quote']): CancelOutcome {
  const { documents } = quote.supplierContext
  const numbers = Array.isArray(documents) ? documents.filter(number => typeof number === 'string') : []
  const status = quote.kind === 'void' ? 'void' : 'refunded'
  return { kind: 'cancelled', documents: numbers.map(number => ({ number, status })) }
}
