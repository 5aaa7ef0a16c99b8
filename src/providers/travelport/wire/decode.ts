import type { Fault } from '../../../core/fault.ts'
import type { SupplierOffer } from '../../../core/offer.ts'
import type { SupplierOrder } from '../../../core/order.ts'
import type { DecodedMessage } from '../../port.ts'
import { toFault } from '../faults.ts'
import { emptyContent, readAirContent, readMessage } from './air-content.ts'
import { offersOf } from './offers.ts'
import { Reply } from './reply.ts'
import { closeMessage, openMessage, readFault } from './soap.ts'
import { toOrder } from './order.ts'
import { readUniversalRecord } from './universal-record.ts'

/** Any message of the Universal API's air and universal services, recognised by its element inside the envelope or
 *  without one. The version is that of its namespace. Throws WireError where it is no XML or no such message. */
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
  readonly order?: SupplierOrder | null
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
    case 'AirExchangeQuoteRsp':
    case 'AvailabilitySearchRsp':
    case 'ScheduleSearchRsp': {
      const content = emptyContent()
      readAirContent(reply, reply.scanner.depth, content)
      return { offers: offersOf(reply, content) }
    }
    case 'AirCreateReservationRsp':
    case 'UniversalRecordRetrieveRsp':
    case 'UniversalRecordImportRsp':
    case 'UniversalRecordModifyRsp':
    case 'AirCancelRsp':
      return readRecordReply(reply)
    default:
      return reply.scanner.fail(`${message} is no message of the Universal API that is understood`)
  }
}

function readRecordReply(reply: Reply): Parts {
  const { scanner } = reply
  const depth = scanner.depth
  let order: SupplierOrder | null = null
  while (scanner.child(depth)) {
    if (scanner.name === 'ResponseMessage') readMessage(reply)
    else if (scanner.name === 'UniversalRecord') order = toOrder(reply, readUniversalRecord(reply))
  }
  return { order }
}

/** `air_v52_0` of the namespace that the message element is in; its prefix may be anything. */
function versionOf(reply: Reply): string | null {
  const { attributes } = reply.scanner
  for (let index = 0; index < attributes.count; index++) {
    const match = /_v(\d+)_\d+$/.exec(attributes.name(index).startsWith('xmlns') ? attributes.value(index) : '')
    if (match) return match[1]!
  }
  return null
}
