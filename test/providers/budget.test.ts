import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { manualClock } from '../../src/core/clock.ts'
import { startDeadline } from '../../src/core/deadline.ts'
import { type Fault, fault } from '../../src/core/fault.ts'
import { makeBudget } from '../../src/providers/budget.ts'
import { makeMemoryLedger } from '../../src/providers/budget-ledger.ts'
import { type BudgetSettings, noBudget } from '../../src/providers/budget-settings.ts'
import type { Operation } from '../../src/providers/guard.ts'

const start = Date.UTC(2027, 0, 5, 10)
const turn = () => new Promise<void>(resolve => setImmediate(resolve))

type Told = { readonly operation: Operation; readonly at: number; readonly refused: Fault | null }

/** A budget on a clock moved by hand, and when each call was let go or refused. */
function bench(given: Partial<BudgetSettings>) {
  const clock = manualClock(start)
  const settings = { ...noBudget, ...given }
  const refusals: string[] = []
  const budget = makeBudget({
    ...{ code: 'fake', settings, clock, ledger: makeMemoryLedger(settings, clock) },
    refused: reason => refusals.push(reason),
    waited() {},
    paused() {},
    looks() {},
  })
  const told: Told[] = []
  const take = (operation: Operation, withinMs = 4_000): void => {
    const deadline = startDeadline(clock, withinMs)
    void budget.take(operation, deadline, true).then(refused => {
      told.push({ operation, at: clock.now() - start, refused })
      deadline.dispose()
    })
  }
  /** A millisecond at a time, so that timers fire when they are due. */
  const pass = async (ms: number, stepMs = 1): Promise<void> => {
    for (let t = 0; t < ms; t += stepMs) {
      clock.advance(stepMs)
      await turn()
    }
  }
  const left = (): readonly number[] => told.filter(({ refused }) => refused === null).map(({ at }) => at)
  return { clock, budget, take, told, pass, left, refusals }
}

const mostIn = (windowMs: number, times: readonly number[]): number =>
  Math.max(0, ...times.map(from => times.filter(at => at >= from && at < from + windowMs).length))

describe('the rate of a supplier', () => {
  test('is kept in any window, whatever comes when, and no call waits for long in vain', async () => {
    const arrival = fc.record({ gapMs: fc.integer({ min: 0, max: 120 }), look: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(arrival, { minLength: 5, maxLength: 60 }),
        async (ratePerSecond, burst, arrivals) => {
          const { take, pass, left, told } = bench({ ratePerSecond, burst })
          for (const { gapMs, look } of arrivals) {
            await pass(gapMs)
            take(look ? 'shop' : 'retrieveOrder')
          }
          await pass(4_000, 5)
          expect(told).toHaveLength(arrivals.length)
          for (const windowMs of [100, 1_000, 2_500])
            expect(mostIn(windowMs, left())).toBeLessThanOrEqual(burst + Math.ceil((ratePerSecond * windowMs) / 1_000))
          expect(mostIn(999, left())).toBeLessThanOrEqual(ratePerSecond + burst - 1)
        },
      ),
      { numRuns: 25 },
    )
  }, 60_000)

  test('with a burst of one holds no more calls in any second than its number, and all of them', async () => {
    const { take, pass, left } = bench({ ratePerSecond: 10 })
    for (let n = 0; n < 60; n++) {
      for (let one = 0; one < 3; one++) take('shop')
      await pass(50)
    }
    expect(mostIn(999, left())).toBe(10)
    expect(left().length).toBeGreaterThanOrEqual(30)
  })

  test('by the minute is even as well; beside one by the second it may run ahead but no minute holds more', async () => {
    const even = bench({ ratePerMinute: 120 })
    const both = bench({ ratePerSecond: 10, ratePerMinute: 60 })
    for (let n = 0; n < 1_200; n++) {
      for (const { take, pass } of [even, both]) {
        take('shop')
        await pass(100, 50)
      }
    }
    expect(mostIn(60_000, even.left())).toBeLessThanOrEqual(121)
    expect(even.left().length).toBeGreaterThanOrEqual(238)
    expect(mostIn(60_000, both.left())).toBeLessThanOrEqual(60)
    expect(mostIn(1_000, both.left())).toBe(10)
  }, 30_000)

  test('is waited for only where the token comes well before the deadline; else it is said at once, and when', async () => {
    const { take, pass, told, refusals } = bench({ ratePerSecond: 1 })
    for (let n = 0; n < 5; n++) take('shop', 4_000)
    await turn()
    expect(told.map(({ refused }) => refused?.kind ?? 'left')).toEqual(['left', 'rate-limited', 'rate-limited'])
    expect(told[1]!.refused).toMatchObject({ text: expect.stringContaining('rate that fake allows') })
    expect(told[1]!.refused!.retryAfterMs).toBeGreaterThan(2_000)
    await pass(2_100)
    expect(told.slice(3).map(({ at, refused }) => [at, refused])).toEqual([
      [1_000, null],
      [2_000, null],
    ])
    expect(refusals).toEqual(['rate', 'rate'])
  })

  test('is spent by each request: those of a call that has left go before calls that have not', async () => {
    const { budget, clock, take, pass, told } = bench({ ratePerSecond: 10 })
    take('shop')
    await turn()
    for (let n = 0; n < 4; n++) take('shop')
    const further: number[] = []
    for (let n = 0; n < 2; n++)
      void budget.takeAnother(startDeadline(clock, 4_000)).then(() => further.push(clock.now() - start))
    await pass(700)
    expect(further).toEqual([100, 200])
    expect(told.map(({ at }) => at)).toEqual([0, 300, 400, 500, 600])
    expect(budget.state().looks).toBe(5)
  })

  test('lets bookings go before searches that wait longer', async () => {
    const { take, pass, told } = bench({ ratePerSecond: 2 })
    for (let n = 0; n < 4; n++) take('shop')
    await pass(100)
    take('createOrder', 15_000)
    take('cancelOrder', 15_000)
    await pass(3_000)
    const order = told.filter(({ refused }) => refused === null).map(({ operation }) => operation)
    expect(order.slice(0, 3)).toEqual(['shop', 'createOrder', 'cancelOrder'])
  })

  test('a caller that leaves takes nobody its turn', async () => {
    const { budget, clock, take, pass, left } = bench({ ratePerSecond: 2 })
    take('shop')
    await turn()
    const leaving = startDeadline(clock, 4_000)
    void budget.take('shop', leaving, true)
    await pass(10)
    take('shop')
    leaving.cancel('left')
    await pass(600)
    expect(left()).toEqual([0, 500])
  })
})

describe('a supplier that says 429', () => {
  const limited = (retryAfterMs: number | null) => ({
    kind: 'failed',
    fault: fault('rate-limited', 'too many requests', { retryAfterMs }),
  })

  test('is left alone until the moment that it named, on every operation', async () => {
    const { budget, take, pass, told } = bench({})
    budget.came('shop', limited(5_000))
    take('shop', 4_000)
    take('retrieveOrder', 4_000)
    take('createOrder', 15_000)
    await turn()
    expect(told.map(({ refused }) => refused?.kind)).toEqual(['rate-limited', 'rate-limited'])
    expect(told[0]!.refused).toMatchObject({ retryAfterMs: 5_000, text: expect.stringContaining('for another 5.0 s') })
    expect(budget.state().pausedForMs).toBe(5_000)
    await pass(5_100)
    expect(told[2]).toMatchObject({ operation: 'createOrder', at: 5_000, refused: null })
    take('shop')
    await turn()
    expect(told[3]).toMatchObject({ refused: null })
  })

  test('without a reset is left alone ever longer, a minute at most, until it answers again', () => {
    const { budget, clock } = bench({})
    const pauses: number[] = []
    const once = (): void => {
      budget.came('shop', limited(null))
      budget.came('shop', limited(null))
      pauses.push(budget.state().pausedForMs)
      clock.advance(pauses.at(-1)!)
    }
    for (let n = 0; n < 8; n++) once()
    budget.came('shop', { kind: 'offers' })
    once()
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 1_000])
  })

  test('and may be asked again at once is left alone like one that names no reset', () => {
    const { budget, clock } = bench({})
    budget.came('shop', limited(0))
    expect(budget.state().pausedForMs).toBe(1_000)
    clock.advance(1_000)
    budget.came('shop', limited(0))
    expect(budget.state().pausedForMs).toBe(2_000)
  })

  test('does not shorten a longer silence', () => {
    const { budget } = bench({})
    budget.came('shop', limited(9_000))
    budget.came('shop', limited(1_000))
    expect(budget.state().pausedForMs).toBe(9_000)
  })
})

test('a clock that is set back holds nobody back', () => {
  const steady = manualClock(1_000)
  let setBackMs = 0
  const clock = { ...steady, now: () => Date.UTC(2027, 0, 5, 12) + steady.now() - setBackMs }
  const ledger = makeMemoryLedger({ ...noBudget, ratePerSecond: 1 }, clock)
  expect(ledger.take({ look: true, urgent: false }).kind).toBe('granted')
  ledger.pause(500)
  setBackMs = 7_200_000
  expect(ledger.usage().pausedForMs).toBe(500)
  steady.advance(1_000)
  expect(ledger.take({ look: true, urgent: false })).toEqual({ kind: 'granted', waitMs: 0 })
})

describe('looks', () => {
  test('of a day end at their number, bookings go on, and midnight at the supplier brings new ones', async () => {
    const { budget, clock, take, told, refusals } = bench({ looksPerDay: 3, dayZone: 'America/Chicago' })
    for (let n = 0; n < 5; n++) take('shop')
    take('createOrder')
    await turn()
    expect(told.map(({ refused }) => refused?.kind ?? 'left')).toEqual([
      ...['left', 'left', 'left', 'rate-limited', 'rate-limited', 'left'],
    ])
    expect(told[4]!.refused!.text).toBe('the 3 looks a day of fake are used up for 2027-01-05 (America/Chicago)')
    expect(budget.state()).toMatchObject({ day: '2027-01-05', looks: 3, looksUsed: 1, nearest: 'looks-per-day' })
    expect(refusals).toEqual(['looks-per-day', 'looks-per-day'])
    clock.set(Date.UTC(2027, 0, 6, 5, 59))
    take('shop')
    clock.set(Date.UTC(2027, 0, 6, 6, 0))
    take('shop')
    await turn()
    expect(told.slice(6).map(({ refused }) => refused?.kind ?? 'left')).toEqual(['rate-limited', 'left'])
    expect(budget.state()).toMatchObject({ day: '2027-01-06', looks: 1 })
  })

  test('to a booking are earned by bookings, and what yesterday earned holds today', async () => {
    const { budget, clock, take, told } = bench({ lookToBook: 10 })
    const look = async (times: number): Promise<number> => {
      const before = told.filter(({ refused }) => refused === null).length
      for (let n = 0; n < times; n++) take('shop')
      await turn()
      return told.filter(({ refused }) => refused === null).length - before
    }
    expect(await look(30)).toBe(10)
    expect(told.at(-1)!.refused!.text).toContain('10 looks to a booking')
    budget.came('createOrder', { kind: 'created' })
    budget.came('createOrder', { kind: 'refused', fault: fault('sold-out', 'gone') })
    expect(await look(30)).toBe(0)
    for (let n = 0; n < 2; n++) budget.came('createOrder', { kind: 'created' })
    expect(await look(30)).toBe(20)
    expect(budget.state()).toMatchObject({ looks: 30, bookings: 3, looksAllowed: 30, nearest: 'look-to-book' })
    clock.advance(86_400_000)
    expect(await look(50)).toBe(30)
    clock.advance(2 * 86_400_000)
    expect(await look(50)).toBe(10)
  })
})
