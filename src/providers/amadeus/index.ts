import { fault } from '../../core/fault.ts'
import { passengerTypes } from '../../core/itinerary.ts'
import { isZone } from '../../reference/zones.ts'
import { type Capabilities, type CreateProvider, type ProviderSettings, ProviderSettingsError } from '../port.ts'
import { cancelOrder, issueTickets, noIssue, noVoid, quoteCancellation } from './after-sale.ts'
import { AmadeusClient, type ClientSettings } from './client.ts'
import type { Desk } from './desk.ts'
import { createOrder, retrieveOrder } from './orders.ts'
import { confirmPrice, shop } from './shop.ts'

const noPart = 'Amadeus Self-Service deletes an order as a whole, no passenger or slice alone'
const noFind = 'Amadeus Self-Service cannot list orders: one whose answer was lost is found only by its id'

const capabilities: Capabilities = {
  hold: true,
  ticketing: 'at-order',
  ticketHeld: false,
  release: true,
  void: false,
  refund: false,
  cancelPassengers: false,
  findByReference: false,
  slicesMax: 6,
  passengersMax: 9,
  passengerTypes,
  accountCodes: false,
  settleMs: 60_000,
  notes: [noVoid, noIssue, noFind, noPart],
}

/** Amadeus Self-Service: README.md beside this file. */
export const create: CreateProvider = (settings, { clock }) => {
  const client = new AmadeusClient(readClientSettings(settings), clock)
  const desk: Desk = { client, clock, officeZone: readOfficeZone(settings) }
  return {
    code: 'amadeus',
    capabilities,
    shop: (query, call) => shop(desk, query, call),
    confirmPrice: (request, call) => confirmPrice(desk, request, call),
    createOrder: (request, call) => createOrder(desk, request, call),
    retrieveOrder: (order, call) => retrieveOrder(desk, order, call),
    findOrders: async () => ({ kind: 'failed', fault: fault('not-supported', noFind) }),
    issueTickets: (order, call) => issueTickets(desk, order, call),
    quoteCancellation: (order, call) => quoteCancellation(desk, order, call),
    cancelOrder: (request, call) => cancelOrder(desk, request, call),
    close: () => client.close(),
  }
}

function readClientSettings(settings: ProviderSettings): ClientSettings {
  const { baseUrl = '', clientId = '', clientSecret = '' } = settings
  const url = URL.parse(baseUrl)
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new ProviderSettingsError(`PROVIDER_AMADEUS_BASE_URL is no http or https address: "${baseUrl}"`)
  }
  if (clientId === '') throw new ProviderSettingsError('PROVIDER_AMADEUS_CLIENT_ID is missing')
  if (clientSecret === '') throw new ProviderSettingsError('PROVIDER_AMADEUS_CLIENT_SECRET is missing')
  return { baseUrl: url, clientId, clientSecret }
}

function readOfficeZone({ officeZone = 'UTC' }: ProviderSettings): string {
  if (isZone(officeZone)) return officeZone
  throw new ProviderSettingsError(`PROVIDER_AMADEUS_OFFICE_ZONE is no IANA time zone: "${officeZone}"`)
}
