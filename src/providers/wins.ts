import { LRUCache } from 'lru-cache'
import type { Clock, EpochMs } from '../core/clock.ts'
import type { Slice } from '../core/itinerary.ts'
import type { ProviderCode } from '../core/offer.ts'
import { cityCodeOf } from '../reference/airports.ts'

/** What suppliers have won on each route: the cheapest offer of a search, or a booking. Counts fade, since who is cheapest
 *  changes with the season. */
export interface Wins {
  note(route: Route, code: ProviderCode, weight: number): void
  /** Faded counts. */
  of(route: Route): ReadonlyMap<ProviderCode, number>
}

/** City pair, one way: "LON-NYC". */
export type Route = string

/** A booking says more than being cheapest in one of a thousand searches. */
export const winWeights = { cheapest: 1, booked: 20 } as const

/** The same counts for all processes (wins.redis.ts). */
export type SharedWins = {
  /** Behind the answer; a lost one is lost. `amount`: as the counts are kept, see `growth`. */
  add(route: Route, code: ProviderCode, amount: number): void
  read(route: Route): Promise<ReadonlyMap<ProviderCode, number>>
}

const halfLifeMs = 7 * 86_400_000
/** Counts are kept as they would be worth on this day: a later win weighs more instead of an earlier one less, so that they
 *  can be summed up anywhere without a time beside them. A double bears 20 years of it. */
const landmark: EpochMs = Date.UTC(2026, 0, 1)
const growth = (now: EpochMs): number => 2 ** ((now - landmark) / halfLifeMs)

const routesMax = 20_000
/** What other processes have learned may be so old. */
const rereadMs = 30_000

export type WinsParts = { readonly clock: Clock; readonly shared?: SharedWins }

type Entry = { readonly counts: Map<ProviderCode, number>; readAt: number }

export function makeWins({ clock, shared }: WinsParts): Wins {
  const routes = new LRUCache<Route, Entry>({ max: routesMax })
  const entryOf = (route: Route): Entry => {
    const known = routes.get(route)
    if (known) return known
    const fresh: Entry = { counts: new Map(), readAt: Number.NEGATIVE_INFINITY }
    routes.set(route, fresh)
    return fresh
  }
  /** Nobody waits for it: the next question of this route has it. */
  const reread = (route: Route, entry: Entry): void => {
    if (!shared || clock.monotonicMs() < entry.readAt + rereadMs) return
    entry.readAt = clock.monotonicMs()
    shared.read(route).then(
      counts => {
        for (const [code, count] of counts) entry.counts.set(code, Math.max(count, entry.counts.get(code) ?? 0))
      },
      () => {},
    )
  }
  return {
    note(route, code, weight) {
      const amount = weight * growth(clock.now())
      const { counts } = entryOf(route)
      counts.set(code, (counts.get(code) ?? 0) + amount)
      shared?.add(route, code, amount)
    },
    of(route) {
      const entry = entryOf(route)
      reread(route, entry)
      const now = growth(clock.now())
      return new Map([...entry.counts].map(([code, count]) => [code, count / now]))
    },
  }
}

type End = Pick<Slice, 'origin' | 'destination'>

/** By city, so that a search for LON and a booking from LHR are one route. */
export function routeOf({ origin, destination }: End): Route {
  return `${cityCodeOf(origin) ?? origin}-${cityCodeOf(destination) ?? destination}`
}
