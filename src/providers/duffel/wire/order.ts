import type { EpochMs } from '../../../core/clock.ts'
import type { PassengerId } from '../../../core/ids.ts'
import { formatAmount, type Money } from '../../../core/money.ts'
import type {
  DocumentStatus,
  OrderPassenger,
  RecordLocator,
  SupplierOrder,
  SupplierOrderStatus,
  TravelDocument,
} from '../../../core/order.ts'
import { assembleJourney, readJourney, sameFares, type Journey } from './journey.ts'
import { numberedIds, readPassengers, type TieIds, tieOf, type WirePassenger } from './passengers.ts'
import {
  airlineOf,
  flagOf,
  instantOf,
  isObject,
  type JsonObject,
  listOf,
  moneyOf,
  objectOf,
  textOf,
  Unreadable,
  Warnings,
} from './read.ts'

/** An order: an airline's booking under Duffel's own id. */

export type OrderReading = {
  readonly tie: (passengers: readonly NamedPassenger[]) => readonly PassengerId[]
  /** To tell a paid order from one whose time to pay is over; null: not known. */
  readonly nowMs: EpochMs | null
  readonly warnings: Warnings
}

export type NamedPassenger = WirePassenger & { readonly surname: string; readonly givenNames: string }

export function openOrderReading(tie: TieIds = numberedIds, nowMs: EpochMs | null = null): OrderReading {
  return { tie, nowMs, warnings: new Warnings() }
}

/** Where we write our own reference. */
const referenceName = 'client_ref'

export function decodeOrder(value: unknown, at: string, reading: OrderReading): SupplierOrder {
  const raw = objectOf(value)
  const orderId = textOf(raw.id)
  if (orderId === null) throw new Unreadable('order-unreadable', at, 'an order without an id')
  const riders = readNames(raw.passengers, `${at}/passengers`)
  const journey = readJourney(raw.slices, riders, `${at}/slices`, reading.warnings)
  const ids = reading.tie(riders)
  const locators = readLocators(raw, at)
  const total = moneyOf(raw.total_amount, raw.total_currency)
  if (total === null) reading.warnings.add('total-missing', `${at}/total_amount`, 'no total in a currency')
  const payment = objectOf(raw.payment_status)
  const status = statusOf(raw, riders, reading)
  return {
    provider: 'duffel',
    status,
    locators,
    reference: textOf(objectOf(raw.metadata)[referenceName]),
    ticketBy: status === 'held' ? instantOf(payment.payment_required_by) : null,
    total,
    passengers: riders.map(
      (rider, i): OrderPassenger => ({
        id: ids[i] ?? null,
        type: rider.type,
        surname: rider.surname,
        givenNames: rider.givenNames,
      }),
    ),
    slices: assembleJourney(journey, distinctFares(riders, journey), segmentStatus(status), reading.warnings),
    documents: readDocuments(raw, riders, ids),
    supplierContext: contextOf(raw, orderId, riders, ids, total),
  }
}

/** What later calls need; the total is what was agreed, and what a payment is checked against. */
function contextOf(
  raw: JsonObject,
  orderId: string,
  riders: readonly WirePassenger[],
  ids: readonly PassengerId[],
  total: Money | null,
): SupplierOrder['supplierContext'] {
  return {
    orderId,
    passengers: tieOf(riders, ids),
    total: total === null ? null : formatAmount(total),
    currency: total?.currency ?? null,
    voidUntil: instantOf(raw.void_window_ends_at),
  }
}

function readNames(value: unknown, at: string): readonly NamedPassenger[] {
  const list = listOf(value)
  return readPassengers(value, at).map((rider, i) => {
    const raw = objectOf(list[i])
    const surname = textOf(raw.family_name)
    if (surname === null) throw new Unreadable('name-missing', `${at}/${i}/family_name`, 'a passenger without a name')
    return { ...rider, surname, givenNames: textOf(raw.given_name) ?? '' }
  })
}

/** One fare a type, two where passengers of one type fly differently. */
function distinctFares(riders: readonly WirePassenger[], journey: Journey): readonly number[] {
  const distinct: number[] = []
  for (let i = 0; i < riders.length; i++) {
    const told = distinct.some(
      other => riders[other]!.type === riders[i]!.type && sameFares(journey.fares[other]!, journey.fares[i]!),
    )
    if (!told) distinct.push(i)
  }
  return distinct
}

/** Duffel's reference is the airline's own; journeys with several airlines list one for each. */
function readLocators(raw: JsonObject, at: string): readonly RecordLocator[] {
  const reference = textOf(raw.booking_reference)
  if (reference === null) throw new Unreadable('locator-missing', `${at}/booking_reference`, 'no booking reference')
  const locators: RecordLocator[] = [{ owner: 'duffel', locator: reference.toUpperCase() }]
  const add = (owner: string | null, locator: string | null): void => {
    if (owner === null || locator === null) return
    if (!locators.some(known => known.owner === owner)) locators.push({ owner, locator: locator.toUpperCase() })
  }
  for (const entry of listOf(raw.booking_references).filter(isObject)) {
    add(airlineOf(entry.carrier), textOf(entry.booking_reference))
  }
  add(airlineOf(raw.owner), reference)
  return locators
}

/** `awaiting_payment` turns false when an order is paid, and also when its time to pay is over. */
function statusOf(raw: JsonObject, riders: readonly WirePassenger[], reading: OrderReading): SupplierOrderStatus {
  if (textOf(raw.cancelled_at) !== null) return 'cancelled'
  const payment = objectOf(raw.payment_status)
  if (flagOf(payment.awaiting_payment) === true) return 'held'
  const ticketed = ticketedRiders(raw, riders)
  if (ticketed > 0) return ticketed < riders.length ? 'partly-ticketed' : 'ticketed'
  const limit = instantOf(payment.payment_required_by)
  const lapsed = limit !== null && reading.nowMs !== null && Date.parse(limit) <= reading.nowMs
  return lapsed && textOf(payment.paid_at) === null ? 'cancelled' : 'held'
}

/** Documents of older replies do not name passengers: as many as there are passengers are theirs. */
function ticketedRiders(raw: JsonObject, riders: readonly WirePassenger[]): number {
  const tickets = listOf(raw.documents).filter(document => isObject(document) && isTicket(document))
  const named = new Set(tickets.flatMap(ticket => listOf(objectOf(ticket).passenger_ids)))
  if (named.size > 0) return riders.filter(({ wireId }) => wireId !== null && named.has(wireId)).length
  return Math.min(tickets.length, riders.length)
}

/** Documents without a type are tickets: the type came later. */
function isTicket(document: JsonObject): boolean {
  return document.type === undefined || document.type === 'electronic_ticket'
}

/** A live order's flights are confirmed; the format has no status of a single one. */
function segmentStatus(status: SupplierOrderStatus): string {
  return status === 'cancelled' ? 'HX' : 'HK'
}

function readDocuments(
  raw: JsonObject,
  riders: readonly WirePassenger[],
  ids: readonly PassengerId[],
): readonly TravelDocument[] {
  const list = listOf(raw.documents).filter(isObject)
  const status = documentStatus(raw)
  return list.flatMap((document): readonly TravelDocument[] => {
    const number = textOf(document.unique_identifier)
    if (number === null) return []
    const kind = isTicket(document) ? 'ticket' : 'emd'
    return [{ kind, number: ticketNumber(number), passengerId: ownerOf(document, riders, ids), status }]
  })
}

function ownerOf(
  document: JsonObject,
  riders: readonly WirePassenger[],
  ids: readonly PassengerId[],
): PassengerId | null {
  const [first, ...others] = listOf(document.passenger_ids)
  if (first === undefined) return riders.length === 1 ? ids[0]! : null
  const at = riders.findIndex(rider => rider.wireId === first)
  return others.length > 0 || at < 0 ? null : ids[at]!
}

/** `125-2106312810` is `1252106312810`; what is no ticket number stays as it came. */
function ticketNumber(text: string): string {
  const digits = text.replace(/[-\s]/g, '')
  return /^\d{13,14}$/.test(digits) ? digits.slice(0, 13) : text
}

/** Documents have no state of their own: those of a cancelled order went back with it, whole (void) or less a penalty. */
function documentStatus(raw: JsonObject): DocumentStatus {
  if (textOf(raw.cancelled_at) === null) return 'issued'
  const cancellation = objectOf(raw.cancellation)
  const refund = moneyOf(cancellation.refund_amount, cancellation.refund_currency)
  const total = moneyOf(raw.total_amount, raw.total_currency)
  const whole = refund !== null && refund.amountMinor === total?.amountMinor && refund.currency === total.currency
  return whole && isBefore(raw.cancelled_at, raw.void_window_ends_at) ? 'void' : 'refunded'
}

function isBefore(a: unknown, b: unknown): boolean {
  const first = instantOf(a)
  const second = instantOf(b)
  return first !== null && second !== null && Date.parse(first) <= Date.parse(second)
}

/** Passengers of an order found without its context: by name as spelt in it, else by place. */
export function namedIds(
  known: readonly { readonly id: PassengerId; readonly givenNames: string; readonly surname: string }[],
): OrderReading['tie'] {
  return passengers => {
    const free = [...known]
    return passengers.map((passenger, i): PassengerId => {
      const at = free.findIndex(
        candidate => same(candidate.surname, passenger.surname) && same(candidate.givenNames, passenger.givenNames),
      )
      return at < 0 ? `pax_${i + 1}` : free.splice(at, 1)[0]!.id
    })
  }
}

function same(a: string, b: string): boolean {
  return a.toUpperCase() === b.toUpperCase()
}
