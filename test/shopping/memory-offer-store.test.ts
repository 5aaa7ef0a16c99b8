import { describe, expect, it } from 'vitest'
import { manualClock } from '../../src/core/clock.ts'
import {
  limitsBesideShared,
  limitsWithin,
  type MemoryLimits,
  makeMemoryOfferStore,
} from '../../src/shopping/memory-offer-store.ts'
import { offerStoreContract } from '../contract/offer-store.ts'
import { now } from './support/shopping.ts'
import { manyOffers, viewOf } from './support/views.ts'

offerStoreContract('offers in memory', async () => {
  const clock = manualClock(now)
  const store = makeMemoryOfferStore(clock)
  return { store, now: clock.now, pass: async ms => clock.advance(ms), close: store.close }
})

const allOf = (bytes: number): MemoryLimits => ({
  viewBytesMax: bytes,
  sharedViewBytesMax: bytes,
  netBytesMax: bytes,
  answerBytesMax: bytes,
  singleBytesMax: bytes,
})

describe('offers in memory', () => {
  it('makes room for new views by letting the oldest go, never more than its bytes', async () => {
    const clock = manualClock(now)
    const bytes = 4 * 2 ** 20
    const store = makeMemoryOfferStore(clock, { limits: allOf(bytes) })
    const views = Array.from({ length: 30 }, () => viewOf(manyOffers(100)))
    for (const view of views) await store.saveView(view)
    const kept = await Promise.all(views.map(view => store.findFirstPage(view.head.id)))
    const count = kept.filter(found => found !== undefined).length
    expect(count).toBeGreaterThan(2)
    expect(count).toBeLessThan(30)
    expect(kept.slice(-count).every(found => found !== undefined)).toBe(true)
  })

  it('lets go of views that others hold before those that nobody else does', async () => {
    const limits = { ...allOf(32 * 2 ** 20), sharedViewBytesMax: 2 * 2 ** 20 }
    const store = makeMemoryOfferStore(manualClock(now), { limits })
    const views = Array.from({ length: 30 }, () => viewOf(manyOffers(100)))
    const kept = async (): Promise<readonly number[]> => {
      const found = await Promise.all(views.map(view => store.findFirstPage(view.head.id)))
      return [...found.keys()].filter(index => found[index] !== undefined)
    }
    for (const view of views) await store.saveView(view)
    expect(await kept()).toHaveLength(30)
    for (const view of views.slice(0, 20)) store.noteShared(view.head.id)
    const left = await kept()
    expect(left.slice(-10)).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28, 29])
    expect(left.length).toBeGreaterThan(11)
    expect(left.length).toBeLessThan(20)
    expect(left.slice(0, -10).at(-1)).toBe(19)
    store.noteShared(views[0]!.head.id)
    expect(await kept()).toEqual(left)
  })

  it('takes three eighths of a small heap for everything, and of a large one what it is told', () => {
    const all = (heap: number): number => Object.values(limitsWithin(heap)).reduce((sum, bytes) => sum + bytes)
    expect(all(256 * 2 ** 20)).toBeLessThanOrEqual(96 * 2 ** 20)
    expect(all(256 * 2 ** 20)).toBeGreaterThan(95 * 2 ** 20)
    expect(all(4 * 2 ** 30)).toBe((192 + 24 + 64 + 32 + 8) * 2 ** 20)
    expect(limitsWithin(4 * 2 ** 30, limitsBesideShared)).toEqual(limitsBesideShared)
  })
})
