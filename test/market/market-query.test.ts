import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ProblemError } from '../../src/core/problem.ts'
import { type MarketQuestion, marketSorts } from '../../src/market/port.ts'
import { contextOf } from '../shopping/support/shopping.ts'
import { dayMs, now, openMarket, own, type Shopped } from './support/market.ts'

const shopped: readonly Shopped[] = [
  { date: '2027-03-10', price: 50_000, flight: 'BA117' },
  { date: '2027-03-10', price: 42_000, flight: 'BA119', stops: true, provider: 'beta' },
  { date: '2027-03-11', back: '2027-03-18', price: 80_000, flight: 'BA117', cabin: 'business' },
  { date: '2027-03-12', price: 9_000, to: 'ZRH', flight: 'LX317' },
  { date: '2027-03-12', price: 9_000, to: 'GVA', flight: 'LX355', provider: 'beta' },
  { date: '2027-03-12', price: 7_000, from: 'CDG', to: 'GRU', flight: 'AF454', pointOfSale: 'FR' },
  { date: '2027-03-10', price: 51_000, flight: 'BA117', at: now - dayMs },
]

let memory: Awaited<ReturnType<typeof openMarket>>
beforeAll(async () => {
  memory = await openMarket()
  await memory.shop(...shopped, { date: '2027-03-10', price: 1_000, tenant: 'acme', flight: 'BA999' })
})
afterAll(() => memory.close())

const ask = (question: MarketQuestion) => memory.market.query(question, own)
const flights = async (question: MarketQuestion): Promise<readonly string[]> =>
  (await ask(question)).fares.map(({ route, price }) => `${route} ${price.amount}`)

describe('questions over everything shopped', () => {
  it('has all of it without a question, the cheapest first, and how fresh it is', async () => {
    const { fares, page, freshness } = await ask({})
    expect(fares.map(({ price }) => price.amount)).toEqual([
      ...['70.00', '90.00', '90.00', '420.00', '500.00', '510.00', '800.00'],
    ])
    expect(page).toEqual({ limit: 20, total: 7, totalIsExact: true, next: null })
    expect(freshness).toEqual({ newest: '2027-01-05T10:00:00Z', oldest: '2027-01-04T10:00:00Z' })
  })

  it.each<readonly [string, MarketQuestion['filters'], number]>([
    ['origin', { origin: 'PAR' }, 1],
    ['destination', { destination: 'NYC' }, 4],
    ['trip', { trip: 'return' }, 1],
    ['departure', { departureDate: { from: '2027-03-11', to: '2027-03-11' } }, 1],
    ['return', { returnDate: { from: '2027-03-18' } }, 1],
    ['day of shopping', { shoppedDate: { to: '2027-01-04' } }, 1],
    ['nights', { nights: { min: 7, max: 7 } }, 1],
    ['carriers', { carriers: ['LX', 'AF'] }, 3],
    ['suppliers', { providers: ['beta'] }, 2],
    ['cabins', { cabins: ['business'] }, 1],
    ['stops', { maxStops: 0 }, 6],
    ['duration', { maxDurationMinutes: 240 }, 2],
    ['price', { price: { min: '70.01', max: '420' } }, 3],
    ['point of sale', { pointOfSale: 'FR' }, 1],
    ['circle', { destinationWithin: { lat: 46.2, lon: 6.1, km: 300 }, originWithin: { lat: 51, lon: 0, km: 200 } }, 2],
  ])('filters by %s', async (_name, filters, count) => {
    const { page, fares } = await ask({ filters })
    expect([page.total, fares.length]).toEqual([count, count])
  })

  it.each([
    ['zurich', 1],
    ['Zürich', 1],
    ['LONDON switzerland', 2],
    ['lhr zrh', 1],
    ['são paulo', 1],
    ['New York', 4],
    ['zurich geneva', 0],
    ['nowhere', 0],
  ])('words on the route: %j', async (text, count) => {
    expect((await ask({ text })).page.total).toBe(count)
  })

  it('a facet counts what its own filter would hide, and nothing that another does', async () => {
    const { facets, page } = await ask({ filters: { maxStops: 0, providers: ['alpha'] } })
    expect(page.total).toBe(5)
    expect(facets!.providers.map(({ value, count }) => [value, count])).toEqual([
      ['alpha', 5],
      ['beta', 1],
    ])
    expect(facets!.stops).toEqual([{ value: 0, count: 5, lowest: { amount: '70.00', currency: 'EUR' } }])
    expect(facets!.destinations.map(({ value }) => value).sort()).toEqual(['NYC', 'SAO', 'ZRH'])
  })

  it('facets, bounds and the order of prices are right to the unit of what was shown', async () => {
    const memory = await openMarket()
    try {
      for (const [i, price] of [50_003, 50_001, 50_002].entries())
        await memory.shop({ date: '2027-03-10', price, currency: 'VND', flight: `BA${i + 1}` })
      await memory.shop({ date: '2027-03-11', price: 33_335, currency: 'USD' })
      for (const currency of ['VND', 'USD', 'JPY']) {
        const { fares, facets } = await memory.market.query({ currency, filters: { trip: 'one-way' } }, own)
        expect(facets!.trips[0]!.lowest).toEqual(fares[0]!.price)
      }
      for (const [bounds, found] of [
        [{ max: '50001' }, ['50001']],
        [{ min: '50002', max: '50002' }, ['50002']],
        [{ min: '50003', max: '60000' }, ['50003']],
      ] as const) {
        const { fares } = await memory.market.query({ currency: 'VND', filters: { price: bounds } }, own)
        expect(fares.map(({ price }) => price.amount)).toEqual(found)
      }
      const { fares } = await memory.market.query({ currency: 'VND', limit: 3 }, own)
      expect(fares.map(({ price }) => price.amount)).toEqual(['50001', '50002', '50003'])
      const dollars = await memory.market.query(
        { currency: 'USD', filters: { departureDate: { from: '2027-03-11' } } },
        own,
      )
      expect(dollars.facets!.stops[0]!.lowest.amount).toBe('333.35')
    } finally {
      await memory.close()
    }
  })

  it('answers in the currency that is asked for, bounds on the price included', async () => {
    const { fares, currency } = await ask({ currency: 'USD', filters: { price: { max: '100' } } })
    expect(currency).toBe('USD')
    expect(fares.map(({ price }) => price)).toEqual(
      ['77.78', '100.00', '100.00'].map(amount => ({ amount, currency: 'USD' })),
    )
  })

  it('by any sort and page size every row comes once', async () => {
    const all = (await flights({})).toSorted()
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...marketSorts),
        fc.constantFrom('asc' as const, 'desc' as const),
        fc.integer({ min: 1, max: 4 }),
        async (by, order, limit) => {
          const seen: string[] = []
          let next: string | null = null
          do {
            const answer = await ask(next === null ? { sort: { by, order }, limit } : { cursor: next })
            expect(answer.page.total).toBe(all.length)
            seen.push(...answer.fares.map(({ route, price }) => `${route} ${price.amount}`))
            next = answer.page.next
          } while (next !== null)
          expect(seen.toSorted()).toEqual(all)
        },
      ),
      { numRuns: 16 },
    )
  })

  it('what is written between two pages repeats and loses nothing', async () => {
    const memory = await openMarket()
    try {
      await memory.shop(...shopped)
      const first = await memory.market.query({ limit: 3 }, own)
      await memory.shop({ date: '2027-03-12', price: 5_000, to: 'ORY', flight: 'AF2' })
      const rest = await memory.market.query({ cursor: first.page.next!, limit: 10 }, own)
      expect([...first.fares, ...rest.fares].map(({ price }) => price.amount)).toEqual([
        ...['70.00', '90.00', '90.00', '420.00', '500.00', '510.00', '800.00'],
      ])
    } finally {
      await memory.close()
    }
  })

  it('a cursor is good for whom it was made, and as it was made', async () => {
    const { page } = await ask({ limit: 1 })
    const refused = async (cursor: string, context = own): Promise<string> => {
      const problem = await memory.market.query({ cursor }, context).catch(error => error)
      expect(problem).toBeInstanceOf(ProblemError)
      return problem.errors[0].pointer
    }
    expect(await refused(page.next!, contextOf('acme'))).toBe('/cursor')
    expect(await refused(`${page.next!.slice(0, -2)}AA`)).toBe('/cursor')
    expect(await refused('nonsense')).toBe('/cursor')
  })

  it('names every field that is wrong', async () => {
    const problem = (await ask({
      currency: 'USD',
      text: ' - ',
      filters: {
        origin: 'ZZZ',
        departureDate: { from: '2027-03-12', to: '2027-03-11' },
        nights: { min: 5, max: 4 },
        price: { min: '5', max: '4' },
        destinationWithin: { lat: 0, lon: 200, km: 10 },
      },
    }).catch(error => error)) as ProblemError
    expect(problem.errors.map(({ pointer }) => pointer)).toEqual([
      '/filters/origin',
      '/filters/departureDate/to',
      '/filters/nights/max',
      '/filters/destinationWithin',
      '/filters/price/max',
      '/text',
    ])
  })
})
