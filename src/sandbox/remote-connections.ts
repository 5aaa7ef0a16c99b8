import { affinity } from './carriers.ts'
import { joinPenalty, type Legs } from './connections.ts'
import { distance, type Node, type Route } from './network.ts'

/** Between two far corners of the tables, where two stops do not do: the shortest way over three. Ways are grown from the
 *  start, the most promising first (A*: what was flown and what is left as the crow flies); a place is passed once per
 *  airline that one arrives with. */

type Way = {
  readonly route: Route
  readonly before: Way | null
  readonly legs: number
  /** Kilometres and what changes weigh, so far. */
  readonly cost: number
  /** The same with the rest of the way. */
  readonly hope: number
}

const legsMax = 4
/** What a change of aircraft weighs, in kilometres. */
const changeKm = 600
/** Ways that are looked at before giving up: bounds a search to some 20 ms. */
const waysMax = 20_000
const foundMax = 4
/** What a route weighs that is not flown every day. */
const rareKm = 2500

export function viaManyStops(from: Node, to: Node): readonly Legs[] {
  const queue = new Heap()
  const passed = new Set<number>()
  for (const routes of from.to.values())
    for (const route of routes) if (!route.via) queue.push(wayOf(route, null, route.km, to))
  const found: Legs[] = []
  for (let looked = 0; looked < waysMax && found.length < foundMax; looked++) {
    const way = queue.pop()
    if (!way) break
    if (way.route.to === to) {
      found.push(legsOf(way))
      continue
    }
    const place = (way.route.to.index * 256 + way.route.carrier.index) * legsMax + way.legs - 1
    if (passed.has(place) || way.legs === legsMax) continue
    passed.add(place)
    grow(queue, way, to)
  }
  return found
}

function grow(queue: Heap, way: Way, to: Node): void {
  const here = way.route.to
  const last = way.legs === legsMax - 1
  for (const [next, routes] of here.to) {
    if (last && next !== to) continue
    for (const route of routes) {
      if (route.via) continue
      const join = joinPenalty(way.route, route)
      if (join === undefined || !onOneTicket(way, route)) continue
      queue.push(wayOf(route, way, way.cost + route.km + (1 + join) * changeKm, to))
    }
  }
}

function wayOf(route: Route, before: Way | null, cost: number, to: Node): Way {
  const all = cost + (route.perWeek < 7 ? rareKm : 0)
  return { route, before, legs: (before?.legs ?? 0) + 1, cost: all, hope: all + distance(route.to, to) }
}

function onOneTicket(way: Way, route: Route): boolean {
  for (let at: Way | null = way; at; at = at.before)
    if (affinity(at.route.carrier.index, route.carrier.index) === 9) return false
  return true
}

function legsOf(way: Way): Legs {
  const legs: Route[] = []
  for (let at: Way | null = way; at; at = at.before) legs.unshift(at.route)
  return legs
}

/** Binary heap by hope. */
class Heap {
  readonly #ways: Way[] = []

  push(way: Way): void {
    const ways = this.#ways
    let at = ways.length
    ways.push(way)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (ways[parent]!.hope <= way.hope) break
      ways[at] = ways[parent]!
      at = parent
    }
    ways[at] = way
  }

  pop(): Way | undefined {
    const ways = this.#ways
    const top = ways[0]
    const last = ways.pop()
    if (!top || !last || ways.length === 0) return top
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= ways.length) break
      if (child + 1 < ways.length && ways[child + 1]!.hope < ways[child]!.hope) child++
      if (ways[child]!.hope >= last.hope) break
      ways[at] = ways[child]!
      at = child
    }
    ways[at] = last
    return top
  }
}
