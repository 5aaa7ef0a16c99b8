import { type Airport, airportsOf, type City, findAirport, findCity, listAirports, listCities } from './airports.ts'
import { fold } from './spelling.ts'
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

/** A word of names. `uses`: entry, weight, entry, weight …; weight says how much a hit says about the place: 1 in its
 *  name, less in another name. (A map per entry and an object per use cost three times the time in garbage.) */
export type Word = { readonly text: string; readonly letters: number; readonly uses: readonly number[] }

export type PlaceIndex = {
  readonly entries: readonly Place[]
  /** By entry. */
  readonly popularity: readonly number[]
  /** Sorted. */
  readonly words: readonly Word[]
  readonly byLength: readonly (readonly Word[] | undefined)[]
  /** Entries of a code, the airport before the city. */
  readonly byCode: ReadonlyMap<string, readonly number[]>
}

/** Built at the first search, some 30 ms. */
export const placeIndex = lazy((): PlaceIndex => {
  const draft: Draft = { entries: [], popularity: [], uses: new Map(), byCode: new Map() }
  for (const airport of listAirports()) if (!airport.closed) addAirport(draft, airport)
  for (const city of listCities()) if (standsAlone(city)) addCity(draft, city)
  const words = [...draft.uses.keys()]
    .sort()
    .map(text => ({ text, letters: letterSet(text), uses: draft.uses.get(text) ?? [] }))
  const byLength: Word[][] = []
  for (const word of words) {
    const list = byLength[word.text.length]
    if (list) list.push(word)
    else byLength[word.text.length] = [word]
  }
  return { entries: draft.entries, popularity: draft.popularity, words, byLength, byCode: draft.byCode }
})

type Draft = {
  readonly entries: Place[]
  readonly popularity: number[]
  readonly uses: Map<string, number[]>
  readonly byCode: Map<string, number[]>
}

/** A city with one airport of the same code is that airport to a traveller. */
function standsAlone(city: City): boolean {
  const airports = airportsOf(city.code)
  return airports.length > 1 || airports[0] !== city.code
}

/** Without scheduled flights an airport is found by its code alone. */
function addAirport(draft: Draft, airport: Airport): void {
  const { code, name, country, popularity } = airport
  addEntry(draft, { kind: 'airport', code, name, country, airports: [code] }, popularity)
  if (!airport.scheduled) return
  addCityName(draft, airport.cityName, 1)
  addName(draft, name, 0.9)
  for (const alias of findCity(airport.cityCode)?.aliases ?? []) addName(draft, alias, 0.9)
  for (const alias of airport.aliases) addName(draft, alias, 0.4)
}

/** A little ahead of its best airport. */
function addCity(draft: Draft, city: City): void {
  const airports = airportsOf(city.code)
  const best = Math.max(0, ...airports.map(code => findAirport(code)?.popularity ?? 0))
  addEntry(draft, { kind: 'city', code: city.code, name: city.name, country: city.country, airports }, best * 1.2 + 1)
  addCityName(draft, city.name, 1)
  for (const alias of city.aliases) addName(draft, alias, 1)
}

function addEntry(draft: Draft, place: Place, popularity: number): void {
  const same = draft.byCode.get(place.code)
  if (same) same.push(draft.entries.length)
  else draft.byCode.set(place.code, [draft.entries.length])
  draft.entries.push(place)
  draft.popularity.push(popularity)
}

function addCityName(draft: Draft, name: string, weight: number): void {
  addName(draft, name, weight)
  // "newyork"
  if (/[^A-Za-z]/.test(name)) addWord(draft, fold(name).replaceAll(' ', ''), weight)
}

const saysNothing: ReadonlySet<string> = new Set(['airport', 'international', 'intl', 'regional', 'municipal', 'de'])
/** Written either way everywhere. */
const sameWord: ReadonlyMap<string, string> = new Map([
  ['st', 'saint'],
  ['saint', 'st'],
])

function addName(draft: Draft, name: string, weight: number): void {
  for (const word of fold(name).split(' ')) {
    if (word === '') continue
    addWord(draft, word, saysNothing.has(word) ? weight / 10 : weight)
    const twin = sameWord.get(word)
    if (twin) addWord(draft, twin, weight)
  }
}

/** To the entry added last; of two weights the larger. */
function addWord(draft: Draft, word: string, weight: number): void {
  const entry = draft.entries.length - 1
  const uses = draft.uses.get(word)
  if (!uses) draft.uses.set(word, [entry, weight])
  else if (uses[uses.length - 2] !== entry) uses.push(entry, weight)
  else if (uses[uses.length - 1]! < weight) uses[uses.length - 1] = weight
}

/** One bit a letter: words an edit apart differ in two bits at most, which spares nearly every comparison. */
export function letterSet(word: string): number {
  let set = 0
  for (let i = 0; i < word.length; i++) set |= 1 << (word.charCodeAt(i) & 31)
  return set
}
