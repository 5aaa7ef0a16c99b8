import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findAirport, listCities } from '../../src/reference/airports.ts'
import { placeIndex } from '../../src/reference/place-index.ts'
import { searchPlaces } from '../../src/reference/places.ts'
import { fold, startsWithinEdits, withinEdits } from '../../src/reference/spelling.ts'

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
    ['lhr heathrow', 'airport LHR'],
    ['jfk new york', 'airport JFK'],
    ['amsetr', 'airport AMS'],
    ['los angelse', 'city LAX'],
    ['new yrk airpotr', 'airport EWR'],
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

  it.each([
    ...['a', 's', 'l', 'lond', 'new yrok', 'san fransisco', 'amsterdm', 'zürich', 'amsetr', 'zzzzzzzzz', 'aeiounrst'],
    ...['international airport', 'internatinal airprot', 'a b c d e f', 'iternational airpport main sant'],
  ])('costs under a millisecond: %j', query => {
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < 10; round++) {
      const start = process.cpuUsage()
      for (let i = 0; i < 10; i++) searchPlaces(query)
      const { user, system } = process.cpuUsage(start)
      best = Math.min(best, (user + system) / 10)
    }
    expect(best).toBeLessThan(1_000)
  })
})

/** The busiest cities with a name of one word in which there is room for a slip. */
const busiest = listCities()
  .map(city => ({
    ...city,
    folded: fold(city.name),
    popularity: Math.max(0, ...city.airports.map(code => findAirport(code)?.popularity ?? 0)),
  }))
  .filter(({ folded }) => /^[a-z]{6,}$/.test(folded))
  .sort((a, b) => b.popularity - a.popularity)
  .slice(0, 150)

describe('slips', () => {
  const letter = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz')
  const slip = fc.record({ kind: fc.constantFrom('miss', 'add', 'mistake', 'swap'), at: fc.nat(100), letter })
  const slipped = (word: string, { kind, at, letter: by }: { kind: string; at: number; letter: string }): string => {
    const i = at % word.length
    const [before, after] = [word.slice(0, i), word.slice(i + 1)]
    if (kind === 'miss') return before + after
    if (kind === 'add') return before + by + word.slice(i)
    if (kind === 'mistake' || i === 0) return before + by + after
    return before.slice(0, -1) + word[i] + word[i - 1] + after
  }
  const isKnown = (text: string): boolean => placeIndex().words.some(word => word.text.startsWith(text))
  const finds = (query: string, city: (typeof busiest)[number], limit: number): boolean =>
    searchPlaces(query, limit).some(place => place.airports.some(code => city.airports.includes(code)))

  it('one in the name of a busy city finds it, unless it makes the beginning of another name', () => {
    fc.assert(
      fc.property(fc.constantFrom(...busiest), slip, (city, one) => {
        const query = slipped(city.folded, one)
        fc.pre(!isKnown(query))
        expect(finds(query, city, 100), `${query} for ${city.name}`).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('two in a long name find it too', () => {
    const long = busiest.filter(({ folded }) => folded.length >= 9)
    expect(long.length).toBeGreaterThan(20)
    fc.assert(
      fc.property(fc.constantFrom(...long), slip, slip, (city, one, other) => {
        const query = slipped(slipped(city.folded, one), other)
        fc.pre(!isKnown(query) && withinEdits(query, city.folded, 2) && query.length >= 8)
        expect(finds(query, city, 100), `${query} for ${city.name}`).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('nearly always among the first five', () => {
    let found = 0
    let asked = 0
    for (const city of busiest) {
      for (let at = 1; at < city.folded.length; at++) {
        asked += 2
        if (finds(slipped(city.folded, { kind: 'swap', at, letter: 'x' }), city, 5)) found++
        if (finds(slipped(city.folded, { kind: 'miss', at, letter: 'x' }), city, 5)) found++
      }
    }
    expect(found / asked).toBeGreaterThan(0.97)
  })
})

describe('spelling', () => {
  it('folds case, accents and marks', () => {
    expect(fold("  Saint-Étienne / L'Øresund ")).toBe('saint etienne loresund')
    expect(fold('Łódź')).toBe('lodz')
    expect(fold('Straße')).toBe('strasse')
    expect(fold('İstanbul')).toBe('istanbul')
    // as Japanese keyboards write it, and as PDF files do
    expect(fold('ＬＨＲ')).toBe('lhr')
    expect(fold('ﬁji')).toBe('fiji')
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

  it('of a beginning is what the nearest beginning is', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 })
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 3 }), (a, b, max) => {
        const beginnings = Array.from({ length: b.length + 1 }, (_, length) => b.slice(0, length))
        expect(startsWithinEdits(a, b, max)).toBe(beginnings.some(each => withinEdits(a, each, max)))
      }),
    )
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
