import type { Capabilities, CreateProvider, Provider } from '../port.ts'
import { createOrder } from './book.ts'
import { cancelOrder, quoteCancellation } from './cancellation.ts'
import { openClient } from './client.ts'
import { confirmPrice } from './confirm.ts'
import type { Desk } from './desk.ts'
import { findOrders, retrieveOrder } from './records.ts'
import { readSettings } from './settings.ts'
import { shop } from './shop.ts'
import { issueTickets } from './tickets.ts'

const capabilities: Capabilities = {
  hold: true,
  ticketing: 'separate',
  ticketHeld: true,
  release: true,
  void: true,
  refund: true,
  cancelPassengers: false,
  findByReference: true,
  slicesMax: 6,
  passengersMax: 9,
  passengerTypes: ['ADT', 'CHD', 'INF', 'INS', 'YTH', 'SRC', 'STU'],
  accountCodes: true,
  // The host may work on a sell for some twenty seconds after the gateway gave up on it.
  settleMs: 30_000,
  notes: [
    'Tickets are void until the end of the day of issue in the office that issued them, refunded after that',
    'Bookings are cancelled as a whole here, no passenger or slice alone',
  ],
}

/** Travelport Universal API, release 52: SOAP over HTTP. */
export const create: CreateProvider = (settings, parts): Provider => {
  const checked = readSettings(settings)
  const client = openClient(checked, parts.clock)
  const desk: Desk = { client, targetBranch: checked.targetBranch, clock: parts.clock, log: parts.log }
  return {
    code: 'travelport',
    capabilities,
    shop: (query, call) => shop(desk, query, call),
    confirmPrice: (request, call) => confirmPrice(desk, request, call),
    createOrder: (request, call) => createOrder(desk, request, call),
    retrieveOrder: (order, call) => retrieveOrder(desk, order, call),
    findOrders: (criteria, call) => findOrders(desk, criteria, call),
    issueTickets: (order, call) => issueTickets(desk, order, call),
    quoteCancellation: (order, call) => quoteCancellation(desk, order, call),
    cancelOrder: (request, call) => cancelOrder(desk, request, call),
    close: () => client.close(),
  }
}
