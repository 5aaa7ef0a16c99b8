import { describe, expect, test } from 'vitest'
import { manualClock } from '../../src/core/clock.ts'
import { prometheusMetrics } from '../../src/core/metrics.prometheus.ts'
import { type Admission, createAdmission } from '../../src/http/admission.ts'
import type { LoadClass } from '../../src/http/load-class.ts'

function valves() {
  const clock = manualClock(1_000)
  const now = { delayMs: 0, turnsMs: 0, queue: 0 }
  const metrics = prometheusMetrics()
  const admission = createAdmission({
    clock,
    metrics,
    delay: { take: () => now.delayMs, turnsMs: () => now.turnsMs },
    shortestQueue: () => now.queue,
  })
  /** `perWindow` requests of a client in each tenth of a second; how many were admitted in the last of them. */
  const run = (load: LoadClass, client: string, perWindow: number, windows: number): number => {
    let admitted = 0
    for (let window = 0; window < windows; window++) {
      clock.advance(100)
      admitted = 0
      for (let each = 0; each < perWindow; each++) if (admission.admits(load, client, clock.monotonicMs())) admitted++
    }
    return admitted
  }
  return { admission, clock, now, run, metrics }
}

const context = (client: string) => ({ tenant: 'default', requestId: 'req_1', traceparent: null, client })

/** How many searches may be at suppliers at once. */
function fill(admission: Admission, client: string): (() => void)[] {
  const places: (() => void)[] = []
  try {
    for (;;) places.push(admission.admitFanOut(context(client)))
  } catch {
    return places
  }
}

describe('a free event loop', () => {
  test('admits everything', () => {
    const { run } = valves()
    expect(run('search', 'a', 500, 20)).toBe(500)
  })

  test('one pause (garbage, a busy neighbour) refuses nobody', () => {
    const { run, now } = valves()
    run('search', 'a', 100, 20)
    now.delayMs = 400
    expect(run('search', 'a', 1, 1)).toBe(1)
    now.delayMs = 0
    expect(run('search', 'a', 500, 1)).toBe(500)
  })
})

describe('an event loop that lags', () => {
  test('searches and pages are cut back until it does not, bookings and health are not', () => {
    const { run, now } = valves()
    run('search', 'a', 100, 20)
    now.delayMs = 200
    expect(run('search', 'a', 100, 10)).toBeLessThan(50)
    expect(run('booking', 'a', 100, 1)).toBe(100)
    expect(run('always', '', 100, 1)).toBe(100)
  })

  test('is back to normal within five seconds of its recovery', () => {
    const { run, now } = valves()
    run('search', 'a', 100, 20)
    now.delayMs = 300
    run('search', 'a', 100, 50)
    now.delayMs = 1
    expect(run('search', 'a', 100, 50)).toBe(100)
  })

  test('a client that was not part of the flood is served', () => {
    const { admission, clock, now, run } = valves()
    run('search', 'greedy', 200, 20)
    now.delayMs = 200
    for (let window = 0; window < 10; window++) {
      run('search', 'greedy', 200, 1)
      admission.admits('search', 'modest', clock.monotonicMs())
    }
    run('search', 'greedy', 200, 1)
    expect(admission.admits('search', 'modest', clock.monotonicMs())).toBe(true)
    expect(admission.admits('search', 'greedy', clock.monotonicMs())).toBe(false)
  })

  test('only when nothing else helps are bookings refused, health never', () => {
    const { run, now } = valves()
    now.delayMs = 3_000
    run('search', 'a', 10, 10)
    expect(run('booking', 'a', 10, 1)).toBe(0)
    expect(run('always', '', 10, 1)).toBe(10)
  })

  test('what is refused is counted', async () => {
    const { run, now, metrics } = valves()
    run('read', 'a', 100, 5)
    now.delayMs = 200
    run('read', 'a', 100, 10)
    expect(await metrics.render()).toMatch(/fareloom_shed_total\{load="read"\} [1-9]/)
  })
})

describe('searches at suppliers', () => {
  test('have a most at once; a place is free when its search ends, and only once', () => {
    const { admission } = valves()
    const places = fill(admission, 'a')
    expect(places.length).toBe(32)
    places[0]!()
    places[0]!()
    expect(fill(admission, 'a')).toHaveLength(1)
  })

  test.each([
    ['the loop lags', { delayMs: 60 }],
    ['replies wait to be read', { turnsMs: 100 }],
  ])('fewer while %s, never none; more again afterwards as they are needed', (_, late) => {
    const { admission, now, run } = valves()
    Object.assign(now, late)
    run('search', 'a', 1, 100)
    const few = fill(admission, 'a')
    expect(few).toHaveLength(16)
    Object.assign(now, { delayMs: 1, turnsMs: 0 })
    run('search', 'a', 1, 50)
    for (const leave of few) leave()
    expect(fill(admission, 'a').length).toBeGreaterThan(16)
  })

  test('one client cannot take all places: another one finds some', () => {
    const { admission } = valves()
    fill(admission, 'greedy')
    expect(fill(admission, 'modest').length).toBeGreaterThan(4)
  })

  test('none is begun while even the quickest supplier has a queue', () => {
    const { admission, now } = valves()
    now.queue = 1
    expect(() => admission.admitFanOut(context('a'))).toThrow(/overloaded/)
    now.queue = 0.5
    admission.admitFanOut(context('a'))
  })

  test('a queue that others made keeps a small client out only where it is half as long again', () => {
    const { admission, now } = valves()
    for (let n = 0; n < 20; n++) admission.admitFanOut(context('greedy'))
    now.queue = 1.2
    expect(() => admission.admitFanOut(context('greedy'))).toThrow(/overloaded/)
    admission.admitFanOut(context('modest'))
    now.queue = 1.5
    expect(() => admission.admitFanOut(context('modest'))).toThrow(/overloaded/)
  })

  test('the refusal says when to come back', () => {
    const { admission, now } = valves()
    now.queue = 2
    expect(() => admission.admitFanOut(context('a'))).toThrow(
      expect.objectContaining({ type: 'overloaded', status: 503, retryAfterSeconds: 1 }),
    )
  })
})
