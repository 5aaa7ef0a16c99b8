import { toInstant } from '../../core/clock.ts'
import type { SupplierOrder } from '../../core/order.ts'
import type { WorldPnr, WorldTraveller } from '../../sandbox/world.ts'
import { encodeWorldOffer, passengerIdOf, SegmentIds, toSupplierOffer } from './simulator-offers.ts'
import { encodeOrderReply } from './wire/order-encode.ts'
import type { OrderTraveller } from './wire/order-request.ts'
import { splitPhone } from './wire/phone.ts'
import type { Raw } from './wire/read.ts'
import { encodeDictionaries } from './wire/search.ts'
import type { SearchTraveller } from './wire/search-request.ts'

/** The world's PNRs in Amadeus' words. */

const officeId = 'LONFL2100'

/** Opaque to clients, as Amadeus' are: locator, first name and day of creation in base 64. */
export function orderIdOf(pnr: WorldPnr): string {
  const text = `${pnr.locator}|${pnr.travellers[0]?.surname ?? ''}|${toInstant(pnr.createdAt).slice(0, 10)}`
  return Buffer.from(text).toString('base64')
}

export function locatorOf(orderId: string): string {
  return Buffer.from(orderId, 'base64').toString('utf8').split('|')[0] ?? ''
}

/** In the order of the passengers that were priced; null where one is missing. */
export function toWorldTravellers(
  priced: readonly SearchTraveller[],
  named: readonly OrderTraveller[],
): readonly WorldTraveller[] | null {
  if (priced.length !== named.length) return null
  const travellers: WorldTraveller[] = []
  for (const { id, type, adultId } of priced) {
    const person = named.find(other => other.id === id)
    if (!person) return null
    const { surname, givenNames, birthDate, gender } = person
    travellers.push({ key: id, type, surname, givenNames, birthDate, gender, adultKey: adultId })
  }
  return travellers
}

export function encodePnr(pnr: WorldPnr): Raw {
  const travellers = pnr.travellers.map(({ key, type, adultKey }) => ({ id: key, type, adultId: adultKey }))
  const supplierOffer = toSupplierOffer(pnr.offer, travellers, 'price')
  const segmentIds = new SegmentIds().of(pnr.offer)
  const offer = encodeWorldOffer(pnr.offer, supplierOffer, { id: '1', segmentIds, travellers, step: 'price' })
  return encodeOrderReply(toSupplierOrder(pnr, supplierOffer.slices), {
    id: orderIdOf(pnr),
    createdAt: toInstant(pnr.createdAt),
    queuingOfficeId: officeId,
    offer,
    travellers: pnr.travellers.map(({ key, birthDate, gender }) => ({
      id: key,
      passengerId: passengerIdOf(key),
      birthDate,
      gender,
    })),
    contact: {
      emailAddress: pnr.contact.email,
      phone: pnr.contact.phone === null ? null : { deviceType: 'MOBILE', ...splitPhone(pnr.contact.phone) },
    },
    hold: pnr.hold,
    segmentIds,
    dictionaries: encodeDictionaries([supplierOffer]),
  })
}

function toSupplierOrder(pnr: WorldPnr, slices: SupplierOrder['slices']): SupplierOrder {
  const ticketed = pnr.tickets.some(ticket => ticket.status === 'issued')
  return {
    provider: 'amadeus',
    status: ticketed ? 'ticketed' : 'held',
    locators: [
      { owner: 'amadeus', locator: pnr.locator },
      ...pnr.airlineLocators.map(({ carrier, locator }) => ({ owner: carrier, locator })),
    ],
    reference: pnr.reference,
    ticketBy: toInstant(pnr.ticketBy),
    total: pnr.offer.total,
    passengers: pnr.travellers.map(({ key, type, surname, givenNames }) => ({
      id: passengerIdOf(key),
      type,
      surname,
      givenNames,
    })),
    slices,
    documents: pnr.tickets.map(({ number, travellerKey, status }) => ({
      kind: 'ticket',
      number,
      passengerId: passengerIdOf(travellerKey),
      status,
    })),
    supplierContext: {},
  }
}
