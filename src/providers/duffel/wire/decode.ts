import { WireError } from '../../../core/wire-error.ts'
import type { WireWarning } from '../../../core/offer.ts'
import type { DecodedMessage } from '../../port.ts'
import { isBatch } from './batch.ts'
import { isCancellation } from './cancellation.ts'
import { decodeChangeOffer, isChangeOffer } from './change.ts'
import { decodeErrors, isErrorBody } from './errors.ts'
import { parseJson } from './json.ts'
import { decodeOffers, openReading } from './offer.ts'
import { decodeOrder, openOrderReading } from './order.ts'
import {
  entriesOf,
  isObject,
  type JsonObject,
  listOf,
  objectOf,
  type Places,
  textOf,
  Unreadable,
  Warnings,
} from './read.ts'
import { decodeSeatMap, isSeatMap } from './seat-map.ts'

/** Any message of Duffel's, with its wrapper or without, recognised by what it holds: ids are prefixed by kind, and where
 *  a prefix is not to be had the members tell. */
export function decode(bytes: Uint8Array): DecodedMessage {
  let value = parseJson(bytes, true)
  let at = ''
  for (let depth = 0; depth < wrappersMax && isObject(value); depth++) {
    if (isErrorBody(value)) return { ...empty, message: 'error', faults: decodeErrors(value) }
    const event = decodeEvent(value, at)
    if (event) return event
    const name = kindOf(value) ? undefined : wrapperOf(value)
    if (name === undefined) return decodeOne(value, at)
    value = value[name]
    at = `${at}/${name}`
  }
  if (Array.isArray(value)) return decodeList(value, at)
  throw new WireError('neither an object nor a list', at || '/')
}

/** `data` is Duffel's own; the others are those of client libraries and logs. */
const wrappers = ['data', 'result', 'response', 'body']
const wrappersMax = 5

function wrapperOf(value: JsonObject): string | undefined {
  return wrappers.find(name => typeof value[name] === 'object' && value[name] !== null)
}

const empty: Omit<DecodedMessage, 'message'> = {
  version: null,
  offers: [],
  order: null,
  seatMaps: null,
  faults: [],
  warnings: [],
}

type Found = {
  readonly parts: Partial<DecodedMessage>
  /** What could not be read and was left out. */
  readonly lost: WireWarning | null
}
type Kind = { readonly message: string; readonly read: (list: readonly unknown[], at: Places) => Found }

/** First match wins. `read` has a list in every case; of a single object it is that one. */
const kinds: readonly (Kind & { readonly is: (raw: JsonObject) => boolean })[] = [
  { message: 'batch-offer-request', is: isBatch, read: readRequests },
  { message: 'seat-map', is: isSeatMap, read: readSeatMaps },
  { message: 'order-change-offer', is: isChangeOffer, read: readChangeOffers },
  { message: 'order-change-request', is: raw => Array.isArray(raw.order_change_offers), read: readChangeRequests },
  { message: 'order', is: raw => 'booking_reference' in raw && 'slices' in raw, read: readOrders },
  { message: 'offer', is: raw => 'total_amount' in raw && Array.isArray(raw.slices), read: readOffers },
  { message: 'partial-offer-request', is: isPartialRequest, read: readRequests },
  { message: 'offer-request', is: isRequest, read: readRequests },
  { message: 'order-cancellation', is: isCancellation, read: readNothing },
  { message: 'airline-initiated-change', is: raw => 'added' in raw && 'removed' in raw, read: readNothing },
]

/** Messages that hold nothing of what we look for, by the prefix of their ids. */
const otherKinds: ReadonlyMap<string, string> = new Map([
  ['pay', 'payment'],
  ['pit', 'payment-intent'],
  ['ref', 'refund'],
  ['ore', 'order-cancellation'],
  ['oce', 'order-change'],
  ['aic', 'airline-initiated-change'],
  ['ase', 'available-service'],
  ['pas', 'offer-passenger'],
  ['arp', 'place'],
  ['cit', 'place'],
  ['arl', 'airline'],
  ['aln', 'airline'],
  ['arc', 'aircraft'],
  ['sev', 'webhook'],
  ['wev', 'event'],
])

function kindOf(value: unknown): Kind | undefined {
  if (!isObject(value)) return undefined
  const known = kinds.find(kind => kind.is(value))
  if (known) return known
  const prefix = /^([a-z]{3})_/.exec(textOf(value.id) ?? '')?.[1]
  if (prefix === undefined) return undefined
  if (prefix === 'off') return { message: 'offer', read: readOffers }
  if (prefix === 'ord') return { message: 'order', read: readOrders }
  const message = otherKinds.get(prefix)
  return message === undefined ? undefined : { message, read: readNothing }
}

function decodeOne(raw: JsonObject, at: string): DecodedMessage {
  const kind = kindOf(raw)
  if (!kind) throw new WireError(`no message of Duffel: ${Object.keys(raw).slice(0, 4).join(', ')}`, at || '/')
  return { ...empty, ...whole(kind.read([raw], () => at)), message: kind.message }
}

/** Where nothing could be read, the message as a whole could not. */
function whole({ parts, lost }: Found): Partial<DecodedMessage> {
  const isEmpty = !parts.offers?.length && !parts.order && !parts.seatMaps?.length
  if (isEmpty && lost) throw new WireError(lost.text, lost.at)
  return parts
}

/** A page: its entries are of one kind, that of the first that can be told. */
function decodeList(list: readonly unknown[], at: string): DecodedMessage {
  if (list.length === 0) return { ...empty, message: 'empty-page' }
  const kind = kindOf(list.find(entry => kindOf(entry)))
  if (!kind) throw new WireError('a list of something that is no message of Duffel', `${at}/0`)
  return { ...empty, ...whole(kind.read(list, entriesOf(at))), message: plural(kind.message) }
}

function plural(message: string): string {
  return message === 'aircraft' ? message : `${message}s`
}

/** A notice to a webhook: `{"type":"order.updated","data":{"object":…}}`. */
function decodeEvent(raw: JsonObject, at: string): DecodedMessage | undefined {
  const type = textOf(raw.type)
  const { object } = objectOf(raw.data)
  if (type === null || !isObject(object)) return undefined
  const kind = kindOf(object)
  const found = kind ? kind.read([object], () => `${at}/data/object`) : readNothing()
  return { ...empty, ...whole(found), message: `event ${type}`, version: textOf(raw.api_version) }
}

function readNothing(): Found {
  return { parts: {}, lost: null }
}

function found(parts: Partial<DecodedMessage>, warnings: Warnings): Found {
  return { parts: { ...parts, warnings: warnings.list }, lost: warnings.lost }
}

function readOffers(list: readonly unknown[], at: Places): Found {
  const reading = openReading()
  return found({ offers: decodeOffers(list, at, reading) }, reading.warnings)
}

/** Offer requests are listed without their offers. */
function readRequests(list: readonly unknown[], at: Places): Found {
  const reading = openReading()
  const offers = list.flatMap((item, i) =>
    decodeOffers(listOf(objectOf(item).offers), entriesOf(`${at(i)}/offers`), reading),
  )
  return found({ offers }, reading.warnings)
}

function isRequest(raw: JsonObject): boolean {
  const asks = Array.isArray(raw.slices) && Array.isArray(raw.passengers)
  return Array.isArray(raw.offers) || (asks && !('total_amount' in raw))
}

/** Searched slice by slice: its offers are parts, to be combined before they can be bought. */
function isPartialRequest(raw: JsonObject): boolean {
  return (
    isRequest(raw) && (textOf(raw.id)?.startsWith('prq_') === true || objectOf(listOf(raw.offers)[0]).partial === true)
  )
}

/** The first that can be read; the rest of a page is counted. */
function readOrders(list: readonly unknown[], at: Places): Found {
  const reading = openOrderReading()
  for (let i = 0; i < list.length; i++) {
    const order = reading.warnings.guard(() => decodeOrder(list[i], at(i), reading))
    if (!order) continue
    if (list.length > 1) reading.warnings.add('several-orders', at(i), `the first of ${list.length} orders is shown`)
    return found({ order }, reading.warnings)
  }
  return found({}, reading.warnings)
}

function readSeatMaps(list: readonly unknown[]): Found {
  return { parts: { seatMaps: list.filter(isObject).map(raw => decodeSeatMap(raw)) }, lost: null }
}

function readChangeRequests(list: readonly unknown[], at: Places): Found {
  return readChangeOffers(
    list.flatMap(item => listOf(objectOf(item).order_change_offers)),
    entriesOf(`${at(0)}/order_change_offers`),
  )
}

/** No offers of ours: read to know that they can be. */
function readChangeOffers(list: readonly unknown[], at: Places): Found {
  const warnings = new Warnings()
  for (let i = 0; i < list.length; i++) {
    warnings.guard(() => {
      if (!isObject(list[i])) throw new Unreadable('change-unreadable', at(i), 'a change offer is no object')
      decodeChangeOffer(list[i] as JsonObject, at(i), warnings)
    })
  }
  return found({}, warnings)
}
