import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readTree } from '../../../src/core/xml/tree.ts'
import { decode } from '../../../src/providers/travelport/wire/decode.ts'
import { decodeLowFareSearch, encodeLowFareSearch } from '../../../src/providers/travelport/wire/low-fare-search.ts'
import { encodeCancelRecord, encodeImport } from '../../../src/providers/travelport/wire/record-requests.ts'
import { messageOf } from '../../../src/providers/travelport/wire/requests.ts'
import { call, confirmed, contact, family, openStage, orderKey, people, query, type Stage, shopped } from './journey.ts'

/** The simulator as somebody sees it who writes the format by hand. */
let stage: Stage
let baseUrl: string
const authorization = `Basic ${Buffer.from('Universal API/uAPI-sandbox:sandbox').toString('base64')}`
const head = { targetBranch: 'P7000001', traceId: 't1' }

beforeAll(async () => {
  stage = await openStage()
  await shopped(stage, query('LHR', 'JFK'))
  baseUrl = stage.baseUrl
})
afterAll(() => stage.close())

async function post(service: string, body: string, headers: Record<string, string> = { authorization }) {
  const response = await fetch(`${baseUrl}/${service}`, { method: 'POST', headers, body })
  const text = await response.text()
  return { status: response.status, type: response.headers.get('content-type'), text }
}

async function faultOf(service: string, body: string) {
  const { status, text } = await post(service, body)
  expect(status).toBe(500)
  return decode(Buffer.from(text)).faults[0]
}

const search = (more: Parameters<typeof query>[2] = {}, of = head): string =>
  encodeLowFareSearch(query('LHR', 'JFK', more), of)

describe('who may ask', () => {
  test('nobody without the right password', async () => {
    expect((await post('AirService', search(), {})).status).toBe(401)
    expect((await post('AirService', search(), { authorization: 'Basic eDp5' })).status).toBe(401)
  })

  test('nobody for another branch', async () => {
    const body = search({}, { targetBranch: 'P0000000', traceId: 't' })
    expect(await faultOf('AirService', body)).toMatchObject({ code: '345', kind: 'authentication' })
  })

  test('each message at its own service', async () => {
    expect(await faultOf('UniversalRecordService', search())).toMatchObject({ code: '3003', kind: 'invalid-request' })
    expect((await post('x/../../../../etc', search())).status).toBe(404)
  })
})

describe('what it answers', () => {
  test('no XML, a past date and a route without flights are faults in its own words', async () => {
    expect(await faultOf('AirService', '{"json":true}')).toMatchObject({ code: '3003' })
    expect(await faultOf('AirService', '<!DOCTYPE a><a/>')).toMatchObject({ code: '3003' })
    const past = { slices: [{ origin: 'LHR', destination: 'JFK', departureDate: '2026-11-01', departureTime: null }] }
    expect(await faultOf('AirService', search(past))).toMatchObject({ code: '3003', kind: 'invalid-request' })
    const { origin, destination } = stage.route('no-offers')
    const none = { slices: [{ origin, destination, departureDate: '2027-03-10', departureTime: null }] }
    expect(await faultOf('AirService', search(none))).toMatchObject({ code: '2602', kind: 'no-offers' })
  })

  test('a search in another currency, with whole units where the currency has no others', async () => {
    const offers = await shopped(stage, query('LHR', 'JFK', { currency: 'KRW' }))
    expect(offers[0]!.total.currency).toBe('KRW')
    const { text } = await post('AirService', search({ currency: 'KRW' }))
    expect(text).toMatch(/TotalPrice="KRW\d+"/)
  })

  test('options of several legs stand in one price point', async () => {
    const slices = [
      { origin: 'LHR', destination: 'JFK', departureDate: '2027-03-10', departureTime: null },
      { origin: 'JFK', destination: 'LHR', departureDate: '2027-03-17', departureTime: null },
    ]
    const { text } = await post('AirService', search({ slices, offersMax: 200 }))
    const points = text.match(/<air:AirPricePoint /g)!.length
    expect(points).toBeLessThan(decode(Buffer.from(text)).offers.length)
  })

  test('a request says what it was asked', () => {
    const slices = [
      { origin: 'LON', destination: 'NYC', departureDate: '2027-03-10', departureTime: { from: '06:00', to: '12:00' } },
      { origin: 'NYC', destination: 'LON', departureDate: '2027-03-17', departureTime: null },
    ]
    const carriers = { include: ['BA', 'AA'], exclude: ['VS'] }
    const asked = {
      slices,
      carriers,
      passengers: family,
      cabin: 'premium-economy',
      maxConnections: 0,
      offersMax: 7,
    } as const
    expect(decodeLowFareSearch(messageOf(readTree(Buffer.from(search(asked))))!)).toEqual({
      legs: [
        { origin: 'LON', destination: 'NYC', date: '2027-03-10', from: '06:00', to: '12:00' },
        { origin: 'NYC', destination: 'LON', date: '2027-03-17', from: null, to: null },
      ],
      passengers: [
        { code: 'ADT', age: 34, ref: 'pax_1' },
        { code: 'ADT', age: 35, ref: 'pax_2' },
        { code: 'CNN', age: 8, ref: 'pax_3' },
        { code: 'INF', age: 1, ref: 'pax_4' },
      ],
      cabinClass: 'PremiumEconomy',
      permittedCarriers: ['BA', 'AA'],
      prohibitedCarriers: ['VS'],
      maxConnections: 0,
      currency: 'EUR',
      maxSolutions: 7,
    })
  })
})

describe('records', () => {
  test('everybody is in the world with his birth date, the infant on its adult, and our reference', async () => {
    const offers = await shopped(stage, query('LHR', 'JFK', { passengers: family }))
    const offer = await confirmed(stage, offers.find(one => one.requirements.holdAllowed)!, [...family])
    const request = { offer, travellers: people, contact, reference: 'WORLD2', hold: true }
    const outcome = await stage.provider.createOrder(request, call())
    expect(outcome).toMatchObject({ kind: 'created', order: { status: 'held', reference: 'WORLD2' } })
    const [pnr] = stage.view.findByReference('WORLD2')
    expect(pnr).toMatchObject({ hold: true, contact: { email: contact.email, phone: '442071838750' } })
    expect(pnr!.travellers.map(one => [one.type, one.surname, one.birthDate, one.adultKey])).toEqual([
      ['ADT', 'EXAMPLE', '1992-12-10', null],
      ['ADT', "O'EXAMPLE & SON", '1991-03-02', null],
      ['CHD', 'EXAMPLE', '2018-05-05', null],
      ['INF', 'EXAMPLE', '2025-11-05', 'pax_1'],
    ])
    if (outcome.kind !== 'created') return
    const [, host] = outcome.order.locators
    const imported = await post('UniversalRecordService', encodeImport('1G', host!.locator, head))
    expect(decode(Buffer.from(imported.text)).order?.locators).toEqual(outcome.order.locators)
    const stale = encodeCancelRecord(outcome.order.locators[0]!.locator, '9', head)
    expect((await post('UniversalRecordService', stale)).status).toBe(500)
    expect(stage.view.findByReference('WORLD2')[0]!.status).toBe('live')
  })

  test('a half-sold record exists until it is cancelled, and holds no flight that was not sold', async () => {
    const { origin, destination } = stage.route('sold-out-at-booking')
    const [found] = await shopped(stage, query(origin, destination))
    const offer = await confirmed(stage, found!)
    const travellers = people.slice(0, 1)
    const before = stage.exchanges.length
    const outcome = await stage.provider.createOrder(
      { offer, travellers, contact, reference: 'HALF22', hold: false },
      call(),
    )
    expect(outcome).toMatchObject({ kind: 'refused', fault: { kind: 'sold-out' } })
    const [created, undone] = stage.exchanges.slice(before)
    expect(created).toMatchObject({ status: 200 })
    const { order, faults, warnings } = decode(Buffer.from(created!.got))
    expect(faults).toMatchObject([{ kind: 'sold-out', mayHaveBooked: true }])
    expect(warnings[0]!.code).toBe('3029')
    expect(order!.slices).toEqual([])
    expect(undone!.sent).toContain(`UniversalRecordLocatorCode="${order!.locators[0]!.locator}"`)
    expect(undone!.got).toContain('Cancelled="true"')
  })

  test('a solution that was changed on the way is not booked', async () => {
    const [found] = await shopped(stage, query('LHR', 'JFK'))
    const offer = await confirmed(stage, found!)
    const tampered = (from: RegExp, to: string) => {
      const context = offer.supplierContext as { readonly solution: string }
      return { ...offer, supplierContext: { ...context, solution: context.solution.replace(from, to) } }
    }
    const book = (changed: typeof offer) =>
      stage.provider.createOrder(
        { offer: changed, travellers: people.slice(0, 1), contact, reference: 'FALSE2', hold: false },
        call(),
      )
    expect(await book(tampered(/TotalPrice="EUR[\d.]+"/, 'TotalPrice="EUR1.00"'))).toMatchObject({
      kind: 'refused',
      fault: { kind: 'price-changed' },
    })
    expect(await book(tampered(/GFB\w+/, 'GFB'))).toMatchObject({ kind: 'refused', fault: { kind: 'invalid-request' } })
    expect(stage.view.findByReference('FALSE2')).toEqual([])
  })

  test('an order whose time limit has passed is found cancelled', async () => {
    const [found] = await shopped(stage, query('LHR', 'JFK'))
    const offer = await confirmed(stage, found!)
    const travellers = people.slice(0, 1)
    const outcome = await stage.provider.createOrder(
      { offer, travellers, contact, reference: 'LATE22', hold: true },
      call(),
    )
    if (outcome.kind !== 'created') throw new Error(JSON.stringify(outcome))
    stage.clock.set(Date.parse(outcome.order.ticketBy!) + 1000)
    expect(await stage.provider.retrieveOrder(orderKey(outcome.order), call())).toMatchObject({
      kind: 'found',
      order: { status: 'cancelled' },
    })
  })
})
