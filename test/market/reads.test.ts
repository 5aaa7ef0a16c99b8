import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RequestContext } from '../../src/core/context.ts'
import { ProblemError } from '../../src/core/problem.ts'
import type { CalendarQuestion, HistoryQuestion } from '../../src/market/port.ts'
import { contextOf } from '../shopping/support/shopping.ts'
import { uniqueName } from '../support/services.ts'
import { dayMs, now, openMarket, type Shopped } from './support/market.ts'

/** One memory for all; each test is a tenant of its own. */
let memory: Awaited<ReturnType<typeof openMarket>>
let own: RequestContext
beforeAll(async () => {
  memory = await openMarket()
})
beforeEach(() => {
  own = contextOf(uniqueName())
})
afterAll(() => memory.close())

const shop = (...searches: readonly Shopped[]) =>
  memory.shop(...searches.map(search => ({ tenant: own.tenant, ...search })))
const euro = (amount: string) => ({ amount, currency: 'EUR' })

async function errorsOf(asked: Promise<unknown>): Promise<readonly string[]> {
  const problem = await asked.then(
    () => undefined,
    error => error,
  )
  expect(problem).toBeInstanceOf(ProblemError)
  return (problem as ProblemError).errors.map(({ pointer, code }) => `${pointer} ${code}`)
}

describe('the calendar', () => {
  const march: CalendarQuestion = { origin: 'LON', destination: 'NYC', month: '2027-03' }
  const known = async (question: Partial<CalendarQuestion> = {}, context: RequestContext = own) => {
    const { days } = await memory.market.calendar({ ...march, ...question }, context)
    return days
      .filter(day => day.oneWay || day.return)
      .map(day => [day.date, day.oneWay?.price.amount ?? null, day.return?.price.amount ?? null])
  }

  it('has every day of the month, with nothing where nothing was shopped', async () => {
    const { days, freshness } = await memory.market.calendar({ ...march, month: '2028-02' }, own)
    expect(days).toHaveLength(29)
    expect(days[0]).toEqual({ date: '2028-02-01', oneWay: null, return: null })
    expect(freshness).toEqual({ newest: null, oldest: null })
  })

  it('has the cheapest one way and return of each day of this month alone', async () => {
    await shop(
      { date: '2027-03-10', price: 50_000, flight: 'BA117' },
      { date: '2027-03-10', price: 48_000, flight: 'BA175' },
      { date: '2027-03-10', back: '2027-03-17', price: 90_000 },
      { date: '2027-03-31', price: 61_000 },
      { date: '2027-02-28', price: 10_000 },
      { date: '2027-04-01', price: 10_000 },
    )
    expect(await known()).toEqual([
      ['2027-03-10', '480.00', '900.00'],
      ['2027-03-31', '610.00', null],
    ])
  })

  it.each(['0000-01', '9999-12', '1969-12'])('of %s has days too', async month => {
    await shop({ date: '2027-03-10', price: 50_000 })
    const { days } = await memory.market.calendar({ ...march, month }, own)
    expect(days).toHaveLength(31)
  })

  it('a city is all of its airports, an airport itself', async () => {
    await shop(
      { date: '2027-03-10', price: 50_000 },
      { date: '2027-03-10', price: 40_000, from: 'LGW', to: 'EWR', flight: 'BA185' },
    )
    expect(await known()).toEqual([['2027-03-10', '400.00', null]])
    expect(await known({ origin: 'LHR', destination: 'JFK' })).toEqual([['2027-03-10', '500.00', null]])
    expect(await known({ origin: 'LHR', destination: 'EWR' })).toEqual([])
  })

  it('a low fare that has gone since is not the lowest of today', async () => {
    await shop(
      { date: '2027-03-10', price: 30_000, at: now - 2 * dayMs },
      { date: '2027-03-10', price: 45_000, flight: 'BA175' },
      { date: '2027-03-11', price: 33_000, at: now - 2 * dayMs },
    )
    const { days, freshness } = await memory.market.calendar(march, own)
    expect(days[9]!.oneWay).toMatchObject({ price: euro('450.00'), shoppedAt: '2027-01-05T10:00:00Z' })
    expect(days[10]!.oneWay).toMatchObject({ price: euro('330.00'), shoppedAt: '2027-01-03T10:00:00Z' })
    expect(freshness).toEqual({ newest: '2027-01-05T10:00:00Z', oldest: '2027-01-03T10:00:00Z' })
    expect(await known({ maxAgeDays: 1 })).toEqual([['2027-03-10', '450.00', null]])
  })

  it('compares economy with economy: a leg in another cabin is another fare', async () => {
    await shop(
      { date: '2027-03-10', price: 50_000 },
      { date: '2027-03-10', price: 20_000, cabin: null, flight: 'BA1' },
      { date: '2027-03-10', price: 90_000, cabin: 'business', flight: 'BA2' },
    )
    expect(await known()).toEqual([['2027-03-10', '500.00', null]])
    expect(await known({ cabin: 'business' })).toEqual([['2027-03-10', '900.00', null]])
  })

  it('of returns those with so many nights', async () => {
    await shop(
      { date: '2027-03-10', back: '2027-03-17', price: 90_000 },
      { date: '2027-03-10', back: '2027-03-12', price: 70_000 },
    )
    expect(await known()).toEqual([['2027-03-10', null, '700.00']])
    expect(await known({ nights: 7 })).toEqual([['2027-03-10', null, '900.00']])
    expect(await known({ nights: 3 })).toEqual([])
  })

  it('an amount is what was shown where it was shown in that currency, converted once elsewhere', async () => {
    await shop({ date: '2027-03-10', price: 33_333, currency: 'USD' })
    expect(await known({ currency: 'USD' })).toEqual([['2027-03-10', '333.33', null]])
    expect(await known({ currency: 'EUR' })).toEqual([['2027-03-10', '300.00', null]])
    expect(await known({ currency: 'JPY' })).toEqual([['2027-03-10', '50000', null]])
  })

  it('the cheapest is so to the unit of a small currency, of which one cent has many', async () => {
    const days = [50_003, 50_001, 50_002].map((price, i) => ({ date: '2027-03-10', price, flight: `BA${i + 1}` }))
    await shop(...days.map((each, i) => ({ ...each, currency: 'VND', at: now + i * 1_000 })))
    expect(await known({ currency: 'VND' })).toEqual([['2027-03-10', '50001', null]])
  })

  it('is as fresh as when a price was last seen, though it stayed the same', async () => {
    for (const [price, at] of [
      [50_000, now - 7_200_000],
      [50_000, now],
      [51_000, now + 3_600_000],
    ] as const)
      await shop({ date: '2027-03-10', price, at })
    const { days, freshness } = await memory.market.calendar(march, own)
    expect(days[9]!.oneWay).toMatchObject({ price: euro('500.00'), shoppedAt: '2027-01-05T10:00:00Z' })
    expect(freshness.newest).toBe('2027-01-05T10:00:00Z')
  })

  it("no tenant sees another's prices", async () => {
    await shop({ date: '2027-03-10', price: 30_000, tenant: `${own.tenant}-b` }, { date: '2027-03-10', price: 45_000 })
    expect(await known()).toEqual([['2027-03-10', '450.00', null]])
    expect(await known({}, contextOf(`${own.tenant}-b`))).toEqual([['2027-03-10', '300.00', null]])
    expect(await known({}, contextOf(`${own.tenant}-c`))).toEqual([])
  })

  it('names every field that is wrong', async () => {
    const wrong = { ...march, origin: 'ZZZ', currency: 'XXX', pointOfSale: 'QQ' }
    expect(await errorsOf(memory.market.calendar(wrong, own))).toEqual([
      'query:origin unknown-airport',
      'query:pointOfSale unknown-country',
      'query:currency unknown-currency',
    ])
    const same = { ...march, origin: 'LHR', destination: 'LON' }
    expect(await errorsOf(memory.market.calendar(same, own))).toEqual(['query:destination same-place'])
  })
})

describe('explore', () => {
  const towns = async (question: Partial<Parameters<typeof memory.market.explore>[0]> = {}) => {
    const { destinations } = await memory.market.explore({ origin: 'LON', ...question }, own)
    return destinations.map(({ destination, price }) => `${destination} ${price.amount}`)
  }
  const shopped = () =>
    shop(
      { date: '2027-03-10', price: 50_000 },
      { date: '2027-03-20', price: 9_000, to: 'CDG', flight: 'AF1' },
      { date: '2027-03-21', price: 8_000, to: 'ORY', flight: 'AF2' },
      { date: '2027-03-21', back: '2027-03-25', price: 15_000, to: 'ORY', flight: 'AF2' },
      { date: '2027-04-02', price: 12_000, to: 'FCO', flight: 'AZ1' },
      { date: '2027-03-22', back: '2027-03-29', price: 21_000, to: 'MAD', flight: 'IB1' },
      { date: '2027-03-22', price: 5_000, to: 'BER', flight: 'LH1', at: now - 10 * dayMs },
    )

  it('has the cheapest cities first, with coordinates and both kinds of trip', async () => {
    await shopped()
    expect(await towns()).toEqual(['PAR 80.00', 'ROM 120.00', 'MAD 210.00', 'NYC 500.00'])
    const { destinations, freshness } = await memory.market.explore({ origin: 'LON' }, own)
    expect(destinations[0]).toMatchObject({
      ...{ destination: 'PAR', name: 'Paris', country: 'FR', price: euro('80.00') },
      coordinates: { lat: expect.closeTo(48.72, 1), lon: expect.closeTo(2.37, 1) },
      oneWay: { destination: 'ORY', departureDate: '2027-03-21' },
      return: { price: euro('150.00'), nights: 4, returnDate: '2027-03-25' },
    })
    expect(destinations[2]).toMatchObject({ destination: 'MAD', oneWay: null })
    expect(freshness).toEqual({ newest: '2027-01-05T10:00:00Z', oldest: '2027-01-05T10:00:00Z' })
  })

  it('keeps to month, kind of trip, age and number', async () => {
    await shopped()
    expect(await towns({ month: '2027-03' })).toEqual(['PAR 80.00', 'MAD 210.00', 'NYC 500.00'])
    expect(await towns({ trip: 'return' })).toEqual(['PAR 150.00', 'MAD 210.00'])
    expect(await towns({ maxAgeDays: 30, limit: 2 })).toEqual(['BER 50.00', 'PAR 80.00'])
    expect(await towns({ origin: 'LGW' })).toEqual([])
  })

  it('keeps to the budget, to the minor unit, in any currency', async () => {
    await shopped()
    expect(await towns({ budget: '120' })).toEqual(['PAR 80.00', 'ROM 120.00'])
    expect(await towns({ budget: '119.99' })).toEqual(['PAR 80.00'])
    expect(await towns({ budget: '133.33', currency: 'USD' })).toEqual(['PAR 88.89', 'ROM 133.33'])
    expect(await towns({ budget: '133.32', currency: 'USD' })).toEqual(['PAR 88.89'])
  })

  it('keeps to a circle on the map', async () => {
    await shopped()
    expect(await towns({ within: '48.86,2.35,50' })).toEqual(['PAR 80.00'])
    expect(await towns({ within: '41.9,12.5,1000' })).toEqual(['ROM 120.00'])
  })

  it('names what is wrong with circle and budget', async () => {
    expect(await errorsOf(memory.market.explore({ origin: 'LON', within: '91,181,0' }, own))).toEqual([
      'query:within out-of-range',
      'query:within out-of-range',
      'query:within out-of-range',
    ])
    const budget = memory.market.explore({ origin: 'LON', budget: '1.5', currency: 'JPY' }, own)
    expect(await errorsOf(budget)).toEqual(['query:budget wrong-format'])
    const endless = memory.market.explore({ origin: 'LON', budget: '9999999999999.99', currency: 'USD' }, own)
    expect(await errorsOf(endless)).toEqual(['query:budget wrong-format'])
  })

  it('what has left takes nobody anywhere', async () => {
    await shop({ date: '2027-01-04', price: 9_000, to: 'CDG', flight: 'AF1', at: now - 2 * dayMs })
    expect(await towns()).toEqual([])
    expect(await towns({ month: '2027-01' })).toEqual([])
  })
})

describe('the price history', () => {
  const question: HistoryQuestion = { origin: 'LON', destination: 'NYC', departureDate: '2027-03-10' }

  it('has the lowest of each day of shopping, and quartiles over its itineraries', async () => {
    const day = (at: number, prices: readonly number[]) =>
      prices.map((price, i) => ({ date: '2027-03-10', price, at, flight: `BA${i + 1}` }))
    await shop(...day(now - dayMs, [50_000, 40_000, 30_000, 20_000, 10_000]), ...day(now, [42_000]))
    const { history, freshness, trip } = await memory.market.priceHistory(question, own)
    expect(trip).toBe('one-way')
    expect(history).toEqual([
      {
        day: '2027-01-04',
        lowest: euro('100.00'),
        quartiles: { q1: euro('200.00'), median: euro('300.00'), q3: euro('400.00') },
        itineraries: 5,
        shoppedAt: '2027-01-04T10:00:00Z',
      },
      {
        day: '2027-01-05',
        lowest: euro('420.00'),
        quartiles: { q1: euro('420.00'), median: euro('420.00'), q3: euro('420.00') },
        itineraries: 1,
        shoppedAt: '2027-01-05T10:00:00Z',
      },
    ])
    expect(freshness).toEqual({ newest: '2027-01-05T10:00:00Z', oldest: '2027-01-04T10:00:00Z' })
  })

  it.each([
    ['JPY', '50001', ['50002', '50004', '50006']],
    ['VND', '50001', ['50002', '50004', '50006']],
    ['USD', '500.01', ['500.02', '500.04', '500.06']],
  ])('its figures are those that were shown in %s, to the unit', async (currency, lowest, quartiles) => {
    const prices = [50_001, 50_002, 50_004, 50_006, 50_009]
    await shop(...prices.map((price, i) => ({ date: '2027-03-10', price, currency, flight: `BA${i + 1}` })))
    const { history } = await memory.market.priceHistory({ ...question, currency }, own)
    const { q1, median, q3 } = history[0]!.quartiles
    expect(history[0]!.lowest.amount).toBe(lowest)
    expect([q1, median, q3].map(({ amount }) => amount)).toEqual(quartiles)
  })

  it('of prices shown in several currencies no quartile is below the lowest', async () => {
    await shop(
      { date: '2027-03-10', price: 50_001, currency: 'JPY', flight: 'BA1' },
      { date: '2027-03-10', price: 30_001, flight: 'BA2' },
    )
    const { history } = await memory.market.priceHistory({ ...question, currency: 'VND' }, own)
    const { lowest, quartiles } = history[0]!
    expect(Number(quartiles.q1.amount)).toBeGreaterThanOrEqual(Number(lowest.amount))
    expect(Number(quartiles.q3.amount)).toBeGreaterThanOrEqual(Number(quartiles.median.amount))
  })

  it('one way and return are two histories', async () => {
    await shop(
      { date: '2027-03-10', price: 40_000 },
      { date: '2027-03-10', back: '2027-03-17', price: 70_000 },
      { date: '2027-03-10', back: '2027-03-18', price: 60_000 },
    )
    const lowest = async (more: Partial<HistoryQuestion>) =>
      (await memory.market.priceHistory({ ...question, ...more }, own)).history.map(each => each.lowest.amount)
    expect(await lowest({})).toEqual(['400.00'])
    expect(await lowest({ trip: 'return' })).toEqual(['600.00'])
    expect(await lowest({ returnDate: '2027-03-17' })).toEqual(['700.00'])
    expect(await lowest({ returnDate: '2027-03-19' })).toEqual([])
  })

  it('names what contradicts itself', async () => {
    const wrong = memory.market.priceHistory({ ...question, returnDate: '2027-03-09', trip: 'one-way' }, own)
    expect(await errorsOf(wrong)).toEqual(['query:returnDate contradiction', 'query:returnDate contradiction'])
  })
})
