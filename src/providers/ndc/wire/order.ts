import { toInstant } from '../../../core/clock.ts'
import { isId, type PassengerId } from '../../../core/ids.ts'
import type { SegmentFare, Slice } from '../../../core/itinerary.ts'
import { type Money, sum } from '../../../core/money.ts'
import type {
  DocumentStatus,
  OrderPassenger,
  RecordLocator,
  SupplierOrder,
  SupplierOrderStatus,
  TravelDocument,
} from '../../../core/order.ts'
import { groupByConnection, openFlights, toSlice } from './flights.ts'
import type { Message } from './message.ts'
import { earliest, inOrder } from './offers.ts'
import { type KnownPassenger, type Naming, numbered, passengersOf } from './passengers.ts'
import { namedIn, type OrderContext } from './context.ts'
import { cancelledRefs, flightServices, isCancelled, liveItems } from './order-items.ts'
import type { WireBooking, WireService } from './read-item.ts'
import type { WireDocument, WireOrder } from './read-order.ts'
import { bagRulesOf, FareBook, type FareSource, holdingOf } from './segment-fares.ts'
import { PriceBook } from './shares.ts'

/** What the reader knows of its own: the travellers, and the id under which it sells. */
export type OrderReading = { readonly naming: Naming; readonly sellerId: string }

/** The order of a reply or a notice; null where the message has none. A quote names an order and says nothing of it. */
export function orderOf(message: Message, reading?: OrderReading): SupplierOrder | null {
  const { order } = message
  const naming = reading?.naming
  if (!order || order.id === '' || message.reshop) return null
  const passengers = passengersOf(message, naming ?? numbered)
  const documents = documentsOf(message.documents, passengers, naming !== undefined)
  const status = statusOf(order, passengers, documents)
  const left = status === 'cancelled' ? none : cancelledRefs(order)
  const ticketBy = earliest(message, [...order.payBy, ...order.items.flatMap(item => item.payBy)])
  return {
    provider: 'ndc',
    status,
    locators: locatorsOf(order, reading?.sellerId),
    reference: referenceOf(order, reading?.sellerId),
    ticketBy: ticketBy === undefined ? null : toInstant(ticketBy),
    total: totalOf(message, order),
    passengers: [...passengers.values()]
      .filter(one => one.wire.surname !== '')
      .map(one => toPassenger(one, naming, left)),
    slices: slicesOf(message, order, passengers),
    documents,
    supplierContext: contextOf(order, passengers),
  }
}

const none: ReadonlySet<string> = new Set()

/** Ids that we gave are ours; numbers of our own making are not shown as such. */
function toPassenger(
  { id, ref, type, wire }: KnownPassenger,
  naming: Naming | undefined,
  left: ReadonlySet<string>,
): OrderPassenger {
  const own = naming !== undefined || isId('pax', ref)
  const person = { id: own ? id : null, type, surname: wire.surname, givenNames: wire.givenNames }
  return left.has(ref) ? { ...person, cancelled: true } : person
}

function contextOf(order: WireOrder, passengers: ReadonlyMap<string, KnownPassenger>): OrderContext {
  const items = liveItems(order).map(item => ({
    id: item.id,
    passengers: namedIn(item).flatMap(ref => passengers.get(ref)?.id ?? []),
  }))
  return { kind: 'order', orderId: order.id, owner: order.owner ?? order.items[0]?.owner ?? '', items }
}

/** A record kept by an organisation is the supplier's own; the airlines' follow. The order id stands in where there is none. */
function locatorsOf(order: WireOrder, sellerId: string | undefined): readonly RecordLocator[] {
  const bookings = bookingsOf(order).filter(one => sellerId === undefined || one.organisation !== sellerId)
  const own = bookings.find(booking => booking.airline === null) ?? bookings[0]
  if (!own) return [{ owner: 'ndc', locator: order.id }]
  const locators: RecordLocator[] = [{ owner: 'ndc', locator: own.id }]
  for (const { id, airline, organisation } of bookings) {
    const owner = airline ?? organisation
    if (owner === null || (airline === null && id === own.id)) continue
    if (!locators.some(known => known.owner === owner && known.locator === id)) locators.push({ owner, locator: id })
  }
  return locators
}

function bookingsOf(order: WireOrder): readonly WireBooking[] {
  return [...order.bookings, ...order.items.flatMap(item => item.services.flatMap(service => service.bookings))].filter(
    booking => booking.id !== '',
  )
}

/** The seller's own booking reference: ours. */
function referenceOf(order: WireOrder, sellerId: string | undefined): string | null {
  if (sellerId === undefined) return null
  return bookingsOf(order).find(booking => booking.organisation === sellerId)?.id ?? null
}

/** An item may have its own price without the order having one. */
function totalOf(message: Message, order: WireOrder): Money | null {
  const prices = new PriceBook(message)
  const stated = prices.share(order.total, `Order ${order.id}`)
  if (stated) return stated.total
  const totals = order.items.flatMap(item => prices.share(item.price, `OrderItem ${item.id}`)?.total ?? [])
  const currency = totals[0]?.currency
  if (currency === undefined || totals.some(total => total.currency !== currency)) return null
  return sum(totals, currency)
}

function documentsOf(
  wire: readonly WireDocument[],
  passengers: ReadonlyMap<string, KnownPassenger>,
  named: boolean,
): readonly TravelDocument[] {
  const documents: TravelDocument[] = []
  for (const { number, type, coupons, passengerRef } of wire) {
    const digits = number.replace(/\D/g, '').slice(0, 13)
    if (digits.length !== 13 || documents.some(known => known.number === digits)) continue
    documents.push({
      kind: /^(J|Y|EMD|MCO)/i.test(type) ? 'emd' : 'ticket',
      number: digits,
      passengerId: passengerIdOf(passengerRef, passengers, named),
      status: documentStatus(coupons),
    })
  }
  return documents
}

function passengerIdOf(
  ref: string | null,
  passengers: ReadonlyMap<string, KnownPassenger>,
  named: boolean,
): PassengerId | null {
  const known = ref === null ? undefined : passengers.get(ref)
  return known && (named || isId('pax', known.ref)) ? known.id : null
}

/** PADIS 4405, its short and its long words: `V`, `VOI`; `R`, `RF`, `REF`; `E`, `EXC`. All coupons must agree. */
function documentStatus(coupons: readonly string[]): DocumentStatus {
  const all = (pattern: RegExp): boolean => coupons.length > 0 && coupons.every(code => pattern.test(code))
  if (all(/^V/i)) return 'void'
  if (all(/^R/i)) return 'refunded'
  return all(/^E/i) ? 'exchanged' : 'issued'
}

function statusOf(
  order: WireOrder,
  passengers: ReadonlyMap<string, KnownPassenger>,
  documents: readonly TravelDocument[],
): SupplierOrderStatus {
  const flown = flightServices(order)
  if ((flown.length > 0 && flown.every(isCancelled)) || /^(closed|cancel)/i.test(order.status ?? '')) return 'cancelled'
  const left = cancelledRefs(order)
  const people = [...passengers.keys()].filter(ref => !left.has(ref)).length
  const ticketed = new Set(
    documents.filter(one => one.kind === 'ticket' && one.status === 'issued').map(one => one.passengerId ?? one.number),
  )
  if (ticketed.size === 0) return 'held'
  return ticketed.size >= people ? 'ticketed' : 'partly-ticketed'
}

function slicesOf(
  message: Message,
  order: WireOrder,
  passengers: ReadonlyMap<string, KnownPassenger>,
): readonly Slice[] {
  const flights = openFlights(message)
  const flown = flightServices(order)
  const used = new Set(flown.flatMap(service => segmentsIn(message, service)))
  const wanted = used.size > 0 ? [...used] : [...message.lists.segments.keys()]
  const sold = inOrder(
    flights,
    wanted.filter(ref => flights.find(ref)),
  )
  const source: FareSource = {
    message,
    at: `Order ${order.id}`,
    items: order.items,
    journeys: [],
    bags: bagRulesOf(message, order.items),
  }
  const book = new FareBook()
  const holdings = onePerType([...passengers.values()]).map(one => holdingOf(source, one))
  let place = 1
  return inJourneys(message, sold, refs => groupByConnection(refs, flights)).map(refs => {
    const own = refs.map(ref => flights.find(ref)!)
    const fares = (index: number): readonly SegmentFare[] =>
      holdings.map(one => book.fareOf(source, one, { segmentRef: refs[index]!, journeyRef: '', flight: own[index]! }))
    const status = (index: number): string | null => statusOn(message, flown, refs[index]!)
    const slice = toSlice(flights.assemble(refs), place, { fares, status })
    place += refs.length
    return slice
  })
}

function segmentsIn(message: Message, service: WireService): readonly string[] {
  return [...service.segmentRefs, ...service.journeyRefs.flatMap(ref => message.lists.journeys.get(ref) ?? [])]
}

/** The lists say which segments are one journey; what they leave out is grouped by where it connects. */
function inJourneys(
  message: Message,
  sold: readonly string[],
  group: (refs: readonly string[]) => readonly (readonly string[])[],
): readonly (readonly string[])[] {
  const left = new Set(sold)
  const journeys: (readonly string[])[] = []
  for (const refs of message.lists.journeys.values()) {
    if (refs.length === 0 || !refs.every(ref => left.has(ref))) continue
    journeys.push(refs)
    for (const ref of refs) left.delete(ref)
  }
  const rest = group(sold.filter(ref => left.has(ref)))
  const place = (refs: readonly string[]): number => sold.indexOf(refs[0]!)
  return [...journeys, ...rest].sort((a, b) => place(a) - place(b))
}

function onePerType(passengers: readonly KnownPassenger[]): readonly KnownPassenger[] {
  return passengers.filter((one, index) => passengers.findIndex(other => other.type === one.type) === index)
}

/** NDC has words where a PNR has codes (domain.md 4.7). */
function statusOn(message: Message, services: readonly WireService[], segmentRef: string): string | null {
  const said = services.filter(one => one.status !== null && segmentsIn(message, one).includes(segmentRef))
  // of those who still fly, where there are any
  const service = said.find(one => !isCancelled(one)) ?? said[0]
  const word = service?.status ?? null
  if (word === null) return null
  if (/^(confirm|k$|hk|ok|ready)/i.test(word) || /ready to proceed/i.test(word)) return 'HK'
  if (/^cancel|^x/i.test(word)) return 'HX'
  if (/^wait/i.test(word)) return 'HL'
  return /^request|^pending/i.test(word) ? 'HN' : word.length === 2 ? word.toUpperCase() : null
}
