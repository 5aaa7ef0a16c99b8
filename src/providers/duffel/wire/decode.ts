import { WireError } from '../../../core/wire-error.ts'
import type { DecodedMessage } from '../../port.ts'
import { isBatch } from './batch.ts'
import { isCancellation } from './cancellation.ts'
import { decodeChangeOffer, isChangeOffer } from './change.ts'
import { dataOf } from './envelope.ts'
import { decodeErrors, isErrorBody } from './errors.ts'
import { parseJson } from './json.ts'
import { decodeOffers, openReading } from './offer.ts'
import { decodeOrder, openOrderReading } from './order.ts'
import { isObject, type JsonObject, listOf, objectOf, textOf, Unreadable, Warnings } from './read.ts'
import { decodeSeatMap, isSeatMap } from './seat-map.ts'

/** Any message of Duffel's, with its wrapper or without, recognised by what it holds: ids are prefixed by kind, and where
 *  a prefix is not to be had the members tell. */
export function decode(bytes: Uint8Array): DecodedMessage {
  const root = parseJson(bytes, true)
  if (isErrorBody(root)) return { ...empty, message: 'error', faults: decodeErrors(root) }
  const data = dataOf(dataOf(root))
  if (Array.isArray(data)) return decodeList(data, data === root ? '' : '/data')
  if (!isObject(data)) throw new WireError('neither an object nor a list', data === root ? '/' : '/data')
  return decodeEvent(data) ?? decodeOne(data, data === root ? '' : '/data')
}

const empty: Omit<DecodedMessage, 'message'> = {
  version: null,
  offers: [],
  order: null,
  seatMaps: null,
  faults: [],
  warnings: [],
}

type Kind = {
  readonly message: string
  readonly read: (list: readonly unknown[], at: string) => Partial<DecodedMessage>
}

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
  const message = prefix === undefined ? undefined : otherKinds.get(prefix)
  return message === undefined ? undefined : { message, read: readNothing }
}

function decodeOne(raw: JsonObject, at: string): DecodedMessage {
  const kind = kindOf(raw)
  if (!kind) throw new WireError(`no message of Duffel: ${Object.keys(raw).slice(0, 4).join(', ')}`, at || '/')
  const found = kind.read([raw], at)
  const lost = isEmpty(found) ? found.warnings?.find(warning => warning.at.startsWith(at)) : undefined
  if (lost && kind.read !== readRequests) throw new WireError(lost.text, lost.at)
  return { ...empty, ...found, message: kind.message }
}

function isEmpty(found: Partial<DecodedMessage>): boolean {
  return !found.offers?.length && !found.order && !found.seatMaps?.length
}

/** A page: its entries are of one kind, that of the first. */
function decodeList(list: readonly unknown[], at: string): DecodedMessage {
  if (list.length === 0) return { ...empty, message: 'empty-page' }
  const kind = kindOf(list[0])
  if (!kind) throw new WireError('a list of something that is no message of Duffel', `${at}/0`)
  return { ...empty, ...kind.read(list, at), message: plural(kind.message) }
}

function plural(message: string): string {
  return message === 'aircraft' ? message : `${message}s`
}

/** A notice to a webhook: `{"type":"order.updated","data":{"object":…}}`. */
function decodeEvent(raw: JsonObject): DecodedMessage | undefined {
  const type = textOf(raw.type)
  const { object } = objectOf(raw.data)
  if (type === null || !isObject(object)) return undefined
  const kind = kindOf(object)
  const found = kind ? kind.read([object], '/data/object') : {}
  return { ...empty, ...found, message: `event ${type}`, version: textOf(raw.api_version) }
}

function readNothing(): Partial<DecodedMessage> {
  return {}
}

function readOffers(list: readonly unknown[], at: string): Partial<DecodedMessage> {
  const reading = openReading()
  return { offers: decodeOffers(list, at, reading), warnings: reading.warnings.list }
}

/** Offer requests are listed without their offers. */
function readRequests(list: readonly unknown[], at: string): Partial<DecodedMessage> {
  const reading = openReading()
  const offers = list.flatMap((item, i) =>
    decodeOffers(listOf(objectOf(item).offers), `${at}${list.length > 1 ? `/${i}` : ''}/offers`, reading),
  )
  return { offers, warnings: reading.warnings.list }
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
function readOrders(list: readonly unknown[], at: string): Partial<DecodedMessage> {
  const reading = openOrderReading()
  for (let i = 0; i < list.length; i++) {
    const place = list.length > 1 ? `${at}/${i}` : at
    const order = reading.warnings.guard(() => decodeOrder(list[i], place, reading))
    if (!order) continue
    if (list.length > 1) reading.warnings.add('several-orders', at, `the first of ${list.length} orders is shown`)
    return { order, warnings: reading.warnings.list }
  }
  return { warnings: reading.warnings.list }
}

function readSeatMaps(list: readonly unknown[]): Partial<DecodedMessage> {
  return { seatMaps: list.filter(isObject).map(raw => decodeSeatMap(raw)) }
}

function readChangeRequests(list: readonly unknown[], at: string): Partial<DecodedMessage> {
  return readChangeOffers(
    list.flatMap(item => listOf(objectOf(item).order_change_offers)),
    `${at}/order_change_offers`,
  )
}

/** No offers of ours: read to know that they can be. */
function readChangeOffers(list: readonly unknown[], at: string): Partial<DecodedMessage> {
  const warnings = new Warnings()
  for (let i = 0; i < list.length; i++) {
    warnings.guard(() => {
      if (!isObject(list[i])) throw new Unreadable('change-unreadable', `${at}/${i}`, 'a change offer is no object')
      decodeChangeOffer(list[i] as JsonObject, `${at}/${i}`, warnings)
    })
  }
  return { warnings: warnings.list }
}
