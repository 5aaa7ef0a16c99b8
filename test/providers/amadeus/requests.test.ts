import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cabins, type PassengerType } from '../../../src/core/itinerary.ts'
import type { Traveller } from '../../../src/core/order.ts'
import { decodeOrderRequest, encodeOrderRequest } from '../../../src/providers/amadeus/wire/order-request.ts'
import { splitPhone } from '../../../src/providers/amadeus/wire/phone.ts'
import { decodePricingRequest, encodePricingRequest } from '../../../src/providers/amadeus/wire/pricing.ts'
import {
  decodeSearchParameters,
  encodeSearchParameters,
} from '../../../src/providers/amadeus/wire/search-parameters.ts'
import { decodeSearch, encodeSearch } from '../../../src/providers/amadeus/wire/search-request.ts'
import { decodeTokenRequest, encodeTokenRequest } from '../../../src/providers/amadeus/wire/token.ts'
import { decodeUpsellRequest, encodeUpsellRequest } from '../../../src/providers/amadeus/wire/upsell.ts'
import type { ShopPassenger, ShopQuery } from '../../../src/providers/port.ts'
import { describeFixtures, readFixture } from '../../support/fixtures.ts'
import { definition, objections, vendorDocument } from './vendor-schema.ts'
import { offer } from './wire-offers.ts'

const seated: readonly PassengerType[] = ['ADT', 'CHD', 'INS', 'YTH', 'SRC', 'STU']

const passengers: fc.Arbitrary<readonly ShopPassenger[]> = fc
  .tuple(fc.array(fc.constantFrom(...seated), { maxLength: 5 }), fc.boolean())
  .map(([others, infant]) => ['ADT' as const, ...others, ...(infant ? (['INF'] as const) : [])])
  .map(types => types.map((type, i) => ({ id: `pax_${i + 1}` as const, type, age: null })))

const anyQuery: fc.Arbitrary<ShopQuery> = fc.record({
  slices: fc.array(
    fc.record({
      origin: fc.constantFrom('LHR', 'LON', 'CDG'),
      destination: fc.constantFrom('JFK', 'NYC', 'SYD'),
      departureDate: fc.constantFrom('2027-03-10', '2027-12-31'),
      departureTime: fc.constantFrom(
        null,
        { from: '06:00', to: '12:00' },
        { from: '00:00', to: '23:59' },
        { from: '10:10', to: '10:20' },
      ),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  passengers,
  cabin: fc.constantFrom(null, ...cabins),
  currency: fc.constantFrom('EUR', 'USD'),
  pointOfSale: fc.constant('GB'),
  maxConnections: fc.constantFrom(null, 0, 1, 2, 3),
  carriers: fc.record({
    include: fc.subarray(['BA', 'AA', 'IB']),
    exclude: fc.subarray(['AF', 'BA']),
  }),
  accountCodes: fc.constant([]),
  offersMax: fc.integer({ min: 1, max: 400 }),
})

describe('a search', () => {
  test('arrives as it was meant: places, days, travellers, cabin, carriers', () => {
    fc.assert(
      fc.property(anyQuery, query => {
        const reading = decodeSearch(JSON.parse(JSON.stringify(encodeSearch(query))))
        if (reading.kind !== 'query') throw new Error(reading.problem.detail)
        const { query: got } = reading
        expect(got.slices.map(({ departureTime: _, ...slice }) => slice)).toEqual(
          query.slices.map(({ departureTime: _, ...slice }) => slice),
        )
        for (const [i, { departureTime }] of query.slices.entries()) {
          const window = got.slices[i]!.departureTime
          if (departureTime === null) expect(window).toBeNull()
          else if (window) expect(window.from <= departureTime.from && window.to >= departureTime.to).toBe(true)
        }
        expect(got.travellers.map(traveller => traveller.type)).toEqual(
          query.passengers.map(passenger => passenger.type),
        )
        expect(got.travellers.filter(({ type }) => type === 'INF').map(({ adultId }) => adultId)).toEqual(
          query.passengers.some(passenger => passenger.type === 'INF') ? ['1'] : [],
        )
        expect(got.cabin).toBe(query.cabin)
        expect(got.currency).toBe(query.currency)
        expect(got.maxConnections).toBe(query.maxConnections === 3 ? null : query.maxConnections)
        const { include, exclude } = query.carriers
        const wanted = include.filter(code => !exclude.includes(code))
        expect(got.include).toEqual(wanted)
        expect(got.exclude).toEqual(wanted.length > 0 ? [] : exclude)
        expect(got.offersMax).toBe(Math.min(query.offersMax, 250))
      }),
    )
  })

  test('by query string says the same, or is not to be said so', () => {
    fc.assert(
      fc.property(anyQuery, query => {
        const parameters = encodeSearchParameters(query)
        if (parameters === null) return
        const got = decodeSearchParameters(parameters)
        if (got.kind !== 'query') throw new Error(got.problem.detail)
        expect(got.query.slices).toEqual(query.slices)
        expect(got.query.travellers).toHaveLength(query.passengers.length)
      }),
    )
    const simple = { slices: [{ origin: 'LHR', destination: 'JFK', departureDate: '2027-03-10', departureTime: null }] }
    const query = {
      ...fc.sample(anyQuery, 1)[0]!,
      ...simple,
      passengers: [{ id: 'pax_1', type: 'ADT', age: null }],
    } as const
    expect(encodeSearchParameters(query)?.get('originLocationCode')).toBe('LHR')
  })

  test.each([
    ['originLocationCode', 32171],
    ['departureDate', 32171],
    ['adults', 32171],
  ])('by query string without %s is refused in the vendor’s words', (name, code) => {
    const whole = new URLSearchParams({
      originLocationCode: 'LHR',
      destinationLocationCode: 'JFK',
      departureDate: '2027-03-10',
      adults: '1',
    })
    whole.delete(name)
    expect(decodeSearchParameters(whole)).toMatchObject({ kind: 'problem', problem: { code, at: name } })
  })
})

const person = (id: Traveller['id'], type: PassengerType, more: Partial<Traveller> = {}): Traveller => ({
  id,
  type,
  title: null,
  givenNames: 'Zoë Anne',
  surname: "O'Brien-Łuk",
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
  ...more,
})

const orderOf = (hold: boolean): ReturnType<typeof encodeOrderRequest> =>
  encodeOrderRequest({
    offer: offer(),
    travellers: [
      { wireId: '1', traveller: person('pax_1', 'ADT') },
      {
        wireId: '2',
        traveller: person('pax_2', 'INF', { gender: null, document: null, loyalty: null, adultId: 'pax_1' }),
      },
    ],
    contact: { email: 'ada@example.com', phone: '+442071838750' },
    reference: 'K7M2QX',
    cancelAfterDays: hold ? 2 : null,
  })

describe('an order', () => {
  test.each([true, false])('arrives as it was meant (hold: %s)', hold => {
    expect(decodeOrderRequest(JSON.parse(JSON.stringify(orderOf(hold))))).toEqual({
      kind: 'order',
      order: {
        offer: offer(),
        travellers: [
          { id: '1', givenNames: 'ZOE ANNE', surname: 'OBRIEN LUK', birthDate: '1990-12-10', gender: 'FEMALE' },
          { id: '2', givenNames: 'ZOE ANNE', surname: 'OBRIEN LUK', birthDate: '1990-12-10', gender: null },
        ],
        reference: 'K7M2QX',
        hold,
        contact: { email: 'ada@example.com', phone: '+442071838750' },
      },
    })
  })

  test.each([
    ['+442071838750', '44', '2071838750'],
    ['+1 212 555 0100', '+1', '2125550100'],
    ['+353 1 5550100', '353', '15550100'],
  ])('the number %s has a calling code', (phone, countryCallingCode, number) => {
    expect(splitPhone(phone)).toEqual({ countryCallingCode, number })
  })
})

test('token, pricing and upsell requests arrive as they were meant', () => {
  const token = { clientId: 'a b', clientSecret: 'c&d=e' }
  expect(decodeTokenRequest(encodeTokenRequest(token))).toEqual(token)
  expect(decodeTokenRequest('grant_type=password&client_id=a&client_secret=b')).toBeNull()
  expect(decodePricingRequest(encodePricingRequest(offer()))).toEqual([offer()])
  expect(decodePricingRequest({ data: { flightOffers: Array(7).fill(offer()) } })).toBeNull()
  expect(decodeUpsellRequest(encodeUpsellRequest(offer()))).toEqual([offer()])
})

describeFixtures('requests are what the vendor’s documents say', () => {
  test('search', () => {
    const document = vendorDocument('FlightOffersSearch_v2')
    fc.assert(
      fc.property(anyQuery, query => {
        expect(objections(document, definition('GetFlightOffersQuery'), encodeSearch(query))).toEqual([])
      }),
    )
  })

  test('pricing of a recorded offer', () => {
    const recorded = JSON.parse(readFixture('amadeus-selfservice', 'search-post-gig-mad-rt-adt-chd.json').toString())
    const document = vendorDocument('FlightOffersPrice_v1')
    const body = encodePricingRequest(recorded.data[0]) as { readonly data: unknown }
    expect(objections(document, definition('FlightOfferPricingIn'), body.data)).toEqual([])
  })

  test.each([true, false])('order (hold: %s)', hold => {
    const document = vendorDocument('FlightCreateOrders_v1')
    const body = orderOf(hold) as { readonly data: unknown }
    expect(objections(document, definition('FlightOrder'), body.data)).toEqual([])
  })

  test('the check finds what is wrong', () => {
    const document = vendorDocument('FlightOffersSearch_v2')
    const body = { ...encodeSearch(fc.sample(anyQuery, 1)[0]!), currencyCode: 7, surprise: true, travelers: [] }
    const found = objections(document, definition('GetFlightOffersQuery'), body)
    expect(found.map(line => line.split(':')[0]).sort()).toEqual(['/currencyCode', '/surprise', '/travelers'])
  })
})
