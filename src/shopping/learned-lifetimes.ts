import { LRUCache } from 'lru-cache'
import { type Clock, type EpochMs, toInstant } from '../core/clock.ts'
import type { ProviderCode } from '../core/offer.ts'
import { type Evidence, routeOf } from './evidence.ts'
import { changedShareAim, type Lifetime, leadDaysOf, lifetimeOf, lifetimeRange } from './lifetimes.ts'

type Route = { readonly origin: string; readonly destination: string; readonly departureDate: string }

/** Life times of cached searches from what this service has seen (lifetimes.ts says how). */
export interface Lifetimes {
  /** Each search, answered from a cache or not: how busy its route is (routeOf() of evidence.ts). */
  noteSearch(route: string): void
  of(slices: readonly Route[], providers: readonly ProviderCode[]): Lifetime
  report(provider: ProviderCode): CacheReport
}

/** JSON: `GET /v1/providers`, `cache`. */
export type CacheReport = {
  /** Of a cached search with this supplier in it: the shortest (a busy route today) and the longest (a quiet one, months ahead). */
  readonly lifetimeSeconds: { readonly min: number; readonly max: number }
  /** Prices confirmed lately; the count halves every six hours. */
  readonly confirmations: number
  /** How often the price was another one then, or gone: what is counted, towards 5 % as long as little is. */
  readonly changedShare: number
  readonly text: string
}

const trafficHalfLifeMs = 3_600_000
const routesMax = 20_000

export function makeLifetimes(clock: Clock, evidence: Evidence, baseMs: number): Lifetimes {
  const traffic = makeTraffic(clock)
  return {
    noteSearch: route => traffic.note(route),
    of(slices, providers) {
      const route = routeOf(slices)
      const shares = providers.map(provider => evidence.changedShare(provider, route))
      return lifetimeOf({
        baseMs,
        leadDays: leadDaysOf(slices[0]!.departureDate, toInstant(clock.now()).slice(0, 10)),
        searchesPerHour: traffic.perHour(route),
        changedShare: shares.length > 0 ? Math.max(...shares) : changedShareAim,
      })
    },
    report(provider) {
      const { confirmations, changedShare } = evidence.of(provider)
      const { minMs, maxMs } = lifetimeRange(baseMs, changedShare)
      const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`
      const lives = `cached searches with it live ${seconds(minMs)} to ${seconds(maxMs)} s, by days to departure and traffic`
      const seen =
        Math.round(10 * confirmations) === 0
          ? `no price has been confirmed lately, ${percent(changedShareAim)} are taken to have changed`
          : `${percent(changedShare)} of confirmed prices had changed (aim: ${percent(changedShareAim)})`
      return {
        lifetimeSeconds: { min: seconds(minMs), max: seconds(maxMs) },
        confirmations: Math.round(10 * confirmations) / 10,
        changedShare: Math.round(10_000 * changedShare) / 10_000,
        text: `${seen}: ${lives}`,
      }
    },
  }
}

function seconds(ms: number): number {
  return Math.round(ms / 1000)
}

/** Searches an hour by route, halving every hour; of this process, so of a part of the whole: the cube root of it counts. */
function makeTraffic(clock: Clock): { note(route: string): void; perHour(route: string): number } {
  const routes = new LRUCache<string, { count: number; at: EpochMs }>({ max: routesMax })
  const fade = (entry: { count: number; at: EpochMs }): void => {
    const now = clock.now()
    entry.count *= 2 ** (-Math.max(0, now - entry.at) / trafficHalfLifeMs)
    entry.at = now
  }
  return {
    note(route) {
      const entry = routes.get(route)
      if (!entry) routes.set(route, { count: 1, at: clock.now() })
      else {
        // what fades within a second is a five-thousandth
        if (clock.now() - entry.at > 1_000) fade(entry)
        entry.count++
      }
    },
    perHour(route) {
      const entry = routes.get(route)
      if (!entry) return 0
      fade(entry)
      // a steady rate r an hour settles at a count of r ÷ ln 2
      return entry.count * Math.LN2
    },
  }
}
