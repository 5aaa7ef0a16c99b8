import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getAirport, greatCircleKm } from '../../src/reference/airports.ts'
import { toInstant } from '../../src/reference/zones.ts'
import type { World, WorldSegment } from '../../src/sandbox/world.ts'
import { nameOf, openTestWorld, request, segmentsOf, suppliers, testClock } from './world-helpers.ts'

const airports =
  `LHR CDG FRA AMS MAD FCO IST DXB DOH DEL BOM SIN BKK HKG PVG PEK ICN NRT HND SYD MEL AKL JFK LAX ORD DFW ATL
  SFO SEA YYZ YVR MEX GRU EZE BOG LIM SCL JNB NBO ADD CAI CMN HEL ARN OSL KEF DUB LIS ATH WAW BUD HNL ANC DEN MIA PPT`
    .trim()
    .split(/\s+/)
const pair = fc.tuple(fc.constantFrom(...airports), fc.constantFrom(...airports)).filter(([a, b]) => a !== b)
const date = fc.integer({ min: 1, max: 361 }).map(day => new Date(Date.parse('2026-11-21') + day * 864e5))
const query = fc.record({
  pair,
  date: date.map(at => at.toISOString().slice(0, 10)),
  supplier: fc.constantFrom(...suppliers),
})

let world: World
beforeAll(async () => {
  world = await openTestWorld()
})
afterAll(() => world.close())

function offersOf({
  pair: [from, to],
  date: on,
  supplier,
}: {
  pair: [string, string]
  date: string
  supplier: string
}) {
  return world.view(supplier).shop(request([`${from}-${to} ${on}`]))
}

describe('the same seed is the same world', () => {
  const queries = ['LHR-JFK 2027-06-10', 'SYD-LHR 2027-07-03', 'GVA-MRU 2027-08-11', 'CDG-NCE 2027-05-02']

  test('a flight on a date, its fares and its seats do not depend on what today is', async () => {
    const later = await openTestWorld(testClock(Date.parse('2027-01-15T23:10:00Z')))
    for (const one of queries)
      for (const supplier of suppliers) {
        const strip = (shopped: World) =>
          shopped
            .view(supplier)
            .shop(request([one]))
            .map(offer => ({ ...offer, lastTicketing: 0 }))
        expect(strip(later)).toEqual(strip(world))
      }
  })

  test('another seed is another world', async () => {
    const other = await openTestWorld(testClock(), null, 'another')
    const names = (shopped: World) =>
      shopped
        .view('sabre')
        .shop(request([queries[0]!]))
        .map(nameOf)
    expect(names(other)).not.toEqual(names(world))
  })

  test('what was shopped before does not change what is shopped next', async () => {
    const fresh = await openTestWorld()
    fresh.view('amadeus').shop(request(['JFK-LAX 2027-06-10']))
    expect(fresh.view('amadeus').shop(request([queries[0]!]))).toEqual(
      world.view('amadeus').shop(request([queries[0]!])),
    )
  })
})

describe('every flight that is offered', () => {
  test('leaves and lands at local times of its airports, at least 20 minutes apart', () => {
    fc.assert(
      fc.property(query, one => {
        for (const offer of offersOf(one))
          for (const segment of segmentsOf(offer)) {
            expect(segment.departureZone).toBe(getAirport(segment.origin).zone)
            expect(segment.arrivalZone).toBe(getAirport(segment.destination).zone)
            expect(toInstant(segment.departure, segment.departureZone)).toBe(segment.departureMs)
            expect(Math.abs(toInstant(segment.arrival, segment.arrivalZone) - segment.arrivalMs)).toBeOneOf([0, 36e5])
            expect(segment.arrivalMs - segment.departureMs).toBe(segment.durationMinutes * 60_000)
            expect(segment.durationMinutes).toBeGreaterThanOrEqual(20)
          }
      }),
      { numRuns: 40 },
    )
  })

  test('takes as long as an aircraft needs for the great circle', () => {
    fc.assert(
      fc.property(query, one => {
        for (const offer of offersOf(one)) for (const segment of segmentsOf(offer)) checkSpeed(segment)
      }),
      { numRuns: 40 },
    )
  })

  test('is longer against the jet stream than with it', () => {
    const minutes = (way: string) => {
      const direct = world.view('sabre').shop(request([`${way} 2027-03-10`], { maxConnections: 0 }))
      return Math.min(...direct.map(offer => offer.slices[0]!.durationMinutes))
    }
    expect(minutes('LHR-JFK') - minutes('JFK-LHR')).toBeGreaterThan(40)
    expect(minutes('LHR-JFK')).toBeLessThan(520)
  })
})

function checkSpeed(segment: WorldSegment): void {
  const ground = segment.stops.reduce((sum, stop) => sum + stop.minutes, 0)
  const way = [segment.origin, ...segment.stops.map(stop => stop.airport), segment.destination]
  const km = way.slice(1).reduce((sum, code, i) => sum + greatCircleKm(way[i]!, code), 0)
  const hours = (segment.durationMinutes - ground) / 60
  expect(km / hours, `${segment.carrier}${segment.number} ${way}`).toBeLessThan(960)
  expect(km / Math.max(0.2, hours - 0.7 * (way.length - 1)), `${way}`).toBeGreaterThan(250)
  expect(Math.abs(segment.distanceKm - km)).toBeLessThan(2)
}

describe('every connection that is offered', () => {
  test('is from an airport to itself or its city, and takes the minimum connecting time', () => {
    fc.assert(
      fc.property(query, one => {
        for (const offer of offersOf(one))
          for (const { segments, durationMinutes } of offer.slices) {
            for (const [i, next] of segments.slice(1).entries()) checkConnection(segments[i]!, next)
            expect(durationMinutes * 60_000).toBe(segments.at(-1)!.arrivalMs - segments[0]!.departureMs)
          }
      }),
      { numRuns: 40 },
    )
  })

  test('is overnight or very long only now and then', () => {
    let connections = 0
    let long = 0
    for (const way of ['LHR-JFK', 'CDG-SIN', 'FRA-GRU', 'MAD-BKK', 'MUC-DEN', 'NCE-LHR'])
      for (const offer of world.view('amadeus').shop(request([`${way} 2027-04-13`])))
        for (const { segments } of offer.slices)
          for (const [i, next] of segments.slice(1).entries()) {
            connections++
            if (next.departureMs - segments[i]!.arrivalMs > 6 * 36e5) long++
          }
    expect(connections).toBeGreaterThan(100)
    expect(long / connections).toBeLessThan(0.1)
  })
})

const schengenCountries = new Set(
  'AT BE BG CH CZ DE DK EE ES FI FR GR HR HU IS IT LT LU LV MT NL NO PL PT RO SE SI SK'.split(' '),
)

function schengen(countries: ReadonlySet<string>): boolean {
  return [...countries].every(country => schengenCountries.has(country))
}

function checkConnection(first: WorldSegment, next: WorldSegment): void {
  const minutes = (next.departureMs - first.arrivalMs) / 60_000
  const same = first.destination === next.origin
  if (!same) expect(getAirport(first.destination).cityCode).toBe(getAirport(next.origin).cityCode)
  const countries = new Set([first.origin, next.origin, next.destination].map(code => getAirport(code).country))
  expect(minutes).toBeGreaterThanOrEqual(same ? (countries.size === 1 ? 45 : schengen(countries) ? 45 : 60) : 180)
  expect(minutes).toBeLessThanOrEqual(1560)
}

test('codeshares are sold under a number of their own and name who flies', () => {
  const shared = world
    .view('sabre')
    .shop(request(['LHR-JFK 2027-03-10'], { maxConnections: 0 }))
    .flatMap(segmentsOf)
    .filter(segment => segment.carrier !== segment.operatingCarrier)
  expect(shared.length).toBeGreaterThan(5)
  for (const segment of shared) expect(segment.number).not.toBe(segment.operatingNumber)
})

test('flights that land on the way say where and for how long', () => {
  const stops = world
    .view('sabre')
    .shop(request(['SYD-LHR 2027-03-10'], { maxConnections: 0 }))
    .flatMap(segmentsOf)
    .flatMap(segment => segment.stops)
  expect(stops.map(stop => stop.airport)).toContain('SIN')
  for (const stop of stops) expect(stop.minutes).toBeGreaterThanOrEqual(45)
})
