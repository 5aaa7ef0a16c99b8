import { afterEach, describe, expect, test } from 'vitest'
import { manualClock, systemClock } from '../../src/core/clock.ts'
import { fault } from '../../src/core/fault.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { type HedgeMode, noBudget } from '../../src/providers/budget-settings.ts'
import { defaultLimits, type GuardedProvider, guard } from '../../src/providers/guard.ts'
import type { Call, Provider, RetrieveOutcome, ShopOutcome, ShopQuery } from '../../src/providers/port.ts'
import { callWithin, fakeProvider } from '../support/fake-provider.ts'
import { until } from '../support/until.ts'

const query = {} as ShopQuery
const order = {} as never
const empty: ShopOutcome = { kind: 'offers', offers: [], partial: false, warnings: [] }
const absent: RetrieveOutcome = { kind: 'absent' }
const turn = () => new Promise<void>(resolve => setImmediate(resolve))

const opened: GuardedProvider[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map(provider => provider.close()))
})

describe('a breaker that is half open', () => {
  const broken: ShopOutcome = { kind: 'failed', fault: fault('supplier-error', 'SYSTEM ERROR') }
  const resetMs = 40

  /** Opened by failures; then each call is answered by hand. */
  async function opensAgain() {
    const answers: ((outcome: ShopOutcome) => void)[] = []
    let failing = true
    const provider = guard(
      fakeProvider('fake', {
        shop: () => (failing ? Promise.resolve(broken) : new Promise(resolve => answers.push(resolve))),
      }),
      { clock: systemClock, log: silentLog, metrics: noMetrics },
      { ...defaultLimits, breaker: { ...defaultLimits.breaker, resetMs } },
    )
    opened.push(provider)
    for (let n = 0; n < defaultLimits.breaker.callsMin; n++) await provider.shop(query, callWithin(1_000))
    failing = false
    const state = () => provider.operations().find(({ name }) => name === 'shop')!.state
    expect(state()).toBe('open')
    await until(() => state() === 'half-open', 'half open')
    return { provider, answers, state }
  }

  test('lets one probe pass and closes with its good answer', async () => {
    const { provider, answers, state } = await opensAgain()
    const calls = Array.from({ length: 20 }, () => provider.shop(query, callWithin(2_000)))
    const others = await Promise.all(calls.slice(1))
    await turn()
    expect(answers).toHaveLength(1)
    expect(new Set(others.map(outcome => outcome.kind === 'failed' && outcome.fault.kind))).toEqual(
      new Set(['circuit-open']),
    )
    // what does not leave costs no look
    expect(provider.budget().looks).toBe(defaultLimits.breaker.callsMin + 1)
    answers[0]!(empty)
    expect(await calls[0]!).toEqual(empty)
    expect(state()).toBe('closed')
    void provider.shop(query, callWithin(2_000))
    void provider.shop(query, callWithin(2_000))
    await turn()
    expect(answers).toHaveLength(3)
  })

  test('opens again with a bad answer', async () => {
    const { provider, answers, state } = await opensAgain()
    const probe = provider.shop(query, callWithin(2_000))
    await turn()
    answers[0]!(broken)
    expect(await probe).toEqual(broken)
    expect(state()).toBe('open')
  })

  test('is not closed by a probe whose caller was impatient', async () => {
    const { provider, answers, state } = await opensAgain()
    const call = callWithin(10)
    const probe = provider.shop(query, call)
    await probe
    answers[0]!({ kind: 'failed', fault: fault('timeout', 'no answer within 10 ms') })
    await turn()
    expect(state()).toBe('open')
  })
})

describe('a second request', () => {
  type Asked = { readonly call: Call; answer(outcome: RetrieveOutcome): void }

  /** Forty calls of 100 ms have been made: the p95 is 100 ms. */
  async function practised(hedge: HedgeMode, methods: Partial<Provider> = {}) {
    const clock = manualClock(Date.UTC(2027, 0, 5))
    const asked: Asked[] = []
    const retrieveOrder: Provider['retrieveOrder'] = (_order, call) =>
      new Promise(answer => asked.push({ call, answer }))
    const provider = guard(
      fakeProvider('fake', { retrieveOrder, ...methods }),
      { clock, log: silentLog, metrics: noMetrics },
      defaultLimits,
      { ...noBudget, hedge },
    )
    opened.push(provider)
    const ask = () => provider.retrieveOrder(order, callWithin(10_000, clock))
    const pass = async (ms: number): Promise<void> => {
      clock.advance(ms)
      await turn()
    }
    for (let n = 0; n < 40; n++) {
      const call = ask()
      await turn()
      await pass(100)
      asked.at(-1)!.answer(absent)
      await call
    }
    return { provider, clock, asked, ask, pass }
  }

  test('leaves after the p95; the first good answer wins and the other is cancelled', async () => {
    const { asked, ask, pass, provider } = await practised('reads')
    const before = asked.length
    const call = ask()
    await turn()
    await pass(99)
    expect(asked).toHaveLength(before + 1)
    await pass(2)
    expect(asked).toHaveLength(before + 2)
    const [first, second] = asked.slice(-2)
    second!.answer(absent)
    expect(await call).toEqual(absent)
    expect(first!.call.deadline.signal.aborted).toBe(true)
    expect(second!.call.deadline.signal.aborted).toBe(false)
    expect(provider.budget().hedges).toBe(1)
  })

  test('that fails is no answer; both failed, the first one counts', async () => {
    const { asked, ask, pass } = await practised('reads')
    const call = ask()
    await turn()
    await pass(101)
    const [first, second] = asked.slice(-2)
    second!.answer({ kind: 'failed', fault: fault('connection', 'second') })
    await turn()
    expect(first!.call.deadline.signal.aborted).toBe(false)
    first!.answer({ kind: 'failed', fault: fault('supplier-error', 'first') })
    expect(await call).toMatchObject({ fault: { text: 'first' } })
  })

  test('ends with its caller', async () => {
    const { asked, ask, pass } = await practised('reads')
    const call = ask()
    await turn()
    await pass(101)
    await pass(10_000)
    expect(await call).toMatchObject({ kind: 'failed', fault: { kind: 'timeout' } })
    for (const { call } of asked.slice(-2)) expect(call.deadline.signal.aborted).toBe(true)
  })

  test('is at most one in twenty, however slow the supplier gets', async () => {
    const { asked, ask, pass } = await practised('reads')
    const before = asked.length
    const calls = 200
    for (let n = 0; n < calls; n++) {
      const call = ask()
      await turn()
      await pass(150)
      for (const { answer } of asked.slice(-2)) answer(absent)
      await call
    }
    const extra = asked.length - before - calls
    expect(extra).toBeGreaterThan(0)
    expect(extra).toBeLessThanOrEqual((calls + 40) * 0.05)
  })

  test('is never made of what changes something, nor of searches unless that was asked for, nor where it is off', async () => {
    const writes: string[] = []
    const noted =
      <T>(name: string, outcome: T) =>
      () => {
        writes.push(name)
        return new Promise<T>(resolve => {
          finish.push(() => resolve(outcome))
        })
      }
    const finish: (() => void)[] = []
    const methods = {
      createOrder: noted('createOrder', { kind: 'created', order: {} as never } as const),
      issueTickets: noted('issueTickets', { kind: 'ticketed', order: {} as never } as const),
      cancelOrder: noted('cancelOrder', { kind: 'cancelled', documents: [] } as const),
      quoteCancellation: noted('quoteCancellation', { kind: 'refused', fault: fault('refused', 'no') } as const),
      shop: noted('shop', empty),
    }
    const { provider, pass, clock } = await practised('reads', methods)
    for (const name of Object.keys(methods) as (keyof typeof methods)[]) {
      for (let n = 0; n < 45; n++) {
        const call = provider[name](order, callWithin(60_000, clock))
        await turn()
        await pass(n < 40 ? 100 : 3_000)
        finish.shift()!()
        await call
      }
    }
    for (const name of Object.keys(methods))
      expect([name, writes.filter(one => one === name).length]).toEqual([name, 45])
    const off = await practised('off')
    const before = off.asked.length
    void off.ask()
    await turn()
    await off.pass(5_000)
    expect(off.asked).toHaveLength(before + 1)
  })

  test('of a search takes a look of its own', async () => {
    const finish: (() => void)[] = []
    const shop: Provider['shop'] = () => new Promise(resolve => finish.push(() => resolve(empty)))
    const { provider, pass, clock } = await practised('on', { shop })
    for (let n = 0; n < 41; n++) {
      const call = provider.shop(query, callWithin(60_000, clock))
      await turn()
      await pass(n < 40 ? 100 : 3_000)
      for (const end of finish.splice(0)) end()
      await call
    }
    expect(provider.budget()).toMatchObject({ looks: 42, hedges: 1 })
  })
})

describe('a supplier that slows', () => {
  test('is asked by fewer at once, seen in its budget, and bookings keep their places', async () => {
    const clock = manualClock(Date.UTC(2027, 0, 5))
    let latencyMs = 200
    const answered = (outcome: ShopOutcome) => clock.sleep(latencyMs).then(() => outcome)
    const provider = guard(
      fakeProvider('fake', { shop: () => answered(empty), retrieveOrder: () => Promise.resolve(absent) }),
      { clock, log: silentLog, metrics: noMetrics },
      { ...defaultLimits, concurrencyMax: 16 },
    )
    opened.push(provider)
    const rounds = async (times: number): Promise<void> => {
      for (let n = 0; n < times; n++) {
        const calls = Array.from({ length: 8 }, () => provider.shop(query, callWithin(60_000, clock)))
        for (let step = 0; step < 4; step++) {
          await turn()
          clock.advance(latencyMs)
        }
        await Promise.all(calls)
      }
    }
    await rounds(5)
    expect(provider.budget().concurrency).toMatchObject({ cap: 16, limit: 16, inFlight: 0 })
    latencyMs = 1_500
    await rounds(10)
    expect(provider.budget().concurrency.limit).toBe(4)
    const looks = Array.from({ length: 10 }, () => provider.shop(query, callWithin(60_000, clock)))
    await turn()
    expect(provider.budget().concurrency).toMatchObject({ inFlight: 3, waiting: 7 })
    expect(await provider.retrieveOrder(order, callWithin(1_000, clock))).toEqual(absent)
    latencyMs = 200
    for (let step = 0; step < 10; step++) {
      clock.advance(1_500)
      await turn()
    }
    await Promise.all(looks)
    await rounds(20)
    expect(provider.budget().concurrency.limit).toBe(16)
  })
})
