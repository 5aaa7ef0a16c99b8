import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { faultOfAbort } from '../../src/core/http-client.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { defaultLimits, type GuardedProvider, guard } from '../../src/providers/guard.ts'
import type { Provider, ShopOutcome, ShopQuery } from '../../src/providers/port.ts'
import { callWithin, fakeProvider } from '../support/fake-provider.ts'

const deadlineMs = 1_100
const calls = 10
let provider: GuardedProvider
afterEach(() => provider.close())

function holdTheLoop(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

/** Ends with its signal, as clients do. */
const silent: Provider['shop'] = (_, { deadline: { signal } }) =>
  new Promise(resolve => {
    signal.addEventListener('abort', () => resolve({ kind: 'failed', fault: faultOfAbort(signal, true) }))
  })

const turn = () => new Promise(resolve => setImmediate(resolve))

/** Ten searches of a supplier of which nothing is heard before their deadline. */
async function searchInSilence(heldUpMs: number): Promise<readonly ShopOutcome[]> {
  provider = guard(fakeProvider('fake', { shop: silent }), {
    ...{ clock: systemClock, log: silentLog, metrics: noMetrics },
  })
  const asked = Array.from({ length: calls }, () => provider.shop({} as ShopQuery, callWithin(deadlineMs)))
  await turn()
  holdTheLoop(heldUpMs)
  const outcomes = await Promise.all(asked)
  await turn()
  return outcomes
}

const shopState = () => provider.operations().find(({ name }) => name === 'shop')!.state
const open = ['failed', 'timeout']
const faults = (outcomes: readonly ShopOutcome[]) =>
  outcomes.map(outcome => [outcome.kind, outcome.kind === 'failed' ? outcome.fault.kind : null])

describe('a deadline that passes without an answer', () => {
  test('opens the breaker where we listened all the time', async () => {
    expect(faults(await searchInSilence(0))).toEqual(Array(calls).fill(open))
    expect(shopState()).toBe('open')
  })

  test('says nothing of the supplier where our own loop was held up meanwhile', async () => {
    expect(faults(await searchInSilence(deadlineMs + 100))).toEqual(Array(calls).fill(open))
    expect(shopState()).toBe('closed')
    expect(provider.budget().concurrency.limit).toBe(defaultLimits.concurrencyMax)
  })
})
