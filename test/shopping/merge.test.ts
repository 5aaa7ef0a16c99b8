import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SupplierOffer } from '../../src/core/offer.ts'
import { factsOf } from '../../src/shopping/facts.ts'
import { mergeOffers } from '../../src/shopping/merge.ts'
import { arbitraryOffers } from './support/arbitraries.ts'
import { makeOffer, type OfferSpec, onePiece, outbound } from './support/offers.ts'

/** Rows as lists of offers, in an order that does not depend on where offers stood. */
function rowsOf(offers: readonly SupplierOffer[]): readonly (readonly SupplierOffer[])[] {
  const totals = Float64Array.from(offers, ({ total }) => total.amountMinor)
  const { leaders, starts, members } = mergeOffers(factsOf(offers), totals, offers)
  return Array.from(leaders, (leader, row) => {
    const own = [...members.subarray(starts[row], starts[row + 1])]
    expect(own[0]).toBe(leader)
    return own.map(index => offers[index]!)
  })
}

function canonical(rows: readonly (readonly SupplierOffer[])[]): readonly string[] {
  return rows.map(row => JSON.stringify(row)).sort()
}

/** What an itinerary is, written down the slow way. */
function slowIdentity(offer: SupplierOffer): string {
  return JSON.stringify([
    offer.slices.map(slice =>
      slice.segments.map(({ operating, marketing, origin, destination, departure, fares }) => [
        operating.carrier !== null && operating.number !== null
          ? [operating.carrier, operating.number]
          : [marketing.carrier, marketing.number],
        origin,
        destination,
        departure.slice(0, 10),
        fares.map(({ passengerType, cabin, baggage }) => [passengerType, cabin, baggage]),
      ]),
    ),
    offer.conditions,
  ])
}

describe('merging', () => {
  it('makes the same rows, leaders and order of alternatives whatever the order of arrival', () => {
    // each with a twin at the same price, so that the content has to decide
    const twins = arbitraryOffers(20).map(offers => offers.flatMap(offer => [offer, { ...offer, seatsLeft: 1 }]))
    const shuffled = twins.chain(offers =>
      fc.tuple(fc.constant(offers), fc.shuffledSubarray([...offers], { minLength: offers.length })),
    )
    fc.assert(
      fc.property(shuffled, ([offers, others]) => {
        expect(canonical(rowsOf(others))).toEqual(canonical(rowsOf(offers)))
      }),
    )
  })

  it('puts offers in one row exactly when they are the same itinerary, and loses none', () => {
    fc.assert(
      fc.property(arbitraryOffers(), offers => {
        const rows = rowsOf(offers)
        const slow = Map.groupBy(offers, slowIdentity)
        expect(rows).toHaveLength(slow.size)
        expect(rows.flat()).toHaveLength(offers.length)
        for (const row of rows) expect(new Set(row.map(slowIdentity)).size).toBe(1)
      }),
    )
  })

  it('lets the cheapest lead, and the supplier with the smaller code among equals', () => {
    fc.assert(
      fc.property(arbitraryOffers(), offers => {
        for (const row of rowsOf(offers)) {
          const keys = row.map(({ total, provider }) => `${total.amountMinor} ${provider}`)
          expect(keys).toEqual(keys.toSorted())
        }
      }),
    )
  })
})

describe('identities', () => {
  it('of 24,000 itineraries that differ in little are 24,000', () => {
    const places = ['LHR', 'LGW', 'JFK', 'EWR', 'DUB']
    const routes = places.flatMap(from => places.filter(to => to !== from).map(to => [from, to] as const))
    const offers = routes.flatMap(([from, to]) =>
      ['BA', 'AB', 'AA'].flatMap(carrier =>
        Array.from({ length: 100 }, (_, n) =>
          ['2027-03-10', '2027-03-11'].flatMap(day =>
            [5_000, 5_001].map(changeFee =>
              makeOffer({
                changeFee,
                refundable: n % 2 === 0,
                slices: [
                  [
                    {
                      flight: `${carrier}${n + 1}`,
                      from,
                      to,
                      departure: `${day}T08:00:00`,
                      arrival: `${day}T18:00:00`,
                    },
                  ],
                ],
              }),
            ),
          ),
        ).flat(),
      ),
    )
    expect(offers).toHaveLength(24_000)
    const { high, low } = factsOf(offers)
    expect(new Set(Array.from(high, (word, i) => `${word} ${low[i]}`)).size).toBe(24_000)
    // each word is a hash by itself: of this many some two meet in 32 bits about every fifteenth time
    expect(new Set(high).size).toBeGreaterThan(23_990)
    expect(new Set(low).size).toBeGreaterThan(23_990)
  })
})

describe('two offers are one itinerary', () => {
  const same = (x: OfferSpec, y: OfferSpec): boolean => {
    const { high, low } = factsOf([makeOffer(x), makeOffer(y)])
    return high[0] === high[1] && low[0] === low[1]
  }
  const flight = (change: object) => ({ slices: [[{ ...outbound, ...change }]] })

  it.each<[string, OfferSpec, OfferSpec]>([
    [
      'of two suppliers at two prices',
      { provider: 'alpha', price: 1 },
      { provider: 'beta', price: 2, currency: 'USD' },
    ],
    ['in two booking classes and brands', { bookingClass: 'O', brand: 'Light' }, { bookingClass: 'Y', brand: null }],
    [
      'sold under two flight numbers, flown under one',
      flight({ flight: 'BA1511', operating: 'AA101' }),
      flight({ flight: 'AA101' }),
    ],
    ['where one supplier has an older timetable', {}, flight({ departure: '2027-03-10T08:25:00' })],
    [
      'with a bag in pounds and in kilograms',
      { checked: onePiece },
      { checked: { pieces: 1, weightKg: null, weightLb: 50 } },
    ],
    [
      'with passenger types in two orders, and two children in two entries',
      {
        passengers: [
          ['ADT', ['pax_1']],
          ['CHD', ['pax_2', 'pax_3']],
        ],
      },
      {
        passengers: [
          ['CHD', ['pax_3']],
          ['ADT', ['pax_1']],
          ['CHD', ['pax_2']],
        ],
      },
    ],
  ])('%s', (_, x, y) => {
    expect(same(x, y)).toBe(true)
  })

  it.each<[string, OfferSpec, OfferSpec]>([
    ['not on two dates', {}, flight({ departure: '2027-03-11T08:20:00', arrival: '2027-03-11T11:15:00' })],
    ['not with two flights', {}, flight({ flight: 'BA178' })],
    ['not from two airports', {}, flight({ from: 'LGW' })],
    ['not in two cabins', {}, { cabin: 'business' }],
    ['not where one does not say the cabin', {}, { cabin: null }],
    ['not with and without a bag', {}, { checked: { pieces: 0, weightKg: null, weightLb: null } }],
    ['not where one does not say the baggage', {}, { checked: null }],
    ['not with and without a refund', {}, { refundable: true }],
    ['not where one does not say whether there is a refund', {}, { refundable: null }],
    ['not at two fees for a change', { changeFee: 5_000 }, { changeFee: 6_000 }],
    [
      'not where a change is allowed for less and refused',
      { changeFee: 5_000 },
      { changeAllowed: false, changeFee: 5_001 },
    ],
    ['not at a fee in two currencies', { changeFee: 5_000 }, { changeFee: 5_000, currency: 'USD' }],
  ])('%s', (_, x, y) => {
    expect(same(x, y)).toBe(false)
  })
})
