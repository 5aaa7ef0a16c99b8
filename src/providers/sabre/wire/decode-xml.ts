import { fault } from '../../../core/fault.ts'
import { WireError } from '../../../core/wire-error.ts'
import { defaultLimits, endOfDocument, startTag, XmlScanner } from '../../../core/xml/scanner.ts'
import { readElement, type XmlElement } from '../../../core/xml/tree.ts'
import type { DecodedMessage } from '../../port.ts'
import { platformFault } from '../faults.ts'
import { airPriceTwin, readAirPrice } from './air-price.ts'
import { groupedMessages, otaMessages } from './errors.ts'
import { readGrouped } from './grouped.ts'
import { groupedTwin } from './grouped-xml.ts'
import { type JsonObject, replyMaxBytes, textOf } from './json.ts'
import { readOta } from './ota.ts'
import { otaTwin } from './ota-xml.ts'
import type { ReplyContext } from './reading.ts'
import { shoppingMessage } from './shopping-message.ts'
import { readTwin, type TwinRules } from './xml-twin.ts'

/** The XML messages of the older web services, alone or inside a SOAP envelope. */
export function decodeXml(bytes: Uint8Array, context: ReplyContext): DecodedMessage {
  const scanner = new XmlScanner(bytes, { ...defaultLimits, bytesMax: replyMaxBytes })
  const decoded = findMessage(scanner, context)
  while (scanner.next() !== endOfDocument) {
    // the rest must be well-formed too
  }
  return decoded
}

/** How deep a message may stand inside envelopes. */
const depthMax = 6

function findMessage(scanner: XmlScanner, context: ReplyContext): DecodedMessage {
  for (;;) {
    const event = scanner.next()
    if (event === endOfDocument) throw new WireError('no message of Sabre', 'byte 0')
    if (event !== startTag) continue
    const decoded = readMessage(scanner, context)
    if (decoded) return decoded
    if (/^html$/i.test(scanner.name)) throw new WireError('an HTML page', `byte ${scanner.offset}`)
    if (/Header$/.test(scanner.name)) scanner.skip()
    else if (scanner.depth > depthMax)
      throw new WireError(`no message of Sabre: ${scanner.name}`, `byte ${scanner.offset}`)
  }
}

function readMessage(scanner: XmlScanner, context: ReplyContext): DecodedMessage | undefined {
  const { name } = scanner
  switch (name) {
    case 'GroupedItineraryResponse': {
      const reply = twin(scanner, groupedTwin, 'itineraryGroups', 'messages')
      const read = readGrouped(reply, context)
      return shoppingMessage(name, textOf(reply.version), read, groupedMessages(reply, read.offers.length))
    }
    case 'OTA_AirLowFareSearchRS':
    case 'RevalidateItinRS': {
      const reply = twin(scanner, otaTwin, 'PricedItineraries', 'OneWayItineraries', 'Errors', 'Warnings')
      const read = readOta(reply, context)
      return shoppingMessage(name, textOf(reply.Version), read, otaMessages(reply, read.offers.length))
    }
    case 'OTA_AirPriceRS': {
      const reply = readTwin(scanner, airPriceTwin)
      const read = readAirPrice(reply, context)
      return shoppingMessage(name, textOf(reply.Version), read, { faults: [], warnings: [] })
    }
    case 'Fault':
      return soapFault(readElement(scanner))
    default:
      return undefined
  }
}

function twin(scanner: XmlScanner, rules: TwinRules, ...parts: readonly string[]): JsonObject {
  const { name, offset } = scanner
  const reply = readTwin(scanner, rules)
  if (parts.some(part => reply[part] !== undefined)) return reply
  throw new WireError(`${name} holds none of ${parts.join(', ')}`, `byte ${offset}`)
}

/** Sabre's own code stands in the detail or in the text; `soap-env:Client.…` in faultcode is the way it came. */
function soapFault(element: XmlElement): DecodedMessage {
  const words = textsOf(element)
  const own = /\b(USG_[A-Z_]+|ERR\.[A-Z0-9_.]+[A-Z0-9_])/.exec(words.join(' '))?.[1]
  const faultCode = element.children.find(child => /^(faultcode|Code)$/.test(child.name))
  const code = own ?? (faultCode ? (textsOf(faultCode)[0]?.split(':').at(-1) ?? null) : null)
  const said = element.children.find(child => /^(faultstring|Reason)$/.test(child.name))
  const reason = (said && textsOf(said).join(' ')) ?? null
  const known = platformFault(code, reason)
  const faults = [code === null ? fault('supplier-error', known.text, { mayHaveBooked: true }) : known]
  return { message: 'Fault', version: null, offers: [], order: null, seatMaps: null, faults, warnings: [] }
}

function textsOf(element: XmlElement): readonly string[] {
  const own = element.text.trim()
  return [...(own === '' ? [] : [own]), ...element.children.flatMap(textsOf)]
}
