import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { searchPlaces } from '../../src/reference/places.ts'
import { fold, withinEdits } from '../../src/reference/spelling.ts'

const codes = (query: string, limit = 10) => searchPlaces(query, limit).map(place => `${place.kind} ${place.code}`)

describe('place search', () => {
  it.each([
    ['london', 'city LON'],
    ['lond', 'city LON'],
    ['LONDON', 'city LON'],
    ['lon', 'city LON'],
    ['LHR', 'airport LHR'],
    ['lhr', 'airport LHR'],
    ['heathrow', 'airport LHR'],
    ['london heathrow', 'airport LHR'],
    ['heathrow london', 'airport LHR'],
    ['Zürich', 'airport ZRH'],
    ['zurich', 'airport ZRH'],
    ['münchen', 'airport MUC'],
    ['munich', 'airport MUC'],
    ['new yrok', 'city NYC'],
    ['new york', 'city NYC'],
    ['newyork', 'city NYC'],
    ['nyc', 'city NYC'],
    ['paris', 'city PAR'],
    ['charles de gaulle', 'airport CDG'],
    ['são paulo', 'city SAO'],
    ['sao paulo', 'city SAO'],
    ['köln', 'airport CGN'],
    ['koln', 'airport CGN'],
    ['cologne', 'airport CGN'],
    ['xi an', 'city SIA'],
    ["xi'an", 'city SIA'],
    ['saint louis', 'airport STL'],
    ['san fransisco', 'airport SFO'],
    ['sna francisco', 'airport SFO'],
    ['istambul', 'city IST'],
    ['brussels', 'city BRU'],
    ['bali', 'airport DPS'],
  ])('%j finds %s first', (query, first) => {
    expect(codes(query)[0]).toBe(first)
  })

  it('a city comes with its airports, an airport with itself', () => {
    expect(searchPlaces('lon', 1)).toEqual([
      {
        kind: 'city',
        code: 'LON',
        name: 'London',
        country: 'GB',
        airports: expect.arrayContaining(['LHR', 'LGW', 'LCY', 'STN', 'LTN']),
      },
    ])
    expect(searchPlaces('heathrow', 1)).toEqual([
      { kind: 'airport', code: 'LHR', name: 'London Heathrow Airport', country: 'GB', airports: ['LHR'] },
    ])
  })

  it("after a city come the city's airports", () => {
    expect(codes('london').slice(1, 6).toSorted()).toEqual(
      ['LCY', 'LGW', 'LHR', 'LTN', 'STN'].map(code => `airport ${code}`),
    )
  })

  it('an exact code beats a popular name that begins with it', () => {
    expect(codes('par')[0]).toBe('city PAR')
    expect(codes('man')[0]).toBe('airport MAN')
    expect(codes('syd')[0]).toBe('airport SYD')
  })

  it('nothing for nothing, nor for nonsense, nor for a closed airport', () => {
    for (const query of ['tegel', '', '   ', '-', 'qqqqqqqq', '東京']) expect(codes(query)).toEqual([])
  })

  it('keeps the limit, and gives none of 0', () => {
    expect(searchPlaces('a', 5)).toHaveLength(5)
    expect(searchPlaces('a', 0)).toEqual([])
    expect(searchPlaces('a', 1e9).length).toBeLessThanOrEqual(100)
  })

  it('takes any text, never names a place twice', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: 'grapheme', maxLength: 40 })), query => {
        const found = codes(query)
        expect(new Set(found).size).toBe(found.length)
      }),
      { numRuns: 300 },
    )
  })

  it('costs under a millisecond, slips included', () => {
    const queries = ['l', 'lond', 'new yrok', 'san fransisco', 'amsterdm', 'zürich']
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < 10; round++) {
      const start = performance.now()
      for (let i = 0; i < 60; i++) searchPlaces(queries[i % queries.length]!)
      best = Math.min(best, (performance.now() - start) / 60)
    }
    expect(best).toBeLessThan(1)
  })
})

describe('spelling', () => {
  it('folds case, accents and marks', () => {
    expect(fold("  Saint-Étienne / L'Øresund ")).toBe('saint etienne loresund')
    expect(fold('Łódź')).toBe('lodz')
    expect(fold('Straße')).toBe('strasse')
    expect(fold('İstanbul')).toBe('istanbul')
  })

  it('counts insertions, deletions, replacements and swaps', () => {
    expect(withinEdits('york', 'yrok', 1)).toBe(true)
    expect(withinEdits('york', 'yorks', 1)).toBe(true)
    expect(withinEdits('york', 'yok', 1)).toBe(true)
    expect(withinEdits('york', 'yolk', 1)).toBe(true)
    expect(withinEdits('york', 'yo', 1)).toBe(false)
    expect(withinEdits('york', 'royk', 1)).toBe(false)
    expect(withinEdits('abcdef', 'badcfe', 2)).toBe(false)
    expect(withinEdits('abcdef', 'badcfe', 3)).toBe(true)
  })

  it('is the same both ways and never less than the difference in length', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 })
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 4 }), (a, b, max) => {
        expect(withinEdits(a, b, max)).toBe(withinEdits(b, a, max))
        if (withinEdits(a, b, max)) expect(Math.abs(a.length - b.length)).toBeLessThanOrEqual(max)
        expect(withinEdits(a, a, 0)).toBe(true)
      }),
    )
  })
})
