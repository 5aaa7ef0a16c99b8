import { type EpochMs, parseInstant, toInstant as instantText } from '../../core/clock.ts'
import { type Fault, fault } from '../../core/fault.ts'
import { type Money, money, subtract, sum } from '../../core/money.ts'
import type { SupplierOrder } from '../../core/order.ts'
import { localDateNow, toInstant } from '../../reference/zones.ts'
import type { Call, CancelOutcome, CancelRequest, OrderKey, QuoteOutcome, SupplierCancellationQuote } from '../port.ts'
import { askBooking } from './exchange.ts'
import { notBooked, type OrderTools, releaseSegments, retrieveOrder } from './orders.ts'
import {
  encodeCheckRequest,
  encodeRefundRequest,
  encodeVoidRequest,
  type GivenBack,
  readGivenBack,
  readTicketChecks,
  type TicketCheck,
} from './wire/tickets.ts'

export type CancelTools = OrderTools & { now(): EpochMs }

/** The office closes the day's sales at midnight; this much before it no void is promised. */
const voidMarginMs = 5 * 60_000
/** What checkFlightTickets says of a refund holds for a while only: fares and dates move. */
const refundQuoteMs = 15 * 60_000

/** Release where nothing is ticketed, void on the day of issue, else refund. */
export async function quoteCancellation(key: OrderKey, call: Call, tools: CancelTools): Promise<QuoteOutcome> {
  const found = await retrieveOrder(key, call, tools)
  if (found.kind === 'failed') return found
  if (found.kind === 'absent') return refused(fault('not-found', 'Sabre has no such booking'))
  const { order } = found
  const issued = issuedTickets(order)
  if (order.status === 'cancelled' && issued.length === 0) {
    return refused(fault('not-cancellable', 'the booking is cancelled already'))
  }
  if (issued.length === 0) return { kind: 'quoted', quote: releaseQuote(order) }
  const checked = await checkTickets(key.locator, issued, call, tools)
  if ('fault' in checked) return { kind: checked.definite ? 'refused' : 'failed', fault: checked.fault }
  return ticketQuote(order, checked.checks, tools)
}

function refused(why: Fault): QuoteOutcome {
  return { kind: 'refused', fault: why }
}

function issuedTickets(order: SupplierOrder): readonly string[] {
  return order.documents.filter(document => document.status === 'issued').map(document => document.number)
}

function releaseQuote(order: SupplierOrder): SupplierCancellationQuote {
  const nothing = money(0, order.total?.currency ?? 'EUR')
  return { kind: 'release', refund: nothing, penalty: nothing, expiresAt: order.ticketBy, supplierContext: {} }
}

type Checked = { readonly checks: readonly TicketCheck[] } | { readonly fault: Fault; readonly definite: boolean }

async function checkTickets(
  locator: string,
  issued: readonly string[],
  call: Call,
  tools: CancelTools,
): Promise<Checked> {
  const reply = await askBooking('checkFlightTickets', encodeCheckRequest(locator), call, tools.client)
  if (reply.kind === 'failed') return { fault: notBooked(reply.fault), definite: false }
  const checks = readTicketChecks(reply.body).filter(check => issued.includes(check.number))
  if (checks.length === issued.length) return { checks }
  const failure = reply.faults[0] ?? fault('not-cancellable', 'Sabre did not say what these tickets are worth')
  return { fault: notBooked(failure), definite: reply.faults.length > 0 }
}

function ticketQuote(order: SupplierOrder, checks: readonly TicketCheck[], tools: CancelTools): QuoteOutcome {
  const tickets = checks.map(check => check.number)
  const { total } = order
  if (!total) return refused(fault('not-cancellable', 'Sabre does not say what was paid'))
  if (checks.every(check => check.voidable)) {
    const expiresAt = instantText(endOfOfficeDay(tools) - voidMarginMs)
    const quote = { refund: total, penalty: money(0, total.currency), expiresAt, supplierContext: { tickets } }
    return { kind: 'quoted', quote: { kind: 'void', ...quote } }
  }
  if (!checks.every(check => check.refundable)) {
    return refused(fault('not-cancellable', 'these tickets can neither be voided any more nor refunded'))
  }
  const refund = refundOf(checks, total.currency)
  if (!refund) return refused(fault('not-cancellable', 'Sabre does not say what would be refunded'))
  const expiresAt = instantText(tools.now() + refundQuoteMs)
  const penalty = subtract(total, refund)
  return { kind: 'quoted', quote: { kind: 'refund', refund, penalty, expiresAt, supplierContext: { tickets } } }
}

function refundOf(checks: readonly TicketCheck[], currency: string): Money | undefined {
  const refunds = checks.map(check => check.refund).filter(refund => refund !== null)
  if (refunds.length < checks.length || refunds.some(refund => refund.currency !== currency)) return undefined
  return sum(refunds, currency)
}

/** Tickets are void until the end of the day of issue in the local time of the office (domain.md 4.8). */
function endOfOfficeDay(tools: CancelTools): EpochMs {
  const zone = tools.settings.officeZone
  return toInstant(`${localDateNow(zone, tools.now())}T23:59:00`, zone)
}

/** Tickets first, so that a refusal leaves the booking as it was; then the segments. Asked again it does what is left. */
export async function cancelOrder(request: CancelRequest, call: Call, tools: CancelTools): Promise<CancelOutcome> {
  const found = await retrieveOrder(request.order, call, tools)
  if (found.kind === 'failed') return { kind: 'unknown', fault: found.fault }
  if (found.kind === 'absent') return { kind: 'refused', fault: fault('not-found', 'Sabre has no such booking') }
  const issued = issuedTickets(found.order)
  const stopped = issued.length === 0 ? undefined : await giveBack(request, issued, call, tools)
  if (stopped) return stopped
  if (found.order.status !== 'cancelled' && !(await releaseSegments(request.order.locator, call, tools))) {
    const text = 'the segments may not be cancelled yet'
    return { kind: 'unknown', fault: fault('supplier-error', text, { mayHaveBooked: true }) }
  }
  const status = request.quote.kind === 'refund' ? 'refunded' : 'void'
  const documents = found.order.documents.map(document => ({
    number: document.number,
    status: document.status === 'issued' ? status : document.status,
  }))
  return { kind: 'cancelled', documents }
}

/** Undefined when every ticket was taken back. */
async function giveBack(
  request: CancelRequest,
  issued: readonly string[],
  call: Call,
  tools: CancelTools,
): Promise<CancelOutcome | undefined> {
  const { quote, order } = request
  if (quote.kind === 'release') {
    return { kind: 'refused', fault: fault('not-cancellable', 'tickets were issued since this was quoted') }
  }
  if (quote.expiresAt !== null && (parseInstant(quote.expiresAt) ?? 0) < tools.now()) {
    return { kind: 'refused', fault: fault('not-cancellable', 'the quote has expired') }
  }
  if (quote.kind === 'refund') {
    const changed = await refundChanged(order.locator, issued, quote, call, tools)
    if (changed) return changed
  }
  const status: GivenBack = quote.kind === 'void' ? 'void' : 'refunded'
  const body = quote.kind === 'void' ? encodeVoidRequest(issued) : encodeRefundRequest(issued)
  const method = quote.kind === 'void' ? 'voidFlightTickets' : 'refundFlightTickets'
  const reply = await askBooking(method, body, call, tools.client)
  if (reply.kind === 'failed') return { kind: reply.fault.mayHaveBooked ? 'unknown' : 'refused', fault: reply.fault }
  const given = readGivenBack(reply.body, status)
  if (issued.every(number => given.includes(number))) return undefined
  const failure = reply.faults[0] ?? fault('not-cancellable', 'Sabre did not take every ticket back')
  const none = given.length === 0 && !failure.mayHaveBooked
  return { kind: none && reply.faults.length > 0 ? 'refused' : 'unknown', fault: failure }
}

/** A refund is worked out anew when it is made: less than was quoted is not accepted silently. */
async function refundChanged(
  locator: string,
  issued: readonly string[],
  quote: SupplierCancellationQuote,
  call: Call,
  tools: CancelTools,
): Promise<CancelOutcome | undefined> {
  const checked = await checkTickets(locator, issued, call, tools)
  if ('fault' in checked) return { kind: 'refused', fault: checked.fault }
  const refund = refundOf(checked.checks, quote.refund.currency)
  if (refund && refund.amountMinor >= quote.refund.amountMinor) return undefined
  return { kind: 'refused', fault: fault('price-changed', 'Sabre would refund less than was quoted') }
}
