import { type EpochMs, toInstant } from '../../core/clock.ts'
import type { Money } from '../../core/money.ts'
import type { SupplierOrder, SupplierOrderStatus } from '../../core/order.ts'
import { voidLimit } from '../../sandbox/cancellation.ts'
import { toSlices } from '../../sandbox/to-offer.ts'
import type { WorldPnr, WorldTraveller } from '../../sandbox/world.ts'
import { conditionsOf, distancesOf, passengerId, wholePrice } from './simulator-offers.ts'
import type { OfferPassenger } from './wire/offer-encode.ts'
import { encodeOrder } from './wire/order-encode.ts'
import type { OrderQuery } from './wire/order-request.ts'
import type { JsonObject } from './wire/read.ts'
import { BadField } from './wire/search.ts'

/** The world's PNRs in Duffel's words. An order's id holds its PNR's locator, so orders outlive the process as PNRs do. */

const idHead = 'ord_0000SandboxOrder'
/** Of the office that the world gives this supplier: voids end with the day there. */
const officeZone = 'Europe/London'

export function orderIdOf(pnr: WorldPnr): string {
  return `${idHead}${pnr.locator}`
}

export function locatorOf(orderId: string): string | undefined {
  return orderId.startsWith(idHead) ? orderId.slice(idHead.length) : undefined
}

/** What the process knows of an order besides its PNR. */
export type OrderMemory = {
  readonly offerId: string | null
  readonly cancelledAt: EpochMs | null
  readonly refund: { readonly id: string; readonly amount: Money; readonly to: string } | null
}

export const nothingKnown: OrderMemory = { offerId: null, cancelledAt: null, refund: null }

/** Held, not paid in time: Duffel does not call such an order cancelled. */
export function hasLapsed(pnr: WorldPnr, now: EpochMs): boolean {
  return pnr.status === 'cancelled' && pnr.hold && pnr.tickets.length === 0 && now >= pnr.ticketBy
}

export function encodePnr(pnr: WorldPnr, memory: OrderMemory, now: EpochMs): JsonObject {
  const { offer, travellers } = pnr
  const { base, taxes } = wholePrice(offer)
  const lapsed = hasLapsed(pnr, now)
  const cancelled = pnr.status === 'cancelled' && !lapsed
  const paidAt = pnr.tickets.length === 0 ? null : Math.min(...pnr.tickets.map(ticket => ticket.issuedAt))
  const voidUntil = voidLimit({ ...pnr, tickets: pnr.tickets.map(asIssued) }, officeZone)
  const seats = travellers.filter(({ type }) => type !== 'INF').length
  const raw = encodeOrder(toSupplierOrder(pnr), {
    id: orderIdOf(pnr),
    offerId: memory.offerId,
    owner: offer.validatingCarrier,
    createdAt: toInstant(pnr.createdAt),
    cancelledAt: cancelled ? toInstant(memory.cancelledAt ?? pnr.createdAt) : null,
    paidAt: paidAt === null ? null : toInstant(paidAt),
    paymentRequiredBy: pnr.hold && paidAt === null ? toInstant(pnr.ticketBy) : null,
    voidUntil: voidUntil === null ? null : toInstant(voidUntil),
    refund: cancelled ? (memory.refund ?? voidRefund(pnr)) : null,
    base,
    tax: taxes,
    conditions: conditionsOf(offer, seats),
    passengers: travellers.map(traveller => ({
      wireId: traveller.key,
      infantWireId: travellers.find(other => other.adultKey === traveller.key)?.key ?? null,
      title: traveller.gender === 'f' ? 'ms' : 'mr',
      gender: traveller.gender,
      bornOn: traveller.birthDate,
    })),
    distancesKm: distancesOf(offer),
  })
  return lapsed ? { ...raw, available_actions: [] } : raw
}

function asIssued(ticket: WorldPnr['tickets'][number]): WorldPnr['tickets'][number] {
  return { ...ticket, status: 'issued' }
}

/** After a restart: voided tickets brought everything back. */
function voidRefund(pnr: WorldPnr): OrderMemory['refund'] {
  const isVoid = pnr.tickets.some(ticket => ticket.status === 'void')
  return isVoid ? { id: `ore_0000SandboxVoid0${pnr.locator}`, amount: pnr.offer.total, to: 'balance' } : null
}

function toSupplierOrder(pnr: WorldPnr): SupplierOrder {
  const ids = new Map(pnr.travellers.map((traveller, i) => [traveller.key, passengerId(i)]))
  return {
    provider: 'duffel',
    status: statusOf(pnr),
    locators: [
      { owner: 'duffel', locator: pnr.locator },
      ...pnr.airlineLocators.map(({ carrier, locator }) => ({ owner: carrier, locator })),
    ],
    reference: pnr.reference,
    ticketBy: null,
    total: pnr.offer.total,
    passengers: pnr.travellers.map(({ key, type, surname, givenNames }) => ({
      id: ids.get(key) ?? null,
      type,
      surname,
      givenNames,
    })),
    slices: toSlices(pnr.offer, 'HK'),
    documents: pnr.tickets.map(({ number, travellerKey, status }) => ({
      kind: 'ticket',
      number,
      passengerId: ids.get(travellerKey) ?? null,
      status,
    })),
    supplierContext: {},
  }
}

function statusOf(pnr: WorldPnr): SupplierOrderStatus {
  if (pnr.status === 'cancelled') return 'cancelled'
  return pnr.tickets.some(ticket => ticket.status === 'issued') ? 'ticketed' : 'held'
}

/** In the order of the passengers that were priced. */
export function toWorldTravellers(
  query: OrderQuery,
  priced: readonly OfferPassenger[],
  types: readonly { readonly type: WorldTraveller['type'] }[],
): readonly WorldTraveller[] {
  const named = query.passengers
  if (named.length !== priced.length)
    throw new BadField('/passengers', 'order_passengers_incompatible_with_offer', 'The passengers are not the offer’s')
  const names = new Set(named.map(({ givenName, familyName }) => `${givenName} ${familyName}`.toUpperCase()))
  if (names.size < named.length)
    throw new BadField('/passengers', 'duplicate_passenger_name', 'Two passengers have the same name')
  return priced.map(({ wireId }, i) => {
    const person = named.find(other => other.wireId === wireId)
    if (!person)
      throw new BadField('/passengers', 'order_passengers_incompatible_with_offer', `Passenger ${wireId} is missing`)
    const adult = named.find(other => other.infantWireId === wireId)
    const { type } = types[i]!
    if (type === 'INF' && !adult)
      throw new BadField('/passengers', 'validation_required', "Field 'infant_passenger_id' is missing for an infant")
    return {
      key: wireId,
      type,
      surname: person.familyName,
      givenNames: person.givenName,
      birthDate: person.bornOn,
      gender: person.gender,
      adultKey: type === 'INF' ? adult!.wireId : null,
    }
  })
}
