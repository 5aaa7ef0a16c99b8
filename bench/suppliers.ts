import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../src/core/clock.ts'
import { silentLog } from '../src/core/log.ts'
import { noMetrics } from '../src/core/metrics.ts'
import { parseRates, type Rates } from '../src/pricing/rates.ts'
import type { PricingRules } from '../src/pricing/rules.ts'
import { noBudget } from '../src/providers/budget-settings.ts'
import type { GuardedProvider } from '../src/providers/guard.ts'
import type { ProviderSettings } from '../src/providers/port.ts'
import { openProviders } from '../src/providers/registry.ts'
import { messageOf } from './drive.ts'

/** `delayMs`: how long it takes to answer. */
export type ReplayWish = { readonly code: string; readonly delayMs: number }

export type BenchSuppliers = {
  readonly list: readonly GuardedProvider[]
  readonly baseUrls: readonly string[]
  /** Of the process that plays all of them. */
  readonly pid: number
  /** What they answered to the first search. */
  bodies(): Promise<readonly Buffer[]>
  close(): Promise<void>
}

/** Real adapters; behind them a process of its own that answers with the same bytes each time. The same format twice is two
 *  suppliers: the second calls itself amadeus-2.
 *  `concurrency`: calls that one takes at once; null: as many as ever. */
export async function openSuppliers(
  wishes: readonly ReplayWish[],
  concurrency: number | null = null,
): Promise<BenchSuppliers> {
  const child = fork(fileURLToPath(new URL('./replay.ts', import.meta.url)), [JSON.stringify(wishes)])
  const { settings } = await messageOf<{ readonly settings: readonly ProviderSettings[] }>(child)
  const parts = { clock: systemClock, log: silentLog, metrics: noMetrics }
  const budget = { ...noBudget, concurrency }
  const list: GuardedProvider[] = []
  for (const [at, { code }] of wishes.entries()) {
    const [provider] = (await openProviders(new Map([[code, settings[at]!]]), parts, new Map([[code, budget]]))).list()
    const before = wishes.slice(0, at).filter(wish => wish.code === code).length
    list.push(before === 0 ? provider! : called(`${code}-${before + 1}`, provider!))
  }
  const baseUrls = settings.map(each => new URL(each.baseUrl!).origin)
  return {
    list,
    baseUrls,
    pid: child.pid!,
    async bodies() {
      const lists = await Promise.all(baseUrls.map(async url => (await fetch(`${url}/_recorded`)).json()))
      return (lists as readonly (readonly string[])[]).flat().map(text => Buffer.from(text, 'base64'))
    },
    async close() {
      await Promise.all(list.map(provider => provider.close()))
      child.disconnect()
    },
  }
}

/** Nobody else has its offers yet, so they are renamed where they are: a copy of each would be measured too. */
function called(code: string, provider: GuardedProvider): GuardedProvider {
  return {
    ...provider,
    code,
    async shop(query, call) {
      const outcome = await provider.shop(query, call)
      if (outcome.kind === 'offers') for (const offer of outcome.offers) (offer as { provider: string }).provider = code
      return outcome
    },
  }
}

const day = new Date(systemClock.now() + 60 * 86_400_000).toISOString().slice(0, 10)

export const search = {
  slices: [{ origin: 'LHR', destination: 'JFK', departureDate: day }],
  passengers: [{ type: 'ADT' as const }, { type: 'ADT' as const }],
  currency: 'EUR',
  pointOfSale: 'GB',
  // a busy machine must not make it another answer
  deadlineMs: 30_000,
}
export const searchBody = JSON.stringify(search)

export const noRules: PricingRules = { markups: [], fees: [] }
export const flatRates: Rates = parseRates(
  'bench rates',
  '{"id":"bench","date":"2026-11-20","base":"EUR","rates":{"USD":"1.1","GBP":"0.9"}}',
)
