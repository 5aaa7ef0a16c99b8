import { readFileSync } from 'node:fs'
import type { AirportCode } from '../core/itinerary.ts'
import { type Airport, getAirport } from '../reference/airports.ts'
import { type Carrier, carriers, getCarrier } from './carriers.ts'
import { throughFlights } from './through-flights.ts'

/** Who flies where: data/routes.tsv (built by scripts/reference/network.ts) and through-flights.ts, read once. */
export type Network = {
  readonly nodes: readonly Node[]
  readonly routes: readonly Route[]
  find(code: AirportCode): Node | undefined
}

export type Node = {
  readonly index: number
  readonly code: AirportCode
  readonly airport: Airport
  /** Routes by the other airport. */
  readonly to: ReadonlyMap<Node, readonly Route[]>
  /** Airlines that have a hub here. */
  readonly hubOf: ReadonlySet<Carrier>
  /** Airports of the same city that airlines here serve, this one among them. */
  readonly city: readonly Node[]
}

/** One airline from one airport to another. */
export type Route = {
  readonly index: number
  readonly carrier: Carrier
  readonly from: Node
  readonly to: Node
  /** Where it lands on the way; null: nonstop. */
  readonly via: Node | null
  readonly perWeek: number
  /** On average, of one flight. */
  readonly seats: number
  readonly km: number
  readonly fromHub: boolean
  readonly toHub: boolean
  /** Flight numbers of its departures of a day: number, number + 2, … */
  readonly number: number
}

type MutableNode = Omit<Node, 'to' | 'hubOf' | 'city'> & {
  readonly to: Map<Node, Route[]>
  readonly hubOf: Set<Carrier>
  city: Node[]
}
type Pair = { readonly carrier: Carrier; readonly a: Node; readonly b: Node; readonly via: Node | null } & {
  readonly perWeek: number
  readonly seats: number
  readonly km: number
}

/** More departures a day than this are not told apart by anybody who searches. */
export const departuresMax = 12
/** Numbers from here on are codeshares. */
export const codeshareNumbersFrom = 6000
const weeksPerMonth = 30.44 / 7

export function loadNetwork(): Network {
  const nodes = new Map<AirportCode, MutableNode>()
  const pairs = readPairs(nodes)
  for (const [code, from, via, to] of throughFlights)
    pairs.push(throughPair(getCarrier(code), node(nodes, from), node(nodes, via), node(nodes, to)))
  const routes = numbered(withDailyLink(pairs))
  for (const route of routes) {
    const to = nodes.get(route.from.code)!.to
    const list = to.get(route.to)
    if (list) list.push(route)
    else to.set(route.to, [route])
  }
  for (const group of Map.groupBy(nodes.values(), found => found.airport.cityCode).values()) {
    group.sort((x, y) => y.to.size - x.to.size)
    for (const member of group) member.city = group
  }
  return { nodes: [...nodes.values()], routes, find: code => nodes.get(code) }
}

function readPairs(nodes: Map<AirportCode, MutableNode>): Pair[] {
  const pairs: Pair[] = []
  const text = readFileSync(new URL('./data/routes.tsv', import.meta.url), 'utf8')
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [code, airport, hub, routes] = line.split('\t')
    const a = node(nodes, airport!)
    const carrier = getCarrier(code!)
    if (hub === 'h') a.hubOf.add(carrier)
    if (!routes) continue
    for (const route of routes.split(' ')) {
      const [other, monthly, seats] = route.split(':')
      const b = node(nodes, other!)
      const perWeek = Math.max(1, Math.round(Number(monthly) / weeksPerMonth))
      pairs.push({ carrier, a, b, via: null, perWeek, seats: Number(seats), km: distance(a, b) })
    }
  }
  return pairs
}

/** Wherever an airline flies, one of its routes is flown every day, to a hub if it can be: no airport of the tables is cut
 *  off on some weekdays. */
function withDailyLink(pairs: readonly Pair[]): readonly Pair[] {
  const best = new Map<string, Pair>()
  const rank = (pair: Pair, end: Node): number =>
    pair.perWeek + ((end === pair.a ? pair.b : pair.a).hubOf.has(pair.carrier) ? 1000 : 0)
  for (const pair of pairs)
    for (const end of [pair.a, pair.b]) {
      const key = pair.carrier.code + end.code
      const known = best.get(key)
      if (!pair.via && (!known || rank(pair, end) > rank(known, end))) best.set(key, pair)
    }
  const daily = new Set(best.values())
  return pairs.map(pair => (daily.has(pair) && pair.perWeek < 7 ? { ...pair, perWeek: 7 } : pair))
}

function throughPair(carrier: Carrier, a: Node, via: Node, b: Node): Pair {
  return { carrier, a, b, via, perWeek: 7, seats: 300, km: distance(a, via) + distance(via, b) }
}

function node(nodes: Map<AirportCode, MutableNode>, code: AirportCode): MutableNode {
  const known = nodes.get(code)
  if (known) return known
  const fresh: MutableNode = {
    index: nodes.size,
    code,
    airport: getAirport(code),
    to: new Map(),
    hubOf: new Set(),
    city: [],
  }
  nodes.set(code, fresh)
  return fresh
}

/** Numbers by distance as airlines like them: the longest routes have the lowest; out odd, back even. An airline with
 *  more departures than numbers uses some again on another route. */
function numbered(pairs: readonly Pair[]): Route[] {
  const routes: Route[] = []
  const next = new Array<number>(carriers.length).fill(1)
  for (const pair of pairs.toSorted((x, y) => y.km - x.km)) {
    const { carrier, a, b } = pair
    const slots = departuresOf(pair.perWeek)
    if (next[carrier.index]! + 2 * slots > codeshareNumbersFrom) next[carrier.index] = 1
    const number = next[carrier.index]!
    next[carrier.index] = number + 2 * slots
    const aHub = a.hubOf.has(carrier)
    const bHub = b.hubOf.has(carrier)
    const outFirst = aHub || !bHub
    const shared = { carrier, via: pair.via, perWeek: pair.perWeek, seats: pair.seats, km: pair.km }
    const index = routes.length
    routes.push(
      { index, ...shared, from: a, to: b, fromHub: aHub, toHub: bHub, number: outFirst ? number : number + 1 },
      {
        index: index + 1,
        ...shared,
        from: b,
        to: a,
        fromHub: bHub,
        toHub: aHub,
        number: outFirst ? number + 1 : number,
      },
    )
  }
  return routes
}

export function departuresOf(perWeek: number): number {
  return Math.min(departuresMax, Math.ceil(perWeek / 7))
}

const rad = Math.PI / 180
/** As reference/airports.greatCircleKm, without looking airports up: 20,000 routes are measured at start. */
export function distance(a: Node, b: Node): number {
  const from = a.airport
  const to = b.airport
  const north = Math.sin(((to.latitude - from.latitude) * rad) / 2)
  const east = Math.sin(((to.longitude - from.longitude) * rad) / 2)
  const h = north * north + Math.cos(from.latitude * rad) * Math.cos(to.latitude * rad) * east * east
  return 12_742.0176 * Math.asin(Math.min(1, Math.sqrt(h)))
}
