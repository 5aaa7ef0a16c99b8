import { describe, expect, test } from 'vitest'
import type { Audit } from '../../bench/load/audit.ts'
import { type Options, parseOptions } from '../../bench/load/options.ts'
import { progressLine } from '../../bench/load/progress.ts'
import { pageOf } from '../../bench/load/report/page.ts'
import { linearScale, logScale, writeMs } from '../../bench/load/report/scales.ts'
import { type RunReport, reportOf } from '../../bench/load/report.ts'
import { readSample } from '../../bench/load/scrape.ts'
import { summaryOf } from '../../bench/load/summary.ts'
import { newTally, type Tally } from '../../bench/load/tally.ts'

const served = { kind: 'served', label: '201' } as const

/** 100 searches a second for 10 s, answered in 1 to 100 ms, one in a hundred shed, one with a hostile label. */
function playedTally(): Tally {
  const tally = newTally(10, [{ name: 'second half', from: 0.5, to: 1 }])
  for (let index = 0; index < 1000; index++) {
    const dueMs = index * 10
    tally.fallsDue('search', dueMs)
    const outcome = index % 100 === 50 ? ({ kind: 'shed', label: '503 overloaded' } as const) : served
    const error = { kind: 'error', label: '</script><script>alert(1)</script>' } as const
    tally.finish({
      ...{ operation: 'search', dueMs, sentMs: dueMs + 1, endMs: dueMs + (index % 100) + 1 },
      outcome: index === 999 ? error : outcome,
      cache: index % 4 === 0 ? 'miss' : 'hit',
      suppliers: [['sabre', index % 10 === 0 ? 'timeout' : 'ok']],
    })
  }
  return tally
}

const metrics = (calls: number): string => `# HELP fareloom_supplier_calls_total Calls
fareloom_supplier_calls_total{provider="sabre",operation="shop",outcome="offers"} ${calls}
fareloom_supplier_calls_total{provider="sabre",operation="shop",outcome="circuit-open"} 7
fareloom_supplier_call_seconds_count{provider="sabre",operation="shop"} ${calls}
fareloom_supplier_call_seconds_bucket{le="0.1",provider="sabre",operation="shop"} 3
process_cpu_seconds_total ${calls / 10}
process_resident_memory_bytes 104857600
`

const audit: Audit = {
  ...{ attempts: 3, statuses: { ticketed: 2 }, notMade: { '409 sold-out': 1 }, recovered: 0, withSandbox: true },
  unexplained: ['bkg_<b>: is still pending'],
}

function report(): RunReport {
  const line = '--scenario look-to-book --rate 100 --seconds 10 --api-key secret-key-of-ours --slo p95=50,errors=1%'
  const samples = [readSample(-0.1, metrics(10)), readSample(5, metrics(60)), readSample(10, metrics(110))]
  return reportOf(parseOptions(line.split(' ')) as Options, 'http://target.example', {
    ...{ tally: playedTally(), samples, audit, startedAt: '2026-11-21T12:00:00.000Z', seconds: 10, seed: 's' },
    struck: null,
  })
}

describe('figures of a run', () => {
  test('latency runs from when a request was due, not from when it left', () => {
    const tally = newTally(10, [])
    tally.fallsDue('search', 1000)
    tally.finish({
      ...{ operation: 'search', dueMs: 1000, sentMs: 4000, endMs: 4100, outcome: served },
      ...{ cache: null, suppliers: [] },
    })
    expect(tally.all.latency.latencies()!.max).toBeCloseTo(3100, -1)
    expect(tally.stretches[1]!.latency.latencies()!.count).toBe(1)
    expect(tally.stretches[4]!.answered.served).toBe(1)
  })

  test('percentiles are those of the latencies, and the counters add up', () => {
    const { latencyMs, counts, asked, timeline, phases, operations, cache } = report()
    expect(latencyMs!.p50).toBeCloseTo(50, -0.5)
    expect(latencyMs!.p95).toBeGreaterThan(93)
    expect(latencyMs!.max).toBeCloseTo(100, -0.5)
    expect(counts).toEqual({ served: 989, refused: 0, shed: 10, error: 1 })
    expect(asked).toBe(1000)
    expect(timeline.reduce((sum, point) => sum + point.duePerSecond, 0)).toBe(1000)
    expect(timeline.reduce((sum, { answeredPerSecond: each }) => sum + each.served, 0)).toBe(989)
    expect(phases[0]!.counts.served).toBe(494)
    expect(operations.map(({ name }) => name)).toEqual(['search'])
    expect(cache).toEqual({ miss: 250, hit: 750 })
  })

  test('calls of suppliers are those made during the run; what the breaker held back is none', () => {
    const { suppliers, targetTimeline } = report()
    expect(suppliers).toEqual([{ code: 'sabre', calls: 100, outcomes: { 'shop offers': 100 } }])
    expect(targetTimeline.map(point => point.callsPerSecond.sabre)).toEqual([50 / 5.1, 10])
    expect(targetTimeline[1]!.cpuCores).toBeCloseTo(1)
    expect(targetTimeline[1]!.residentMegabytes).toBe(100)
  })

  test('objectives are judged over all requests', () => {
    expect(report().slo.map(({ name, kept }) => [name, kept])).toEqual([
      ['p95', false],
      ['errors', true],
    ])
  })

  test('the key is in no report', () => {
    expect(JSON.stringify(report())).not.toContain('secret-key')
  })
})

describe('the page', () => {
  const page = pageOf(report())

  test('needs nothing from anywhere', () => {
    expect(page).not.toMatch(/<link|<img|<iframe|<script[^>]+src|@import|url\(|\bfetch\(|import\(|XMLHttpRequest/i)
    expect(page.match(/https?:\/\/[^\s<"]+/g)!.every(url => url.startsWith('http://target.example'))).toBe(true)
  })

  test('shows what a target says as text, never as markup', () => {
    expect(page).not.toContain('<script>alert')
    expect(page).not.toContain('bkg_<b>')
    expect(page).toContain('bkg_&#60;b&#62;')
    expect(page.match(/<\/script>/g)).toHaveLength(page.match(/<script/g)!.length)
  })

  test('has a chart for each thing that is promised, and no number that is none', () => {
    for (const title of [
      ...['Latency over time', 'Requests a second', 'Errors and shed requests by kind', 'Calls to suppliers'],
      ...['Where searches were answered from', 'Latency by part of the requests', 'Processor', 'Memory'],
    ])
      expect(page).toContain(`<h3>${title}</h3>`)
    expect(page).not.toMatch(/NaN|Infinity|undefined/)
  })

  test('of a run in which nothing was answered is still a page', () => {
    const empty = reportOf(parseOptions(['--scenario', 'cold']) as Options, 'http://target.example', {
      ...{ tally: newTally(60, []), samples: [], startedAt: '2026-11-21T12:00:00.000Z', seconds: 0.1, seed: 's' },
      ...{ struck: null, audit: { ...audit, attempts: 0, unexplained: [] } },
    })
    expect(pageOf(empty)).not.toMatch(/NaN|Infinity|undefined/)
    expect(summaryOf(empty)).not.toMatch(/NaN|Infinity|undefined/)
  })
})

test('the summary fits on one screen and names what went wrong', () => {
  const lines = summaryOf(report()).split('\n')
  expect(lines.length).toBeLessThan(24)
  expect(lines.every(line => line.length < 160)).toBe(true)
  const text = lines.join('\n')
  expect(text).toContain('search 503 overloaded × 10')
  expect(text).toContain('BROKEN')
  expect(text).toContain('bkg_<b>: is still pending')
})

test('the live line is one line with rate, percentiles, errors, shed and cache', () => {
  const line = progressLine(playedTally(), 10_000, { seconds: 10, open: 3 })
  expect(line).toMatch(/10\/10 s +989\/s +p50\/p95\/p99 50 \/ 9\d \/ 99 ms +errors 1 +shed 10 +from cache 75 % +open 3/)
})

test('axes are labelled with round numbers that hold all values', () => {
  const { ticks, place } = linearScale(37, String)
  expect(ticks.map(({ at }) => at)).toEqual([0, 10, 20, 30, 40])
  expect(place(40)).toBe(1)
  expect(logScale(3, 800, writeMs).ticks.map(({ label }) => label)).toEqual(['1 ms', '10 ms', '100 ms', '1 s'])
})
