import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeAdaptiveLimit } from '../../src/core/adaptive-limit.ts'

const open = (cap = 32, min = 4) => makeAdaptiveLimit({ cap: () => cap, min })

describe('adaptive concurrency', () => {
  test('falls while the supplier is slow against its own past, and comes back step by step', () => {
    const adaptive = open()
    const calls = (times: number, ms: number): number => {
      for (let n = 0; n < times; n++) adaptive.add('shop', ms)
      return adaptive.limit()
    }
    expect(calls(80, 300)).toBe(32)
    expect(calls(8, 550)).toBe(32)
    expect(calls(8, 900)).toBe(24)
    expect(calls(8, 900)).toBe(18)
    expect(calls(80, 900)).toBe(4)
    expect(calls(8, 300)).toBe(5)
    expect(calls(8 * 40, 300)).toBe(32)
  })

  test('takes a lasting change as the new normal', () => {
    const adaptive = open()
    for (let n = 0; n < 80; n++) adaptive.add('shop', 300)
    for (let n = 0; n < 8 * 60; n++) adaptive.add('shop', 900)
    expect(adaptive.limit()).toBeGreaterThan(4)
  })

  test('compares an operation with itself only, and a few slow calls are weather', () => {
    const adaptive = open()
    for (let n = 0; n < 400; n++) {
      adaptive.add('retrieveOrder', 20)
      adaptive.add('shop', n % 4 === 0 ? 4_000 : 1_000)
    }
    expect(adaptive.limit()).toBe(32)
  })

  test('milliseconds are no trouble', () => {
    const adaptive = open()
    for (let n = 0; n < 80; n++) adaptive.add('shop', 2)
    for (let n = 0; n < 80; n++) adaptive.add('shop', 40)
    expect(adaptive.limit()).toBe(32)
  })

  test('stays between its bounds whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 400 }), times => {
        const adaptive = open(10, 3)
        return times.every(ms => {
          adaptive.add('shop', ms)
          return adaptive.limit() >= 3 && adaptive.limit() <= 10
        })
      }),
    )
  })

  test('follows a cap that is divided among more processes', () => {
    let cap = 30
    const adaptive = makeAdaptiveLimit({ cap: () => cap, min: 4 })
    expect(adaptive.limit()).toBe(30)
    cap = 15
    expect(adaptive.limit()).toBe(15)
    cap = 2
    expect(adaptive.limit()).toBe(2)
  })
})
