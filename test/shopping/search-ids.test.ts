import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isId } from '../../src/core/ids.ts'
import { keyedDigest, numberOf } from '../../src/shopping/keyed-hash.ts'
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
  it('have checksums too many to be guessed: of 50,000 tenants no two make the same for one of four searches', () => {
    // the first of a view is the first of four
    const base = ids.mint(newViewId(), 'a', 0, 'miss')
    const untagged = base.slice(0, 26)
    const digests = Array.from({ length: 50_000 }, (_, n) => keyedDigest('secret', `id ${untagged} t${n}`))
    const tags = digests.flatMap(digest => [0, 1, 2, 3].map(place => numberOf(digest, place)))
    expect(new Set(tags).size).toBe(tags.length)
    expect(numberOf(keyedDigest('secret', `id ${untagged} a`), 0)).toBe(
      [...base.slice(26)].reduce((sum, digit) => sum * 32 + '0123456789abcdefghjkmnpqrstvwxyz'.indexOf(digit), 0),
    )
    expect(tags.every(tag => Number.isSafeInteger(tag) && tag < 2 ** 50)).toBe(true)
    expect(tags.filter(tag => tag >= 2 ** 49).length).toBeGreaterThan(90_000)
  })

  it('are all different and all known where many are given within a millisecond, to several tenants in turn', () => {
    const view = newViewId()
    const given = Array.from({ length: 40 }, (_, n) => {
      const tenant = n % 7 === 0 ? 'b' : 'a'
      return {
        tenant,
        base: ids.mint(view, tenant, 1_800_000_000_000 + Math.floor(n / 10), n % 11 === 0 ? 'stale' : 'hit'),
      }
    })
    expect(new Set(given.map(({ base }) => base)).size).toBe(given.length)
    for (const { tenant, base } of given) {
      expect(ids.readSearch(searchIdOf(base), tenant)).toBe(base)
      expect(ids.readSearch(searchIdOf(base), tenant === 'a' ? 'b' : 'a')).toBeUndefined()
    }
  })

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
        expect(ids.readOffer(newSingleOfferId(base, now + 7), 'a')).toEqual({ kind: 'single', base, madeAt: now + 7 })
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
