import { type Capabilities, type CreateProvider, type ProviderSettings, ProviderSettingsError } from '../port.ts'
import { cancelOrder, issueTickets, quoteCancellation } from './after-sale.ts'
import { type ClientSettings, DuffelClient } from './client.ts'
import { confirmPrice } from './confirm.ts'
import { type Desk, OrderedOffers } from './desk.ts'
import { createOrder, findOrders, retrieveOrder } from './orders.ts'
import { shop } from './shop.ts'
import { paymentTypes } from './wire/payment.ts'

const capabilities: Capabilities = {
  hold: true,
  ticketing: 'at-order',
  ticketHeld: true,
  release: true,
  void: true,
  refund: true,
  cancelPassengers: false,
  findByReference: true,
  slicesMax: 6,
  passengersMax: 9,
  passengerTypes: ['ADT', 'CHD', 'INF'],
  accountCodes: true,
  // airlines take up to 120 s to make an order, and the vendor waits for them
  settleMs: 150_000,
  notes: [
    'Duffel prices all passengers together: what each of them pays is apportioned by type',
    'Duffel tells neither booking classes nor seats left',
    'Duffel cancels orders as a whole, no passenger or slice alone',
    'Cancellations that give back vouchers or airline credits are refused: only money is refunded',
  ],
}

/** Duffel, API version 2: README.md beside this file. */
export const create: CreateProvider = (settings, { clock }) => {
  const client = new DuffelClient(readClientSettings(settings), clock)
  const desk: Desk = { client, clock, paymentType: readPaymentType(settings), ordered: new OrderedOffers() }
  return {
    code: 'duffel',
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

function readClientSettings({ baseUrl = '', accessToken = '' }: ProviderSettings): ClientSettings {
  const url = URL.parse(baseUrl)
  if (!url || !/^https?:$/.test(url.protocol))
    throw new ProviderSettingsError(`PROVIDER_DUFFEL_BASE_URL is no http or https address: "${baseUrl}"`)
  if (!/^[\x21-\x7e]+$/.test(accessToken))
    throw new ProviderSettingsError('PROVIDER_DUFFEL_ACCESS_TOKEN is missing or no token')
  return { baseUrl: url, accessToken }
}

function readPaymentType({ paymentType = 'balance' }: ProviderSettings): Desk['paymentType'] {
  const known = paymentTypes.find(type => type === paymentType)
  if (known) return known
  throw new ProviderSettingsError(`PROVIDER_DUFFEL_PAYMENT_TYPE is "${paymentType}": ${paymentTypes.join(' or ')}`)
}
