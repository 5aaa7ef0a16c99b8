import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { fault } from '../../src/core/fault.ts'
import type { GuardLimits } from '../../src/core/guarded-calls.ts'
import { silentLog } from '../../src/core/log.ts'
import { type Metrics, noMetrics } from '../../src/core/metrics.ts'
import { noBudget } from '../../src/providers/budget-settings.ts'
import { defaultLimits, type GuardedProvider, guard } from '../../src/providers/guard.ts'
import type { CreateOrderRequest, OrderKey, Provider, ShopOutcome, ShopQuery } from '../../src/providers/port.ts'
import { callWithin, fakeProvider } from '../support/fake-provider.ts'

const query = {} as ShopQuery
const empty: ShopOutcome = { kind: 'offers', offers: [], partial: false, warnings: [] }
const opened: GuardedProvider[] = []

function guarded(
  methods: Partial<Provider>,
  limits: Partial<GuardLimits> = {},
  metrics: Metrics = noMetrics,
): GuardedProvider {
  const provider = guard(
    fakeProvider('fake', methods),
    { clock: systemClock, log: silentLog, metrics },
    { ...defaultLimits, ...limits },
  )
  opened.push(provider)
  return provider
}

const turn = () => new Promise(resolve => setImmediate(resolve))

afterEach(async () => {
  await Promise.all(opened.splice(0).map(provider => provider.close()))
})

describe('guard', () => {
  test('a call whose further request our own rate held back is no word of the supplier: nobody is silenced by it', async () => {
    const provider = guard(
      fakeProvider('fake', {
        async shop(_query, { mayLeave }) {
          await mayLeave!()
          const held = await mayLeave!()
          return held ? { kind: 'failed', fault: { ...held } } : empty
        },
      }),
      { clock: systemClock, log: silentLog, metrics: noMetrics },
      defaultLimits,
      { ...noBudget, ratePerMinute: 60, burst: 1 },
    )
    opened.push(provider)
    const outcome = await provider.shop(query, callWithin(200))
    expect(outcome).toMatchObject({ kind: 'failed', fault: { kind: 'rate-limited' } })
    expect(provider.budget().pausedForMs).toBe(0)
  })

  test('a supplier that ignores its signal still ends at the deadline', async () => {
    const provider = guarded({ shop: () => new Promise(() => {}) })
    const outcome = await provider.shop(query, callWithin(30))
    expect(outcome).toMatchObject({ kind: 'failed', fault: { kind: 'timeout', mayHaveBooked: false } })
  })

  test('an order without an answer is unknown, never a failure', async () => {
    const provider = guarded({
      createOrder: () => new Promise(() => {}),
      issueTickets: () => Promise.reject(new Error('bug')),
    })
    const created = await provider.createOrder({} as CreateOrderRequest, callWithin(30))
    expect(created).toMatchObject({ kind: 'unknown', fault: { kind: 'timeout', mayHaveBooked: true } })
    const ticketed = await provider.issueTickets({} as OrderKey, callWithin(1000))
    expect(ticketed).toMatchObject({ kind: 'unknown', fault: { kind: 'supplier-error', mayHaveBooked: true } })
  })

  test('an order that never left us is refused, so that nobody reconciles a ghost', async () => {
    const provider = guarded({ createOrder: () => new Promise(() => {}) }, { concurrencyMax: 1 })
    const first = provider.createOrder({} as CreateOrderRequest, callWithin(80))
    const second = await provider.createOrder({} as CreateOrderRequest, callWithin(20))
    expect(second).toMatchObject({ kind: 'refused', fault: { kind: 'timeout', mayHaveBooked: false } })
    expect((await first).kind).toBe('unknown')
  })

  test('each call has one outcome in the figures, also one that found no place', async () => {
    const outcomes: string[] = []
    const count: Metrics['count'] = (name, labels) => {
      if (name === 'fareloom_supplier_calls_total') outcomes.push((labels as { readonly outcome: string }).outcome)
    }
    const shop = async (): Promise<ShopOutcome> => {
      await systemClock.sleep(60)
      return empty
    }
    const provider = guarded({ shop }, { concurrencyMax: 1, waitingMax: 1 }, { ...noMetrics, count })
    const asked = [callWithin(500), callWithin(20), callWithin(500)].map(call => provider.shop(query, call))
    expect((await Promise.all(asked)).map(outcome => outcome.kind)).toEqual(['offers', 'failed', 'failed'])
    expect(outcomes.sort()).toEqual(['offers', 'rate-limited', 'timeout'])
  })

  test('a failing operation is left alone, the others of the same supplier go on', async () => {
    let asked = 0
    const provider = guarded({
      shop: () => {
        asked++
        return Promise.resolve({ kind: 'failed', fault: fault('supplier-error', 'SYSTEM ERROR') })
      },
      retrieveOrder: () => Promise.resolve({ kind: 'absent' }),
    })
    for (let n = 0; n < 20; n++) await provider.shop(query, callWithin(1000))
    expect(asked).toBe(defaultLimits.breaker.callsMin)
    expect(await provider.shop(query, callWithin(1000))).toMatchObject({ fault: { kind: 'circuit-open' } })
    expect(await provider.retrieveOrder({} as OrderKey, callWithin(1000))).toEqual({ kind: 'absent' })
    const states = Object.fromEntries(provider.operations().map(operation => [operation.name, operation.state]))
    expect(states).toMatchObject({ shop: 'open', retrieveOrder: 'closed' })
  })

  test('refusals and impatient callers say nothing about health', async () => {
    let asked = 0
    const provider = guarded({
      confirmPrice: () => {
        asked++
        return Promise.resolve({ kind: 'gone', fault: fault('sold-out', 'no seats') })
      },
      shop: (_query, call) =>
        new Promise(resolve => {
          call.deadline.signal.addEventListener('abort', () =>
            resolve({ kind: 'failed', fault: fault('timeout', 'late') }),
          )
        }),
    })
    for (let n = 0; n < 20; n++) {
      await provider.confirmPrice({} as never, callWithin(1000))
      await provider.shop(query, callWithin(2))
    }
    expect(asked).toBe(20)
    expect(provider.operations().every(operation => operation.state === 'closed')).toBe(true)
  })

  test('never more searches under way than the cap leaves them, and a full queue is refused at once', async () => {
    let underWay = 0
    let most = 0
    const finish: (() => void)[] = []
    const provider = guarded(
      {
        shop: () => {
          most = Math.max(most, ++underWay)
          return new Promise(resolve => {
            finish.push(() => {
              underWay--
              resolve(empty)
            })
          })
        },
      },
      { concurrencyMax: 4, waitingMax: 5 },
    )
    const calls = Array.from({ length: 12 }, () => provider.shop(query, callWithin(5_000)))
    const refused = await Promise.all(calls.slice(8))
    expect(refused.map(outcome => outcome.kind === 'failed' && outcome.fault.kind)).toEqual(
      Array(4).fill('rate-limited'),
    )
    await turn()
    while (finish.length > 0) {
      finish.shift()!()
      await turn()
    }
    expect((await Promise.all(calls.slice(0, 8))).every(outcome => outcome.kind === 'offers')).toBe(true)
    expect(most).toBe(3)
  })
})
