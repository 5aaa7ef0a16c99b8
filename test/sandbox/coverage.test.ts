import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadNetwork, type Network, type Node } from '../../src/sandbox/network.ts'
import { hashInts } from '../../src/sandbox/random.ts'
import type { World } from '../../src/sandbox/world.ts'
import { family, openTestWorld, request, segmentsOf, suppliers } from './world-helpers.ts'

const popular =
  `LHR-JFK LHR-CDG CDG-JFK FRA-JFK MAD-BCN LHR-DXB LHR-SIN SYD-MEL HND-CTS LAX-JFK SFO-LHR AMS-BCN FCO-LHR DXB-BOM
  SIN-BKK HKG-TPE ICN-NRT GRU-EZE MEX-MAD ORD-LGA IST-LHR MUC-BER DUB-LHR LIS-CDG VIE-ZRH BKK-HKG SYD-AKL JNB-CPT LON-NYC PAR-TYO`
    .trim()
    .split(/\s+/)

let world: World
let network: Network
beforeAll(async () => {
  world = await openTestWorld()
  network = loadNetwork()
})
afterAll(() => world.close())

function count(slices: readonly string[]): number {
  return suppliers.reduce((sum, code) => sum + world.view(code).shop(request(slices)).length, 0)
}

describe('popular city pairs', () => {
  test.each(popular)('%s has 100 offers over three suppliers, one way and return', pair => {
    const back = pair.split('-').toReversed().join('-')
    expect(count([`${pair} 2027-03-10`])).toBeGreaterThanOrEqual(100)
    expect(count([`${pair} 2027-03-10`, `${back} 2027-03-17`])).toBeGreaterThanOrEqual(100)
  })

  test('LHR-JFK return for two adults and a child has 100 on any date, some refundable, some to be held', () => {
    for (let day = 1; day <= 354; day += 11) {
      const on = (offset: number) =>
        new Date(Date.parse('2026-11-21') + (day + offset) * 864e5).toISOString().slice(0, 10)
      const slices = [`LHR-JFK ${on(0)}`, `JFK-LHR ${on(7)}`]
      const offers = suppliers.flatMap(code => world.view(code).shop(request(slices, { passengers: family })))
      expect(offers.length, slices[0]).toBeGreaterThanOrEqual(100)
      expect(
        offers.some(offer => offer.refund.allowed),
        slices[0],
      ).toBe(true)
      if (day > 3)
        expect(
          offers.some(offer => offer.holdAllowed),
          slices[0],
        ).toBe(true)
      expect(new Set(offers.map(offer => offer.validatingCarrier)).size).toBeGreaterThan(4)
    }
  })
})

/** Airports that an airline reaches with at most two changes on its own flights. */
function reach(from: Node): ReadonlySet<Node> {
  const found = new Set<Node>()
  for (const carrier of new Set([...from.to.values()].flat().map(route => route.carrier))) {
    if (!carrier.connects) continue
    let edge = new Set([from])
    for (let legs = 0; legs < 3; legs++) {
      const next = new Set<Node>()
      for (const node of edge)
        for (const [other, routes] of node.to) {
          if (routes.some(route => route.carrier === carrier && !route.via)) next.add(other)
        }
      for (const node of next) found.add(node)
      edge = next
    }
  }
  found.delete(from)
  return found
}

test('any two airports that one airline connects have offers: 300 random pairs', () => {
  const missing: string[] = []
  for (let i = 0; i < 300; i++) {
    const from = network.nodes[hashInts(1, i) % network.nodes.length]!
    const reached = [...reach(from)]
    if (reached.length === 0) continue
    const to = reached[hashInts(2, i) % reached.length]!
    if (count([`${from.code}-${to.code} 2027-04-${10 + (i % 20)}`]) === 0) missing.push(`${from.code}-${to.code}`)
  }
  expect(missing).toEqual([])
}, 60_000)

test('every airport of the tables can be reached from somewhere, on any day of the week', () => {
  for (const node of network.nodes) {
    const daily = [...node.to.values()].flat().some(route => route.perWeek >= 7)
    expect(daily, node.code).toBe(true)
    expect(Math.abs(node.airport.latitude) + Math.abs(node.airport.longitude)).toBeGreaterThan(0)
  }
})

test('journeys of several cities are sold in one booking', () => {
  const slices = ['LHR-SIN 2027-03-10', 'SIN-SYD 2027-03-15', 'SYD-LAX 2027-03-22', 'LAX-LHR 2027-03-29']
  for (const code of suppliers) {
    const offers = world.view(code).shop(request(slices))
    expect(offers.length).toBeGreaterThan(10)
    for (const offer of offers) {
      expect(offer.slices.map(slice => slice.origin)).toEqual(['LHR', 'SIN', 'SYD', 'LAX'])
      const times = segmentsOf(offer).map(segment => segment.departureMs)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
    }
  }
})

test('unknown places, dates gone by and empty requests find nothing', () => {
  const view = world.view('sabre')
  for (const slices of [
    ['XXX-LHR 2027-03-10'],
    ['LHR-XXX 2027-03-10'],
    ['LHR-LHR 2027-03-10'],
    ['LHR-JFK 2026-11-20'],
    [],
  ])
    expect(view.shop(request(slices))).toEqual([])
})
