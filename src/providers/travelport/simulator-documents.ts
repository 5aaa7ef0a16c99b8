import { zero } from '../../core/money.ts'
import type { XmlElement } from '../../core/xml/tree.ts'
import type { SimulatorReply } from '../../sandbox/serve.ts'
import type { WorldCancellationQuote } from '../../sandbox/world.ts'
import { recordOf } from './simulator-records.ts'
import { type Counter, faults, refuse, xml } from './simulator-replies.ts'
import { decodeRefund, decodeRefundQuote, decodeTicketing, decodeVoid, type RefundBundle } from './wire/documents.ts'
import { decodeCancelRecord, decodeRecordSearch, decodeRetrieve } from './wire/record-requests.ts'
import {
  encodeCancelReply,
  encodeRecordSearchReply,
  encodeRefundQuoteReply,
  encodeRefundReply,
  encodeTicketFailure,
  encodeTicketingReply,
  encodeVoidReply,
} from './wire/write-documents.ts'
import { encodeRecordReply, type RecordToWrite } from './wire/write-record.ts'

/** Records and documents: everything after the booking. */
export async function answerDocuments(counter: Counter, message: XmlElement): Promise<SimulatorReply> {
  switch (message.name) {
    case 'UniversalRecordRetrieveReq':
    case 'UniversalRecordImportReq':
      return retrieve(counter, message)
    case 'UniversalRecordSearchReq':
      return search(counter, message)
    case 'UniversalRecordCancelReq':
      return cancel(counter, message)
    case 'AirTicketingReq':
      return ticket(counter, message)
    case 'AirVoidDocumentReq':
      return giveVoid(counter, message)
    case 'AirRefundQuoteReq':
      return quoteRefund(counter, message)
    case 'AirRefundReq':
      return refund(counter, message)
    default:
      return refuse(counter.head, faults.unknownMessage(message.name))
  }
}

function retrieve({ records, head }: Counter, message: XmlElement): SimulatorReply {
  const request = decodeRetrieve(message)
  const record = request.universalLocator
    ? records.find(request.universalLocator)
    : records.findByHost(request.providerLocator ?? '')
  if (!record) return refuse(head, faults.notFound)
  const name = message.name === 'UniversalRecordImportReq' ? 'UniversalRecordImportRsp' : 'UniversalRecordRetrieveRsp'
  return xml(encodeRecordReply(name, record, head))
}

function search({ records, head }: Counter, message: XmlElement): SimulatorReply {
  const request = decodeRecordSearch(message)
  const found = records.list().filter(record => {
    const [first] = record.offer.slices
    const named = record.travellers.some(
      one => startsWith(one.last, request.surname) && startsWith(one.first, request.givenNames),
    )
    const date = first?.segments[0]?.departure.slice(0, 10)
    return !record.cancelled && named && (request.departureDate === null || date === request.departureDate)
  })
  const from = request.startFrom - 1
  const page = found.slice(from, from + request.resultsMax)
  const more = found.length > from + page.length
  return xml(encodeRecordSearchReply({ records: page.map(foundOf), more }, head))
}

function startsWith(name: string, beginning: string): boolean {
  return name.toUpperCase().startsWith(beginning.toUpperCase())
}

function foundOf(record: RecordToWrite): Parameters<typeof encodeRecordSearchReply>[0]['records'][number] {
  return {
    universalLocator: record.universalLocator,
    createdDate: record.createdAt,
    travelDate: record.offer.slices[0]?.segments[0]?.departure.slice(0, 10) ?? null,
    providerLocator: record.providerLocator,
    first: record.travellers[0]?.first ?? '',
    last: record.travellers[0]?.last ?? '',
  }
}

async function cancel({ view, records, head }: Counter, message: XmlElement): Promise<SimulatorReply> {
  const request = decodeCancelRecord(message)
  const record = records.find(request.universalLocator)
  if (!record) return refuse(head, faults.notFound)
  if (request.version !== String(record.version)) return refuse(head, faults.versionMismatch)
  if (records.cancelUnsold(request.universalLocator)) return xml(encodeCancelReply(record, head))
  const cancelled = await view.cancel(record.universalLocator)
  if (cancelled.kind === 'refused') return refuse(head, faults.refused(`not cancelled: ${cancelled.text}`))
  return xml(encodeCancelReply(record, head))
}

/** HTTP 200 whether tickets were issued or not. */
async function ticket({ view, records, head }: Counter, message: XmlElement): Promise<SimulatorReply> {
  const request = decodeTicketing(message)
  const record = records.findByAirLocator(request.airLocator)
  if (!record) return refuse(head, faults.notFound)
  const result = await view.issueTickets(record.universalLocator)
  switch (result.kind) {
    case 'ticketed':
      return xml(encodeTicketingReply(recordOf(result.pnr), head))
    case 'host-busy':
      return xml(encodeTicketFailure(record, 3979, 'PNR HAS BEEN CHANGED OUTSIDE - RETRIEVE AND RETRY', head))
    case 'refused':
      return xml(encodeTicketFailure(record, 12008, `HOST ERROR: ${result.text.toUpperCase()}`, head))
  }
}

async function giveVoid({ view, records, head }: Counter, message: XmlElement): Promise<SimulatorReply> {
  const request = decodeVoid(message)
  const record = records.findByHost(request.providerLocator)
  if (!record) return refuse(head, faults.notFound)
  const known = new Set(record.tickets.map(one => one.number))
  if (request.tickets.length === 0 || request.tickets.some(number => !known.has(number)))
    return refuse(head, faults.invalid('INVALID DOCUMENT NUMBER'))
  const result = await view.voidTickets(record.universalLocator)
  return xml(encodeVoidReply(request.tickets, result.kind === 'refused' ? result.text : null, head))
}

function quoteRefund(counter: Counter, message: XmlElement): SimulatorReply {
  const { view, records, head } = counter
  const numbers = decodeRefundQuote(message)
  const record = records.findByTicket(numbers[0] ?? '')
  const quote = record && view.quoteCancellation(record.universalLocator)
  if (!record || !quote) return refuse(head, faults.notFound)
  if (quote.kind === 'none') return refuse(head, faults.refused(`TICKET NOT REFUNDABLE: ${quote.text ?? ''}`))
  return xml(
    encodeRefundQuoteReply(
      numbers.map(number => bundleOf(record, quote, number)),
      head,
    ),
  )
}

function bundleOf(record: RecordToWrite, quote: WorldCancellationQuote, number: string): RefundBundle {
  const nothing = zero(record.offer.total.currency)
  const part = quote.perTicket.find(one => one.number === number)
  const ticket = record.tickets.find(one => one.number === number)
  const traveller = record.travellers.find(one => one.key === ticket?.travellerKey)
  return {
    ticket: number,
    refund: part?.refund ?? nothing,
    penalty: part?.penalty ?? nothing,
    taxes: [],
    surname: traveller?.last ?? '',
    givenNames: traveller?.first ?? '',
  }
}

async function refund({ view, records, head }: Counter, message: XmlElement): Promise<SimulatorReply> {
  const numbers = decodeRefund(message)
  const record = records.findByTicket(numbers[0] ?? '')
  if (!record) return refuse(head, faults.notFound)
  const result = await view.refundTickets(record.universalLocator)
  if (result.kind === 'refused') return refuse(head, faults.refused(`TICKET NOT REFUNDABLE: ${result.text}`))
  return xml(encodeRefundReply(recordOf(result.pnr), head))
}
