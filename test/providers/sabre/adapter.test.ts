import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { manualClock, systemClock } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import { money } from '../../../src/core/money.ts'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import type { Traveller } from '../../../src/core/order.ts'
import type { CreateOrderRequest, OrderKey, Provider } from '../../../src/providers/port.ts'
import { ProviderSettingsError } from '../../../src/providers/port.ts'
import { create } from '../../../src/providers/sabre/index.ts'
import { assembleSlice } from '../../../src/reference/assemble.ts'
import { callWithin } from '../../support/fake-provider.ts'
import { type Reply, type ScriptedHost, startScriptedHost } from './scripted-host.ts'

let host: ScriptedHost
let provider: Provider
let clock: ReturnType<typeof manualClock>
beforeEach(async () => {
  host = await startScriptedHost()
  clock = manualClock(systemClock.now())
  provider = create(host.settings, { clock, log: silentLog })
})
afterEach(async () => {
  await provider.close()
  await host.close()
})

const ada: Traveller = {
  id: 'pax_1',
  type: 'ADT',
  title: 'MS',
  givenNames: 'ADA',
  surname: 'EXAMPLE',
  birthDate: '1990-12-10',
  gender: 'F',
  document: null,
  loyalty: null,
  adultId: null,
}
const gbp = (minor: number) => money(minor, 'GBP')
const offer: SupplierOffer = {
  provider: 'sabre',
  validatingCarrier: 'BA',
  total: gbp(50_000),
  base: gbp(40_000),
  taxes: gbp(10_000),
  fees: gbp(0),
  passengers: [
    {
      ids: ['pax_1'],
      type: 'ADT',
      count: 1,
      each: { base: gbp(40_000), taxes: [{ code: 'GB', amount: gbp(10_000) }], fees: [], total: gbp(50_000) },
    },
  ],
  slices: [
    assembleSlice([
      {
        id: 'seg_1',
        marketing: { carrier: 'BA', number: '117' },
        operating: { carrier: 'BA', number: '117', name: null },
        origin: 'LHR',
        originTerminal: '5',
        destination: 'JFK',
        destinationTerminal: '8',
        departure: '2027-03-10T08:20:00',
        departureZone: null,
        arrival: '2027-03-10T11:15:00',
        arrivalZone: null,
        durationMinutes: 475,
        aircraft: '77W',
        stops: [],
        marriageGroup: null,
        fares: [
          {
            passengerType: 'ADT',
            fareBasis: 'OLX6GB',
            bookingClass: 'O',
            cabin: 'economy',
            brand: { code: 'LIGHT', name: 'Light' },
            baggage: { checked: null, cabin: null },
          },
        ],
        status: null,
      },
    ]),
  ],
  conditions: { change: { allowed: null, fee: null }, refund: { allowed: null, fee: null } },
  requirements: { documents: null, gender: null, birthDate: true, instantPayment: null, holdAllowed: true },
  seatsLeft: 9,
  ticketBy: null,
  expiresAt: null,
  supplierContext: {},
}
const request: CreateOrderRequest = {
  offer,
  travellers: [ada],
  contact: { email: 'ada@example.com', phone: '+442071838750' },
  reference: 'K7M2QX',
  hold: false,
}
const key: OrderKey = { locator: 'GLEBNY', supplierContext: {}, travellers: [ada] }

function booking(status: string, total = '500.00', more: object = {}): Record<string, unknown> {
  const flight = {
    itemId: '1',
    confirmationId: 'ABC123',
    flightNumber: 117,
    airlineCode: 'BA',
    fromAirportCode: 'LHR',
    toAirportCode: 'JFK',
    departureDate: '2027-03-10',
    departureTime: '08:20:00',
    arrivalDate: '2027-03-10',
    arrivalTime: '11:15:00',
    bookingClass: 'O',
    flightStatusCode: status,
  }
  return {
    bookingId: 'GLEBNY',
    travelers: [{ givenName: 'ADA MS', surname: 'EXAMPLE', passengerCode: 'ADT' }],
    flights: [flight],
    fares: [{ recordId: '1' }],
    payments: { flightTotals: [{ total, currencyCode: 'GBP' }] },
    ...more,
  }
}
const created = (status: string, total?: string): Record<string, unknown> => ({
  timestamp: '2027-01-05T10:00:00Z',
  confirmationId: 'GLEBNY',
  booking: booking(status, total),
})
const failed = (type: string, category = 'APPLICATION_ERROR'): Record<string, unknown> => ({
  errors: [{ category, type, description: 'what went wrong' }],
})
const methods = (): readonly string[] => host.asked.map(entry => entry.method)
const order = () => provider.createOrder(request, callWithin(5_000))

describe('settings', () => {
  test.each([
    ['baseUrl', undefined, /BASE_URL is missing/],
    ['baseUrl', 'ftp://x', /BASE_URL is no http address/],
    ['userId', undefined, /USER_ID is missing/],
    ['password', ' ', /PASSWORD is missing/],
    ['pcc', 'toolong', /PCC must be/],
    ['officeZone', 'Mars/Olympus', /OFFICE_ZONE/],
    ['currency', 'euro', /CURRENCY must be/],
    ['printerProfile', 'x', /PRINTER_PROFILE/],
  ])('%s = %s is refused in one sentence', (name, value, message) => {
    const settings = Object.fromEntries(
      Object.entries({ ...host.settings, [name]: value }).filter(([, v]) => v !== undefined),
    )
    const open = () => create(settings as Record<string, string>, { clock, log: silentLog })
    expect(open).toThrow(ProviderSettingsError)
    expect(open).toThrow(message)
  })
})

describe('tokens', () => {
  const get = () => provider.retrieveOrder(key, callWithin(5_000))

  test('many callers at once wait for one request, which is kept until shortly before it ends', async () => {
    host.answer('getBooking', { body: booking('HK') })
    await Promise.all([get(), get(), get(), get()])
    expect(methods().filter(method => method === 'token')).toHaveLength(1)
    clock.advance(604_800_000 - 30_000)
    await get()
    expect(methods().filter(method => method === 'token')).toHaveLength(2)
  })

  test('a 401 gets a new token and one more try', async () => {
    host.answer(
      'getBooking',
      { status: 401, body: { errorCode: 'ERR.2SG.SEC.INVALID_CREDENTIALS' } },
      { body: booking('HK') },
    )
    expect((await get()).kind).toBe('found')
    expect(methods()).toEqual(['token', 'getBooking', 'token', 'getBooking'])
    expect(
      new Set(host.asked.filter(entry => entry.method === 'getBooking').map(entry => entry.headers.authorization)).size,
    ).toBe(2)
  })

  test('a second 401 is an authentication fault, not a loop', async () => {
    host.answer('getBooking', { status: 401, body: { errorCode: 'ERR.2SG.SEC.INVALID_CREDENTIALS', message: 'no' } })
    expect(await get()).toMatchObject({ kind: 'failed', fault: { kind: 'authentication' } })
    expect(methods().filter(method => method === 'getBooking')).toHaveLength(2)
  })

  test('an order is refused, not unknown, when no token can be had', async () => {
    host.answer('token', { status: 401, body: { error: 'invalid_client', error_description: 'no' } })
    expect(await order()).toMatchObject({ kind: 'refused', fault: { kind: 'authentication', mayHaveBooked: false } })
    expect(methods()).toEqual(['token'])
  })
})

describe('making an order', () => {
  test('traceparent goes along', async () => {
    host.answer('createBooking', { body: created('HK') })
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await provider.createOrder(request, { ...callWithin(5_000), traceparent })
    expect(host.asked.at(-1)!.headers.traceparent).toBe(traceparent)
  })

  test('confirmed and without errors: created, with our ids and the airline locator', async () => {
    host.answer('createBooking', { body: created('HK') })
    expect(await order()).toMatchObject({
      kind: 'created',
      order: {
        status: 'held',
        locators: [
          { owner: 'sabre', locator: 'GLEBNY' },
          { owner: 'BA', locator: 'ABC123' },
        ],
        passengers: [{ id: 'pax_1', givenNames: 'ADA', surname: 'EXAMPLE' }],
        total: gbp(50_000),
      },
    })
    expect(methods()).toEqual(['token', 'createBooking'])
  })

  test('errors beside a locator: the PNR stands, is looked at and kept where it is what was asked for', async () => {
    host.answer('createBooking', { body: { ...created('HK'), ...failed('UNABLE_TO_ADD_REMARK') } })
    host.answer('getBooking', { body: booking('HK') })
    expect((await order()).kind).toBe('created')
    expect(methods()).toEqual(['token', 'createBooking', 'getBooking'])
  })

  test('errors beside a locator, a flight not confirmed: cancelled, and refused as sold out', async () => {
    host.answer('createBooking', { body: { ...created('UC'), ...failed('UNABLE_TO_BOOK_FLIGHTS_WRONG_STATUS_CODE') } })
    host.answer('getBooking', {
      body: booking('UC', '500.00', { flights: [booking('UC'), booking('HK')].flatMap(b => b.flights) }),
    })
    host.answer('cancelBooking', { body: { timestamp: 'x', booking: { bookingId: 'GLEBNY', flights: [] } } })
    expect(await order()).toMatchObject({ kind: 'refused', fault: { kind: 'sold-out', mayHaveBooked: false } })
    expect(host.asked.at(-1)).toMatchObject({
      method: 'cancelBooking',
      body: { confirmationId: 'GLEBNY', cancelAll: true },
    })
  })

  test.each<readonly [string, Reply, Reply]>([
    ['it cannot be read', { status: 503, body: {} }, { body: {} }],
    ['it is not there yet', { body: failed('BOOKING_NOT_FOUND', 'RESOURCE_NOT_FOUND') }, { body: {} }],
    ['it cannot be cancelled', { body: booking('NN') }, { body: failed('UNABLE_TO_CANCEL', 'CANCELLATION_ERROR') }],
    ['the answer to its cancelling is lost', { body: booking('NN') }, 'cut'],
  ])('errors beside a locator, and %s: unknown', async (_, get, cancel) => {
    host.answer('createBooking', { body: { ...created('NN'), ...failed('UNABLE_TO_ADD_REMARK') } })
    host.answer('getBooking', get)
    host.answer('cancelBooking', cancel)
    expect(await order()).toMatchObject({ kind: 'unknown', fault: { mayHaveBooked: true } })
  })

  test('booked at a higher price: cancelled, and refused as changed', async () => {
    host.answer('createBooking', { body: created('HK', '500.01') })
    host.answer('getBooking', { body: booking('HK', '500.01') })
    host.answer('cancelBooking', { body: { timestamp: 'x' } })
    expect(await order()).toMatchObject({ kind: 'refused', fault: { kind: 'price-changed' } })
    expect(methods().at(-1)).toBe('cancelBooking')
  })

  test.each<readonly [string, Reply, string, string]>([
    [
      'flights that were not confirmed',
      { body: failed('UNABLE_TO_BOOK_FLIGHTS_WRONG_STATUS_CODE') },
      'refused',
      'sold-out',
    ],
    [
      'a senseless request',
      { status: 400, body: failed('INVALID_VALUE', 'BAD_REQUEST') },
      'refused',
      'invalid-request',
    ],
    ['a time-out behind Sabre', { body: failed('TIMEOUT') }, 'unknown', 'supplier-error'],
    ['words that nobody knows', { body: failed('SOMETHING_NEW', 'NEW_CATEGORY') }, 'unknown', 'supplier-error'],
    ['500', { status: 500, body: { errorCode: 'ERR.RAF.APPLICATION' } }, 'unknown', 'supplier-error'],
    ['a page of a proxy', { body: '<html>maintenance</html>' }, 'unknown', 'malformed-reply'],
    ['a page under 502', { status: 502, body: '<html>bad gateway</html>' }, 'unknown', 'supplier-error'],
    ['nothing of use', { body: {} }, 'unknown', 'malformed-reply'],
    ['a list', { body: [] }, 'unknown', 'malformed-reply'],
    ['a broken connection', 'cut', 'unknown', 'connection'],
    ['too many requests', { status: 429, headers: { 'retry-after': '7' }, body: {} }, 'refused', 'rate-limited'],
  ])('%s', async (_, reply, kind, faultKind) => {
    host.answer('createBooking', reply)
    const outcome = await order()
    expect(outcome).toMatchObject({ kind, fault: { kind: faultKind, mayHaveBooked: kind === 'unknown' } })
    expect(methods().filter(method => method === 'createBooking')).toHaveLength(1)
    if (outcome.kind !== 'created' && faultKind === 'rate-limited') expect(outcome.fault.retryAfterMs).toBe(7000)
  })

  test('what an error quotes does not come out', async () => {
    const description = 'Traveler "ADA EXAMPLE" with passport \'X1234567\' is not valid'
    host.answer('createBooking', {
      body: { errors: [{ category: 'BAD_REQUEST', type: 'INVALID_VALUE', description }] },
    })
    const outcome = await order()
    expect(JSON.stringify(outcome)).not.toMatch(/EXAMPLE|X1234567/)
  })

  test('a fare that must be ticketed at once is not held', async () => {
    const instant = { ...offer, requirements: { ...offer.requirements, holdAllowed: false } }
    const outcome = await provider.createOrder({ ...request, offer: instant, hold: true }, callWithin(5_000))
    expect(outcome).toMatchObject({ kind: 'refused', fault: { kind: 'not-supported' } })
    expect(methods()).toEqual([])
  })
})

describe('issuing tickets', () => {
  const issue = () => provider.issueTickets(key, callWithin(5_000))
  const ticket = { number: '1252400000001', travelerIndex: 1, ticketStatusName: 'Issued' }

  test('the stored prices are ticketed, and the booking says whose each ticket is', async () => {
    host.answer('getBooking', { body: booking('HK') }, { body: booking('HK', '500.00', { flightTickets: [ticket] }) })
    host.answer('fulfillFlightTickets', { body: { timestamp: 'x', tickets: [{ number: '1252400000001' }] } })
    expect(await issue()).toMatchObject({
      kind: 'ticketed',
      order: { status: 'ticketed', documents: [{ number: '1252400000001', passengerId: 'pax_1', status: 'issued' }] },
    })
    const fulfil = host.asked.find(entry => entry.method === 'fulfillFlightTickets')
    expect(fulfil!.body).toMatchObject({ fulfillments: [{ ticketingQualifiers: { priceQuoteRecordIds: ['1'] } }] })
  })

  test('asked again for a ticketed booking nothing is issued', async () => {
    host.answer('getBooking', { body: booking('HK', '500.00', { flightTickets: [ticket] }) })
    expect((await issue()).kind).toBe('ticketed')
    expect(methods()).not.toContain('fulfillFlightTickets')
  })

  test('when the booking cannot be read afterwards, the numbers count', async () => {
    host.answer('getBooking', { body: booking('HK') }, { status: 500, body: {} })
    host.answer('fulfillFlightTickets', { body: { tickets: [{ number: '125-2400000001' }] } })
    expect(await issue()).toMatchObject({
      kind: 'ticketed',
      order: { documents: [{ number: '1252400000001', passengerId: 'pax_1' }] },
    })
  })

  test.each<readonly [string, Reply, object]>([
    ['an answer that is lost', 'cut', { kind: 'unknown', fault: { mayHaveBooked: true } }],
    ['500', { status: 500, body: {} }, { kind: 'unknown' }],
    ['neither tickets nor errors', { body: {} }, { kind: 'unknown' }],
    [
      'a host that is busy',
      {
        body: {
          errors: [{ category: 'APPLICATION_ERROR', type: 'UNABLE_TO_FULFILL', description: 'Host busy, try again' }],
        },
      },
      { kind: 'refused', retryable: true },
    ],
    [
      'a price that has lapsed',
      { body: { errors: [{ category: 'BAD_REQUEST', type: 'INVALID_VALUE', description: 'Price quote expired' }] } },
      { kind: 'refused', retryable: false },
    ],
  ])('%s', async (_, reply, outcome) => {
    host.answer('getBooking', { body: booking('HK') })
    host.answer('fulfillFlightTickets', reply)
    expect(await issue()).toMatchObject(outcome)
  })
})

describe('taking tickets back', () => {
  const ticket = (status: string) => ({ number: '1252400000001', travelerIndex: 1, ticketStatusName: status })
  const ticketed = booking('HK', '500.00', { flightTickets: [ticket('Issued')] })
  const check = (more: object) => ({ body: { tickets: [{ number: '1252400000001', ...more }] } })
  const refundable = (total: string) =>
    check({
      isVoidable: false,
      isRefundable: true,
      isAutomatedRefundsEligible: true,
      refundTotals: { total, currencyCode: 'GBP' },
    })
  const quote = () => provider.quoteCancellation(key, callWithin(5_000))

  test('a refund is quoted, checked again, made, and the segments cancelled after it', async () => {
    host.answer('getBooking', { body: ticketed })
    host.answer('checkFlightTickets', refundable('380.00'))
    host.answer('refundFlightTickets', { body: { refundedTickets: ['1252400000001'] } })
    host.answer('cancelBooking', { body: { timestamp: 'x' } })
    const quoted = await quote()
    expect(quoted).toMatchObject({
      kind: 'quoted',
      quote: { kind: 'refund', refund: gbp(38_000), penalty: gbp(12_000) },
    })
    if (quoted.kind !== 'quoted') return
    expect(await provider.cancelOrder({ order: key, quote: quoted.quote }, callWithin(5_000))).toEqual({
      kind: 'cancelled',
      documents: [{ number: '1252400000001', status: 'refunded' }],
    })
    expect(methods().slice(-4)).toEqual(['getBooking', 'checkFlightTickets', 'refundFlightTickets', 'cancelBooking'])
  })

  test('less than was quoted is not accepted', async () => {
    host.answer('getBooking', { body: ticketed })
    host.answer('checkFlightTickets', refundable('380.00'), refundable('379.99'))
    const quoted = await quote()
    if (quoted.kind !== 'quoted') throw new Error('no quote')
    const outcome = await provider.cancelOrder({ order: key, quote: quoted.quote }, callWithin(5_000))
    expect(outcome).toMatchObject({ kind: 'refused', fault: { kind: 'price-changed' } })
    expect(methods()).not.toContain('refundFlightTickets')
  })

  test('a void is quoted in full until the end of the office day, and not made after its quote has expired', async () => {
    host.answer('getBooking', { body: ticketed })
    host.answer('checkFlightTickets', check({ isVoidable: true, isRefundable: true }))
    const quoted = await quote()
    if (quoted.kind !== 'quoted') throw new Error('no quote')
    expect(quoted.quote).toMatchObject({ kind: 'void', refund: gbp(50_000), penalty: gbp(0) })
    clock.set(Date.parse(quoted.quote.expiresAt!) + 1)
    const outcome = await provider.cancelOrder({ order: key, quote: quoted.quote }, callWithin(5_000))
    expect(outcome).toMatchObject({ kind: 'refused', fault: { kind: 'not-cancellable' } })
    expect(methods()).not.toContain('voidFlightTickets')
  })

  test('a void whose answer is lost is unknown; asked again, what is done is seen and the rest is done', async () => {
    host.answer(
      'getBooking',
      { body: ticketed },
      { body: ticketed },
      { body: booking('HK', '500.00', { flightTickets: [ticket('Voided')] }) },
    )
    host.answer('checkFlightTickets', check({ isVoidable: true }))
    host.answer('voidFlightTickets', 'cut')
    host.answer('cancelBooking', { body: { timestamp: 'x' } })
    const quoted = await quote()
    if (quoted.kind !== 'quoted') throw new Error('no quote')
    const cancel = () => provider.cancelOrder({ order: key, quote: quoted.quote }, callWithin(5_000))
    expect((await cancel()).kind).toBe('unknown')
    expect(await cancel()).toEqual({ kind: 'cancelled', documents: [{ number: '1252400000001', status: 'void' }] })
    expect(methods().filter(method => method === 'voidFlightTickets')).toHaveLength(1)
  })

  test.each<readonly [string, object]>([
    ['neither voidable nor refundable', { isVoidable: false, isRefundable: false }],
    ['refundable, but not automatically', { isVoidable: false, isRefundable: true, isAutomatedRefundsEligible: false }],
    ['refundable at no amount that is said', { isVoidable: false, isRefundable: true }],
  ])('%s is refused with a reason', async (_, more) => {
    host.answer('getBooking', { body: ticketed })
    host.answer('checkFlightTickets', check(more))
    expect(await quote()).toMatchObject({ kind: 'refused', fault: { kind: 'not-cancellable' } })
  })

  test('a release is not made where tickets were issued since', async () => {
    host.answer('getBooking', { body: booking('HK') }, { body: ticketed })
    const quoted = await quote()
    if (quoted.kind !== 'quoted') throw new Error('no quote')
    expect(quoted.quote.kind).toBe('release')
    const outcome = await provider.cancelOrder({ order: key, quote: quoted.quote }, callWithin(5_000))
    expect(outcome.kind).toBe('refused')
    expect(methods()).not.toContain('cancelBooking')
  })
})
