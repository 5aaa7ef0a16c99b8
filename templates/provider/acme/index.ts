import { type Capabilities, type CreateProvider, type ProviderSettings, ProviderSettingsError } from 'fareloom/providers/port.ts'
import { AcmeClient } from './client.ts'
import { cancelOrder, createOrder, findOrders, issueTickets, quoteCancellation, retrieveOrder } from './orders.ts'
import { confirmPrice, shop } from './shop.ts'

/** Of fareloom/providers/port.ts, that this folder was written for: a number of its own, so that a change is noticed. */
export const contractVersion = 1

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
  passengerTypes: ['ADT', 'CHD', 'INF', 'INS', 'YTH', 'SRC'],
  accountCodes: false,
  // how long after a lost answer an order may still appear: ask the supplier
  settleMs: 10_000,
  // a sentence for each false above
  notes: ['Acme takes no account codes', 'Acme cancels orders as a whole, no passenger or slice alone'],
}

/** Acme: README.md beside this file. */
export const create: CreateProvider = (settings, { clock }) => {
  const client = new AcmeClient(readSettings(settings), clock)
  return {
    code: 'acme',
    capabilities,
    shop: (query, call) => shop(client, query, call),
    confirmPrice: (request, call) => confirmPrice(client, request, call),
    createOrder: (request, call) => createOrder(client, request, call),
    retrieveOrder: (order, call) => retrieveOrder(client, order, call),
    findOrders: (criteria, call) => findOrders(client, criteria, call),
    issueTickets: (order, call) => issueTickets(client, order, call),
    quoteCancellation: (order, call) => quoteCancellation(client, order, call),
    cancelOrder: (request, call) => cancelOrder(client, request, call),
    close: () => client.close(),
  }
}

function readSettings({ baseUrl = '', token = '' }: ProviderSettings): { readonly baseUrl: URL; readonly token: string } {
  const url = URL.parse(baseUrl)
  if (!url || !/^https?:$/.test(url.protocol))
    throw new ProviderSettingsError(`PROVIDER_ACME_BASE_URL is no http or https address: "${baseUrl}"`)
  if (!/^[\x21-\x7e]+$/.test(token)) throw new ProviderSettingsError('PROVIDER_ACME_TOKEN is missing or no token')
  return { baseUrl: url, token }
}
