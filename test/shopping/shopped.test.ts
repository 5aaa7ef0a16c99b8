import { describe, expect, it } from 'vitest'
import { money } from '../../src/core/money.ts'
import type { SupplierOffer } from '../../src/core/offer.ts'
import { adultFare, cheapestJourneys, shoppedOffersMax } from '../../src/shopping/shopped.ts'
import { makeOffer, type OfferSpec, outbound } from './support/offers.ts'
import { viewOf } from './support/views.ts'

const at = (number: number, spec: OfferSpec): SupplierOffer =>
  makeOffer({ slices: [[{ ...outbound, flight: `BA${number}` }]], ...spec })

const many = (count: number, spec: (i: number) => OfferSpec): readonly SupplierOffer[] =>
  Array.from({ length: count }, (_, i) => at(100 + i, spec(i)))

/** An adult, and a child at a price of its own. */
function family(number: number, adult: number, child: number): SupplierOffer {
  const offer = at(number, {
    price: adult,
    passengers: [
      ['ADT', ['pax_1']],
      ['CHD', ['pax_2']],
    ],
  })
  const [first, second] = offer.passengers
  const each = { ...second!.each, base: money(child - 100, 'EUR'), total: money(child, 'EUR') }
  return {
    ...offer,
    total: money(adult + child, 'EUR'),
    base: money(adult + child - 200, 'EUR'),
    passengers: [first!, { ...second!, each }],
  }
}

const adults = (offers: readonly SupplierOffer[], passengers: readonly ('ADT' | 'CHD')[] = ['ADT']) => {
  const view = viewOf(offers, {
    passengers: passengers.map((type, i) => ({ id: `pax_${i + 1}` as never, type, age: type === 'CHD' ? 8 : null })),
  })
  return cheapestJourneys(view).map(({ passengers }) => adultFare(passengers)!.each.total.amountMinor)
}

describe('what a search leaves for the memory of the market', () => {
  it('is the cheapest offer of each journey and cabin, by price, no more than fifty', () => {
    const found = adults([...many(80, i => ({ price: 90_000 - i * 100 })), at(100, { price: 50_000, brand: 'LIGHT' })])
    expect(found).toHaveLength(shoppedOffersMax)
    expect(found.slice(0, 3)).toEqual([50_000, 82_100, 82_200])
  })

  it('has the cheapest of every cabin, however many cheaper ones another has', () => {
    const found = adults([
      ...many(80, i => ({ price: 40_000 + i, cabin: 'economy' })),
      ...many(20, i => ({ price: 200_000 + i, cabin: 'business' })),
      at(999, { price: 900_000, cabin: 'first' }),
    ])
    expect(found).toHaveLength(shoppedOffersMax)
    expect(found).toEqual(found.toSorted((a, b) => a - b))
    expect(found.filter(price => price >= 200_000)).toEqual([
      ...Array.from({ length: 10 }, (_, i) => 200_000 + i),
      900_000,
    ])
  })

  it('has what is cheapest for an adult, where a child makes another total the lowest', () => {
    const dear = Array.from({ length: 60 }, (_, i) => family(200 + i, 50_000 + i, 10_000))
    expect(adults([...dear, family(300, 40_000, 39_000)], ['ADT', 'CHD'])[0]).toBe(40_000)
  })
})
