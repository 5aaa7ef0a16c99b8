import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isId } from '../../src/core/ids.ts'
import {
  askedAt,
  type CacheStatus,
  cacheStatusOf,
  indexText,
  makeSearchIds,
  newSingleOfferId,
  newViewId,
  offerIdOf,
  parseIndex,
  searchIdOf,
  viewIdOf,
  viewOffersMax,
} from '../../src/shopping/search-ids.ts'

const ids = makeSearchIds('secret')
const instant = fc.nat({ max: 4_000_000_000_000 })
const index = fc.nat({ max: viewOffersMax - 1 })

const cache = fc.constantFrom<CacheStatus>('miss', 'hit', 'stale', 'shared')

describe('ids of searches and offers', () => {
  it('name the view, the time and the offer, for their tenant', () => {
    fc.assert(
      fc.property(instant, index, cache, (now, n, from) => {
        const view = newViewId()
        const base = ids.mint(view, 'a', now, from)
        expect(isId('src', searchIdOf(base)) && isId('off', offerIdOf(base, n))).toBe(true)
        expect(ids.readSearch(searchIdOf(base), 'a')).toBe(base)
        expect(viewIdOf(base)).toBe(view)
        expect(askedAt(base)).toBe(now)
        expect(cacheStatusOf(base)).toBe(from)
        expect(ids.readOffer(offerIdOf(base, n), 'a')).toEqual({ kind: 'of-view', base, index: n })
        expect(ids.readOffer(newSingleOfferId(base), 'a')).toEqual({ kind: 'single', base })
      }),
    )
  })

  it('are nothing to another tenant, with another secret, or with any character changed', () => {
    const base = ids.mint(newViewId(), 'a', 1_800_000_000_000, 'hit')
    const id = searchIdOf(base)
    expect(ids.readSearch(id, 'b')).toBeUndefined()
    expect(ids.readOffer(offerIdOf(base, 0), 'b')).toBeUndefined()
    expect(makeSearchIds('other').readSearch(id, 'a')).toBeUndefined()
    for (let i = 0; i < id.length; i++) {
      const changed = id.slice(0, i) + (id[i] === 'x' ? 'y' : 'x') + id.slice(i + 1)
      expect(ids.readSearch(changed, 'a'), changed).toBeUndefined()
    }
    for (const text of [
      '',
      'src_',
      id.slice(0, -1),
      `${id}0`,
      id.toUpperCase(),
      'off_1',
      `off_${base}`,
      `off_${base}u00`,
    ]) {
      expect(ids.readSearch(text, 'a')).toBeUndefined()
      expect(ids.readOffer(text, 'a')).toBeUndefined()
    }
  })

  it('sort like the numbers of the offers', () => {
    fc.assert(
      fc.property(index, index, (x, y) => {
        expect(parseIndex(indexText(x))).toBe(x)
        expect(Math.sign(x - y)).toBe(indexText(x) < indexText(y) ? -1 : indexText(x) > indexText(y) ? 1 : 0)
      }),
    )
  })
})
