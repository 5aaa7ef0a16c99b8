import { element, escapeText, textElement } from '../../../core/xml/write.ts'
import { moneyText, type RefundBundle, refundBundle } from './documents.ts'
import { envelope, message, namespaces, type ReplyHead, replyValues } from './envelope.ts'
import type { SearchedRecords } from './document-replies.ts'
import { segmentsOf } from './write-price.ts'
import { fareCalculation, wireInstant } from './write-pricing.ts'
import { type RecordTicket, type RecordToWrite, type RecordTraveller, ticketStatus } from './write-record.ts'
import { wireTimes } from './write-segments.ts'

/** What the document services answer. */

export function encodeTicketingReply(record: RecordToWrite, head: ReplyHead): string {
  return message('air:AirTicketingRsp', replyValues(head), electronicTickets(record).join(''))
}

/** One `ETR` for each traveller with tickets. */
function electronicTickets(record: RecordToWrite): readonly string[] {
  return record.travellers.flatMap(one => {
    const own = record.tickets.filter(ticket => ticket.travellerKey === one.key)
    return own.length === 0 ? [] : [electronicTicket(record, one, own)]
  })
}

function electronicTicket(record: RecordToWrite, one: RecordTraveller, tickets: readonly RecordTicket[]): string {
  const { offer } = record
  const fare = offer.passengers.find(passengers => passengers.ids.some(id => id === one.key)) ?? offer.passengers[0]!
  const index = offer.passengers.indexOf(fare)
  const segments = segmentsOf(offer)
  return element(
    'air:ETR',
    {
      Key: `etr_${one.key}`,
      TotalPrice: moneyText(fare.each.total),
      BasePrice: moneyText(fare.each.base),
      IssuedDate: tickets[0]!.issuedAt,
      ProviderCode: '1G',
      ProviderLocatorCode: record.providerLocator,
      PseudoCityCode: record.officeCode,
      PlatingCarrier: offer.validatingCarrier,
    },
    textElement('air:AirReservationLocatorCode', record.airLocator) +
      element(
        'com:BookingTraveler',
        { Key: one.key, TravelerType: one.code },
        element('com:BookingTravelerName', { First: one.first, Last: one.last }),
      ) +
      element('com:FormOfPayment', { Type: 'Cash' }) +
      `<air:FareCalc>${fareCalculation(offer, fare)}</air:FareCalc>` +
      tickets.map((ticket, place) => ticketElement(ticket, segments.slice(place * 4, place * 4 + 4), index)).join(''),
  )
}

function ticketElement(ticket: RecordTicket, segments: ReturnType<typeof segmentsOf>, index: number): string {
  const status = couponStatus(ticket)
  const coupons = segments.map(({ segment, context, connects }, at) => {
    const times = wireTimes(segment, context)
    return element('air:Coupon', {
      CouponNumber: at + 1,
      MarketingCarrier: segment.marketing.carrier,
      MarketingFlightNumber: segment.marketing.number,
      Origin: segment.origin,
      Destination: segment.destination,
      DepartureTime: times.departure,
      ArrivalTime: times.arrival,
      StopoverCode: !connects,
      BookingClass: segment.fares[index]?.bookingClass ?? '',
      FareBasis: segment.fares[index]?.fareBasis ?? '',
      Status: status,
      MarriageGroup: segment.marriageGroup,
    })
  })
  const values = { TicketNumber: ticket.number, TicketStatus: ticketStatus(ticket.status) }
  return element('air:Ticket', values, coupons.join(''))
}

/** O open, V void, R refunded, E exchanged (domain.md 4.6). */
function couponStatus({ status }: RecordTicket): string {
  switch (status) {
    case 'issued':
      return 'O'
    case 'void':
      return 'V'
    case 'refunded':
      return 'R'
    case 'exchanged':
      return 'E'
  }
}

/** HTTP 200: nothing was issued. */
export function encodeTicketFailure(record: RecordToWrite, code: number, text: string, head: ReplyHead): string {
  const failures = record.offer.passengers.flatMap((passengers, index) =>
    record.travellers
      .filter(one => passengers.ids.some(id => id === one.key))
      .map(one =>
        element(
          'air:TicketFailureInfo',
          { Code: code, Message: text, BookingTravelerRef: one.key },
          element('air:AirPricingInfoRef', { Key: `storedinfo${index + 1}` }) +
            element('com:Name', { First: one.first, Last: one.last }),
        ),
      ),
  )
  return message('air:AirTicketingRsp', replyValues(head), failures.join(''))
}

export function encodeVoidReply(tickets: readonly string[], refusal: string | null, head: ReplyHead): string {
  const results = tickets.map(number =>
    element(
      'air:VoidResultInfo',
      { DocumentNumber: number, DocumentType: 'E-Ticket', ResultType: refusal === null ? 'Success' : 'Failed' },
      refusal === null ? '' : textElement('air:FailureRemark', refusal),
    ),
  )
  return message('air:AirVoidDocumentRsp', replyValues(head), results.join(''))
}

export function encodeRefundQuoteReply(bundles: readonly RefundBundle[], head: ReplyHead): string {
  return message('air:AirRefundQuoteRsp', replyValues(head), bundles.map(refundBundle).join(''))
}

export function encodeRefundReply(record: RecordToWrite, head: ReplyHead): string {
  return message('air:AirRefundRsp', replyValues(head), electronicTickets(record).join(''))
}

export function encodeCancelReply(record: RecordToWrite, head: ReplyHead): string {
  const status = element('univ:ProviderReservationStatus', {
    CreateDate: wireInstant(record.createdAt),
    ModifiedDate: wireInstant(record.createdAt),
    ProviderCode: '1G',
    LocatorCode: record.providerLocator,
    Cancelled: true,
  })
  return message('univ:UniversalRecordCancelRsp', replyValues(head), status)
}

export function encodeRecordSearchReply(
  found: { readonly records: readonly FoundToWrite[]; readonly more: boolean },
  head: ReplyHead,
): string {
  const results = found.records.map(one =>
    element(
      'univ:UniversalRecordSearchResult',
      {
        UniversalRecordLocatorCode: one.universalLocator,
        EarliestTravelDate: one.travelDate,
        CreatedDate: one.createdDate,
        RecordStatus: 'Current',
      },
      element(
        'univ:ProductInfo',
        { ProductType: 'Air', ProviderCode: '1G', ProviderLocatorCode: one.providerLocator },
        element('com:Name', { First: one.first, Last: one.last }),
      ),
    ),
  )
  return message('univ:UniversalRecordSearchRsp', { ...replyValues(head), MoreResults: found.more }, results.join(''))
}

export type FoundToWrite = SearchedRecords['records'][number] & {
  readonly providerLocator: string
  readonly first: string
  readonly last: string
}

/** SOAP fault with the code where it belongs: in the detail. */
export function encodeFault(
  fault: {
    readonly faultCode: string
    readonly text: string
    readonly code: string
    readonly service: string
    readonly description: string
  },
  head: ReplyHead,
): string {
  const type = fault.faultCode.replace(/^Server\./, '')
  const detail =
    `<com:ErrorInfo xmlns:com="${namespaces.com}">` +
    textElement('com:Code', fault.code) +
    textElement('com:Service', fault.service) +
    textElement('com:Type', type) +
    textElement('com:Description', fault.description) +
    textElement('com:TransactionId', head.transactionId) +
    textElement('com:TraceId', head.traceId ?? '') +
    '</com:ErrorInfo>'
  return envelope(
    '<soap:Fault>' +
      `<faultcode>${escapeText(fault.faultCode)}</faultcode>` +
      `<faultstring>${escapeText(fault.text)}</faultstring>` +
      `<detail>${detail}</detail></soap:Fault>`,
  )
}
