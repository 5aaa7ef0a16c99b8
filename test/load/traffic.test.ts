import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { dueTimes } from '../../bench/load/arrivals.ts'
import { seededChance, zipf } from '../../bench/load/chance.ts'
import { cityPairsBySeats } from '../../bench/load/city-pairs.ts'
import { fewQuestions, mixedQuestions, uniqueQuestions } from '../../bench/load/questions.ts'
import { scenarios, strikeAt } from '../../bench/load/scenarios.ts'
import { mixOf, requestsPerVisit } from '../../bench/load/visits.ts'
import { findAirport } from '../../src/reference/airports.ts'

const nowMs = Date.parse('2026-11-21T12:00:00Z')
const flat = (): number => 1
const pairs = cityPairsBySeats()

type Body = {
  readonly slices: readonly { readonly origin: string; readonly destination: string; readonly departureDate: string }[]
}

function ask(questions: { next(): { readonly body: string } }, count: number): readonly string[] {
  return Array.from({ length: count }, () => questions.next().body)
}

describe('when requests fall due', () => {
  test('even arrivals are as many as asked for, each as long after the one before', () => {
    const times = [...dueTimes({ perSecond: 40, seconds: 5, kind: 'even', shape: flat }, seededChance('a'))]
    expect(times).toHaveLength(200)
    expect(times[10]! - times[9]!).toBeCloseTo(25)
  })

  test('poisson arrivals have the rate asked for, gaps as uneven as their mean, and come again with the seed', () => {
    const draw = (seed: string): number[] => [
      ...dueTimes({ perSecond: 100, seconds: 100, kind: 'poisson', shape: flat }, seededChance(seed)),
    ]
    const times = draw('a')
    expect(Math.abs(times.length - 10_000)).toBeLessThan(400)
    const gaps = times.slice(1).map((time, index) => time - times[index]!)
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length)
    expect(deviation / mean).toBeGreaterThan(0.95)
    expect(deviation / mean).toBeLessThan(1.05)
    expect(draw('a')).toEqual(times)
    expect(draw('b')).not.toEqual(times)
  })

  test.each(['even', 'poisson'] as const)('a spike of %s arrivals has five times the rate on its top', kind => {
    const { shape } = scenarios.spike
    const times = [...dueTimes({ perSecond: 50, seconds: 100, kind, shape }, seededChance('s'))]
    const between = (from: number, to: number): number => times.filter(ms => ms >= from * 1e3 && ms < to * 1e3).length
    expect(between(35, 60) / 25 / (between(0, 30) / 30)).toBeCloseTo(5, 0)
    expect(between(65, 100) / 35).toBeGreaterThan(44)
    expect(between(65, 100) / 35).toBeLessThan(56)
  })
})

describe('what is searched for', () => {
  test('real airports, days ahead within what may be sold, back not before out', () => {
    for (const text of [
      ...ask(mixedQuestions(pairs, seededChance('a'), nowMs), 2_000),
      ...ask(uniqueQuestions(pairs, seededChance('a'), nowMs), 2_000),
    ]) {
      const { slices } = JSON.parse(text) as Body
      for (const { origin, destination, departureDate } of slices) {
        expect(findAirport(origin)?.closed).toBe(false)
        expect(findAirport(destination)?.closed).toBe(false)
        const days = (Date.parse(departureDate) - Date.parse('2026-11-21')) / 86_400_000
        expect(days).toBeGreaterThanOrEqual(1)
        expect(days).toBeLessThanOrEqual(361)
      }
      const [out, back] = slices
      if (back) expect(back.departureDate >= out!.departureDate).toBe(true)
    }
  })

  test('few routes are hot and many rare', () => {
    const bodies = ask(mixedQuestions(pairs, seededChance('a'), nowMs), 20_000)
    const routes = new Map<string, number>()
    for (const text of bodies) {
      const [slice] = (JSON.parse(text) as Body).slices
      const key = `${slice!.origin} ${slice!.destination}`
      routes.set(key, (routes.get(key) ?? 0) + 1)
    }
    const counts = [...routes.values()].sort((a, b) => b - a)
    const top = counts.slice(0, 100).reduce((sum, count) => sum + count, 0)
    expect(top / bodies.length).toBeGreaterThan(0.5)
    expect(counts.length).toBeGreaterThan(1_500)
  })

  test('cold never asks the same twice, cached asks twenty and each of them', () => {
    expect(new Set(ask(uniqueQuestions(pairs, seededChance('a'), nowMs), 100_000)).size).toBe(100_000)
    expect(new Set(ask(fewQuestions(pairs, seededChance('a'), nowMs), 2_000)).size).toBe(20)
  })

  test('zipf: the second comes half as often as the first', () => {
    const draw = zipf(1_000, 1, seededChance('z'))
    const counts = [0, 0]
    for (let index = 0; index < 100_000; index++) {
      const rank = draw()
      if (rank < 2) counts[rank]!++
    }
    expect(counts[0]! / counts[1]!).toBeCloseTo(2, 0)
  })
})

test('a supplier flaps every ten seconds; a slow one is slow, then silent', () => {
  expect([5, 15, 25, 35].map(s => strikeAt('flapping', s * 1000, 0))).toEqual([null, 'server-error', null, 'cut-off'])
  expect([0.1, 0.4, 0.9].map(part => strikeAt('slow', 0, part))).toEqual([null, 'slow', 'silent'])
})

describe('the k6 script', () => {
  const folder = new URL('../../bench/load/k6/', import.meta.url)
  type Mix = {
    readonly routes: readonly string[]
    readonly nextSearch: (random: () => number, nowMs: number) => Body
    readonly chancesFor: (lookToBook: number) => ReturnType<typeof mixOf>
    readonly requestsPerVisit: typeof requestsPerVisit
  }

  test('is sound JavaScript', async () => {
    for (const file of ['look-to-book.js', 'mix.js'])
      await promisify(execFile)(process.execPath, ['--check', new URL(file, folder).pathname])
  })

  test('searches between real airports, and takes the next step as often as npm run load', async () => {
    const mix = (await import(new URL('mix.js', folder).href)) as Mix
    for (const code of mix.routes.flatMap(route => route.split('-'))) expect(findAirport(code)?.scheduled).toBe(true)
    for (const lookToBook of [0, 1, 2, 50, 100]) {
      expect(mix.chancesFor(lookToBook)).toEqual(mixOf(lookToBook))
      expect(mix.requestsPerVisit(mixOf(lookToBook))).toBe(requestsPerVisit(mixOf(lookToBook)))
    }
    const { next } = seededChance('k')
    for (let count = 0; count < 1_000; count++) {
      const [out, back] = mix.nextSearch(next, nowMs).slices
      expect(out!.departureDate > '2026-11-21').toBe(true)
      if (back) expect(back.departureDate >= out!.departureDate).toBe(true)
    }
  })
})
