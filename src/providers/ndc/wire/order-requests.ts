import type { Instant } from '../../../core/clock.ts'
import type { Money } from '../../../core/money.ts'
import { escapeText } from '../../../core/xml/write.ts'
import type { XmlElement } from '../../../core/xml/tree.ts'
import type { OrderContext } from './context.ts'
import { type PaymentMeans, paymentOf, sellerReference } from './create-request.ts'
import { leaf, leaves, part, type RequestHead, requestMessage, tag } from './envelope.ts'
import { all, at, needed, word, words } from './requests.ts'

type Order = Pick<OrderContext, 'orderId' | 'owner'>

export function encodeOrderRetrieve(order: Order, head: RequestHead): string {
  const filter = tag('OrderFilterCriteria', orderKey(order))
  return requestMessage('OrderRetrieveRQ', head, part('OrderValidationFilterCriteria', filter))
}

function orderKey({ orderId, owner }: Order): string {
  return leaf('OrderID', orderId) + leaf('OwnerCode', owner)
}

/** By the seller's own reference, among those made since. */
export function encodeOrderList(reference: string, createdAfter: Instant, head: RequestHead): string {
  const criteria =
    tag('BookingRefFilterCriteria', sellerReference(head.seller, reference)) +
    tag('CreationDateTimeFilterCriteria', leaf('FromDateTime', createdAfter))
  return requestMessage('OrderListRQ', head, part('OrderSearchFilterCriteria', criteria))
}

/** Ids of order items; null: the whole order. */
export type ItemIds = readonly string[] | null

/** What giving it back would bring. */
export function encodeCancelQuote({ orderId }: Order, items: ItemIds, head: RequestHead): string {
  const update = items ? deletion(items) : tag('CancelOrderRef', leaf('OrderRefID', orderId))
  return requestMessage('OrderReshopRQ', head, part('OrderRefID', escapeText(orderId)) + part('UpdateOrder', update))
}

/** To be refunded, not kept to be spent again. */
function deletion(items: readonly string[]): string {
  const deleted = items.map(id => tag('DeleteOrderItem', leaf('OrderItemRefID', id), leaf('RespendInd', 'false')))
  return tag('ReshopOrder', tag('ReshopOrderChoice', tag('ServiceOrder', ...deleted)))
}

/** As quoted. */
export function encodeCancel(order: Order, offerId: string, head: RequestHead): string {
  const choice = tag('AcceptCancelledOffer', leaf('OfferID', offerId), leaf('OwnerCode', order.owner))
  return requestMessage('OrderChangeRQ', head, part('ChangeOrderChoice', choice) + part('Order', orderKey(order)))
}

/** A held order: there is nothing to give back. */
export function encodeRelease(order: Order, items: ItemIds, head: RequestHead): string {
  const selected = items ? tag('SelectedOrderItem', leaves('OrderItemRefID', items)) : ''
  const whole = leaf('OrderRefID', order.orderId) + leaf('OwnerCode', order.owner)
  const choice = tag('CancelUnpaidOrder', whole, selected)
  return requestMessage('OrderChangeRQ', head, part('ChangeOrderChoice', choice) + part('Order', orderKey(order)))
}

/** Pays for a held order, which issues its tickets. */
export function encodePayment(order: Order, total: Money, means: PaymentMeans, head: RequestHead): string {
  const association = tag('OrderAssociation', leaf('OrderRefID', order.orderId))
  const content = part('Order', orderKey(order)) + part('PaymentFunctions', association + paymentOf(means, total))
  return requestMessage('OrderChangeRQ', head, content)
}

export type OrderChangeRequest =
  | { readonly kind: 'cancel'; readonly orderId: string; readonly offerId: string }
  | { readonly kind: 'release'; readonly orderId: string; readonly items: ItemIds }
  | { readonly kind: 'pay'; readonly orderId: string; readonly amount: string | null }
  | { readonly kind: 'other'; readonly orderId: string }

export function decodeOrderChange(request: XmlElement): OrderChangeRequest {
  const orderId = needed(request, 'Order', 'OrderID')
  const choice = at(request, 'ChangeOrderChoice')
  if (at(choice, 'AcceptCancelledOffer'))
    return { kind: 'cancel', orderId, offerId: needed(choice, 'AcceptCancelledOffer', 'OfferID') }
  if (at(choice, 'CancelUnpaidOrder')) {
    const selected = at(choice, 'CancelUnpaidOrder', 'SelectedOrderItem')
    return { kind: 'release', orderId, items: selected ? words(selected, 'OrderItemRefID') : null }
  }
  if (at(request, 'PaymentFunctions'))
    return { kind: 'pay', orderId, amount: word(request, 'PaymentFunctions', 'PaymentProcessingDetails', 'Amount') }
  return { kind: 'other', orderId }
}

export type OrderRetrieveRequest = { readonly orderId: string | null; readonly bookingId: string | null }

export function decodeOrderRetrieve(request: XmlElement): OrderRetrieveRequest {
  const criteria = at(request, 'OrderValidationFilterCriteria')
  return {
    orderId: word(criteria, 'OrderFilterCriteria', 'OrderID'),
    bookingId: word(criteria, 'BookingRefFilterCriteria', 'BookingID'),
  }
}

export type OrderListRequest = {
  readonly reference: string | null
  readonly from: Instant | null
  readonly to: Instant | null
}

export function decodeOrderList(request: XmlElement): OrderListRequest {
  const criteria = at(request, 'OrderSearchFilterCriteria')
  return {
    reference: word(criteria, 'BookingRefFilterCriteria', 'BookingID'),
    from: word(criteria, 'CreationDateTimeFilterCriteria', 'FromDateTime'),
    to: word(criteria, 'CreationDateTimeFilterCriteria', 'ToDateTime'),
  }
}

export type CancelQuoteRequest = { readonly orderId: string; readonly items: ItemIds }

/** Null where the request is about something else than giving an order, or items of it, back. */
export function decodeCancelQuote(request: XmlElement): CancelQuoteRequest | null {
  const whole = word(request, 'UpdateOrder', 'CancelOrderRef', 'OrderRefID')
  if (whole !== null) return { orderId: whole, items: null }
  const service = at(request, 'UpdateOrder', 'ReshopOrder', 'ReshopOrderChoice', 'ServiceOrder')
  const deleted = all(service, 'DeleteOrderItem')
  if (deleted.length === 0 || at(service, 'AddOfferItems') || deleted.some(one => at(one, 'RetainServiceID')))
    return null
  return { orderId: needed(request, 'OrderRefID'), items: deleted.map(one => needed(one, 'OrderItemRefID')) }
}
