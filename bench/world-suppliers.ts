import { systemClock } from '../src/core/clock.ts'
import { silentLog } from '../src/core/log.ts'
import { noMetrics } from '../src/core/metrics.ts'
import { parseRates, type Rates } from '../src/pricing/rates.ts'
import type { PricingRules } from '../src/pricing/rules.ts'
import type { GuardedProvider } from '../src/providers/guard.ts'
import { loadSimulators, openProviders } from '../src/providers/registry.ts'
import { openWorld } from '../src/sandbox/open-world.ts'

/** Real adapters against their simulators in this process: for rows that measure what stands around them. */
export async function suppliersOfWorld(codes: readonly string[]): Promise<readonly GuardedProvider[]> {
  const world = await openWorld({ seed: 'bench', clock: systemClock, stateDir: null, log: silentLog })
  const settings = new Map<string, Readonly<Record<string, string>>>()
  for (const [code, start] of await loadSimulators(codes)) {
    const simulator = await start({
      view: world.view(code),
      host: '127.0.0.1',
      port: 0,
      clock: systemClock,
      log: silentLog,
    })
    settings.set(code, simulator.settings)
  }
  return (await openProviders(settings, { clock: systemClock, log: silentLog, metrics: noMetrics })).list()
}

const day = new Date(systemClock.now() + 60 * 86_400_000).toISOString().slice(0, 10)

export const searchBody = JSON.stringify({
  slices: [{ origin: 'LHR', destination: 'JFK', departureDate: day }],
  passengers: [{ type: 'ADT' }, { type: 'ADT' }],
  currency: 'EUR',
  pointOfSale: 'GB',
})

export const noRules: PricingRules = { markups: [], fees: [] }
export const flatRates: Rates = parseRates(
  'bench rates',
  '{"id":"bench","date":"2026-11-20","base":"EUR","rates":{"USD":"1.1","GBP":"0.9"}}',
)
