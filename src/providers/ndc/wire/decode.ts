import type { Fault } from '../../../core/fault.ts'
import type { WireWarning } from '../../../core/offer.ts'
import type { DecodedMessage } from '../../port.ts'
import { toFault } from '../faults.ts'
import { type Message, readMessage } from './message.ts'
import { offersOf } from './offers.ts'
import { orderOf } from './order.ts'
import { seatMapsOf } from './seats.ts'

/** Any reply or notice of NDC, of any release and dialect, recognised by its element and namespace, inside a SOAP envelope or
 *  without one. Throws WireError where it is no XML or no such message. */
export function decode(bytes: Uint8Array): DecodedMessage {
  const message = readMessage(bytes)
  const faults = faultsOf(message)
  const offers = faults.length > 0 ? [] : offersOf(message)
  const order = faults.length > 0 ? null : orderOf(message)
  const seatMaps = message.seatMaps.length > 0 ? seatMapsOf(message) : null
  return {
    message: message.name,
    version: message.version,
    offers,
    order,
    seatMaps,
    faults,
    warnings: warningsOf(message),
  }
}

export function faultsOf(message: Message, sent = false): readonly Fault[] {
  return message.errors.map(error => toFault(error, sent))
}

export function warningsOf(message: Message): readonly WireWarning[] {
  return [...message.problems.map(({ code, text }) => ({ code, at: 'Warning', text })), ...message.warnings]
}
