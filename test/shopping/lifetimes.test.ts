import { describe, expect, it } from 'vitest'
import { leadDaysOf, lifetimeBounds, lifetimeOf, lifetimeRange } from '../../src/shopping/lifetimes.ts'

const usual = { baseMs: 300_000, leadDays: 10, searchesPerHour: 10, changedShare: 0.05 }
const hard = (more: Partial<typeof usual>): number => lifetimeOf({ ...usual, ...more }).hardMs

describe('the life of a cached search', () => {
  it('is five minutes where nothing speaks for more or less, fresh for half of it', () => {
    expect(lifetimeOf(usual)).toEqual({ softMs: 150_000, hardMs: 300_000 })
  })

  it('is shorter the nearer the departure', () => {
    const lives = [0, 1, 3, 7, 21, 60].map(leadDays => hard({ leadDays }))
    expect(lives).toEqual([60_000, 105_000, 150_000, 300_000, 450_000, 600_000])
  })

  it('is shorter on a busy route and longer on a quiet one, within half and double', () => {
    expect(hard({ searchesPerHour: 40 })).toBeLessThan(hard({ searchesPerHour: 20 }))
    expect(hard({ searchesPerHour: 1e6 })).toBe(150_000)
    expect(hard({ searchesPerHour: 0 })).toBe(600_000)
  })

  it('is half where prices turn out changed twice as often as we aim at, double where hardly ever', () => {
    expect(hard({ changedShare: 0.1 })).toBe(150_000)
    expect(hard({ changedShare: 0 })).toBe(600_000)
    expect(hard({ changedShare: 1 })).toBe(30_000)
  })

  it('stays between half a minute and half an hour whatever comes together', () => {
    expect(hard({ leadDays: 0, searchesPerHour: 1e6, changedShare: 1 })).toBe(lifetimeBounds.minMs)
    expect(hard({ leadDays: 300, searchesPerHour: 0, changedShare: 0 })).toBe(lifetimeBounds.maxMs)
    expect(lifetimeRange(300_000, 0.05)).toEqual({ minMs: 30_000, maxMs: 1_200_000 })
  })

  it('is nothing where nothing is to be kept', () => {
    expect(lifetimeOf({ ...usual, baseMs: 0 })).toEqual({ softMs: 0, hardMs: 0 })
  })

  it('counts whole days, over a change of the clocks too, and a departure of yesterday as today', () => {
    expect(leadDaysOf('2027-03-29', '2027-03-27')).toBe(2)
    expect(leadDaysOf('2027-03-26', '2027-03-27')).toBe(0)
  })
})
