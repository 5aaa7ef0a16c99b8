import { affinity } from './carriers.ts'
import { minimumConnectingMinutes, usualConnectionMaxMinutes } from './connecting-times.ts'
import { type Day, dayOf } from './days.ts'
import type { Flights, OperatedFlight } from './flights.ts'
import { distance, type Node, type Route } from './network.ts'

/** Routes that follow each other on one ticket. */
export type Legs = readonly Route[]

/** Ways over one airport (or, in a city, out by another one), best first. */
const oneStopMax = 24
const twoStopsMax = 14
/** Of one pair of airlines, so that many airlines are seen. */
const perCarriersMax = 4
/** Ways so much worse than the best (in distances of the journey) are left out. */
const spread = 0.9

type Scored = { readonly legs: Legs; readonly score: number; readonly carriers: number }

export function viaOneStop(from: Node, to: Node): readonly Legs[] {
  const direct = distance(from, to)
  const found: Scored[] = []
  for (const [via, firsts] of from.to) {
    if (via === to) continue
    const seconds = via.to.get(to)
    const km = firsts[0]!.km
    if (seconds) collect(found, firsts, seconds, direct, km + seconds[0]!.km, 0)
    if (via.city.length < 2) continue
    for (const other of via.city) {
      const onward = other === via || other === from ? undefined : other.to.get(to)
      if (onward) collect(found, firsts, onward, direct, km + onward[0]!.km, 0.5)
    }
  }
  return best(found, oneStopMax)
}

function collect(
  found: Scored[],
  firsts: readonly Route[],
  seconds: readonly Route[],
  direct: number,
  km: number,
  penalty: number,
): void {
  if (km > 2.5 * direct + 1500) return
  for (const a of firsts)
    for (const b of seconds) {
      const join = joinPenalty(a, b)
      if (join === undefined) continue
      const rare = 0.4 / a.perWeek + 0.4 / b.perWeek
      const score = km / (direct + 300) + join + penalty + rare
      found.push({ legs: [a, b], score, carriers: a.carrier.index * 256 + b.carrier.index })
    }
}

/** What speaks against changing from one flight to another here; undefined: nobody sells it. */
export function joinPenalty(a: Route, b: Route): number | undefined {
  if (a.via && b.via) return undefined
  const close = affinity(a.carrier.index, b.carrier.index)
  if (close === 9) return undefined
  const hub = a.toHub || b.fromHub
  if (close === 0) return a.carrier.connects ? (hub ? 0 : 0.25) : undefined
  if (!hub) return undefined
  return close === 1 ? 0.05 : close === 2 ? 0.12 : 0.4
}

/** Over a hub near the start and a hub near the end. */
export function viaTwoStops(from: Node, to: Node): readonly Legs[] {
  const direct = distance(from, to)
  const found: Scored[] = []
  const lasts = reverse(to)
  for (const [x, firsts] of from.to) {
    if (x === to || !firsts.some(route => route.toHub || route.fromHub)) continue
    for (const [y, final] of lasts) {
      if (y === from || y === x) continue
      const middles = x.to.get(y)
      if (!middles) continue
      const km = firsts[0]!.km + middles[0]!.km + final[0]!.km
      if (km > 2.5 * direct + 2500) continue
      for (const a of firsts) collectTwo(found, a, middles, final, km / (direct + 300))
    }
  }
  return best(found, twoStopsMax)
}

function collectTwo(found: Scored[], a: Route, middles: readonly Route[], final: readonly Route[], base: number): void {
  for (const b of middles) {
    const first = joinPenalty(a, b)
    if (first === undefined || a.via || b.via) continue
    for (const c of final) {
      const second = joinPenalty(b, c)
      const ends = affinity(a.carrier.index, c.carrier.index)
      if (second === undefined || ends === 9 || c.via) continue
      const score = base + first + second + (ends === 3 ? 0.3 : 0) + 0.3 / a.perWeek + 0.3 / c.perWeek
      found.push({ legs: [a, b, c], score, carriers: b.carrier.index * 256 + a.carrier.index })
    }
  }
}

/** Routes into an airport by where they start: all are flown in both directions. */
function reverse(to: Node): ReadonlyMap<Node, readonly Route[]> {
  const into = new Map<Node, readonly Route[]>()
  for (const other of to.to.keys()) into.set(other, other.to.get(to) ?? [])
  return into
}

function best(found: readonly Scored[], max: number): readonly Legs[] {
  const sorted = found.toSorted((a, b) => a.score - b.score)
  const taken = new Map<number, number>()
  const chosen: Legs[] = []
  for (const { legs, score, carriers } of sorted) {
    if (chosen.length >= max || (chosen.length > 6 && score > sorted[0]!.score + spread)) break
    const count = taken.get(carriers) ?? 0
    if (count >= perCarriersMax) continue
    taken.set(carriers, count + 1)
    chosen.push(legs)
  }
  return chosen
}

/** Flights over these legs, at most so many, shortest first. */
const perLegsMax = 5

export function connect(
  flights: Flights,
  legs: Legs,
  day: Day,
  waitMaxMinutes: number,
): readonly (readonly OperatedFlight[])[] {
  let journeys: (readonly OperatedFlight[])[] = flights.on(legs[0]!, day).map(flight => [flight])
  for (const leg of legs.slice(1))
    journeys = journeys.flatMap(journey =>
      onward(flights, journey.at(-1)!, leg, waitMaxMinutes).map(next => [...journey, next]),
    )
  const minutes = (journey: readonly OperatedFlight[]): number => journey.at(-1)!.arrivalMs - journey[0]!.departureMs
  return journeys.sort((a, b) => minutes(a) - minutes(b)).slice(0, perLegsMax)
}

/** The next two flights in reach; a long wait, over night perhaps, only where nothing else goes. */
function onward(
  flights: Flights,
  first: OperatedFlight,
  leg: Route,
  waitMaxMinutes: number,
): readonly OperatedFlight[] {
  const landed = dayOf(first.marketed[0]!.flight.arrival)
  const soon: OperatedFlight[] = []
  for (const day of [landed, landed + 1, landed + 2])
    for (const next of flights.on(leg, day)) {
      const minutes = (next.departureMs - first.arrivalMs) / 60_000
      if (minutes > waitMaxMinutes) break
      if (minutes < minimumConnectingMinutes(first, next)) continue
      if (minutes > usualConnectionMaxMinutes) return soon.length > 0 ? soon : [next]
      soon.push(next)
      if (soon.length === 2) return soon
    }
  return soon
}
