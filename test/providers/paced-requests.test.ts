import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { fault } from '../../src/core/fault.ts'
import { silentLog } from '../../src/core/log.ts'
import { codesOfTree, loadPart } from '../../src/providers/codes.ts'
import type { CreateProvider, Provider, ProviderSettings, ShopQuery } from '../../src/providers/port.ts'
import { loadSimulators } from '../../src/providers/registry.ts'
import { openWorld } from '../../src/sandbox/open-world.ts'
import { callWithin } from '../support/fake-provider.ts'

/** What each adapter sends, request by request. */
const closers: (() => Promise<unknown>)[] = []
const settings = new Map<string, ProviderSettings>()

beforeAll(async () => {
  const world = await openWorld({ seed: 'paced', clock: systemClock, stateDir: null, log: silentLog })
  for (const [code, start] of await loadSimulators(codesOfTree())) {
    const view = world.view(code)
    const simulator = await start({ view, host: '127.0.0.1', port: 0, clock: systemClock, log: silentLog })
    closers.push(() => simulator.close())
    settings.set(code, simulator.settings)
  }
})
afterAll(async () => {
  for (const close of closers) await close()
})

const query: ShopQuery = {
  slices: [
    {
      origin: 'LHR',
      destination: 'JFK',
      departureDate: new Date(systemClock.now() + 60 * 86_400_000).toISOString().slice(0, 10),
      departureTime: null,
    },
  ],
  passengers: [{ id: 'pax_1', type: 'ADT', age: null }],
  cabin: null,
  currency: 'EUR',
  pointOfSale: 'GB',
  maxConnections: null,
  carriers: { include: [], exclude: [] },
  accountCodes: [],
  offersMax: 20,
}

async function open(code: string): Promise<Provider> {
  const create = (await loadPart(code, 'index.ts'))!.create as CreateProvider
  const provider = create(settings.get(code)!, { clock: systemClock, log: silentLog })
  closers.unshift(() => provider.close())
  return provider
}

describe.each(codesOfTree())('%s', code => {
  test('asks for its turn before each request, and says what it was told instead of sending', async () => {
    const provider = await open(code)
    let turns = 0
    const free = () => {
      turns++
      return Promise.resolve(null)
    }
    expect((await provider.shop(query, { ...callWithin(10_000), mayLeave: free })).kind).toBe('offers')
    expect(turns).toBeGreaterThan(0)
    const held = fault('rate-limited', 'not yet', { retryAfterMs: 700 })
    const outcome = await provider.shop(query, { ...callWithin(10_000), mayLeave: () => Promise.resolve(held) })
    expect(outcome).toMatchObject({ kind: 'failed', fault: held })
  })
})
