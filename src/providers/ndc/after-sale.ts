import { parseInstant, toInstant } from '../../core/clock.ts'
import { type Fault, fault } from '../../core/fault.ts'
import { type Money, money, sum, zero } from '../../core/money.ts'
import type { SupplierOrder } from '../../core/order.ts'
import type {
  Call,
  CancelOutcome,
  CancelRequest,
  OrderKey,
  QuoteOutcome,
  RetrieveOutcome,
  SupplierCancellationQuote,
  TicketOutcome,
} from '../port.ts'
import { ask, type Desk, headOf } from './desk.ts'
import { isPassing } from './faults.ts'
import { orderContextOf, retrieve } from './orders.ts'
import type { OrderContext } from './wire/context.ts'
import type { Message } from './wire/message.ts'
import { instantOf, moneyOf } from './wire/values.ts'
import { orderOf } from './wire/order.ts'
import { encodeCancel, encodeCancelQuote, encodePayment, encodeRelease } from './wire/order-requests.ts'
import { namedAs } from './wire/passengers.ts'
import { refundsOf, type WireReshopOffer } from './wire/reshop.ts'

/** Pays for a held order; the airline issues the tickets. The amount is what the order says that it costs now. */
export async function issueTickets(desk: Desk, key: OrderKey, call: Call): Promise<TicketOutcome> {
  const context = orderContextOf(key)
  const found = await retrieve(desk, context, key.travellers, call)
  const current = payable(found)
  if ('fault' in current) return { kind: 'refused', fault: current.fault, retryable: found.kind === 'failed' }
  if (current.order.status === 'ticketed') return { kind: 'ticketed', order: current.order }
  const told = await ask(
    desk,
    {
      message: 'OrderChange',
      body: encodePayment(context, current.total, desk.settings.payment, headOf(desk, call)),
      expects: 'OrderViewRS',
      changes: true,
      read: message => orderOf(message, { naming: namedAs(key.travellers), sellerId: desk.settings.seller.id }),
    },
    call,
  )
  if (told.kind === 'fault') {
    if (told.fault.mayHaveBooked) return { kind: 'unknown', fault: told.fault }
    return { kind: 'refused', fault: told.fault, retryable: told.passing }
  }
  if (told.value?.status === 'ticketed') return { kind: 'ticketed', order: told.value }
  const [warning] = told.message.problems
  const why = fault('ticketing-failed', warning?.text || 'the airline took the payment and issued no tickets')
  if (warning && isPassing(warning)) return { kind: 'refused', fault: why, retryable: true }
  return { kind: 'unknown', fault: { ...why, mayHaveBooked: true } }
}

function payable(
  found: RetrieveOutcome,
): { readonly order: SupplierOrder; readonly total: Money } | { readonly fault: Fault } {
  if (found.kind === 'failed') return found
  if (found.kind === 'absent') return { fault: fault('not-found', 'there is no such order') }
  const { order } = found
  if (order.status === 'cancelled') return { fault: fault('refused', 'the order is cancelled') }
  return order.total ? { order, total: order.total } : { fault: fault('refused', 'the order has no price to pay') }
}

/** A held order is released for nothing; of a ticketed one the airline says what it brings. */
export async function quoteCancellation(desk: Desk, key: OrderKey, call: Call): Promise<QuoteOutcome> {
  const context = orderContextOf(key)
  const found = await retrieve(desk, context, key.travellers, call)
  if (found.kind === 'failed') return found
  if (found.kind === 'absent') return { kind: 'refused', fault: fault('not-found', 'there is no such order') }
  const { order } = found
  if (order.status === 'cancelled')
    return { kind: 'refused', fault: fault('not-cancellable', 'the order is cancelled already') }
  if (order.status === 'held') return { kind: 'quoted', quote: releaseQuote(order) }
  const told = await ask(
    desk,
    {
      message: 'OrderReshop',
      body: encodeCancelQuote(context, headOf(desk, call)),
      expects: 'OrderReshopRS',
      changes: false,
      read: message => readQuote(message, order),
    },
    call,
  )
  if (told.kind === 'fault') {
    const definite = ['not-cancellable', 'refused', 'not-found', 'not-supported'].includes(told.fault.kind)
    return { kind: definite ? 'refused' : 'failed', fault: told.fault }
  }
  if (told.value) return { kind: 'quoted', quote: told.value }
  return { kind: 'refused', fault: fault('not-cancellable', 'the airline quotes no refund for this order') }
}

function releaseQuote(order: SupplierOrder): SupplierCancellationQuote {
  const nothing = zero(order.total?.currency ?? 'EUR')
  return { kind: 'release', refund: nothing, penalty: nothing, expiresAt: null, supplierContext: { kind: 'release' } }
}

/** Undefined where the reply does not say what is paid back. */
function readQuote(message: Message, order: SupplierOrder): SupplierCancellationQuote | undefined {
  const offer = message.reshop?.offers.find(one => one.deletes)
  if (!offer) return undefined
  const refunds = refundsOf(offer).flatMap(amount => moneyOf(message, amount) ?? [])
  const currency = order.total?.currency ?? refunds[0]?.currency
  if (currency === undefined || refunds.length === 0 || refunds.some(one => one.currency !== currency)) return undefined
  const refund = sum(refunds, currency)
  const paid = paidIn(message, offer, currency) ?? order.total?.amountMinor ?? refund.amountMinor
  const expires = instantOf(message, offer.expires)
  return {
    kind: offer.differences.some(one => one.type === 'Void') ? 'void' : 'refund',
    refund,
    penalty: money(Math.max(0, paid - refund.amountMinor), currency),
    expiresAt: expires === undefined ? null : toInstant(expires),
    supplierContext: { kind: 'reshop', offerId: offer.id, owner: offer.owner ?? '' },
  }
}

/** What the items cost that are given back: the differences are from what was paid to nothing. */
function paidIn(message: Message, offer: WireReshopOffer, currency: string): number | undefined {
  let paid = 0
  for (const { prices } of offer.differences)
    for (const price of prices) {
      const difference = moneyOf(message, price.total)
      if (difference?.currency !== currency) return undefined
      paid -= difference.amountMinor
    }
  return paid > 0 ? paid : undefined
}

/** Done already is done: the order is looked at first, and after an answer that was lost. */
export async function cancelOrder(desk: Desk, request: CancelRequest, call: Call): Promise<CancelOutcome> {
  const { order: key, quote } = request
  const context = orderContextOf(key)
  const found = await retrieve(desk, context, key.travellers, call)
  if (found.kind === 'failed') return { kind: 'unknown', fault: found.fault }
  if (found.kind === 'absent') return { kind: 'refused', fault: fault('not-found', 'there is no such order') }
  if (found.order.status === 'cancelled') return cancelled(found.order)
  const stop = outdated(desk, found.order, quote)
  if (stop) return { kind: 'refused', fault: stop }
  const told = await ask(
    desk,
    {
      message: 'OrderChange',
      body: cancelBody(desk, context, quote, call),
      expects: 'OrderViewRS',
      changes: true,
      read: message => orderOf(message, { naming: namedAs(key.travellers), sellerId: desk.settings.seller.id }),
    },
    call,
  )
  if (told.kind === 'fault') return { kind: told.fault.mayHaveBooked ? 'unknown' : 'refused', fault: told.fault }
  if (told.value?.status === 'cancelled' && isComplete(told.value, found.order)) return cancelled(told.value)
  const after = await retrieve(desk, context, key.travellers, call)
  if (after.kind === 'found' && after.order.status === 'cancelled') return cancelled(after.order)
  const why = fault('supplier-error', 'the airline answered, and the order is not cancelled', { mayHaveBooked: true })
  return { kind: 'unknown', fault: why }
}

function cancelBody(
  desk: Desk,
  context: OrderContext,
  { kind, supplierContext }: SupplierCancellationQuote,
  call: Call,
): string {
  const head = headOf(desk, call)
  return kind === 'release'
    ? encodeRelease(context, head)
    : encodeCancel(context, String(supplierContext.offerId), head)
}

/** A release quoted before the tickets were issued would give them away; an expired quote is none. */
function outdated(desk: Desk, order: SupplierOrder, quote: SupplierCancellationQuote): Fault | undefined {
  if (quote.kind === 'release' && order.status !== 'held')
    return fault('not-cancellable', 'tickets were issued since the quote')
  const expires = quote.expiresAt === null ? undefined : parseInstant(quote.expiresAt)
  if (expires !== undefined && expires <= desk.clock.now()) return fault('offer-gone', 'the quote has expired')
  return undefined
}

/** Some airlines leave the documents out of the answer. */
function isComplete(after: SupplierOrder, before: SupplierOrder): boolean {
  return after.documents.length >= before.documents.length
}

function cancelled({ documents }: SupplierOrder): CancelOutcome {
  return { kind: 'cancelled', documents: documents.map(({ number, status }) => ({ number, status })) }
}
