import type { Capabilities, CreateProvider, Provider } from '../port.ts'
import { cancelOrder, quoteCancellation } from './cancellation.ts'
import { openClient } from './client.ts'
import { confirmPrice } from './confirm.ts'
import type { Desk } from './desk.ts'
import { issueTickets } from './issue-tickets.ts'
import { createOrder, findOrders, retrieveOrder } from './orders.ts'
import { readSettings } from './settings.ts'
import { shop } from './shop.ts'

const capabilities: Capabilities = {
  hold: true,
  ticketing: 'at-order',
  ticketHeld: true,
  release: true,
  void: true,
  refund: true,
  cancelPassengers: true,
  findByReference: true,
  // domain.md 3.5: error 724 is more than six.
  slicesMax: 6,
  passengersMax: 9,
  passengerTypes: ['ADT', 'CHD', 'INF', 'INS', 'YTH', 'SRC', 'STU'],
  accountCodes: true,
  settleMs: 30_000,
  notes: [
    'What an airline gives back for a cancelled order, and until when tickets are void, is what its quote says',
    'An order is cancelled as a whole or by passenger; without one slice the rest of the fare would have to be priced anew',
  ],
}

/** IATA NDC, release 21.3, over HTTP. */
export const create: CreateProvider = (settings, parts): Provider => {
  const checked = readSettings(settings)
  const client = openClient(checked, parts.clock)
  const desk: Desk = { client, settings: checked, clock: parts.clock, log: parts.log }
  return {
    code: 'ndc',
    capabilities,
    shop: (query, call) => shop(desk, query, call),
    confirmPrice: (request, call) => confirmPrice(desk, request, call),
    createOrder: (request, call) => createOrder(desk, request, call),
    retrieveOrder: (order, call) => retrieveOrder(desk, order, call),
    findOrders: (criteria, call) => findOrders(desk, criteria, call),
    issueTickets: (order, call) => issueTickets(desk, order, call),
    quoteCancellation: (order, call, passengerIds) => quoteCancellation(desk, order, call, passengerIds),
    cancelOrder: (request, call) => cancelOrder(desk, request, call),
    close: () => client.close(),
  }
}
