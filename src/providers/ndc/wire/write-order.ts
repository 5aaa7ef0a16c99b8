import type { Instant } from '../../../core/clock.ts'
import { type Money, negate, subtract, zero } from '../../../core/money.ts'
import type { PassengerFare, SupplierOffer } from '../../../core/offer.ts'
import type { DocumentStatus } from '../../../core/order.ts'
import { amount, sellerReference } from './create-request.ts'
import { leaf, leaves, part, type ReplyHead, replyMessage, type Seller, tag } from './envelope.ts'
import { type JourneyIds, type ListWriter, openLists, type PassengerToWrite } from './write-lists.ts'
import { priceContent } from './write-offers.ts'

/** An order as it stands at the airline. */
export type OrderToWrite = {
  readonly orderId: string
  readonly owner: string
  readonly cancelled: boolean
  readonly offer: SupplierOffer
  readonly passengers: readonly PassengerToWrite[]
  /** Kept by the distributor. */
  readonly record: { readonly organisation: Seller; readonly locator: string }
  readonly airlines: readonly { readonly carrier: string; readonly locator: string }[]
  readonly seller: Seller | null
  readonly reference: string | null
  readonly payBy: Instant | null
  readonly createdAt: Instant
  readonly tickets: readonly TicketToWrite[]
}

export type TicketToWrite = {
  readonly number: string
  readonly passengerRef: string
  readonly status: DocumentStatus
  readonly issuedOn: string
  readonly segmentIndexes: readonly number[]
}

export function encodeOrderView(order: OrderToWrite, head: ReplyHead, warning = ''): string {
  const lists = openLists()
  for (const one of order.passengers) lists.addPassenger(one)
  const journeys = order.offer.slices.map(slice =>
    lists.addJourney(
      slice,
      slice.segments.map(one => one.fares[0]),
    ),
  )
  const content = orderContent(lists, order, journeys)
  const segmentIds = journeys.flatMap(journey => journey.segmentIds)
  const tickets = order.tickets.map(ticket => part('TicketDocInfo', ticketContent(order, ticket, segmentIds)))
  return replyMessage(
    'OrderViewRS',
    head,
    part('DataLists', lists.xml()) + part('Order', content) + tickets.join('') + warning,
  )
}

export function warningPart(code: string, text: string): string {
  return part('Warning', leaf('Code', code) + leaf('DescText', text) + leaf('LangCode', 'EN'))
}

function orderContent(lists: ListWriter, order: OrderToWrite, journeys: readonly JourneyIds[]): string {
  const items = order.offer.passengers.map((fare, index) => item(lists, order, fare, index, journeys))
  const total = order.cancelled ? zero(order.offer.total.currency) : order.offer.total
  return (
    leaf('CreationDateTime', order.createdAt) +
    leaf('OrderID', order.orderId) +
    items.join('') +
    leaf('OwnerCode', order.owner) +
    leaf('StatusCode', order.cancelled ? 'CLOSED' : 'OPENED') +
    tag('TotalPrice', amount('TotalAmount', total))
  )
}

/** One a price: the services of an item belong to one passenger each. */
function item(
  lists: ListWriter,
  order: OrderToWrite,
  fare: PassengerFare,
  index: number,
  journeys: readonly JourneyIds[],
): string {
  const components = order.offer.slices.flatMap((slice, at) =>
    slice.segments.map((segment, place) => {
      const own = segment.fares[index]
      return tag(
        'FareComponent',
        leaf('FareBasisCode', own?.fareBasis),
        leaf('PaxSegmentRefID', journeys[at]!.segmentIds[place]),
        leaf('PriceClassRefID', own && lists.addPriceClass(own)),
        own?.bookingClass ? tag('RBD', leaf('RBD_Code', own.bookingClass)) : '',
      )
    }),
  )
  return tag(
    'OrderItem',
    tag('FareDetail', ...components, leaves('PaxRefID', fare.ids)),
    leaf('OrderItemID', `${order.orderId}-${index + 1}`),
    leaf('OwnerCode', order.owner),
    leaf('PaymentTimeLimitDateTime', order.tickets.length > 0 || order.cancelled ? null : order.payBy),
    tag('Price', priceContent(fare.each, fare.count)),
    ...fare.ids.flatMap(ref => flightServices(order, ref, journeys)),
    leaf('StatusCode', order.cancelled ? 'CLOSED' : 'ACTIVE'),
  )
}

function flightServices(order: OrderToWrite, ref: string, journeys: readonly JourneyIds[]): readonly string[] {
  const carriers = order.offer.slices.flatMap(slice => slice.segments.map(segment => segment.marketing.carrier))
  return journeys
    .flatMap(journey => journey.segmentIds)
    .map((segmentId, index) =>
      tag(
        'Service',
        bookings(order, carriers[index]!),
        leaf('DeliveryStatusCode', order.cancelled ? 'REMOVED' : null),
        tag('OrderServiceAssociation', tag('PaxSegmentRef', leaf('PaxSegmentRefID', segmentId))),
        leaf('PaxRefID', ref),
        leaf('ServiceID', `SV${index + 1}_${ref}`),
        leaf('StatusCode', order.cancelled ? 'CANCELLED' : 'CONFIRMED'),
      ),
    )
}

/** Three at most: the distributor's, the airline's of this flight, the seller's. */
function bookings({ record, airlines, seller, reference }: OrderToWrite, carrier: string): string {
  const own = tag('BookingRef', sellerReference(record.organisation, record.locator))
  const flown = airlines.find(one => one.carrier === carrier)
  const theirs = flown
    ? tag(
        'BookingRef',
        tag('BookingEntity', tag('Carrier', leaf('AirlineDesigCode', flown.carrier))),
        leaf('BookingID', flown.locator),
      )
    : ''
  const ours = seller && reference !== null ? tag('BookingRef', sellerReference(seller, reference)) : ''
  return own + theirs + ours
}

function ticketContent(order: OrderToWrite, ticket: TicketToWrite, segmentIds: readonly string[]): string {
  const coupons = ticket.segmentIndexes.map((segment, index) =>
    tag(
      'Coupon',
      leaf('CouponNumber', index + 1),
      leaf('CouponStatusCode', couponStatus(ticket.status)),
      tag('SoldAirlineInfo', leaf('PaxSegmentRefID', segmentIds[segment])),
    ),
  )
  const issuer = tag('IssuingCarrier', leaf('AirlineDesigCode', order.offer.validatingCarrier ?? order.owner))
  return (
    leaf('BookletQty', 1) +
    tag('IssueInfo', leaf('IssueDate', ticket.issuedOn), issuer) +
    leaf('PaxRefID', ticket.passengerRef) +
    tag(
      'Ticket',
      coupons.join(''),
      leaf('ReportingTypeCode', 'BSP'),
      leaf('TicketDocTypeCode', 'T'),
      leaf('TicketNumber', ticket.number),
    )
  )
}

/** PADIS 4405 as airlines write it in NDC. */
function couponStatus(status: DocumentStatus): string {
  switch (status) {
    case 'issued':
      return 'OPE'
    case 'void':
      return 'VOI'
    case 'refunded':
      return 'REF'
    case 'exchanged':
      return 'EXC'
  }
}

export type CancelQuoteToWrite = {
  readonly order: OrderToWrite
  readonly offerId: string
  readonly kind: 'Void' | 'Refund'
  readonly expiresAt: Instant
  readonly refund: Money
  readonly penalty: Money
}

/** `OrderReshopRS`: all items are given back; the first says what all of them bring. */
export function encodeCancelQuoteReply(quote: CancelQuoteToWrite, head: ReplyHead): string {
  const { order, penalty } = quote
  const lists = openLists()
  for (const one of order.passengers) lists.addPassenger(one)
  const penaltyId = 'PEN1'
  lists.addPenalty(
    penaltyId,
    tag(
      'Penalty',
      leaf('PenaltyID', penaltyId),
      tag('Price', amount('TotalAmount', penalty)),
      leaf('TypeCode', 'Cancellation'),
    ),
  )
  const items = order.offer.passengers.map((fare, index) => deletedItem(quote, fare, index, penaltyId))
  const offer = tag(
    'Offer',
    ...items,
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

function deletedItem(quote: CancelQuoteToWrite, fare: PassengerFare, index: number, penaltyId: string): string {
  const { order, refund, penalty } = quote
  const nothing = zero(refund.currency)
  const first = index === 0
  const due = first ? refund : nothing
  const paid = first ? subtract(refund, negate(penalty)) : nothing
  const diff = tag(
    'FareDetail',
    leaf('PaxRefID', fare.ids[0]),
    leaf('PenaltyRefID', penaltyId),
    tag('Price', amount('DueByAirlineAmount', due), amount('TotalAmount', negate(paid))),
  )
  const services = fare.ids.map(ref =>
    tag('ExistingService', leaf('FutureStatusCode', 'CANCELLED'), leaf('ServiceRefID', `SV1_${ref}`)),
  )
  return tag(
    'DeleteOrderItem',
    tag('ExistingOrderItem', ...services, leaf('OrderItemRefID', `${order.orderId}-${index + 1}`)),
    leaf('OfferItemID', `${quote.offerId}-${index + 1}`),
    tag(
      'PriceDifferential',
      leaf('DifferentialTypeCode', quote.kind),
      tag('DiffPrice', diff),
      tag('NewPrice', tag('Price', amount('TotalAmount', nothing))),
    ),
  )
}

export function encodeOrderListReply(orders: readonly string[], head: ReplyHead): string {
  const matched = orders.map(orderId => part('MatchedOrder', leaf('OrderRefID', orderId)))
  return replyMessage('OrderListRS', head, matched.join(''))
}
