import { fault } from '../../core/fault.ts'
import { passengerTypes } from '../../core/itinerary.ts'
import type { Capabilities, CreateProvider, Provider } from '../port.ts'
import { cancelOrder, quoteCancellation } from './cancelling.ts'
import { SabreClient } from './client.ts'
import { createOrder, retrieveOrder } from './orders.ts'
import { readSabreSettings } from './settings.ts'
import { confirmPrice, shop } from './shop.ts'
import { issueTickets } from './ticketing.ts'

const capabilities: Capabilities = {
  hold: true,
  ticketing: 'separate',
  ticketHeld: true,
  release: true,
  void: true,
  refund: true,
  cancelPassengers: false,
  findByReference: false,
  slicesMax: 6,
  passengersMax: 9,
  passengerTypes,
  accountCodes: false,
  /** A createBooking that runs into its own time-outs ends its transaction within a minute. */
  settleMs: 60_000,
  notes: [
    'Sabre documents no search of bookings by our reference: it is written into the booking as a remark, and read back',
    'Void until the end of the day of issue in the local time of the office; refunds as automated refunds allow',
    'Bookings are cancelled as a whole here, no passenger or slice alone',
    'Premium economy and first are picked out of unrestricted searches: the documented requests have no code for them',
  ],
}

export const create: CreateProvider = (settings, parts) => {
  const sabre = readSabreSettings(settings)
  const client = new SabreClient(sabre, parts.clock)
  const tools = { client, settings: sabre, now: () => parts.clock.now() }
  const provider: Provider = {
    code: 'sabre',
    capabilities,
    shop: (query, call) => shop(query, call, tools),
    confirmPrice: (request, call) => confirmPrice(request, call, tools),
    createOrder: (request, call) => createOrder(request, call, tools),
    retrieveOrder: (order, call) => retrieveOrder(order, call, tools),
    findOrders: () =>
      Promise.resolve({ kind: 'failed', fault: fault('not-supported', 'Sabre cannot search by our reference') }),
    issueTickets: (order, call) => issueTickets(order, call, tools),
    quoteCancellation: (order, call) => quoteCancellation(order, call, tools),
    cancelOrder: (request, call) => cancelOrder(request, call, tools),
    close: () => client.close(),
  }
  return provider
}
