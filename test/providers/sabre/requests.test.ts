import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { money } from '../../../src/core/money.ts'
import type { Traveller } from '../../../src/core/order.ts'
import { decodeBookingRequest } from '../../../src/providers/sabre/wire/asked-booking.ts'
import { type BookingRequest, encodeBookingRequest } from '../../../src/providers/sabre/wire/create-booking.ts'
import type { JsonObject } from '../../../src/providers/sabre/wire/json.ts'
import {
  decodeShopRequest,
  encodeShopRequest,
  type ShopRequest,
} from '../../../src/providers/sabre/wire/shop-request.ts'
import * as tickets from '../../../src/providers/sabre/wire/tickets.ts'
import { describeFixtures, readFixture } from '../../support/fixtures.ts'

const ada: Traveller = {
  id: 'pax_1',
  type: 'ADT',
  title: 'MS',
  givenNames: 'Ada Maria',
  surname: 'Éxample',
  birthDate: '1990-12-10',
  gender: 'F',
  document: {
    type: 'passport',
    number: 'X1234567',
    issuingCountry: 'GB',
    expiryDate: '2033-01-01',
    nationality: 'GB',
  },
  loyalty: { carrier: 'BA', number: '12345678' },
  adultId: null,
}
const ben: Traveller = {
  ...ada,
  id: 'pax_2',
  givenNames: 'Ben',
  gender: 'M',
  title: null,
  document: null,
  loyalty: null,
}
const cleo: Traveller = { ...ben, id: 'pax_3', type: 'CHD', givenNames: 'Cleo', birthDate: '2019-01-15', gender: 'X' }
const dora: Traveller = {
  ...ben,
  id: 'pax_4',
  type: 'INF',
  givenNames: 'Dora',
  birthDate: '2026-02-20',
  adultId: 'pax_1',
}
const eve: Traveller = { ...ada, id: 'pax_5', document: { ...ada.document!, type: 'identity-card' } }

const booking: BookingRequest = {
  flights: [
    {
      carrier: 'BA',
      number: '117',
      origin: 'LHR',
      destination: 'JFK',
      departureDate: '2027-03-10',
      departureTime: '08:20',
      bookingClass: 'O',
      married: false,
    },
    {
      carrier: 'AA',
      number: '1',
      origin: 'JFK',
      destination: 'LAX',
      departureDate: '2027-03-10',
      departureTime: '15:00',
      bookingClass: 'O',
      married: true,
    },
  ],
  validatingCarrier: 'BA',
  brands: [{ code: 'ECONLIGHT', flightIndexes: [0, 1] }],
  passengerCodes: [
    { code: 'ADT', count: 3 },
    { code: 'CNN', count: 1 },
    { code: 'INF', count: 1 },
  ],
  price: money(123_456, 'GBP'),
  travellers: [ada, ben, cleo, dora, eve],
  contact: { email: 'ada_b@example-1.com', phone: '+44 2071 838750' },
  reference: 'K7M2QX',
  hold: false,
  agencyCustomerNumber: '1234567',
}

const search: ShopRequest = {
  pseudoCityCode: 'F1RL',
  slices: [
    { origin: 'LON', destination: 'JFK', date: '2027-03-10', time: null },
    { origin: 'JFK', destination: 'LHR', date: '2027-03-17', time: '18:30:00' },
  ],
  passengers: [
    { code: 'ADT', count: 2 },
    { code: 'C08', count: 1 },
    { code: 'INF', count: 1 },
  ],
  cabinCode: 'Y',
  otherCabinCode: null,
  connectionsMax: 1,
  carriers: ['BA', 'AA'],
  currency: 'GBP',
  itinerariesMax: 120,
  unrestrictedToo: true,
}

const printers = { profileNumber: 1, hardcopy: null, ticketCountry: null }
const namedPrinters = { profileNumber: null, hardcopy: 'EDE375', ticketCountry: 'GB' }

/** All that we ever send, by the endpoint. */
const sent: readonly (readonly [string, JsonObject])[] = [
  ['offers_shop', encodeShopRequest(search)],
  [
    'offers_shop',
    encodeShopRequest({
      ...search,
      cabinCode: null,
      otherCabinCode: 'J',
      connectionsMax: null,
      carriers: [],
      currency: null,
      itinerariesMax: 50,
    }),
  ],
  ['offers_shop', encodeShopRequest({ ...search, cabinCode: null, itinerariesMax: 200, unrestrictedToo: false })],
  ['createBooking', encodeBookingRequest(booking)],
  [
    'createBooking',
    encodeBookingRequest({ ...booking, hold: true, brands: [], validatingCarrier: null, agencyCustomerNumber: null }),
  ],
  ['getBooking', tickets.encodeGetBookingRequest('GLEBNY')],
  ['fulfillFlightTickets', tickets.encodeFulfillRequest('GLEBNY', ['1', '2'], printers)],
  ['fulfillFlightTickets', tickets.encodeFulfillRequest('GLEBNY', [], namedPrinters)],
  ['checkFlightTickets', tickets.encodeCheckRequest('GLEBNY')],
  ['voidFlightTickets', tickets.encodeVoidRequest(['1252400000001'])],
  ['refundFlightTickets', tickets.encodeRefundRequest(['1252400000001'])],
  ['cancelBooking', tickets.encodeCancelRequest('GLEBNY')],
]

/** Places and words that the trade notes have beyond the collection of examples. */
const alsoDocumented: Readonly<Record<string, JsonObject>> = {
  offers_shop: {
    OTA_AirLowFareSearchRQ: {
      Version: '5',
      TravelPreferences: { Baggage: { RequestType: 'A' } },
      TravelerInfoSummary: {
        SeatsRequested: [1],
        AirTravelerAvail: [{ PassengerTypeQuantity: [{ Code: 'CNN' }, { Code: 'C08' }, { Code: 'INF' }] }],
        PriceRequestInformation: { CurrencyCode: 'USD' },
      },
    },
  },
  createBooking: {
    agency: { ticketingPolicy: 'TICKETING_TIME_LIMIT' },
    flightDetails: {
      flightPricing: [
        {
          qualifiers: { passengersPricing: [{ passengerCode: 'INF' }] },
          priceComparisons: [{ desiredAmount: '189.00', comparisonType: 'INCREASE_BY_AMOUNT', amount: '30.00' }],
        },
      ],
    },
    travelers: [
      {
        passengerCode: 'CNN',
        identityDocuments: [{ documentType: 'NATIONAL_ID_CARD' }],
        specialServices: [{ code: 'INFT' }, { code: 'CHLD' }, { code: 'CTCE' }, { code: 'CTCM' }],
      },
      { passengerCode: 'INF' },
    ],
  },
  cancelBooking: { retrieveBooking: true },
}

/** Words of closed lists: what stands there must be one of those seen. Everything else is a value of the traveller's. */
const enumerated = new RegExp(
  `[.](${[
    'Version',
    'Type',
    'Name',
    'Cabin',
    'PreferLevel',
    'NDC',
    'ATPCO',
    'LCC',
    'RequestType',
    'ticketingPolicy',
    'comparisonType',
    'documentType',
    'gender',
    'programType',
    'type',
    'flightStatusCode',
    'passengerCode',
    'errorHandlingPolicy',
    'haltOnFlightStatusCodes\\[\\]',
    'specialServices\\[\\].code',
    'PassengerTypeQuantity\\[\\].Code',
  ].join('|')})$`,
)

describeFixtures('what is sent to Sabre', dir => {
  const files = readdirSync(join(dir, 'sabre-requests'))
  const documented = new Map<string, Map<string, Set<unknown>>>()
  for (const file of files) {
    const endpoint = /(offers_shop|\w+?)-\d+\.json$/.exec(file.replace(/^v\d+(_trip_orders)?_/, ''))![1]!
    const known = documented.get(endpoint) ?? new Map<string, Set<unknown>>()
    documented.set(endpoint, known)
    walk(JSON.parse(readFixture('sabre-requests', file).toString()).body, '', known)
  }
  for (const [endpoint, body] of Object.entries(alsoDocumented)) walk(body, '', documented.get(endpoint)!)

  test.each(sent)('%s has no field, place or word that the documented requests do not have', (endpoint, body) => {
    const places = new Map<string, Set<unknown>>()
    walk(body, '', places)
    const known = documented.get(endpoint)!
    expect([...places.keys()].filter(place => !known.has(place))).toEqual([])
    for (const [place, values] of places) {
      if (enumerated.test(place)) expect([...known.get(place)!], place).toEqual(expect.arrayContaining([...values]))
    }
  })

  test('the comparison sees a place and a word that are not documented', () => {
    const places = new Map<string, Set<unknown>>()
    walk({ agency: { ticketingPolicy: 'NEVER', nickname: 'x' } }, '', places)
    const known = documented.get('createBooking')!
    expect([...places.keys()].filter(place => !known.has(place))).toEqual(['.agency.nickname'])
    expect(known.get('.agency.ticketingPolicy')).not.toContain('NEVER')
  })
})

function walk(value: unknown, place: string, places: Map<string, Set<unknown>>): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, `${place}[]`, places)
    return
  }
  if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) walk(item, `${place}.${key}`, places)
    return
  }
  const values = places.get(place) ?? new Set()
  places.set(place, values.add(value))
}

describe('requests', () => {
  test('a search is read back as it was written', () => {
    expect(decodeShopRequest(encodeShopRequest(search))).toEqual({ ...search, itinerariesMax: 120 })
  })

  test('a booking is read back: flights, brands, limit, names, reference', () => {
    expect(decodeBookingRequest(encodeBookingRequest(booking))).toMatchObject({
      flights: booking.flights.map(flight => ({ ...flight, brandCode: 'ECONLIGHT' })),
      validatingCarrier: 'BA',
      limit: { desired: 1234.56, plus: 0 },
      haltOn: ['NO', 'UC', 'US', 'UN', 'UU', 'LL', 'HL'],
      reference: 'K7M2QX',
      hold: false,
      travellers: [
        { givenName: 'ADA MARIA MS', surname: 'EXAMPLE', code: 'ADT', infants: ['EXAMPLE/DORA'] },
        {},
        { code: 'CNN' },
        { code: 'INF' },
        {},
      ],
    })
  })

  test('an infant is named on its adult, a child by its birth date, contacts in the letters that airlines read', () => {
    const { travelers } = encodeBookingRequest(booking) as {
      travelers: readonly { specialServices?: readonly unknown[] }[]
    }
    expect(travelers.map(traveler => traveler.specialServices)).toEqual([
      [
        { code: 'INFT', message: 'EXAMPLE/DORA/20FEB26' },
        { code: 'CTCE', message: 'ADA..B//EXAMPLE./1.COM' },
        { code: 'CTCM', message: '442071838750' },
      ],
      undefined,
      [{ code: 'CHLD', message: '15JAN19' }],
      undefined,
      undefined,
    ])
  })

  test('names too long for a field lose middle names, then the title, then their end', () => {
    const named = (givenNames: string): unknown => {
      const body = encodeBookingRequest({ ...booking, travellers: [{ ...ada, givenNames }] })
      return (body.travelers as readonly JsonObject[])[0]!.givenName
    }
    expect(named('Maximiliana Wilhelmina Josephine')).toBe('MAXIMILIANA MS')
    expect(named('Abcdefghijklmnopqrstuvwxyza')).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZA')
    expect(named('Abcdefghijklmnopqrstuvwxyzabcdef')).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZABC')
  })
})
