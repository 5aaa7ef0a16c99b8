import type { Instant } from '../../../core/clock.ts'
import { type Money, sum } from '../../../core/money.ts'
import type { PassengerFare, SupplierOffer } from '../../../core/offer.ts'
import type { DocumentStatus } from '../../../core/order.ts'
import { amount, sellerReference } from './create-request.ts'
import { leaf, part, type ReplyHead, replyMessage, type Seller, tag } from './envelope.ts'
import { type JourneyIds, type ListWriter, openLists, type PassengerToWrite } from './write-lists.ts'
import { priceContent } from './write-offers.ts'

/** An order as it stands at the airline. */
export type OrderToWrite = {
  readonly orderId: string
  readonly owner: string
  readonly cancelled: boolean
  /** Passengers who were taken out of it. */
  readonly cancelledRefs: readonly string[]
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

/** An item of the order: what one passenger was sold, so that each can be given back alone. */
export type OrderItem = {
  readonly id: string
  readonly ref: string
  readonly fare: PassengerFare
  /** Of the fare among the offer's. */
  readonly fareIndex: number
  readonly closed: boolean
}

export function itemsOf({ orderId, offer, cancelled, cancelledRefs }: ItemsOf): readonly OrderItem[] {
  const sold = offer.passengers.flatMap((fare, fareIndex) => fare.ids.map(ref => ({ ref, fare, fareIndex })))
  return sold.map((one, index) => ({
    ...one,
    id: `${orderId}-${index + 1}`,
    closed: cancelled || cancelledRefs.includes(one.ref),
  }))
}

type ItemsOf = Pick<OrderToWrite, 'orderId' | 'offer' | 'cancelled' | 'cancelledRefs'>

/** Of what still stands. */
export function totalOf(order: ItemsOf): Money {
  const live = itemsOf(order).filter(({ closed }) => !closed)
  return sum(
    live.map(({ fare }) => fare.each.total),
    order.offer.total.currency,
  )
}

function orderContent(lists: ListWriter, order: OrderToWrite, journeys: readonly JourneyIds[]): string {
  const items = itemsOf(order).map(one => item(lists, order, one, journeys))
  const total = totalOf(order)
  return (
    leaf('CreationDateTime', order.createdAt) +
    leaf('OrderID', order.orderId) +
    items.join('') +
    leaf('OwnerCode', order.owner) +
    leaf('StatusCode', order.cancelled ? 'CLOSED' : 'OPENED') +
    tag('TotalPrice', amount('TotalAmount', total))
  )
}

function item(lists: ListWriter, order: OrderToWrite, sold: OrderItem, journeys: readonly JourneyIds[]): string {
  const { id, ref, fare, closed } = sold
  return tag(
    'OrderItem',
    tag('FareDetail', ...components(lists, order, sold.fareIndex, journeys), leaf('PaxRefID', ref)),
    leaf('OrderItemID', id),
    leaf('OwnerCode', order.owner),
    leaf('PaymentTimeLimitDateTime', order.tickets.length > 0 || closed ? null : order.payBy),
    tag('Price', priceContent(fare.each, 1)),
    ...flightServices(order, sold, journeys),
    leaf('StatusCode', closed ? 'CLOSED' : 'ACTIVE'),
  )
}

function components(
  lists: ListWriter,
  { offer }: OrderToWrite,
  fareIndex: number,
  journeys: readonly JourneyIds[],
): readonly string[] {
  return offer.slices.flatMap((slice, at) =>
    slice.segments.map((segment, place) => {
      const own = segment.fares[fareIndex]
      return tag(
        'FareComponent',
        leaf('FareBasisCode', own?.fareBasis),
        leaf('PaxSegmentRefID', journeys[at]!.segmentIds[place]),
        leaf('PriceClassRefID', own && lists.addPriceClass(own)),
        own?.bookingClass ? tag('RBD', leaf('RBD_Code', own.bookingClass)) : '',
      )
    }),
  )
}

function flightServices(
  order: OrderToWrite,
  { ref, closed }: OrderItem,
  journeys: readonly JourneyIds[],
): readonly string[] {
  const carriers = order.offer.slices.flatMap(slice => slice.segments.map(segment => segment.marketing.carrier))
  return journeys
    .flatMap(journey => journey.segmentIds)
    .map((segmentId, index) =>
      tag(
        'Service',
        bookings(order, carriers[index]!),
        leaf('DeliveryStatusCode', closed ? 'REMOVED' : null),
        tag('OrderServiceAssociation', tag('PaxSegmentRef', leaf('PaxSegmentRefID', segmentId))),
        leaf('PaxRefID', ref),
        leaf('ServiceID', serviceId(index, ref)),
        leaf('StatusCode', closed ? 'CANCELLED' : 'CONFIRMED'),
      ),
    )
}

export function serviceId(index: number, ref: string): string {
  return `SV${index + 1}_${ref}`
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

export function encodeOrderListReply(orders: readonly string[], head: ReplyHead): string {
  const matched = orders.map(orderId => part('MatchedOrder', leaf('OrderRefID', orderId)))
  return replyMessage('OrderListRS', head, matched.join(''))
}
