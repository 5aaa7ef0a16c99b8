import type { Fault } from '../../../core/fault.ts'
import { WireError } from '../../../core/wire-error.ts'
import type { DecodedMessage } from '../../port.ts'
import { decodeAvailabilities } from './availabilities.ts'
import { decodeErrors, decodeWarnings, isErrorBody } from './errors.ts'
import { currencyOf, decodeFlightDates } from './flight-dates.ts'
import { parseJson } from './json.ts'
import { decodeOrderReply } from './order.ts'
import { decodePricingReply } from './pricing.ts'
import { listOf, type Raw, rawOf, textOf, type Warnings } from './read.ts'
import { decodeSearchReply } from './search.ts'
import { decodeSeatMaps } from './seat-map.ts'
import { decodeSoap } from './soap.ts'
import { decodeToken } from './token.ts'

/** Any reply of Amadeus, JSON or SOAP, recognised by what is in it: with its envelope, as the bare `data` array or object, or inside
 *  the wrapper of some client. Throws WireError where it cannot be understood. */
export function decode(bytes: Uint8Array): DecodedMessage {
  if (isMarkup(bytes)) return decodeSoap(bytes)
  const tree = unwrap(parseJson(bytes, true), 0)
  if (Array.isArray(tree)) return decodeList(tree, null, bytes)
  const raw = rawOf(tree)
  if (raw === null) throw new WireError('neither an object nor a list', '')
  if (isErrorBody(raw) && raw.data === undefined) return decodeFailure(raw)
  if (Array.isArray(raw.data)) return decodeList(raw.data, raw, bytes)
  return decodeObject(raw)
}

/** XML, by its first mark: of UTF-16 too, and behind a byte order mark. HTML is told apart by the XML reader. */
function isMarkup(bytes: Uint8Array): boolean {
  for (let i = 0; i < Math.min(bytes.length, 64); i++) {
    const byte = bytes[i]!
    if (byte === 0x3c) return true
    const mark = byte === 0xef || byte === 0xbb || byte === 0xbf || byte === 0xfe || byte === 0xff || byte === 0
    if (!mark && byte > 0x20) return false
  }
  return false
}

const wrappersMax = 3

/** `{"result":{…}}`, `{"response":{"data":…}}`: what a client library or a log put around the reply. */
function unwrap(tree: unknown, depth: number): unknown {
  const raw = rawOf(tree)
  if (raw === null || depth >= wrappersMax || isReply(raw)) return tree
  for (const inner of Object.values(raw)) {
    const found = unwrap(inner, depth + 1)
    if (Array.isArray(found) ? typeOfList(found) !== null : isReply(rawOf(found))) return found
  }
  return tree
}

function isReply(raw: Raw | null): boolean {
  if (raw === null) return false
  const data = rawOf(raw.data)
  return (
    isErrorBody(raw) ||
    Array.isArray(raw.data) ||
    known.has(raw.type) ||
    (data !== null && (known.has(data.type) || Array.isArray(data.flightOffers)))
  )
}

const known: ReadonlySet<unknown> = new Set([
  'flight-offer',
  'flight-offers-pricing',
  'flight-offer-pricing',
  'flight-order',
  'amadeusOAuth2Token',
])

/** Of the first entry that has one: a list holds things of one type. Offers are known by their members too. */
function typeOfList(list: readonly unknown[]): string | null {
  for (const item of list) {
    const raw = rawOf(item)
    const type = textOf(raw?.type)
    if (type !== null) return type
    if (raw?.itineraries !== undefined) return 'flight-offer'
    if (raw?.decks !== undefined) return 'seatmap'
  }
  return null
}

function decodeList(list: readonly unknown[], envelope: Raw | null, bytes: Uint8Array): DecodedMessage {
  const at = envelope === null ? '' : '/data'
  const warnings: Warnings = [...decodeWarnings(envelope?.warnings)]
  const faults = envelope !== null && isErrorBody(envelope) ? decodeErrors(envelope) : []
  switch (typeOfList(list)) {
    case 'seatmap': {
      const seatMaps = decodeSeatMaps(list, at, warnings)
      if (seatMaps.length === 0) throw new WireError('no seat map that can be read', at)
      return { ...message('seatmaps', faults, warnings), seatMaps }
    }
    case 'flight-availability':
      if (decodeAvailabilities(list, at, warnings).length === 0) throw new WireError('no availability to be read', at)
      return message('flight-availabilities', faults, warnings)
    case 'flight-date':
      if (decodeFlightDates(list, currencyOf(envelope), at, warnings).length === 0) {
        throw new WireError('no date to be read', at)
      }
      return message('flight-dates', faults, warnings)
    case 'flight-order':
      return decodeObject({ data: list[0] })
    case 'flight-offer':
    case null: {
      const { offers, warnings: read } = decodeSearchReply(envelope ?? list, bytes)
      return { ...message('flight-offers', faults, [...read]), offers }
    }
    default:
      throw new WireError(`a list of something unknown`, `${at}/0/type`)
  }
}

function decodeObject(raw: Raw): DecodedMessage {
  const data = rawOf(raw.data) ?? raw
  const faults = isErrorBody(raw) ? decodeErrors(raw) : []
  if (data.type === 'flight-order') {
    const { order, warnings } = decodeOrderReply(raw)
    return { ...message('flight-order', faults, warnings), order }
  }
  if (data.type === 'flight-offer') {
    const { offers, warnings } = decodePricingReply({ flightOffers: [data] })
    return { ...message('flight-offer', faults, [...warnings]), offers }
  }
  if (Array.isArray(data.flightOffers)) {
    const { offers, warnings } = decodePricingReply(raw)
    return { ...message('flight-offers-pricing', faults, [...warnings]), offers }
  }
  if (decodeToken(raw)) return message('token', faults, [])
  throw new WireError('no message that is known here', '')
}

function decodeFailure(raw: Raw): DecodedMessage {
  const faults = decodeErrors(raw)
  if (faults.length === 0 && listOf(raw.errors).length > 0) throw new WireError('errors that say nothing', '/errors')
  return message('errors', faults, [...decodeWarnings(raw.warnings)])
}

function message(name: string, faults: readonly Fault[], warnings: Warnings): DecodedMessage {
  return { message: name, version: null, offers: [], order: null, seatMaps: null, faults, warnings }
}
