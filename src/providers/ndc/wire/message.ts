import type { Instant } from '../../../core/clock.ts'
import type { WireWarning } from '../../../core/offer.ts'
import { atOnce, type Steps } from '../../../core/turns.ts'
import { endOfDocument, XmlScanner } from '../../../core/xml/scanner.ts'
import { readProblem, type WireError } from './errors.ts'
import { emptyLists, type Lists, readLists } from './lists.ts'
import { readItem, type WireItem } from './read-item.ts'
import { readOffer, type WireOffer } from './read-offer.ts'
import { readDocuments, readOrder, type WireDocument, type WireOrder } from './read-order.ts'
import { warn } from './values.ts'
import { readSeatMap, type WireSeatMap } from './read-seats.ts'
import { readReshop, type WireReshop } from './reshop.ts'
import { type Dialect, dialectOf, statedVersion } from './version.ts'
import { eachChild, integerOf, textOf, wordOf } from './xml.ts'

/** A message of any release as it stands: lists, offers and orders with their references not yet followed, since before
 *  18.1 the offers come first. */
export type Message = {
  /** Local name of the message element. */
  readonly name: string
  lists: Lists
  readonly offers: WireOffer[]
  readonly documents: WireDocument[]
  readonly errors: WireError[]
  readonly problems: WireError[]
  readonly seatMaps: WireSeatMap[]
  readonly extras: WireItem[]
  /** Of an order list. */
  readonly matched: string[]
  readonly warnings: WireWarning[]
  order: WireOrder | null
  reshop: WireReshop | null
  responseId: string | null
  /** `+01:00`: of the time of the reply, for limits that name no zone. */
  offset: string | null
  version: string | null
  /** Whether there was anything that a reply consists of. */
  answered: boolean
  readonly minorUnits: Dialect['minorUnits']
  readonly decimals: Map<string, number>
  /** What values.ts read already. */
  readonly instants: Map<string, number>
  readonly instantTexts: Map<number, Instant>
  /** Of a history: the order as of which version. */
  orderVersion: number
}

export function readMessage(bytes: Uint8Array): Message {
  return atOnce(messageSteps(bytes))
}

export function* messageSteps(bytes: Uint8Array): Steps<Message> {
  const x = new XmlScanner(bytes)
  x.next()
  openEnvelope(x)
  const message = newMessage(x.name, dialectOf(x))
  if (message.name === 'Fault') message.errors.push(readSoapFault(x))
  else if (isReply(message.name)) yield* readParts(x, message)
  else x.fail(`${message.name} is no reply of NDC that is understood`)
  while (x.next() !== endOfDocument);
  if (!message.answered && message.errors.length === 0) x.fail(`${message.name} holds neither a response nor an error`)
  return message
}

function newMessage(name: string, dialect: Dialect): Message {
  return {
    name,
    lists: emptyLists(),
    offers: [],
    documents: [],
    errors: [],
    problems: [],
    seatMaps: [],
    extras: [],
    matched: [],
    warnings: [],
    order: null,
    reshop: null,
    responseId: null,
    offset: null,
    version: dialect.version,
    answered: false,
    minorUnits: dialect.minorUnits,
    decimals: new Map(),
    instants: new Map(),
    instantTexts: new Map(),
    orderVersion: 0,
  }
}

/** Replies and the pushed notice; what airlines are asked is read by requests.ts. */
function isReply(name: string): boolean {
  return (/^(IATA_|AMA_Travel)?[A-Z]\w+RS$/.test(name) || /Notif(ication)?RQ$/.test(name)) && !/^OTA_/.test(name)
}

/** From `Envelope` to the message in its body. */
function openEnvelope(x: XmlScanner): void {
  if (x.name !== 'Envelope') return
  while (x.child(1)) if (isBody(x) && x.child(2)) return
  x.fail('an envelope without a body')
}

function isBody(x: XmlScanner): boolean {
  return x.name === 'Body'
}

function readSoapFault(x: XmlScanner): WireError {
  let code = ''
  let text = ''
  const visit = (name: string): void => {
    if (name === 'faultcode' || name === 'Value') code ||= textOf(x)
    else if (name === 'faultstring' || name === 'Text') text ||= textOf(x)
    else if (name === 'Code' || name === 'Reason') eachChild(x, visit)
  }
  eachChild(x, visit)
  return { code: code.replace(/^.*:/, ''), text, type: null }
}

function* readParts(x: XmlScanner, message: Message): Steps<void> {
  const { depth } = x
  while (x.child(depth)) {
    const { name } = x
    if (answers.has(name)) message.answered = true
    if (wrappers.has(name)) yield* readParts(x, message)
    else if (name === 'DataLists' || name === 'DataList') yield* readLists(x, message.lists)
    else {
      readPart(x, name, message)
      yield
    }
  }
}

/** What a reply consists of. */
const answers: ReadonlySet<string> = new Set([
  'Response',
  'Success',
  'OffersGroup',
  'PricedOffer',
  'SeatMap',
  'Order',
  'ChangeGroup',
])

/** What stands around the parts of it. */
const wrappers: ReadonlySet<string> = new Set([
  'Response',
  'Notification',
  'OffersGroup',
  'CarrierOffers',
  'AirlineOffers',
  'OtherOffers',
  'Errors',
  'Warnings',
  'SeatMaps',
  'TicketDocInfos',
  'Query',
])

function readPart(x: XmlScanner, name: string, message: Message): void {
  switch (name) {
    case 'Metadata':
      readMetadata(x, message)
      break
    case 'Offer':
    case 'PricedOffer':
    case 'AirlineOffer':
      addOffers(x, name, message)
      return
    case 'ALaCarteOffer':
      eachChild(x, child => {
        if (/OfferItem$/.test(child)) message.extras.push(readItem(x))
      })
      break
    case 'Order':
      readOneOrder(x, message)
      return
    case 'TicketDocInfo':
      readDocuments(x, message.documents)
      break
    case 'Error':
      message.errors.push(readProblem(x))
      return
    case 'Warning':
      message.problems.push(readProblem(x))
      return
    case 'SeatMap':
      message.seatMaps.push(readSeatMap(x))
      return
    case 'ReshopResults':
      message.reshop = readReshop(x)
      return
    case 'MatchedOrder':
      eachChild(x, child => {
        if (child === 'OrderRefID') message.matched.push(textOf(x))
      })
      break
    case 'ChangeGroup':
      readChanges(x, message)
      break
    case 'ShoppingResponse':
    case 'ShoppingResponseID':
      eachChild(x, () => {
        message.responseId ??= wordOf(x)
      })
      break
    case 'PayloadAttributes':
      readPayload(x, message)
      break
    default:
  }
}

/** A search by booking reference may find several: the first is shown. */
function readOneOrder(x: XmlScanner, message: Message): void {
  const order = readOrder(x)
  if (!message.order) message.order = order
  else warn(message, 'orders', `Order ${order.id}`, 'a second order in one reply is left out')
}

/** `PricedOffer` is an offer, or wraps one (AMA, 17.2). The offer that was asked for goes before what it could be changed
 *  for, wherever it stands. */
function addOffers(x: XmlScanner, name: string, { offers }: Message): void {
  const wrapped: WireOffer[] = []
  const own = readOffer(x, wrapped)
  if (wrapped.length === 0) wrapped.push(own)
  if (name === 'PricedOffer') offers.unshift(...wrapped)
  else for (const offer of wrapped) offers.push(offer)
}

function readMetadata(x: XmlScanner, message: Message): void {
  const visit = (name: string): void => {
    if (name !== 'CurrencyMetadata') {
      eachChild(x, visit)
      return
    }
    const currency = x.attribute('MetadataKey') ?? ''
    eachChild(x, child => {
      if (child !== 'Decimals') return
      const decimals = integerOf(x)
      if (decimals !== null && decimals <= 6) message.decimals.set(currency, decimals)
    })
  }
  eachChild(x, visit)
}

function readPayload(x: XmlScanner, message: Message): void {
  eachChild(x, name => {
    if (name === 'VersionNumber') message.version = statedVersion(textOf(x)) ?? message.version
    else if (name === 'Timestamp') message.offset = /(Z|[+-]\d\d:\d\d)$/.exec(textOf(x))?.[1] ?? null
  })
}

/** A history has the newest state first or last: the highest version that holds an order is the order. */
function readChanges(x: XmlScanner, message: Message): void {
  eachChild(x, name => {
    if (name !== 'ChangeOperationGroup') return
    const part = newMessage(message.name, message)
    let version = 0
    eachChild(x, child => {
      if (child === 'OrderVersionNumber') version = integerOf(x) ?? 0
      else if (child === 'ChangeOperation')
        eachChild(x, inner => {
          if (inner === 'New') atOnce(readParts(x, part))
        })
    })
    if (!part.order || (message.order && version <= message.orderVersion)) return
    message.order = part.order
    message.orderVersion = version
    message.lists = part.lists
    message.documents.splice(0, message.documents.length, ...part.documents)
  })
}
