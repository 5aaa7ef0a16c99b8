import type { Instant } from '../../../core/clock.ts'
import { type Money, negate, subtract, zero } from '../../../core/money.ts'
import { amount } from './create-request.ts'
import { leaf, part, type ReplyHead, replyMessage, tag } from './envelope.ts'
import { openLists } from './write-lists.ts'
import { type OrderItem, type OrderToWrite, serviceId } from './write-order.ts'

export type CancelQuoteToWrite = {
  readonly order: OrderToWrite
  readonly offerId: string
  readonly kind: 'Void' | 'Refund'
  readonly expiresAt: Instant
  /** What is given back. */
  readonly items: readonly ItemBack[]
}

export type ItemBack = { readonly item: OrderItem; readonly refund: Money; readonly penalty: Money }

/** `OrderReshopRS`: an offer to give these items back. */
export function encodeCancelQuoteReply(quote: CancelQuoteToWrite, head: ReplyHead): string {
  const { order, items } = quote
  const lists = openLists()
  for (const one of order.passengers) lists.addPassenger(one)
  for (const [index, { penalty }] of items.entries())
    lists.addPenalty(
      penaltyId(index),
      tag(
        'Penalty',
        leaf('PenaltyID', penaltyId(index)),
        tag('Price', amount('TotalAmount', penalty)),
        leaf('TypeCode', 'Cancellation'),
      ),
    )
  const offer = tag(
    'Offer',
    ...items.map((back, index) => deletedItem(quote, back, index)),
    leaf('OfferExpirationTimeLimitDateTime', quote.expiresAt),
    leaf('OfferID', quote.offerId),
    leaf('OwnerCode', order.owner),
  )
  return replyMessage(
    'OrderReshopRS',
    head,
    part('DataLists', lists.xml()) +
      part('Order', leaf('OrderID', order.orderId) + leaf('OwnerCode', order.owner)) +
      part('ReshopResults', tag('ReshopOffers', offer)),
  )
}

function penaltyId(index: number): string {
  return `PEN${index + 1}`
}

/** From what was paid to nothing. */
function deletedItem(quote: CancelQuoteToWrite, { item, refund, penalty }: ItemBack, index: number): string {
  const flights = quote.order.offer.slices.flatMap(slice => slice.segments)
  const services = flights.map((_, flight) =>
    tag('ExistingService', leaf('FutureStatusCode', 'CANCELLED'), leaf('ServiceRefID', serviceId(flight, item.ref))),
  )
  const paid = subtract(refund, negate(penalty))
  const diff = tag(
    'FareDetail',
    leaf('PaxRefID', item.ref),
    leaf('PenaltyRefID', penaltyId(index)),
    tag('Price', amount('DueByAirlineAmount', refund), amount('TotalAmount', negate(paid))),
  )
  return tag(
    'DeleteOrderItem',
    tag('ExistingOrderItem', ...services, leaf('OrderItemRefID', item.id)),
    leaf('OfferItemID', `${quote.offerId}-${index + 1}`),
    tag(
      'PriceDifferential',
      leaf('DifferentialTypeCode', quote.kind),
      tag('DiffPrice', diff),
      tag('NewPrice', tag('Price', amount('TotalAmount', zero(refund.currency)))),
    ),
  )
}
