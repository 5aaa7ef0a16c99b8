import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { renderCapacity } from '../../bench/capacity.ts'
import { renderPerformance } from '../../bench/render-performance.ts'
import type { BenchReport, BenchResult } from '../../bench/results.ts'
import { Tally } from '../../bench/tally.ts'

const file = (path: string): URL => new URL(`../../${path}`, import.meta.url)
const latest = file('bench/results/latest.json')
const report = (): BenchReport => JSON.parse(readFileSync(latest, 'utf8'))

if (existsSync(latest))
  describe('bench/results/latest.json', () => {
    test('has the shape that is promised', () => {
      const { at, machine, rows } = report()
      expect(at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
      expect(machine).toContain('Node')
      expect(rows.length).toBeGreaterThan(20)
      expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length)
      for (const { name, unit, value, floor, ratio, aim, better, met } of rows) {
        expect(
          [name, unit, aim].every(text => text.length > 0),
          name,
        ).toBe(true)
        expect([value, floor, ratio].every(Number.isFinite), name).toBe(true)
        expect(['higher', 'lower']).toContain(better)
        expect([true, false, null]).toContain(met)
      }
    })

    test('is what docs/performance.md and docs/capacity.md say', () => {
      expect(readFileSync(file('docs/performance.md'), 'utf8')).toBe(renderPerformance(report()))
      expect(readFileSync(file('docs/capacity.md'), 'utf8')).toBe(renderCapacity(report()))
    })

    test('says of each aim that is missed what the limit is', () => {
      for (const { name, met, note } of report().rows) if (met === false) expect(note, name).toMatch(/\S{3}/)
    })
  })

const result = (name: string, value: number): BenchResult => ({
  ...{ name, unit: 'ms', value, floor: 1, ratio: value, spread: [value, value], aim: '<= 2 ms', better: 'lower' },
  ...{ met: value <= 2, floorIs: 'one', rounds: 1 },
})
const reportOf = (...rows: readonly BenchResult[]): BenchReport => ({ at: 'now', machine: 'm', rounds: 1, rows })

test('each row stands in one table, and what misses its aim once more', () => {
  const names = ['search answered from memory', 'overload: served', 'ndc: search reply to offers', 'bookings', 'rank']
  const text = renderPerformance(reportOf(...names.map((name, n) => result(name, n))))
  const tables = text.split('## Where an aim is missed')[0]!
  for (const name of names) expect(tables.split(`| ${name} |`), name).toHaveLength(2)
  expect(text).toContain('Of 5 aims 3 are met')
  expect(text).toContain('- **bookings**: 3 ms, aim ≤ 2 ms. No cause is known yet.')
})

test('what a run did not bring is a question mark in the plan, and half the throughput twice the cores', () => {
  expect(renderCapacity(reportOf())).not.toMatch(/NaN|Infinity|undefined/)
  const cores = (perCore: number): number => {
    const text = renderCapacity(reportOf(result('search answered from memory, through HTTP', perCore)))
    return Number(/what memory answers \| ([\d.,]+)/.exec(text)![1])
  }
  expect(cores(1_000)).toBeCloseTo(4, 0)
  expect(cores(500)).toBeCloseTo(8, 0)
})

test('a throughput is better the higher, its ratio is ours over the floor, and the median of the rounds counts', () => {
  const row = {
    ...{ name: 'n', unit: 'request', floorIs: 'f', isRate: true, aim: { ratioMin: 0.75 } },
    floor: () => ({ run: () => 1, check() {} }),
    value: () => ({ run: () => 1, check() {} }),
  }
  const tally = new Tally('n.ts', { row })
  for (const [floor, value] of [
    [100, 200],
    [100, 125],
    [100, 130],
  ] as const) {
    tally.note('floor', [floor])
    tally.note('value', [value])
  }
  expect(tally.results()).toMatchObject([
    {
      value: 7692,
      floor: 10_000,
      ratio: 0.7692,
      spread: [0.5, 0.8],
      better: 'higher',
      met: true,
      aim: 'ratio >= 0.75',
    },
  ])
})
