import { parseInstant, toInstant } from '../../core/clock.ts'
import { type Fault, fault } from '../../core/fault.ts'
import type { PassengerId } from '../../core/ids.ts'
import { money, sum, zero } from '../../core/money.ts'
import type { SupplierOrder } from '../../core/order.ts'
import type { Call, CancelOutcome, CancelRequest, OrderKey, QuoteOutcome, SupplierCancellationQuote } from '../port.ts'
import { ask, type Desk, headOf } from './desk.ts'
import { orderContextOf, retrieve } from './orders.ts'
import { isOrderContext, type OrderContext } from './wire/context.ts'
import type { Message } from './wire/message.ts'
import { orderOf } from './wire/order.ts'
import { encodeCancel, encodeCancelQuote, encodeRelease, type ItemIds } from './wire/order-requests.ts'
import { isSurely, namedAs } from './wire/passengers.ts'
import { refundsOf, type WireReshopOffer } from './wire/reshop.ts'
import { instantOf, moneyOf } from './wire/values.ts'

type Who = readonly PassengerId[] | undefined

/** A held order is released for nothing; of a ticketed one the airline says what it, or some of its passengers, bring. */
export async function quoteCancellation(
  desk: Desk,
  key: OrderKey,
  call: Call,
  passengerIds?: readonly PassengerId[],
): Promise<QuoteOutcome> {
  const context = orderContextOf(key)
  const found = await retrieve(desk, context, key.travellers, call)
  if (found.kind === 'failed') return found
  if (found.kind === 'absent') return { kind: 'refused', fault: fault('not-found', 'there is no such order') }
  const { order } = found
  if (order.status === 'cancelled')
    return { kind: 'refused', fault: fault('not-cancellable', 'the order is cancelled already') }
  const items = passengerIds ? itemsOf(order, key.travellers, passengerIds) : null
  if (items && 'kind' in items) return { kind: 'refused', fault: items }
  if (order.status === 'held') return { kind: 'quoted', quote: releaseQuote(order, items) }
  const told = await ask(
    desk,
    {
      message: 'OrderReshop',
      body: encodeCancelQuote(context, items, headOf(desk, call)),
      expects: 'OrderReshopRS',
      changes: false,
      read: message => readQuote(message, order, items),
    },
    call,
  )
  if (told.kind === 'fault') {
    const definite = ['not-cancellable', 'refused', 'not-found', 'not-supported'].includes(told.fault.kind)
    return { kind: definite ? 'refused' : 'failed', fault: told.fault }
  }
  if (told.value) return { kind: 'quoted', quote: told.value }
  const what = items ? 'for these passengers alone' : 'for this order'
  return { kind: 'refused', fault: fault('not-cancellable', `the airline quotes no refund ${what}`) }
}

/** Airlines delete order items: what was sold to somebody who stays as well cannot go. */
function itemsOf(
  { supplierContext, passengers: people }: SupplierOrder,
  travellers: OrderKey['travellers'],
  passengerIds: readonly PassengerId[],
): readonly string[] | Fault {
  // who is who was guessed from types where names do not fit: not good enough to take somebody's seat away
  if (people.some(one => one.id !== null && passengerIds.includes(one.id) && !isSurely(one, one.id, travellers)))
    return fault('not-cancellable', 'the order does not say for certain who of its passengers is who')
  const items = isOrderContext(supplierContext) ? (supplierContext.items ?? []) : []
  const theirs = items.filter(({ passengers }) => passengers.some(id => passengerIds.includes(id)))
  if (theirs.some(({ passengers }) => passengers.some(id => !passengerIds.includes(id))))
    return fault('not-cancellable', 'the airline sold these passengers together with others, and cancels them together')
  if (!passengerIds.every(id => theirs.some(({ passengers }) => passengers.includes(id))))
    return fault('not-cancellable', 'the order does not say what of it is for these passengers')
  return theirs.map(({ id }) => id)
}

function releaseQuote(order: SupplierOrder, items: ItemIds): SupplierCancellationQuote {
  const nothing = zero(order.total?.currency ?? 'EUR')
  const supplierContext = { kind: 'release', ...(items ? { items } : {}) }
  return { kind: 'release', refund: nothing, penalty: nothing, expiresAt: null, supplierContext }
}

/** Undefined where the reply does not say what is paid back, or is about other items than were asked for: accepted, such an
 *  offer would take away the seats of those who stay. */
function readQuote(message: Message, order: SupplierOrder, items: ItemIds): SupplierCancellationQuote | undefined {
  const offer = message.reshop?.offers.find(one => one.deletes && (items === null || isOf(one, items)))
  if (!offer) return undefined
  const refunds = refundsOf(offer).flatMap(amount => moneyOf(message, amount) ?? [])
  const currency = order.total?.currency ?? refunds[0]?.currency
  if (currency === undefined || refunds.length === 0 || refunds.some(one => one.currency !== currency)) return undefined
  const refund = sum(refunds, currency)
  const paid =
    paidIn(message, offer, currency) ?? (items ? undefined : (order.total?.amountMinor ?? refund.amountMinor))
  if (paid === undefined) return undefined
  const expires = instantOf(message, offer.expires)
  return {
    kind: isVoid(offer) ? 'void' : 'refund',
    refund,
    penalty: money(Math.max(0, paid - refund.amountMinor), currency),
    expiresAt: expires === undefined ? null : toInstant(expires),
    supplierContext: { kind: 'reshop', offerId: offer.id, owner: offer.owner ?? '' },
  }
}

/** Some tickets voided and others refunded is a refund: of those the airline keeps something. */
function isVoid({ differences }: WireReshopOffer): boolean {
  const types = differences.flatMap(({ type }) => type ?? [])
  return types.length > 0 && types.every(type => type === 'Void')
}

function isOf({ deletedItems }: WireReshopOffer, items: readonly string[]): boolean {
  return deletedItems.every(id => items.includes(id)) && items.every(id => deletedItems.includes(id))
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
  const { order: key, quote, passengerIds } = request
  const context = orderContextOf(key)
  const found = await retrieve(desk, context, key.travellers, call)
  if (found.kind === 'failed') return { kind: 'unknown', fault: found.fault }
  if (found.kind === 'absent') return { kind: 'refused', fault: fault('not-found', 'there is no such order') }
  const before = found.order
  if (isGone(before, passengerIds)) return cancelled(before, passengerIds)
  if (before.status === 'cancelled') return { kind: 'unknown', fault: moreIsGone }
  const stop = outdated(desk, before, quote)
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
  if (told.value && isGone(told.value, passengerIds) && isComplete(told.value, before))
    return onlyThey(before, told.value, passengerIds)
  const after = await retrieve(desk, context, key.travellers, call)
  if (after.kind === 'found' && isGone(after.order, passengerIds)) return onlyThey(before, after.order, passengerIds)
  const why = fault('supplier-error', 'the airline answered, and the order is not cancelled', { mayHaveBooked: true })
  return { kind: 'unknown', fault: why }
}

const moreIsGone = fault('not-cancellable', 'the airline has cancelled more than was asked for', {
  mayHaveBooked: true,
})

/** Who was not asked for has paid for a seat, or a ticket, that is no more: not done. */
function onlyThey(before: SupplierOrder, after: SupplierOrder, who: Who): CancelOutcome {
  if (!who) return cancelled(after, who)
  const stays = (id: PassengerId | null): boolean => id !== null && !who.includes(id)
  const seats = before.passengers.filter(({ id, cancelled: isOut }) => stays(id) && !isOut)
  const tickets = before.documents.filter(({ passengerId, status }) => stays(passengerId) && status === 'issued')
  const isLost =
    seats.some(({ id }) => after.passengers.some(one => one.id === id && one.cancelled)) ||
    tickets.some(({ number }) => after.documents.some(one => one.number === number && one.status !== 'issued'))
  return isLost ? { kind: 'unknown', fault: moreIsGone } : cancelled(after, who)
}

function cancelBody(desk: Desk, context: OrderContext, quote: SupplierCancellationQuote, call: Call): string {
  const { kind, supplierContext } = quote
  const head = headOf(desk, call)
  if (kind !== 'release') return encodeCancel(context, String(supplierContext.offerId), head)
  return encodeRelease(context, (supplierContext.items as ItemIds | undefined) ?? null, head)
}

/** A release quoted before the tickets were issued would give them away; an expired quote is none. */
function outdated(desk: Desk, order: SupplierOrder, quote: SupplierCancellationQuote): Fault | undefined {
  if (quote.kind === 'release' && order.status !== 'held')
    return fault('not-cancellable', 'tickets were issued since the quote')
  const expires = quote.expiresAt === null ? undefined : parseInstant(quote.expiresAt)
  if (expires !== undefined && expires <= desk.clock.now()) return fault('offer-gone', 'the quote has expired')
  return undefined
}

/** The order, or these of its passengers while others stay. */
function isGone({ status, passengers }: SupplierOrder, who: Who): boolean {
  if (!who) return status === 'cancelled'
  return status !== 'cancelled' && who.every(id => passengers.some(one => one.id === id && one.cancelled))
}

/** Some airlines leave the documents out of the answer. */
function isComplete(after: SupplierOrder, before: SupplierOrder): boolean {
  return after.documents.length >= before.documents.length
}

function cancelled({ documents, total }: SupplierOrder, who: Who): CancelOutcome {
  const theirs = who
    ? documents.filter(({ passengerId }) => passengerId !== null && who.includes(passengerId))
    : documents
  const given = theirs.map(({ number, status }) => ({ number, status }))
  return { kind: 'cancelled', documents: given, ...(who ? { total } : {}) }
}
