import { describe, expect, test } from 'vitest'
import { manualClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import type { CurrencyCode, Money } from '../../src/core/money.ts'
import type { SupplierOffer } from '../../src/core/offer.ts'
import { type BudgetSettings, noBudget } from '../../src/providers/budget-settings.ts'
import { defaultLimits, type GuardedProvider, guard } from '../../src/providers/guard.ts'
import type { ShopOutcome, ShopQuery } from '../../src/providers/port.ts'
import { makeWins, winWeights } from '../../src/providers/wins.ts'
import { makeSupplierChoice } from '../../src/shopping/choice.ts'
import { allCapabilities, callWithin, fakeProvider } from '../support/fake-provider.ts'

const empty: ShopOutcome = { kind: 'offers', offers: [], partial: false, warnings: [] }
const day = 86_400_000

const queryFor = (origin: string, destination: string): ShopQuery => ({
  slices: [{ origin, destination, departureDate: '2027-03-10', departureTime: null }],
  passengers: [{ id: 'pax_1', type: 'ADT', age: null }],
  cabin: null,
  currency: 'EUR',
  pointOfSale: 'GB',
  maxConnections: null,
  carriers: { include: [], exclude: [] },
  accountCodes: [],
  offersMax: 250,
})
const london = queryFor('LON', 'NYC')

const offer = (provider: string, amountMinor: number, currency: CurrencyCode = 'EUR') =>
  ({ provider, total: { amountMinor, currency } }) as SupplierOffer

/** A dollar is half a euro; there is no rate for pounds. */
function convert({ amountMinor, currency }: Money, to: CurrencyCode): Money | undefined {
  if (currency === 'GBP') return undefined
  return { amountMinor: currency === 'USD' ? amountMinor / 2 : amountMinor, currency: to }
}

/** Draws in turn, evenly spread: as many below a chance as there should be. */
function evenDraws(): () => number {
  let n = 0
  return () => ((n++ * 37) % 100) / 100
}

async function choosing(budgets: Readonly<Record<string, Partial<BudgetSettings> & { readonly used?: number }>>) {
  const clock = manualClock(Date.UTC(2027, 0, 5, 10))
  const providers = new Map<string, GuardedProvider>()
  for (const [code, { used = 0, ...settings }] of Object.entries(budgets)) {
    const provider = guard(
      fakeProvider(code, { shop: () => Promise.resolve(empty) }),
      { clock, log: silentLog, metrics: noMetrics },
      defaultLimits,
      { ...noBudget, ...settings },
    )
    for (let n = 0; n < used; n++) await provider.shop(london, callWithin(1_000, clock))
    providers.set(code, provider)
  }
  const wins = makeWins({ clock })
  const skips: string[] = []
  const choice = makeSupplierChoice({
    ...{ findProvider: code => providers.get(code), wins, random: evenDraws(), convert },
    skipped: (code, reason) => skips.push(`${code} ${reason}`),
  })
  const suppliers = [...providers.values()]
  /** Of a hundred searches, how many ask each supplier. */
  const asked = (query = london): Readonly<Record<string, number>> => {
    const counts = Object.fromEntries(suppliers.map(({ code }) => [code, 0]))
    for (let n = 0; n < 100; n++) {
      const out = choice.leftOut(query, suppliers)
      for (const { code } of suppliers) if (!out.has(code)) counts[code]!++
    }
    return counts
  }
  return { clock, choice, wins, suppliers, skips, asked }
}

describe('which suppliers are worth a look', () => {
  test('all are while their budgets are far, and where they have none', async () => {
    const { asked } = await choosing({ free: {}, far: { looksPerDay: 100, used: 79 } })
    expect(asked()).toEqual({ free: 100, far: 100 })
  })

  test('near its quota who wins on the route is asked, who does not is explored now and then', async () => {
    const { asked, choice, suppliers } = await choosing({
      winner: { looksPerDay: 100, used: 98 },
      loser: { looksPerDay: 100, used: 98 },
      free: {},
    })
    for (let n = 0; n < 50; n++) choice.learn(london, [offer('winner', 100), offer('loser', 120), offer('free', 130)])
    const counts = asked()
    expect(counts.winner).toBeGreaterThanOrEqual(98)
    expect(counts.loser).toBeGreaterThanOrEqual(5)
    expect(counts.loser).toBeLessThan(20)
    expect(counts.free).toBe(100)
    const texts = Array.from({ length: 20 }, () => choice.leftOut(london, suppliers).get('loser')).filter(Boolean)
    expect(texts[0]).toBe('loser has used 98 % of its looks for 2027-01-05 and seldom wins on LON-NYC')
  })

  test('what was won on one route says nothing of another; airports of a city are one', async () => {
    const { asked, choice } = await choosing({ a: { looksPerDay: 100, used: 98 }, b: { looksPerDay: 100, used: 98 } })
    for (let n = 0; n < 50; n++) choice.learn(queryFor('LHR', 'JFK'), [offer('a', 100), offer('b', 120)])
    expect(asked().b).toBeLessThan(20)
    const elsewhere = asked(queryFor('PAR', 'ROM'))
    expect(Math.abs(elsewhere.a! - elsewhere.b!)).toBeLessThan(15)
  })

  test('a booking weighs more than being cheapest, and wins fade', async () => {
    const { asked, choice, wins, clock } = await choosing({
      cheap: { looksPerDay: 100, used: 97 },
      sold: { looksPerDay: 100, used: 97 },
    })
    for (let n = 0; n < 5; n++) choice.learn(london, [offer('cheap', 100), offer('sold', 120)])
    wins.note('LON-NYC', 'sold', winWeights.booked)
    expect(wins.of('LON-NYC').get('sold')).toBeGreaterThan(wins.of('LON-NYC').get('cheap')!)
    expect(asked().sold).toBeGreaterThan(asked().cheap!)
    const before = wins.of('LON-NYC').get('sold')!
    clock.advance(7 * day)
    expect(wins.of('LON-NYC').get('sold')).toBeCloseTo(before / 2, 6)
    clock.advance(5_000 * day)
    expect(wins.of('LON-NYC').get('sold')).toBeGreaterThanOrEqual(0)
  })

  test('a spent one is skipped with its reason, for the number of a day and for looks to a booking', async () => {
    const { choice, suppliers, skips } = await choosing({
      daily: { looksPerDay: 5, used: 5 },
      ratio: { lookToBook: 10, used: 10 },
      free: {},
    })
    expect(Object.fromEntries(choice.leftOut(london, suppliers))).toEqual({
      daily: 'the 5 looks a day of daily are used up for 2027-01-05 (UTC)',
      ratio: 'ratio allows 10 looks to a booking, and the 10 of 2027-01-05 are used up (0 booked so far)',
    })
    expect(skips).toEqual(['daily spent', 'ratio spent'])
  })

  test('a search is never left without anybody: the last ones are asked, spent ones say so themselves', async () => {
    const near = await choosing({ a: { looksPerDay: 100, used: 99 }, b: { looksPerDay: 5, used: 5 } })
    for (let n = 0; n < 50; n++) {
      const out = near.choice.leftOut(london, near.suppliers)
      expect([...out.keys()]).toEqual(['b'])
    }
    const spent = await choosing({ a: { looksPerDay: 5, used: 5 }, b: { looksPerDay: 5, used: 5 } })
    expect(spent.choice.leftOut(london, spent.suppliers).size).toBe(0)
    const unable = { ...fakeProvider('small', {}), capabilities: { ...allCapabilities, slicesMax: 0 } }
    expect(spent.choice.leftOut(london, [...spent.suppliers, unable]).size).toBe(0)
  })

  test('the cheapest is found across currencies; ties are won by both, a race of one by nobody', async () => {
    const { choice, wins } = await choosing({ a: {}, b: {}, c: {} })
    choice.learn(london, [offer('a', 300), offer('a', 200), offer('b', 390, 'USD'), offer('b', 900, 'USD')])
    choice.learn(london, [offer('a', 100), offer('b', 200, 'USD'), offer('c', 50, 'GBP')])
    choice.learn(london, [offer('c', 1)])
    const won = wins.of('LON-NYC')
    expect([won.get('a'), won.get('b'), won.get('c')].map(count => count && Math.round(count))).toEqual([
      1,
      2,
      undefined,
    ])
  })
})
