import type { Fault } from '../../../core/fault.ts'
import type { SupplierOffer } from '../../../core/offer.ts'
import type { SupplierOrder } from '../../../core/order.ts'
import type { DecodedMessage } from '../../port.ts'
import { toFault } from '../faults.ts'
import { emptyContent, readAirContent } from './air-content.ts'
import {
  readCancelReply,
  readRecordSearch,
  readRefundQuote,
  readTicketingReply,
  readVoidReply,
} from './document-replies.ts'
import { ticketedOrder } from './electronic-ticket.ts'
import { offersOf } from './offers.ts'
import { toOrder } from './order.ts'
import { faultsIn, readRecordReply } from './record-reply.ts'
import { Reply } from './reply.ts'
import { closeMessage, openMessage, readFault } from './soap.ts'

/** Any reply of the Universal API's air and universal services, recognised by its element inside the envelope or without
 *  one. Throws WireError where it is no XML or no such message. */
export function decode(bytes: Uint8Array): DecodedMessage {
  const reply = new Reply(bytes)
  const message = openMessage(reply)
  const version = versionOf(reply)
  const parts = readParts(reply, message)
  closeMessage(reply)
  return {
    message,
    version,
    offers: parts.offers ?? [],
    order: parts.order ?? null,
    seatMaps: null,
    faults: parts.faults ?? [],
    warnings: reply.warnings,
  }
}

type Parts = {
  readonly offers?: readonly SupplierOffer[]
  readonly order?: SupplierOrder | undefined
  readonly faults?: readonly Fault[]
}

function readParts(reply: Reply, message: string): Parts {
  switch (message) {
    case 'Fault':
      return { faults: [toFault(readFault(reply))] }
    case 'LowFareSearchRsp':
    case 'LowFareSearchAsynchRsp':
    case 'RetrieveLowFareSearchRsp':
    case 'AirPriceRsp':
    case 'AirRepriceRsp':
    case 'AirUpsellSearchRsp':
    case 'AirExchangeQuoteRsp':
    case 'AirExchangeMultiQuoteRsp':
    case 'AvailabilitySearchRsp':
    case 'ScheduleSearchRsp':
      return readOffers(reply)
    case 'AirCreateReservationRsp':
    case 'UniversalRecordRetrieveRsp':
    case 'UniversalRecordImportRsp':
    case 'UniversalRecordModifyRsp':
    case 'AirCancelRsp':
      return readRecord(reply)
    case 'AirTicketingRsp':
    case 'AirRetrieveDocumentRsp':
    case 'AirRefundRsp': {
      const { tickets, failures } = readTicketingReply(reply)
      return { order: ticketedOrder(tickets), faults: failures.map(failure => toFault(failure)) }
    }
    case 'AirVoidDocumentRsp': {
      const failed = readVoidReply(reply).filter(result => !result.done)
      return { faults: failed.map(result => toFault({ ...noFault, text: `not void: ${result.remark}` })) }
    }
    case 'AirRefundQuoteRsp':
      readRefundQuote(reply)
      return {}
    case 'UniversalRecordCancelRsp': {
      const failed = readCancelReply(reply).filter(result => !result.cancelled)
      return { faults: failed.map(result => toFault({ ...noFault, text: `not cancelled: ${result.text}` })) }
    }
    case 'UniversalRecordSearchRsp':
      readRecordSearch(reply)
      return {}
    default:
      return reply.scanner.fail(`${message} is no message of the Universal API that is understood`)
  }
}

const noFault = { code: '', faultCode: 'Server.Business', service: '' }

/** Exchange quotes price a new journey; availability holds flights without a price, so no offers. */
function readOffers(reply: Reply): Parts {
  const content = emptyContent()
  readAirContent(reply, reply.scanner.depth, content)
  return { offers: offersOf(reply, content) }
}

function readRecord(reply: Reply): Parts {
  const found = readRecordReply(reply)
  return { order: found.record ? toOrder(reply, found.record) : undefined, faults: faultsIn(found) }
}

/** `52`: of the namespace of the message element. */
function versionOf({ scanner }: Reply): string | null {
  return /_v(\d+)_\d+$/.exec(scanner.namespace())?.[1] ?? null
}
