import { type Clock, systemClock } from '../../src/core/clock.ts'
import { startDeadline } from '../../src/core/deadline.ts'
import type { Call, Capabilities, Provider } from '../../src/providers/port.ts'

export const allCapabilities: Capabilities = {
  hold: true,
  ticketing: 'separate',
  ticketHeld: true,
  release: true,
  void: true,
  refund: true,
  findByReference: true,
  slicesMax: 6,
  passengersMax: 9,
  passengerTypes: ['ADT', 'CHD', 'INF', 'INS', 'YTH', 'SRC'],
  accountCodes: true,
  settleMs: 0,
  notes: [],
}

/** A supplier made of the methods that a test gives; the others fail the test. */
export function fakeProvider(code: string, methods: Partial<Provider>): Provider {
  const unexpected = (name: string) => () => Promise.reject(new Error(`${code}.${name} was not expected`))
  return {
    code,
    capabilities: allCapabilities,
    shop: unexpected('shop'),
    confirmPrice: unexpected('confirmPrice'),
    createOrder: unexpected('createOrder'),
    retrieveOrder: unexpected('retrieveOrder'),
    findOrders: unexpected('findOrders'),
    issueTickets: unexpected('issueTickets'),
    quoteCancellation: unexpected('quoteCancellation'),
    cancelOrder: unexpected('cancelOrder'),
    close: () => Promise.resolve(),
    ...methods,
  }
}

export function callWithin(ms: number, clock: Clock = systemClock): Call {
  return { deadline: startDeadline(clock, ms), requestId: 'req_test', traceparent: null }
}
