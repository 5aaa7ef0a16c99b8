import { WireError } from 'fareloom/core/wire-error.ts'
import type { DecodedMessage } from 'fareloom/providers/port.ts'
import { complaintFault } from '../faults.ts'
import { readComplaint } from './complaint.ts'
import { decodeOffers } from './offer.ts'
import { decodeOrder } from './order.ts'
import { decodeQuote } from './quote.ts'
import { parseReply, rawOf } from './read.ts'

const nothing: Omit<DecodedMessage, 'message'> = {
  version: null,
  offers: [],
  order: null,
  seatMaps: null,
  faults: [],
  warnings: [],
}

/** Any reply of Acme's, recognised by what it holds: what `fareloom decode` shows. */
export function decode(bytes: Uint8Array): DecodedMessage {
  const root = rawOf(parseReply(bytes), '')
  const complaint = readComplaint(root)
  if (complaint) return { ...nothing, message: 'error', faults: [complaintFault(complaint, null)] }
  if ('offers' in root) return { ...nothing, message: 'offers', ...decodeOffers(root) }
  if ('order' in root) return { ...nothing, message: 'order', order: decodeOrder(root) }
  if ('cancellation' in root) {
    decodeQuote(root)
    return { ...nothing, message: 'cancellation' }
  }
  throw new WireError('no message of Acme', '/')
}
