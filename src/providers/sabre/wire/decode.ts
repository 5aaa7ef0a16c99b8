import { atOnce, type Steps } from '../../../core/turns.ts'
import { WireError } from '../../../core/wire-error.ts'
import type { DecodedMessage } from '../../port.ts'
import { readBooking } from './booking.ts'
import { readCreatedBooking } from './create-booking.ts'
import { decodeXml } from './decode-xml.ts'
import { bookingErrors, bookingWarnings, groupedMessages, hasErrors, otaMessages, platformError } from './errors.ts'
import { groupedSteps } from './grouped.ts'
import { isObject, type JsonObject, parseSteps, textOf } from './json.ts'
import { readOta } from './ota.ts'
import { noOrderContext } from './order-reading.ts'
import { shoppingMessage } from './shopping-message.ts'
import { noContext, type ReplyContext } from './reading.ts'

/** Any message of Sabre's, recognised by what it holds. */
export function decode(bytes: Uint8Array): DecodedMessage {
  return decodeWith(bytes, noContext, true)
}

/** The same for one who asked the question; `strict` as parseJson says. */
export function decodeWith(bytes: Uint8Array, context: ReplyContext, strict = false): DecodedMessage {
  return atOnce(decodeSteps(bytes, context, strict))
}

/** The same in turns. */
export function* decodeSteps(bytes: Uint8Array, context: ReplyContext, strict = false): Steps<DecodedMessage> {
  if (isMarkup(bytes)) return decodeXml(bytes, context)
  const root = yield* parseSteps(bytes, strict)
  if (!isObject(root)) throw new WireError('no JSON object', 'byte 0')
  if (isObject(root.groupedItineraryResponse)) return yield* decodeGrouped(root.groupedItineraryResponse, context)
  const decoded = decodeBody(root, context) ?? decodeWrapped(root, context)
  if (!decoded) throw new WireError(`no message of Sabre: ${Object.keys(root).slice(0, 4).join(', ')}`, '/')
  return decoded
}

/** Old gateways put the message inside `Resource`, with its links beside it. */
function decodeWrapped(root: JsonObject, context: ReplyContext): DecodedMessage | undefined {
  for (const value of Object.values(root).slice(0, 8)) {
    const decoded = isObject(value) ? decodeBody(value, context) : undefined
    if (decoded) return decoded
  }
  return undefined
}

function decodeBody(body: JsonObject, context: ReplyContext): DecodedMessage | undefined {
  if (isObject(body.groupedItineraryResponse)) return atOnce(decodeGrouped(body.groupedItineraryResponse, context))
  if (isObject(body.OTA_AirLowFareSearchRS)) return decodeOta(body.OTA_AirLowFareSearchRS, context)
  // the same without its root, the itineraries as a plain list
  if (Array.isArray(body.PricedItineraries)) {
    return decodeOta({ ...body, PricedItineraries: { PricedItinerary: body.PricedItineraries } }, context)
  }
  const booking = decodeBookingMessage(body)
  if (booking) return { ...nothing, ...booking }
  if (textOf(body.access_token)) return { ...nothing, message: 'token' }
  const error = platformError(body)
  if (error) return { ...nothing, message: 'error', faults: [error] }
  return undefined
}

const nothing: Omit<DecodedMessage, 'message'> = {
  version: null,
  offers: [],
  order: null,
  seatMaps: null,
  faults: [],
  warnings: [],
}

/** Booking Management, told apart by what only one of them holds. */
function decodeBookingMessage(
  body: JsonObject,
): (Pick<DecodedMessage, 'message' | 'faults' | 'warnings'> & Partial<DecodedMessage>) | undefined {
  const faults = bookingErrors(body)
  const warnings = bookingWarnings(body)
  if (isObject(body.booking)) {
    const created = readCreatedBooking(body, noOrderContext)
    const message = body.confirmationId === undefined ? 'cancelBooking' : 'createBooking'
    return { message, order: created.order, faults, warnings }
  }
  if (Array.isArray(body.voidedTickets)) return { message: 'voidFlightTickets', faults, warnings }
  if (Array.isArray(body.refundedTickets)) return { message: 'refundFlightTickets', faults, warnings }
  if (typeof body.bookingId === 'string') {
    return { message: 'getBooking', order: readBooking(body, noOrderContext), faults, warnings }
  }
  if (Array.isArray(body.tickets)) {
    const checks = body.tickets.some(ticket => isObject(ticket) && ticket.isVoidable !== undefined)
    return { message: checks ? 'checkFlightTickets' : 'fulfillFlightTickets', faults, warnings }
  }
  if (typeof body.confirmationId === 'string' && body.timestamp !== undefined) {
    return { message: 'createBooking', faults, warnings }
  }
  return hasErrors(body) ? { message: 'bookingErrors', faults, warnings } : undefined
}

function* decodeGrouped(reply: JsonObject, context: ReplyContext): Steps<DecodedMessage> {
  if (!Array.isArray(reply.itineraryGroups) && !Array.isArray(reply.messages)) {
    throw new WireError('neither itineraries nor messages', '/groupedItineraryResponse')
  }
  const read = yield* groupedSteps(reply, context)
  return shoppingMessage(
    'groupedItineraryResponse',
    textOf(reply.version),
    read,
    groupedMessages(reply, read.offers.length),
  )
}

function decodeOta(reply: JsonObject, context: ReplyContext): DecodedMessage {
  const parts = [reply.PricedItineraries, reply.OneWayItineraries, reply.Errors, reply.Warnings]
  if (!parts.some(isObject)) {
    throw new WireError('neither itineraries nor errors', '/OTA_AirLowFareSearchRS')
  }
  const read = readOta(reply, context)
  return shoppingMessage('OTA_AirLowFareSearchRS', textOf(reply.Version), read, otaMessages(reply, read.offers.length))
}

/** `<` comes first, whatever the encoding. */
function isMarkup(bytes: Uint8Array): boolean {
  for (let i = 0; i < Math.min(bytes.length, 64); i++) {
    const byte = bytes[i]!
    if (byte === 0x3c) return true
    if (byte === 0x7b || byte === 0x5b) return false
  }
  return false
}
