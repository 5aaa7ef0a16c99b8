import { toInstant } from '../../../core/clock.ts'
import { isId, type PassengerId } from '../../../core/ids.ts'
import type { PassengerType, Segment, SegmentFare, Slice } from '../../../core/itinerary.ts'
import { add, type Money, times } from '../../../core/money.ts'
import type {
  DocumentStatus,
  OrderPassenger,
  RecordLocator,
  SupplierOrder,
  SupplierOrderStatus,
  TravelDocument,
} from '../../../core/order.ts'
import { assembleSlice } from '../../../reference/assemble.ts'
import { type AirContent, bookingsBySegment, emptyContent } from './air-content.ts'
import type { OrderContext } from './context.ts'
import { cabinOf } from './fares.ts'
import { passengerTypeOf } from './pricing.ts'
import type { Reply } from './reply.ts'
import { brandOf } from './segment-fares.ts'
import { isFlight, toSegment, type WireSegment } from './segments.ts'
import { referenceIn, type UniversalRecord, type WireTraveller } from './universal-record.ts'

/** Whose ids in the record are whose in ours: by key where the record kept it, else by name, else by type in order. */
export type TravellerNames = (traveller: WireTraveller, type: PassengerType | null) => PassengerId | null

export const ownIds: TravellerNames = traveller => (isId('pax', traveller.key) ? traveller.key : null)

export function toOrder(reply: Reply, record: UniversalRecord, names: TravellerNames = ownIds): SupplierOrder {
  const types = travellerTypes(record)
  const ids = new Map(record.travellers.map(one => [one.key, names(one, types.get(one.key) ?? null)]))
  const documents = documentsOf(record, ids)
  const status = statusOf(record, documents)
  return {
    provider: 'travelport',
    status,
    locators: locatorsOf(record),
    reference: referenceIn(record.remarks),
    ticketBy: status === 'held' || status === 'partly-ticketed' ? ticketBy(reply, record) : null,
    total: totalOf(record),
    passengers: record.travellers.map(one => toPassenger(one, ids.get(one.key) ?? null, types.get(one.key) ?? null)),
    slices: slicesOf(reply, record, types),
    documents,
    ...airlineRemarks(reply, record),
    supplierContext: orderContext(record),
  }
}

function airlineRemarks(reply: Reply, { airlineRemarks: found }: UniversalRecord): Pick<SupplierOrder, 'remarks'> {
  if (found.length === 0) return {}
  return {
    remarks: found.map(({ carrier, text, createdAt }) => {
      const ms = createdAt === null ? undefined : reply.epochMs(createdAt)
      return { carrier, text, at: ms === undefined ? null : toInstant(ms) }
    }),
  }
}

function toPassenger(one: WireTraveller, id: PassengerId | null, type: PassengerType | null): OrderPassenger {
  return { id, type, surname: one.last, givenNames: one.first }
}

/** The traveller's own type, else that of the stored fare that names him. */
function travellerTypes(record: UniversalRecord): ReadonlyMap<string, PassengerType | null> {
  const priced = new Map<string, string>()
  for (const info of record.infos)
    for (const one of info.passengers) if (one.ref !== null) priced.set(one.ref, one.code)
  return new Map(record.travellers.map(one => [one.key, passengerTypeOf(one.code ?? priced.get(one.key) ?? '')]))
}

function locatorsOf(record: UniversalRecord): readonly RecordLocator[] {
  const locators: RecordLocator[] = []
  const seen = new Set<string>()
  const put = (owner: string, locator: string): void => {
    if (locator === '' || seen.has(`${owner} ${locator}`)) return
    seen.add(`${owner} ${locator}`)
    locators.push({ owner, locator })
  }
  put('travelport', record.locator)
  for (const provider of record.providers) put(provider.code, provider.locator)
  for (const supplier of record.suppliers) put(supplier.code, supplier.locator)
  return locators
}

/** N, T, U and S are current (S: suspended, still valid); Z says nothing more than that it was one. */
export function documentStatusOf(status: string): DocumentStatus {
  switch (status) {
    case 'V':
      return 'void'
    case 'R':
      return 'refunded'
    case 'X':
      return 'exchanged'
    default:
      return 'issued'
  }
}

/** The SSRs tell where the record has no document list. */
function documentsOf(record: UniversalRecord, ids: ReadonlyMap<string, PassengerId | null>): readonly TravelDocument[] {
  const documents = new Map<string, TravelDocument>()
  const put = (text: string, status: DocumentStatus, travellerKey: string | null): void => {
    const number = ticketNumber(text)
    if (number === null || documents.has(number)) return
    const passengerId = travellerKey === null ? null : (ids.get(travellerKey) ?? null)
    documents.set(number, { kind: 'ticket', number, passengerId, status })
  }
  for (const ticket of record.tickets) put(ticket.number, documentStatusOf(ticket.status), ticket.travellerRef)
  if (record.tickets.length === 0) {
    for (const one of record.travellers) for (const text of one.ticketTexts) put(text, 'issued', one.key)
  }
  return [...documents.values()]
}

/** 13 digits; a check digit, coupons (`0749902930648C1`) and the rest of a conjunction (`-49`) go. */
function ticketNumber(text: string): string | null {
  return /^\d{13}/.exec(text.replace(/^(\d{3})[- ]/, '$1'))?.[0] ?? null
}

/** Segment statuses after which nothing is held: cancelled by us, by the airline, or never confirmed. */
const goneStatuses: ReadonlySet<string> = new Set(['HX', 'XX', 'XK', 'XL', 'UC', 'UN', 'US', 'UU', 'NO'])

function statusOf(record: UniversalRecord, documents: readonly TravelDocument[]): SupplierOrderStatus {
  const flights = record.segments.filter(isFlight)
  const live = flights.filter(segment => !goneStatuses.has(segment.status ?? ''))
  if (/cancel/i.test(record.status) || live.length === 0) return 'cancelled'
  const issued = documents.filter(document => document.status === 'issued')
  if (issued.length === 0) return 'held'
  const holders = new Set(record.tickets.filter(t => documentStatusOf(t.status) === 'issued').map(t => t.travellerRef))
  return holders.size >= record.travellers.length || record.tickets.length === 0 ? 'ticketed' : 'partly-ticketed'
}

/** The earlier of the office's own date and the fare's wins. */
function ticketBy(reply: Reply, record: UniversalRecord): string | null {
  const limits = [...record.ticketDates, ...record.infos.map(info => info.latestTicketingTime)]
  let first: number | undefined
  for (const limit of limits) {
    const ms = reply.epochMs(limit)
    if (ms !== undefined && (first === undefined || ms < first)) first = ms
  }
  return first === undefined ? null : toInstant(first)
}

/** Stored fares are for one passenger each. */
function totalOf(record: UniversalRecord): Money | null {
  let total: Money | null = null
  for (const info of record.infos) {
    const each = info.amounts.total
    if (!each || (total && total.currency !== each.currency)) return null
    const part = times(each, Math.max(1, info.passengers.length))
    total = total ? add(total, part) : part
  }
  return total
}

function slicesOf(
  reply: Reply,
  record: UniversalRecord,
  types: ReadonlyMap<string, PassengerType | null>,
): readonly Slice[] {
  const flights = record.segments.filter(isFlight)
  for (const { key, times } of record.segments) {
    if (times === null) reply.warn('no-flight', `AirSegment ${key}`, 'left out of the order: no flight number or time')
  }
  flights.sort((a, b) => (a.travelOrder ?? 0) - (b.travelOrder ?? 0))
  const content = emptyContent()
  for (const info of record.infos) for (const fare of info.fares) content.fares.set(fare.key, fare)
  const slices: Segment[][] = []
  flights.forEach((wire, index) => {
    const fares = orderFares(content, record, types, wire)
    const segment = toSegment(reply, { wire, details: wire.details, fares, place: index + 1, status: wire.status })
    const before = flights[index - 1]
    if (before && isSameSlice(before, wire)) slices[slices.length - 1]!.push(segment)
    else slices.push([segment])
  })
  return slices.map(assembleSlice)
}

function isSameSlice(before: WireSegment, wire: WireSegment): boolean {
  return before.group === wire.group || (wire.marriageGroup !== null && before.marriageGroup === wire.marriageGroup)
}

function orderFares(
  content: AirContent,
  record: UniversalRecord,
  types: ReadonlyMap<string, PassengerType | null>,
  wire: WireSegment,
): readonly SegmentFare[] {
  const fares = new Map<PassengerType, SegmentFare>()
  for (const info of record.infos) {
    const booking = bookingsBySegment(info).get(wire.key)
    const type = passengerTypeOf(info.passengers[0]?.code ?? 'ADT') ?? 'ADT'
    if (!booking || fares.has(type)) continue
    const fare = content.fares.get(booking.fareRef)
    fares.set(type, {
      passengerType: type,
      fareBasis: fare?.fareBasis ?? null,
      bookingClass: booking.bookingCode || wire.classOfService,
      cabin: cabinOf(booking.cabinClass ?? wire.cabinClass),
      brand: fare ? brandOf(content, fare) : null,
      baggage: { checked: fare?.checked ?? null, cabin: null },
    })
  }
  for (const type of types.values()) if (type !== null && !fares.has(type)) fares.set(type, unpriced(type, wire))
  return [...fares.values()]
}

function unpriced(passengerType: PassengerType, wire: WireSegment): SegmentFare {
  return {
    passengerType,
    fareBasis: null,
    bookingClass: wire.classOfService,
    cabin: cabinOf(wire.cabinClass),
    brand: null,
    baggage: { checked: null, cabin: null },
  }
}

function orderContext(record: UniversalRecord): OrderContext {
  return {
    kind: 'order',
    universalLocator: record.locator,
    version: record.version,
    providerCode: record.providers[0]?.code ?? '1G',
    providerLocator: record.providers[0]?.locator ?? '',
    airLocator: record.airLocators[0] ?? '',
    platingCarrier: record.platingCarrier ?? record.infos.find(info => info.platingCarrier)?.platingCarrier ?? null,
    pricingKeys: record.infos.map(info => info.key),
    tickets: record.tickets.map(ticket => ticket.number),
  }
}
