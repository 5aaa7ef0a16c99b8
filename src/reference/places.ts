import { type Airport, airportsOf, type City, findAirport, listAirports, listCities } from './airports.ts'
import { fold, withinEdits } from './spelling.ts'
import { lazy } from './tables.ts'

export type Place = {
  readonly kind: 'city' | 'airport'
  readonly code: string
  readonly name: string
  /** ISO 3166, two letters. */
  readonly country: string
  /** Of a city: the airports with scheduled flights; of an airport: itself. */
  readonly airports: readonly string[]
}

type Entry = { readonly place: Place; readonly popularity: number; readonly words: ReadonlyMap<string, number> }
type Word = { readonly text: string; readonly letters: number; readonly uses: readonly Use[] }
/** weight: how much a hit in this word says about the place; 1 in its name, less in another name. */
type Use = { readonly entry: number; readonly weight: number }
type Index = {
  readonly entries: readonly Entry[]
  readonly words: readonly Word[]
  readonly byCode: ReadonlyMap<string, readonly number[]>
}

const queryMaxLength = 64
const queryMaxWords = 6
const limitMax = 100

/** Places by code, by the beginnings of words in their names (accents and case aside), else by names a slip away;
 *  an exact code first, then by popularity. Memory only, under a millisecond. */
export function searchPlaces(query: string, limit = 10): readonly Place[] {
  const words = fold(query.slice(0, queryMaxLength)).split(' ').filter(Boolean).slice(0, queryMaxWords)
  if (words.length === 0) return []
  const { entries, byCode } = index()
  const scores = matchAll(words, prefixHits)
  if (scores.size === 0) for (const [entry, score] of matchAll(words, similarHits)) scores.set(entry, score)
  const codes = words.length === 1 ? (byCode.get(words[0]!.toUpperCase()) ?? []) : []
  // the last of the list is the city, which goes before the airport of the same code
  for (const [i, entry] of codes.entries()) scores.set(entry, 1e6 * (i + 1))
  return [...scores]
    .sort((a, b) => b[1] - a[1] || (entries[a[0]]!.place.code < entries[b[0]]!.place.code ? -1 : 1))
    .slice(0, Math.min(Math.max(limit, 0), limitMax))
    .map(([entry]) => entries[entry]!.place)
}

/** Entries that every word of the query hits, with the score of the weakest hit. */
function matchAll(words: readonly string[], hitsOf: (word: string) => Map<number, number>): Map<number, number> {
  const [first, ...rest] = words.map(hitsOf).sort((a, b) => a.size - b.size)
  const found = new Map<number, number>()
  for (const [entry, weight] of first!) {
    let weakest = weight
    for (const hits of rest) weakest = Math.min(weakest, hits.get(entry) ?? 0)
    if (weakest > 0) found.set(entry, weakest * (index().entries[entry]!.popularity + 1))
  }
  return found
}

/** A whole word says twice as much as its beginning. */
function prefixHits(word: string): Map<number, number> {
  const { words } = index()
  const hits = new Map<number, number>()
  for (let i = firstNotBefore(words, word); i < words.length && words[i]!.text.startsWith(word); i++) {
    addHits(hits, words[i]!.uses, words[i]!.text === word ? 2 : 1)
  }
  return hits
}

function similarHits(word: string): Map<number, number> {
  const hits = prefixHits(word)
  const edits = word.length >= 8 ? 2 : word.length >= 4 ? 1 : 0
  if (edits === 0) return hits
  const letters = letterSet(word)
  for (const other of index().words) {
    if (Math.abs(other.text.length - word.length) > edits || bits(other.letters ^ letters) > 2 * edits) continue
    if (withinEdits(word, other.text, edits)) addHits(hits, other.uses, 0.5)
  }
  return hits
}

function addHits(hits: Map<number, number>, uses: readonly Use[], factor: number): void {
  for (const { entry, weight } of uses) {
    const score = weight * factor
    if (score > (hits.get(entry) ?? 0)) hits.set(entry, score)
  }
}

function firstNotBefore(words: readonly Word[], text: string): number {
  let low = 0
  let high = words.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (words[middle]!.text < text) low = middle + 1
    else high = middle
  }
  return low
}

const index = lazy((): Index => {
  const entries: Entry[] = []
  const byCode = new Map<string, number[]>()
  const add = (entry: Entry) => {
    const list = byCode.get(entry.place.code) ?? []
    byCode.set(entry.place.code, [...list, entries.length])
    entries.push(entry)
  }
  for (const airport of listAirports()) add(airportEntry(airport))
  for (const city of listCities()) if (standsAlone(city)) add(cityEntry(city))
  return { entries, words: wordsOf(entries), byCode }
})

/** A city with one airport of the same code is that airport to a traveller. */
function standsAlone(city: City): boolean {
  const airports = airportsOf(city.code)
  return airports.length > 1 || airports[0] !== city.code
}

/** Without scheduled flights an airport is found by its code alone. */
function airportEntry(airport: Airport): Entry {
  const { code, name, country, popularity } = airport
  const words = new Map<string, number>()
  if (airport.scheduled) {
    addWords(words, airport.aliases, 0.4)
    addWords(words, [name], 0.9)
    addCityWords(words, airport.cityName, 1)
    const city = listedCity(airport)
    if (city) addWords(words, city.aliases, 0.9)
  }
  return { place: { kind: 'airport', code, name, country, airports: [code] }, popularity, words }
}

const cityByCode = lazy(() => new Map(listCities().map(city => [city.code, city])))

function listedCity(airport: Airport): City | undefined {
  return cityByCode().get(airport.cityCode)
}

/** A little ahead of its best airport. */
function cityEntry(city: City): Entry {
  const airports = airportsOf(city.code)
  const words = new Map<string, number>()
  addWords(words, city.aliases, 1)
  addCityWords(words, city.name, 1)
  const best = Math.max(...airports.map(code => findAirport(code)?.popularity ?? 0))
  const place: Place = { kind: 'city', code: city.code, name: city.name, country: city.country, airports }
  return { place, popularity: best * 1.2 + 1, words }
}

function addCityWords(words: Map<string, number>, name: string, weight: number): void {
  addWords(words, [name], weight)
  // "newyork"
  const joined = fold(name).replaceAll(' ', '')
  words.set(joined, Math.max(words.get(joined) ?? 0, weight))
}

function addWords(words: Map<string, number>, names: readonly string[], weight: number): void {
  for (const name of names) {
    for (const word of fold(name).split(' ')) {
      if (word !== '') words.set(word, Math.max(words.get(word) ?? 0, saysNothing.has(word) ? weight / 10 : weight))
    }
  }
}

const saysNothing: ReadonlySet<string> = new Set([
  'airport',
  'international',
  'intl',
  'regional',
  'municipal',
  'de',
  'the',
])

function wordsOf(entries: readonly Entry[]): readonly Word[] {
  const uses = new Map<string, Use[]>()
  entries.forEach((entry, i) => {
    for (const [text, weight] of entry.words) {
      const list = uses.get(text)
      if (list) list.push({ entry: i, weight })
      else uses.set(text, [{ entry: i, weight }])
    }
  })
  return [...uses]
    .map(([text, list]) => ({ text, letters: letterSet(text), uses: list }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
}

/** One bit a letter: words an edit apart differ in two bits at most, which spares nearly every comparison. */
function letterSet(word: string): number {
  let set = 0
  for (let i = 0; i < word.length; i++) set |= 1 << (word.charCodeAt(i) & 31)
  return set
}

function bits(set: number): number {
  let n = 0
  for (let rest = set; rest !== 0; rest &= rest - 1) n++
  return n
}
