import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exponentOf } from '../../src/core/money.ts'
import { listCurrencies } from '../../src/reference/currencies.ts'
import type { World, WorldOffer, WorldPassenger, WorldView } from '../../src/sandbox/world.ts'
import { adult, family, nameOf, openTestWorld, request, segmentsOf, selectionOf, suppliers } from './world-helpers.ts'

const airports = 'LHR CDG FRA MAD IST DXB DEL SIN HND SYD JFK LAX YYZ GRU JNB KEF TLL MRU NCE MIA BHX KRK'.split(' ')
const pair = fc.tuple(fc.constantFrom(...airports), fc.constantFrom(...airports)).filter(([a, b]) => a !== b)
const date = fc
  .integer({ min: 1, max: 330 })
  .map(day => new Date(Date.parse('2026-11-21') + day * 864e5).toISOString().slice(0, 10))
const passengers = fc.constantFrom<readonly WorldPassenger[]>(
  [adult],
  family,
  [adult, { type: 'INF', age: 1 }, { type: 'INS', age: 1 }],
  [{ type: 'SRC', age: 70 }, { type: 'YTH', age: 15 }, { type: 'STU', age: 22 }, adult],
)
const query = fc.record({
  pair,
  date,
  stay: fc.constantFrom(null, 2, 9),
  passengers,
  supplier: fc.constantFrom(...suppliers),
  cabin: fc.constantFrom('economy', 'premium-economy', 'business', 'first', null),
  currency: fc.constantFrom('EUR', 'GBP', 'USD', 'JPY', 'KWD', 'KRW', 'CZK', 'UAH'),
})
type Query = typeof query extends fc.Arbitrary<infer T> ? T : never

let world: World
beforeAll(async () => {
  world = await openTestWorld()
})
afterAll(() => world.close())

function shop(one: Query): readonly WorldOffer[] {
  const [from, to] = one.pair
  const back = new Date(Date.parse(one.date) + (one.stay ?? 0) * 864e5).toISOString().slice(0, 10)
  const slices = [`${from}-${to} ${one.date}`, ...(one.stay === null ? [] : [`${to}-${from} ${back}`])]
  const { passengers: who, currency, cabin } = one
  return world.view(one.supplier).shop(request(slices, { passengers: who, currency, cabin, offersMax: 40 }))
}

describe('an offer', () => {
  test('adds up to the minor unit, for each passenger and in all', () => {
    fc.assert(
      fc.property(query, one => shop(one).forEach(checkSums)),
      { numRuns: 60 },
    )
  })

  test('is priced alike when it is confirmed', () => {
    fc.assert(
      fc.property(query, one => {
        const view = world.view(one.supplier)
        for (const offer of shop(one)) {
          const again = view.price(selectionOf(offer, one.passengers))
          expect(again, nameOf(offer)).toEqual({ kind: 'priced', offer })
        }
      }),
      { numRuns: 40 },
    )
  })

  test('has seats for everybody, cheapest first, and no two are the same', () => {
    fc.assert(
      fc.property(query, one => {
        const offers = shop(one)
        const seats = one.passengers.filter(passenger => passenger.type !== 'INF').length
        const totals = offers.map(offer => offer.total.amountMinor)
        expect(totals).toEqual(totals.toSorted((a, b) => a - b))
        expect(new Set(offers.map(nameOf)).size).toBe(offers.length)
        for (const offer of offers) expect(offer.seatsLeft).toBeGreaterThanOrEqual(seats)
      }),
      { numRuns: 40 },
    )
  })
})

function checkSums(offer: WorldOffer): void {
  let all = 0
  for (const price of offer.passengers) {
    const taxes = price.taxes.reduce((sum, tax) => sum + tax.amount.amountMinor, 0)
    const fares = price.fares.reduce((sum, fare) => sum + fare.amount.amountMinor, 0)
    expect(price.base.amountMinor + taxes).toBe(price.total.amountMinor)
    expect(fares).toBe(price.base.amountMinor)
    expect(price.fares).toHaveLength(offer.slices.length)
    expect(new Set(price.taxes.map(tax => tax.code)).size).toBe(price.taxes.length)
    for (const tax of price.taxes) {
      expect(tax.code).toMatch(/^[A-Z][A-Z0-9]$/)
      expect(tax.amount.amountMinor).toBeGreaterThan(0)
    }
    for (const fare of price.fares)
      expect(fare.fareBasis).toMatch(/^[A-Z][HKL][WX]\d{0,2}[OR][LCPF]S?(\/(CH25|IN90))?$/)
    all += price.count * price.total.amountMinor
  }
  expect(all).toBe(offer.total.amountMinor)
}

describe('fares and taxes follow the trade', () => {
  const view = (): WorldView => world.view('sabre')
  const first = (slices: readonly string[], who: readonly WorldPassenger[]) =>
    view().shop(request(slices, { passengers: who, currency: 'GBP' }))[0]!
  const codes = (offer: WorldOffer, type: string) =>
    offer.passengers.find(price => price.type === type)!.taxes.map(tax => tax.code)

  test('children pay three quarters, lap infants a tenth, and no Air Passenger Duty', () => {
    const offer = first(['LHR-JFK 2027-06-10'], [adult, { type: 'CHD', age: 8 }, { type: 'INF', age: 1 }])
    const [grown, child, infant] = offer.passengers.map(price => price.base.amountMinor)
    expect(child! / grown!).toBeCloseTo(0.75, 1)
    expect(infant! / grown!).toBeCloseTo(0.1, 1)
    expect(codes(offer, 'ADT')).toEqual(expect.arrayContaining(['GB', 'UB', 'US', 'YC', 'XY', 'XA']))
    expect(codes(offer, 'CHD')).not.toContain('GB')
    expect(codes(offer, 'INF')).not.toContain('UB')
  })

  test('flights within the United States bear the ticket tax, the segment fee, security and facility charges', () => {
    const offer = first(['JFK-LAX 2027-06-10'], [adult])
    expect(codes(offer, 'ADT')).toEqual(expect.arrayContaining(['US', 'ZP', 'AY', 'XF']))
    expect(codes(offer, 'ADT')).not.toContain('YC')
    expect(codes(first(['FRA-SIN 2027-06-10'], [adult]), 'ADT')).toEqual(expect.arrayContaining(['DE', 'RA', 'OY']))
    expect(codes(first(['CDG-SIN 2027-06-10'], [adult]), 'ADT')).toEqual(expect.arrayContaining(['QX', 'IZ', 'FR']))
  })

  test('amounts are in whole units where the trade has them', () => {
    for (const [currency, unit] of [
      ['KRW', 1],
      ['CZK', 100],
      ['UAH', 100],
    ] as const)
      for (const offer of view().shop(request(['LHR-JFK 2027-06-10'], { currency }))) {
        const amounts = [offer.total, ...offer.passengers.flatMap(one => one.taxes.map(tax => tax.amount))]
        for (const { amountMinor } of amounts) expect(amountMinor % unit).toBe(0)
      }
    for (const offer of view().shop(request(['LHR-JFK 2027-06-10'])))
      expect(offer.passengers[0]!.base.amountMinor % 100).toBe(0)
  })

  test('every currency of ISO 4217 that the service knows is quoted', () => {
    for (const currency of listCurrencies()) {
      const [offer] = view().shop(request(['LHR-CDG 2027-06-10'], { currency, offersMax: 1 }))
      expect(offer?.currency, currency).toBe(currency)
      const euros = view().shop(request(['LHR-CDG 2027-06-10'], { currency: 'EUR', offersMax: 1 }))[0]!
      expect(exponentOf(currency)).toBeLessThanOrEqual(3)
      expect(offer!.passengers[0]!.fares[0]!.fareBasis).toBe(euros.passengers[0]!.fares[0]!.fareBasis)
    }
  })

  test('cheap fares want to be bought early and, on long round trips, a stay', () => {
    const basis = (offers: readonly WorldOffer[]) =>
      offers.flatMap(offer => offer.passengers[0]!.fares.map(f => f.fareBasis))
    expect(basis(view().shop(request(['LHR-JFK 2026-11-24']))).some(one => /14|21/.test(one))).toBe(false)
    expect(basis(view().shop(request(['LHR-JFK 2027-06-10']))).some(one => /14|21/.test(one))).toBe(true)
    const days = (back: string) => view().shop(request(['LHR-JFK 2027-06-10', `JFK-LHR ${back}`]))
    expect(basis(days('2027-06-11')).some(one => one.endsWith('S'))).toBe(false)
    expect(basis(days('2027-06-17')).some(one => one.endsWith('S'))).toBe(true)
  })

  test('dearer cabins cost more and are flown in their booking classes', () => {
    const lowest = (['economy', 'premium-economy', 'business'] as const).map(
      cabin => view().shop(request(['LHR-JFK 2027-06-10'], { cabin }))[0]!,
    )
    const totals = lowest.map(offer => offer.total.amountMinor)
    expect(totals).toEqual(totals.toSorted((a, b) => a - b))
    for (const [i, cabin] of (['economy', 'premium-economy', 'business'] as const).entries())
      expect(segmentsOf(lowest[i]!).some(segment => segment.cabin === cabin)).toBe(true)
  })

  test('brands differ in baggage and conditions; some are weighed, some fares are refundable', () => {
    const offers = view().shop(request(['LHR-BKK 2027-06-10'], { offersMax: 250 }))
    const fares = offers.flatMap(offer => offer.passengers[0]!.fares)
    expect(new Set(fares.map(fare => fare.brand.code)).size).toBeGreaterThan(3)
    expect(fares.some(fare => fare.checked.pieces === null && fare.checked.weightKg! > 0)).toBe(true)
    expect(fares.some(fare => fare.checked.pieces === 0)).toBe(true)
    expect(offers.some(offer => offer.refund.allowed && offer.refund.fee!.amountMinor > 0)).toBe(true)
    expect(offers.some(offer => !offer.refund.allowed && !offer.change.allowed)).toBe(true)
  })
})

test('suppliers overlap: the same fares, some at one price, some at several, and flights that only one has', () => {
  const byName = suppliers.map(
    code =>
      new Map(
        world
          .view(code)
          .shop(request(['LHR-JFK 2027-06-10'], { offersMax: 250 }))
          .map(o => [nameOf(o), o]),
      ),
  )
  const common = [...byName[0]!].filter(([name]) => byName[1]!.has(name))
  const equal = common.filter(([name, offer]) => offer.total.amountMinor === byName[1]!.get(name)!.total.amountMinor)
  expect(common.length).toBeGreaterThan(20)
  expect(equal.length).toBeGreaterThan(2)
  expect(equal.length).toBeLessThan(common.length)
  expect([...byName[1]!.keys()].some(name => !byName[0]!.has(name))).toBe(true)
  for (const [name, offer] of common) expect(byName[1]!.get(name)!.change.allowed).toBe(offer.change.allowed)
})

test('what a request excludes is not offered', () => {
  const view = world.view('sabre')
  const all = { departureTime: { from: '06:00', to: '12:00' } }
  const base = request(['LHR-JFK 2027-06-10'])
  for (const offer of view.shop({ ...base, slices: [{ ...base.slices[0]!, ...all }] })) {
    const time = offer.slices[0]!.segments[0]!.departure.slice(11, 16)
    expect(time >= '06:00' && time <= '12:00').toBe(true)
  }
  for (const offer of view.shop({ ...base, maxConnections: 0 })) expect(offer.slices[0]!.segments).toHaveLength(1)
  const carriers = { include: ['BA', 'AA'], exclude: ['AA'] }
  for (const offer of view.shop({ ...base, carriers }))
    for (const one of segmentsOf(offer)) expect(one.carrier).toBe('BA')
  expect(view.shop({ ...base, offersMax: 7 })).toHaveLength(7)
})
