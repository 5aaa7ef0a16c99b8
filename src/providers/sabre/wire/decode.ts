import { WireError } from '../../../core/wire-error.ts'
import type { DecodedMessage } from '../../port.ts'
import { groupedMessages, otaMessages, platformError } from './errors.ts'
import { readGrouped, type ReadOffers } from './grouped.ts'
import { isObject, type JsonObject, parseJson, textOf } from './json.ts'
import { readOta } from './ota.ts'
import { noContext, type ReplyContext } from './reading.ts'

/** Any message of Sabre's, recognised by what it holds. */
export function decode(bytes: Uint8Array): DecodedMessage {
  return decodeWith(bytes, noContext)
}

/** The same for one who asked the question. */
export function decodeWith(bytes: Uint8Array, context: ReplyContext): DecodedMessage {
  refuseMarkup(bytes)
  const root = parseJson(bytes)
  if (!isObject(root)) throw new WireError('no JSON object', 'byte 0')
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
  if (isObject(body.groupedItineraryResponse)) return decodeGrouped(body.groupedItineraryResponse, context)
  if (isObject(body.OTA_AirLowFareSearchRS)) return decodeOta(body.OTA_AirLowFareSearchRS, context)
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

function decodeGrouped(reply: JsonObject, context: ReplyContext): DecodedMessage {
  if (!Array.isArray(reply.itineraryGroups) && !Array.isArray(reply.messages)) {
    throw new WireError('neither itineraries nor messages', '/groupedItineraryResponse')
  }
  const read = readGrouped(reply, context)
  return shoppingMessage(
    'groupedItineraryResponse',
    textOf(reply.version),
    read,
    groupedMessages(reply, read.offers.length),
  )
}

function decodeOta(reply: JsonObject, context: ReplyContext): DecodedMessage {
  if (!isObject(reply.PricedItineraries) && !isObject(reply.Errors) && !isObject(reply.Warnings)) {
    throw new WireError('neither itineraries nor errors', '/OTA_AirLowFareSearchRS')
  }
  const read = readOta(reply, context)
  return shoppingMessage('OTA_AirLowFareSearchRS', textOf(reply.Version), read, otaMessages(reply, read.offers.length))
}

function shoppingMessage(
  message: string,
  version: string | null,
  read: ReadOffers,
  said: Pick<DecodedMessage, 'faults' | 'warnings'>,
): DecodedMessage {
  const warnings = [...said.warnings, ...read.warnings.list]
  return { message, version, offers: read.offers, order: null, seatMaps: null, faults: said.faults, warnings }
}

/** `<`: a proxy's page, or the XML twin of a message, which has its own reader. */
function refuseMarkup(bytes: Uint8Array): void {
  for (let i = 0; i < Math.min(bytes.length, 64); i++) {
    const byte = bytes[i]!
    if (byte === 0x3c) throw new WireError('markup, not JSON', `byte ${i}`)
    if (byte === 0x7b || byte === 0x5b) return
  }
}
