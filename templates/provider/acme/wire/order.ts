import { type Id, isId } from 'fareloom/core/ids.ts'
import { passengerTypes } from 'fareloom/core/itinerary.ts'
import { formatAmount } from 'fareloom/core/money.ts'
import type { DocumentStatus, SupplierOrder, SupplierOrderStatus } from 'fareloom/core/order.ts'
import { decodeSlices, encodeSlices } from './flight.ts'
import { currencyForm, listOf, matching, moneyOf, optionalText, rawOf, textOf, wordOf } from './read.ts'

const statuses: readonly SupplierOrderStatus[] = ['held', 'ticketed', 'partly-ticketed', 'cancelled']
const documentStatuses: readonly DocumentStatus[] = ['issued', 'void', 'refunded', 'exchanged']

/** `{"order":{…}}`; an order without one of its parts cannot be understood. */
export function decodeOrder(root: unknown): SupplierOrder {
  return readOrder(rawOf(root, '').order, '/order')
}

export function decodeOrders(root: unknown): readonly SupplierOrder[] {
  return listOf(rawOf(root, '').orders, '/orders').map((order, i) => readOrder(order, `/orders/${i}`))
}

function readOrder(value: unknown, at: string): SupplierOrder {
  const raw = rawOf(value, at)
  const currency = matching(raw.currency, currencyForm, `${at}/currency`)
  return {
    provider: 'acme',
    status: wordOf(raw.status, statuses, `${at}/status`),
    locators: listOf(raw.locators, `${at}/locators`).map((locator, i) => {
      const { owner, code } = rawOf(locator, `${at}/locators/${i}`)
      return { owner: textOf(owner, `${at}/locators/${i}`), locator: textOf(code, `${at}/locators/${i}`) }
    }),
    reference: optionalText(raw.reference),
    ticketBy: optionalText(raw.ticketBy),
    total: moneyOf(raw.total, currency, `${at}/total`),
    passengers: listOf(raw.travellers, `${at}/travellers`).map((traveller, i) => {
      const { id, type, surname, givenNames } = rawOf(traveller, `${at}/travellers/${i}`)
      return {
        id: passengerId(id),
        type: wordOf(type, passengerTypes, `${at}/travellers/${i}/type`),
        surname: textOf(surname, `${at}/travellers/${i}/surname`),
        givenNames: optionalText(givenNames) ?? '',
      }
    }),
    slices: decodeSlices(raw.slices, `${at}/slices`),
    documents: listOf(raw.tickets, `${at}/tickets`).map((ticket, i) => {
      const { number, traveller, status } = rawOf(ticket, `${at}/tickets/${i}`)
      return {
        kind: 'ticket',
        number: matching(number, /^\d{13}$/, `${at}/tickets/${i}/number`),
        passengerId: passengerId(traveller),
        status: wordOf(status, documentStatuses, `${at}/tickets/${i}/status`),
      }
    }),
    supplierContext: {},
  }
}

function passengerId(value: unknown): Id<'pax'> | null {
  return typeof value === 'string' && isId('pax', value) ? value : null
}

export function encodeOrder(order: SupplierOrder): unknown {
  const { status, locators, reference, ticketBy, total, passengers, slices, documents } = order
  return {
    status,
    locators: locators.map(({ owner, locator }) => ({ owner, code: locator })),
    reference,
    ticketBy,
    currency: total?.currency,
    total: total && formatAmount(total),
    travellers: passengers,
    slices: encodeSlices(slices),
    tickets: documents.map(({ number, passengerId: traveller, status: own }) => ({ number, traveller, status: own })),
  }
}
