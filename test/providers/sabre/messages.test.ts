import { describe, expect, test } from 'vitest'
import { WireError } from '../../../src/core/wire-error.ts'
import { decode } from '../../../src/providers/sabre/wire/decode.ts'

const read = (body: unknown) => decode(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))

describe('messages told apart by what they hold', () => {
  test.each<readonly [string, unknown]>([
    ['token', { access_token: 'T1', token_type: 'bearer', expires_in: 604_800 }],
    ['createBooking', { timestamp: 'x', confirmationId: 'GLEBNY', booking: { bookingId: 'GLEBNY' } }],
    ['createBooking', { timestamp: 'x', confirmationId: 'GLEBNY', errors: [{ type: 'X' }] }],
    ['getBooking', { bookingId: 'GLEBNY', travelers: [], flights: [] }],
    ['cancelBooking', { timestamp: 'x', booking: { bookingId: 'GLEBNY' } }],
    ['fulfillFlightTickets', { timestamp: 'x', tickets: [{ number: '1252400000001', ticketStatusName: 'Issued' }] }],
    ['checkFlightTickets', { timestamp: 'x', tickets: [{ number: '1252400000001', isVoidable: true }] }],
    ['voidFlightTickets', { timestamp: 'x', voidedTickets: ['1252400000001'] }],
    ['refundFlightTickets', { timestamp: 'x', refundedTickets: ['1252400000001'] }],
    [
      'bookingErrors',
      { timestamp: 'x', errors: [{ category: 'BAD_REQUEST', type: 'INVALID_VALUE', description: 'x' }] },
    ],
    ['error', { status: 'NotProcessed', errorCode: 'ERR.2SG.SEC.INVALID_CREDENTIALS', message: 'no' }],
    ['error', { error: 'invalid_client', error_description: 'no' }],
    ['groupedItineraryResponse', { groupedItineraryResponse: { messages: [] } }],
    ['OTA_AirLowFareSearchRS', { Resource: { OTA_AirLowFareSearchRS: { Errors: {} } } }],
    ['OTA_AirLowFareSearchRS', { PricedItineraries: [], Links: [] }],
    [
      'GroupedItineraryResponse',
      '<a:GroupedItineraryResponse xmlns:a="x" Version="6"><a:Message Severity="Error" Code="NAV" Text="x"/></a:GroupedItineraryResponse>',
    ],
  ])('%s', (message, body) => {
    expect(read(body).message).toBe(message)
  })
})

describe('a booking', () => {
  const flight = (from: string, to: string, date: string, more: object = {}) => ({
    flightNumber: 1,
    airlineCode: 'BA',
    fromAirportCode: from,
    toAirportCode: to,
    departureDate: date,
    departureTime: '10:00:00',
    arrivalDate: date,
    arrivalTime: '12:00:00',
    flightStatusCode: 'HK',
    ...more,
  })
  const booking = (more: object) => ({
    bookingId: 'GLEBNY',
    travelers: [{ givenName: 'ADA MS', surname: 'EXAMPLE', passengerCode: 'ADT' }],
    ...more,
  })

  test('journeys divide its flights; without them a stay or the way home does', () => {
    const flights = [
      flight('LHR', 'JFK', '2027-03-10'),
      flight('JFK', 'LAX', '2027-03-10', { departureTime: '14:00:00', arrivalTime: '17:00:00' }),
      flight('LAX', 'LHR', '2027-03-20'),
    ]
    const lengths = (body: object) => read(body).order!.slices.map(slice => slice.segments.length)
    expect(lengths(booking({ flights }))).toEqual([2, 1])
    expect(
      lengths(booking({ flights, journeys: [{ numberOfFlights: 1 }, { numberOfFlights: 1 }, { numberOfFlights: 1 }] })),
    ).toEqual([1, 1, 1])
    const dayTrip = [
      flight('LHR', 'CDG', '2027-03-10'),
      flight('CDG', 'LHR', '2027-03-10', { departureTime: '18:00:00', arrivalTime: '18:20:00' }),
    ]
    expect(lengths(booking({ flights: dayTrip }))).toEqual([1, 1])
  })

  test.each([
    ['held', 'HK', []],
    ['cancelled', 'UC', []],
    ['ticketed', 'HK', [{ number: '1252400000001', travelerIndex: 1, ticketStatusName: 'Issued' }]],
    ['held', 'HK', [{ number: '1252400000001', travelerIndex: 1, ticketStatusName: 'Voided' }]],
  ])('is %s with a flight in %s and tickets as they are', (status, code, flightTickets) => {
    const flights = [flight('LHR', 'JFK', '2027-03-10', { flightStatusCode: code })]
    expect(read(booking({ flights, flightTickets })).order!.status).toBe(status)
  })

  test('is partly ticketed while one traveller has no ticket', () => {
    const travelers = [
      { givenName: 'ADA', surname: 'A', passengerCode: 'ADT' },
      { givenName: 'BEN', surname: 'B', passengerCode: 'ADT' },
    ]
    const flightTickets = [{ number: '1252400000001', travelerIndex: 1, ticketStatusName: 'Issued' }]
    const flights = [flight('LHR', 'JFK', '2027-03-10')]
    expect(read(booking({ travelers, flights, flightTickets })).order!.status).toBe('partly-ticketed')
  })

  test('has two documents for a conjunction ticket', () => {
    const flightTickets = [{ number: '1606802005008/09', ticketStatusName: 'Issued' }]
    const { documents } = read(booking({ flights: [flight('LHR', 'JFK', '2027-03-10')], flightTickets })).order!
    expect(documents.map(document => document.number)).toEqual(['1606802005008', '1606802005009'])
  })

  test('must be ticketed by the earliest of its stored prices', () => {
    const fares = ['2027-02-02', '2027-02-01'].map(purchaseDeadlineDate => ({
      creationDetails: { purchaseDeadlineDate, purchaseDeadlineTime: '18:30' },
    }))
    expect(read(booking({ flights: [flight('LHR', 'JFK', '2027-03-10')], fares })).order!.ticketBy).toBe(
      '2027-02-01T18:30:00Z',
    )
  })
})

describe('XML', () => {
  const envelope = (body: string) =>
    `<?xml version="1.0"?><soap-env:Envelope xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/"><soap-env:Header><Security><BinarySecurityToken>x</BinarySecurityToken></Security></soap-env:Header><soap-env:Body>${body}</soap-env:Body></soap-env:Envelope>`

  test('a SOAP fault has the code of its detail', () => {
    const fault =
      '<soap-env:Fault><faultcode>soap-env:Client.InvalidSecurityToken</faultcode><faultstring>Invalid or Expired binary security token</faultstring><detail><StackTrace>com.sabre.AuthenticationException: errors.authentication.USG_INVALID_SECURITY_TOKEN</StackTrace></detail></soap-env:Fault>'
    expect(read(envelope(fault)).faults).toMatchObject([{ code: 'USG_INVALID_SECURITY_TOKEN', kind: 'authentication' }])
  })

  test('an error reply is a fault with its code', () => {
    const reply =
      '<OTA_AirLowFareSearchRS Version="6.6.0"><Errors><Error Type="MIP" Code="MIP" ShortText="NO FARES/RBD/CARRIER"/></Errors></OTA_AirLowFareSearchRS>'
    expect(read(envelope(reply))).toMatchObject({
      version: '6.6.0',
      offers: [],
      faults: [{ code: 'MIP', kind: 'no-offers' }],
    })
  })

  test.each([
    ['an HTML page', '<!DOCTYPE html><html></html>'],
    ['an XHTML page', '<html><body>maintenance</body></html>'],
    ['another message', '<AirShoppingRS/>'],
    ['a cut envelope', envelope('<OTA_AirLowFareSearchRS><Errors/></OTA_AirLowFareSearchRS>').slice(0, -20)],
    ['a message with nothing in it', '<GroupedItineraryResponse/>'],
    [
      'an entity bomb',
      '<!DOCTYPE a [<!ENTITY b "b">]><GroupedItineraryResponse><Message Text="&b;"/></GroupedItineraryResponse>',
    ],
  ])('%s is refused with a place', (_, body) => {
    expect(() => read(body)).toThrow(WireError)
  })
})

describe('JSON made to trip a reader up', () => {
  test('objects where text is expected are nothing', () => {
    const nasty = { toString: 1, valueOf: null }
    const reply = {
      OTA_AirLowFareSearchRS: {
        PricedItineraries: {
          PricedItinerary: [
            {
              AirItinerary: {
                OriginDestinationOptions: {
                  OriginDestinationOption: [
                    { FlightSegment: [{ FlightNumber: nasty, MarketingAirline: { Code: nasty }, MarriageGrp: nasty }] },
                  ],
                },
              },
              AirItineraryPricingInfo: nasty,
            },
          ],
        },
      },
    }
    expect(read(reply)).toMatchObject({ offers: [], warnings: [{ code: 'incomplete-itinerary' }] })
    const grouped = {
      groupedItineraryResponse: {
        itineraryGroups: [
          {
            groupDescription: { legDescriptions: [{ departureDate: nasty }] },
            itineraries: [{ legs: [{ ref: nasty }], pricingInformation: nasty }],
          },
        ],
      },
    }
    expect(read(grouped).offers).toEqual([])
  })

  test('a name like __proto__ changes nothing', () => {
    decode(Buffer.from('{"__proto__":{"bookingId":"GLEBNY"},"bookingId":"GLEBNX","travelers":[]}'))
    expect({}).not.toHaveProperty('bookingId')
  })
})
