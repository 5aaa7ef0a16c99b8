/** How long suppliers' answers to one question may serve others: pure. What is learned comes from evidence.ts, how often a
 *  route is asked for from route-traffic.ts. */

export type LifetimeInput = {
  /** What a cached search lives where nothing speaks for more or less; 0: nothing is kept. */
  readonly baseMs: number
  /** Days from today to the first departure. */
  readonly leadDays: number
  /** Searches of this pair of places an hour, lately. */
  readonly searchesPerHour: number
  /** How often a price was another one when it was confirmed, 0 to 1: that of the supplier in the set whose prices change
   *  most (evidence.ts, with the prior in it). */
  readonly changedShare: number
}

/** Fresh until `softMs`; from then to `hardMs` it may go out as stale while it is asked anew behind the answer. */
export type Lifetime = { readonly softMs: number; readonly hardMs: number }

export const lifetimeBounds = { minMs: 30_000, maxMs: 30 * 60_000 } as const

/** The share of changed prices at confirmation that we aim at, and believe in before anything is learned. */
export const changedShareAim = 0.05

/** Fares are filed a few times a day and seats sell faster as the day comes near: in steps, by days to departure. */
const leadFactors: readonly (readonly [daysMin: number, factor: number])[] = [
  [60, 2],
  [21, 1.5],
  [7, 1],
  [3, 0.5],
  [1, 0.35],
  [0, 0.2],
]

/** Searches an hour at which a route counts as neither busy nor quiet. */
const usualSearchesPerHour = 10

/** Prices change about as often as time passes, so half the life halves the share of changed ones: hence aim ÷ share. A
 *  busy route's refresh serves many and its seats go fast: shorter; a quiet one's serves one: longer; by the cube root, so
 *  that a thousand times the traffic makes a tenth of the life. */
export function lifetimeOf({ baseMs, leadDays, searchesPerHour, changedShare }: LifetimeInput): Lifetime {
  if (baseMs <= 0) return { softMs: 0, hardMs: 0 }
  const lead = leadFactors.find(([daysMin]) => leadDays >= daysMin)?.[1] ?? 0.2
  const traffic = clamp(Math.cbrt(usualSearchesPerHour / Math.max(searchesPerHour, 0.1)), 0.5, 2)
  const change = clamp(changedShareAim / Math.max(changedShare, 0.001), 0.1, 2)
  const hardMs = Math.round(
    clamp(baseMs * lead * traffic * change, Math.min(baseMs, lifetimeBounds.minMs), lifetimeBounds.maxMs),
  )
  return { softMs: Math.round(hardMs / 2), hardMs }
}

/** What a supplier's cached answers may live at least and at most, whatever the route: for whoever looks at the supplier. */
export function lifetimeRange(
  baseMs: number,
  changedShare: number,
): { readonly minMs: number; readonly maxMs: number } {
  const at = (leadDays: number, searchesPerHour: number): number =>
    lifetimeOf({ baseMs, leadDays, searchesPerHour, changedShare }).hardMs
  return { minMs: at(0, 1_000_000), maxMs: at(361, 0) }
}

/** Whole days between two local dates. */
export function leadDaysOf(departureDate: string, today: string): number {
  return Math.max(0, Math.round((Date.parse(departureDate) - Date.parse(today)) / 86_400_000))
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value))
}
