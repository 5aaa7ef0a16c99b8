import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SupplierOffer } from '../../src/core/offer.ts'
import { toInstant } from '../../src/reference/zones.ts'
import type { OfferSort, OffersQuery, Shopping } from '../../src/shopping/port.ts'
import { arbitraryOffers } from './support/arbitraries.ts'
import { makeOffer } from './support/offers.ts'
import { type AnyJson, contextOf, jsonOf, openShopping, request } from './support/shopping.ts'
import { fakeSupplier } from './support/suppliers.ts'
import { manyOffers } from './support/views.ts'

const context = contextOf()
const cityRequest = { ...request, slices: [{ origin: 'LON', destination: 'NYC', departureDate: '2027-03-10' }] }

async function searchOver(offers: readonly SupplierOffer[]): Promise<{ shopping: Shopping; search: AnyJson }> {
  const codes = [...new Set(offers.map(({ provider }) => provider)), 'omega']
  const suppliers = codes.map(code =>
    fakeSupplier(
      code,
      offers.filter(({ provider }) => provider === code),
    ),
  )
  const { shopping } = openShopping(suppliers)
  const search = jsonOf(await shopping.search(cityRequest, context))
  expect(search.warnings).toEqual([])
  return { shopping, search }
}

/** Follows the cursors to the end. */
async function readAll(shopping: Shopping, search: AnyJson, query: OffersQuery): Promise<readonly AnyJson[]> {
  const pages: AnyJson[] = [jsonOf(await shopping.listOffers(search.id, query, context))]
  while (pages.at(-1).page.next !== null) {
    expect(pages.length).toBeLessThan(200)
    pages.push(jsonOf(await shopping.listOffers(search.id, { cursor: pages.at(-1).page.next }, context)))
  }
  return pages
}

const sorts: readonly OfferSort[] = ['best', 'price', 'duration', 'departure', 'arrival']
const someOf = (...values: readonly string[]) =>
  fc.option(fc.subarray([...values], { minLength: 1 }), { nil: undefined })
const option = <T>(...values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined })

const filters: fc.Arbitrary<OffersQuery> = fc.record({
  carriers: someOf('BA', 'AA', 'ZZ'),
  maxStops: option(0, 1),
  priceMin: option('305.00', '320'),
  priceMax: option('330.00', '310.5'),
  durationMax: option(475, 500, 700),
  departAfter: option('06:30', '08:20'),
  departBefore: option('08:20', '13:00'),
  cabins: someOf('economy', 'business') as fc.Arbitrary<OffersQuery['cabins']>,
  brands: someOf('Light', 'Plus'),
  airports: someOf('LHR', 'EWR', 'DUB'),
  providers: someOf('alpha', 'beta', 'gamma'),
  refundable: option(true, false),
  checkedBags: option(0, 1, 2),
})

/** A query with fields left out instead of undefined, as it comes from a query string. */
const given = (query: OffersQuery): OffersQuery =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined))

const amountOf = (money: AnyJson): number => Math.round(Number(money.amount) * 100)
const segmentsOf = (offer: AnyJson): AnyJson[] => offer.slices.flatMap((slice: AnyJson) => slice.segments)
const stopsOf = (offer: AnyJson): number => Math.max(...offer.slices.map((slice: AnyJson) => slice.segments.length - 1))
const minutesOf = (offer: AnyJson): number =>
  offer.slices.reduce((sum: number, slice: AnyJson) => sum + slice.durationMinutes, 0)
const faresOf = (offer: AnyJson): AnyJson[] => segmentsOf(offer).flatMap(segment => segment.fares)
const cabinsOf = (offer: AnyJson): string[] => faresOf(offer).map(fare => fare.cabin)
const brandsOf = (offer: AnyJson): string[] => faresOf(offer).map(fare => fare.brand?.name)
const airportsOf = (offer: AnyJson): string[] =>
  offer.slices.flatMap((slice: AnyJson) => [slice.origin, slice.destination])
const hasBags = (offer: AnyJson, pieces: number): boolean =>
  faresOf(offer).every(({ baggage: { checked } }) =>
    checked === null ? false : checked.pieces === null ? checked.weightKg > 0 : checked.pieces >= pieces,
  )

/** api.md's filters, read literally; each by its name, so that facets can leave out their own. */
const rules: Readonly<Record<string, (offer: AnyJson, query: OffersQuery) => boolean>> = {
  carriers: (offer, { carriers }) => !carriers || carriers.includes(offer.validatingCarrier),
  stops: (offer, { maxStops }) => maxStops === undefined || stopsOf(offer) <= maxStops,
  price: (offer, { priceMin, priceMax }) =>
    amountOf(offer.total) >= 100 * Number(priceMin ?? 0) && amountOf(offer.total) <= 100 * Number(priceMax ?? 1e9),
  duration: (offer, { durationMax }) => durationMax === undefined || minutesOf(offer) <= durationMax,
  departure: (offer, { departAfter = '00:00', departBefore = '23:59' }) => {
    const time = segmentsOf(offer)[0].departure.slice(11, 16)
    return time >= departAfter && time <= departBefore
  },
  cabins: (offer, { cabins }) => !cabins || cabinsOf(offer).some(cabin => cabins.includes(cabin as 'economy')),
  brands: (offer, { brands }) => !brands || brandsOf(offer).some(brand => brands.includes(brand)),
  airports: (offer, { airports }) => !airports || airportsOf(offer).some(code => airports.includes(code)),
  providers: (offer, { providers }) => !providers || providers.includes(offer.provider),
  refundable: (offer, { refundable }) => !refundable || offer.conditions.refund.allowed === true,
  bags: (offer, { checkedBags }) => !checkedBags || hasBags(offer, checkedBags),
}
const passes = (offer: AnyJson, query: OffersQuery, but?: string): boolean =>
  Object.entries(rules).every(([name, rule]) => name === but || rule(offer, query))

function keyOf(sort: OfferSort, offer: AnyJson): number {
  const segments = offer.slices[0].segments
  switch (sort) {
    case 'price':
      return amountOf(offer.total)
    case 'duration':
      return minutesOf(offer)
    case 'departure':
      return toInstant(segments[0].departure, segments[0].departureZone)
    case 'arrival':
      return toInstant(segments.at(-1).arrival, segments.at(-1).arrivalZone)
    case 'best':
      return offer.explanation[0].place
  }
}

describe('pages of offers', () => {
  it('hold what passes the filters, each offer once, in the order asked, whatever filters, sort and limit', async () => {
    const query = fc.tuple(
      filters,
      fc.constantFrom(...sorts),
      fc.constantFrom('asc', 'desc'),
      fc.integer({ min: 1, max: 25 }),
    )
    await fc.assert(
      fc.asyncProperty(arbitraryOffers(80), query, async (offers, [filter, sort, order, limit]) => {
        const { shopping, search } = await searchOver(offers)
        const everything = (await readAll(shopping, search, { limit: 100 })).flatMap(page => page.offers)
        expect(everything).toHaveLength(search.page.total)
        const pages = await readAll(shopping, search, {
          ...given(filter),
          sort,
          order: order as 'asc',
          limit,
          explain: true,
        })
        const shown = pages.flatMap(page => page.offers)
        const ids = shown.map(offer => offer.id)
        const wanted = everything.filter(offer => passes(offer, filter)).map(offer => offer.id)
        expect(ids.toSorted()).toEqual(wanted.toSorted())
        for (const page of pages) expect(page.page).toMatchObject({ limit, total: wanted.length })
        const keys = shown.map(offer => keyOf(sort, offer))
        const inOrder = keys.toSorted((x, y) => x - y)
        expect(keys).toEqual(order === 'asc' ? inOrder : inOrder.toReversed())
      }),
      { numRuns: 120 },
    )
  })

  it('come with facets that count rows, each ignoring its own filter, with the lowest price of each', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryOffers(60), filters, async (offers, filter) => {
        const { shopping, search } = await searchOver(offers)
        const everything = (await readAll(shopping, search, { limit: 100 })).flatMap(page => page.offers)
        const { facets } = jsonOf(await shopping.listOffers(search.id, given(filter), context))
        const expectFacet = (name: string, own: string, valuesOf: (offer: AnyJson) => readonly unknown[]): void => {
          const counted = new Map<unknown, { count: number; lowest: number }>()
          for (const offer of everything.filter(each => passes(each, filter, own))) {
            for (const value of new Set(valuesOf(offer))) {
              if (value === null || value === undefined) continue
              const known = counted.get(value) ?? { count: 0, lowest: Number.POSITIVE_INFINITY }
              counted.set(value, { count: known.count + 1, lowest: Math.min(known.lowest, amountOf(offer.total)) })
            }
          }
          const entries = facets[name].map((entry: AnyJson) => [
            entry.value,
            { count: entry.count, lowest: amountOf(entry.lowest) },
          ])
          expect(new Map(entries)).toEqual(counted)
          expect(entries).toHaveLength(counted.size)
        }
        expectFacet('carriers', 'carriers', offer => [offer.validatingCarrier])
        expectFacet('stops', 'stops', offer => [stopsOf(offer)])
        expectFacet('cabins', 'cabins', cabinsOf)
        expectFacet('brands', 'brands', brandsOf)
        expectFacet('airports', 'airports', airportsOf)
        expectFacet('providers', 'providers', offer => [offer.provider])
        const range = (own: string, numberOf: (offer: AnyJson) => number) => {
          const values = everything.filter(offer => passes(offer, filter, own)).map(numberOf)
          return values.length === 0 ? [null, null] : [Math.min(...values), Math.max(...values)]
        }
        const price = [facets.price.min, facets.price.max].map(each => each && amountOf(each))
        expect(price).toEqual(range('price', offer => amountOf(offer.total)))
        expect([facets.durationMinutes.min, facets.durationMinutes.max]).toEqual(range('duration', minutesOf))
      }),
      { numRuns: 120 },
    )
  })

  it('begin with the answer of the search itself', async () => {
    const { shopping, search } = await searchOver(manyOffers(45))
    const first = jsonOf(await shopping.listOffers(search.id, {}, context))
    expect(first).toEqual({ offers: search.offers, page: search.page, facets: search.facets })
    expect(search.page).toMatchObject({ limit: 20, total: 45 })
    const second = jsonOf(await shopping.listOffers(search.id, { cursor: search.page.next }, context))
    expect(second.offers).toHaveLength(20)
  })

  it('go on from a cursor with another limit, and with the filters of the cursor', async () => {
    const { shopping, search } = await searchOver(manyOffers(45))
    const query = { sort: 'price', order: 'desc', carriers: ['BA'], limit: 4 } as const
    const all = (await readAll(shopping, search, query)).flatMap(page => page.offers)
    const [first] = await readAll(shopping, search, query)
    const rest = jsonOf(await shopping.listOffers(search.id, { cursor: first.page.next, limit: 100 }, context))
    expect([...first.offers, ...rest.offers]).toEqual(all)
    expect(rest.page.next).toBeNull()
  })
})

describe('checked baggage', () => {
  it('is asked of every passenger with a seat, not of lap infants', async () => {
    const passengers = [{ type: 'ADT' }, { type: 'INF' }] as const
    const offer = makeOffer({
      passengers: [
        ['ADT', ['pax_1']],
        ['INF', ['pax_2']],
      ],
    })
    const [slice] = offer.slices
    const [segment] = slice!.segments
    const fares = segment!.fares.map(fare =>
      fare.passengerType === 'INF' ? { ...fare, baggage: { checked: null, cabin: null } } : fare,
    )
    const offers = [{ ...offer, slices: [{ ...slice!, segments: [{ ...segment!, fares }] }] }]
    const { shopping } = openShopping([fakeSupplier('alpha', offers)])
    const search = jsonOf(await shopping.search({ ...request, passengers }, context))
    expect(jsonOf(await shopping.listOffers(search.id, { checkedBags: 1 }, context)).page.total).toBe(1)
    expect(jsonOf(await shopping.listOffers(search.id, { checkedBags: 2 }, context)).page.total).toBe(0)
  })
})

describe('a cursor', () => {
  it('that is broken, changed or of another search is refused by its name', async () => {
    const { shopping, search } = await searchOver(manyOffers(45))
    const other = jsonOf(await shopping.search({ ...request, currency: 'USD' }, context))
    const cursor: string = search.page.next
    const flipped = cursor.slice(0, -3) + (cursor.at(-3) === 'A' ? 'B' : 'A') + cursor.slice(-2)
    for (const [id, text] of [
      [search.id, 'x'],
      [search.id, ''],
      [search.id, 'not base 64!'],
      [search.id, flipped],
      [search.id, cursor.slice(0, -4)],
      [search.id, 'A'.repeat(5_000)],
      // decodes to as many characters as a signature has, but not to as many bytes
      [search.id, 'a'.repeat(4_000)],
      [search.id, cursor.toUpperCase()],
      [search.id, `${cursor}A`],
      [other.id, cursor],
    ]) {
      await expect(shopping.listOffers(id, { cursor: text }, context)).rejects.toMatchObject({
        type: 'validation',
        status: 422,
        errors: [{ pointer: 'query:cursor', code: 'broken-cursor' }],
      })
    }
  })
})

describe('a query that makes no sense', () => {
  it.each<[OffersQuery, string]>([
    [{ sort: 'beauty' as OfferSort }, 'query:sort'],
    [{ order: 'up' as 'asc' }, 'query:order'],
    [{ limit: 0 }, 'query:limit'],
    [{ limit: 101 }, 'query:limit'],
    [{ priceMin: '1.234' }, 'query:priceMin'],
    [{ priceMax: 'much' }, 'query:priceMax'],
    [{ departAfter: '24:00' }, 'query:departAfter'],
  ])('%o is refused by its name', async (query, pointer) => {
    const { shopping, search } = await searchOver(manyOffers(3))
    await expect(shopping.listOffers(search.id, query, context)).rejects.toMatchObject({
      type: 'validation',
      errors: [{ pointer }],
    })
  })
})

describe('an explanation', () => {
  it('names the place, what each score gave and what each filter holds against an offer; points add up', async () => {
    const { shopping, search } = await searchOver(manyOffers(45))
    const { offers } = jsonOf(await shopping.listOffers(search.id, { explain: true, limit: 100 }, context))
    offers.forEach((offer: AnyJson, i: number) => {
      const [ranking, ...rest] = offer.explanation
      expect(ranking).toMatchObject({ kind: 'ranking', name: 'best', place: i + 1 })
      const scores = rest.filter(({ kind }: AnyJson) => kind === 'score')
      expect(scores.map(({ name }: AnyJson) => name)).toEqual([
        'price',
        'duration',
        'stops',
        'comfort',
        'departure-time',
        'flexibility',
      ])
      expect(scores.reduce((sum: number, { points }: AnyJson) => sum + points, 0)).toBeCloseTo(ranking.points, 1)
      for (const part of rest) expect(part.text).toMatch(/\w{3}/)
    })
    const marked = offers
      .flatMap((offer: AnyJson) => offer.explanation)
      .filter(({ kind }: AnyJson) => kind === 'filter')
    expect(new Set(marked.map(({ name }: AnyJson) => name))).toContain('dominated')
    expect(jsonOf(await shopping.listOffers(search.id, {}, context)).offers[0]).not.toHaveProperty('explanation')
  })
})
