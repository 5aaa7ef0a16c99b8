import type { AirportCode, ZoneName } from '../core/itinerary.ts'
import { lazy, readLines } from './tables.ts'

export type Airport = {
  readonly code: AirportCode
  readonly name: string
  /** LHR -> LON; an airport without a city code of its own stands for its city. */
  readonly cityCode: string
  readonly cityName: string
  /** ISO 3166, two letters. */
  readonly country: string
  readonly zone: ZoneName
  readonly latitude: number
  readonly longitude: number
  /** For search boxes: 0 is a landing strip, some 1600 the busiest. */
  readonly popularity: number
  /** Has scheduled passenger flights as far as the source knows. */
  readonly scheduled: boolean
  /** Left for good or renamed; known because old replies name it, no place to search from. */
  readonly closed: boolean
  /** Other names, for search. */
  readonly aliases: readonly string[]
}

export type City = {
  readonly code: string
  readonly name: string
  readonly country: string
  /** By popularity, those without scheduled flights last. */
  readonly airports: readonly AirportCode[]
  /** Names in other languages, for search. */
  readonly aliases: readonly string[]
}

type Places = { readonly airports: ReadonlyMap<string, Airport>; readonly cities: ReadonlyMap<string, City> }

const places = lazy((): Places => {
  const airports = new Map<string, Airport>()
  const members = new Map<string, Airport[]>()
  for (const code of airportLines().keys()) {
    const airport = findAirport(code)!
    airports.set(code, airport)
    if (airport.closed) continue
    const list = members.get(airport.cityCode)
    if (list) list.push(airport)
    else members.set(airport.cityCode, [airport])
  }
  const cities = new Map<string, City>()
  for (const [code, line] of cityLines()) cities.set(code, toCity(line.split('\t'), members.get(code) ?? []))
  return { airports, cities }
})

const airportLines = lazy(() => readLines('airports.tsv'))
const cityLines = lazy(() => readLines('cities.tsv'))
const known = new Map<string, Airport>()

/** Only those asked for are made: all of them take 25 ms, which a command that reads one reply need not wait for. */
export function findAirport(code: string): Airport | undefined {
  const airport = known.get(code)
  if (airport) return airport
  const line = airportLines().get(code)
  if (line === undefined) return undefined
  const row = line.split('\t')
  const made = toAirport(row, cityLines().get(row[2]!)?.split('\t')[1] ?? row[1]!)
  known.set(code, made)
  return made
}

/** Columns: scripts/reference/build.ts. */
function toAirport(row: readonly string[], cityName: string): Airport {
  return {
    code: row[0]!,
    name: row[1]!,
    cityCode: row[2]!,
    cityName,
    country: row[3]!,
    zone: row[4]!,
    latitude: Number(row[5]),
    longitude: Number(row[6]),
    popularity: Number(row[7]),
    scheduled: row[8] === 'served',
    closed: row[8] === 'closed',
    aliases: names(row[9]!),
  }
}

function toCity(row: readonly string[], members: Airport[]): City {
  members.sort((a, b) => Number(b.scheduled) - Number(a.scheduled) || b.popularity - a.popularity)
  return {
    code: row[0]!,
    name: row[1]!,
    country: row[2]!,
    airports: members.map(airport => airport.code),
    aliases: names(row[3]!),
  }
}

const none: readonly string[] = []

function names(field: string): readonly string[] {
  return field === '' ? none : field.split('|')
}

export function getAirport(code: string): Airport {
  const airport = findAirport(code)
  if (!airport) throw new RangeError(`unknown airport ${code}`)
  return airport
}

/** Closed ones too. */
export function listAirports(): readonly Airport[] {
  return [...places().airports.values()]
}

export function findCity(code: string): City | undefined {
  return places().cities.get(code)
}

export function listCities(): readonly City[] {
  return [...places().cities.values()]
}

/** What a search for this code covers: a city's airports with scheduled flights (all where none has), an airport
 *  itself, nothing for an unknown code. A code that is both (ROM is not, MUC is) is the city. */
export function airportsOf(code: string): readonly AirportCode[] {
  const city = findCity(code)
  if (!city) return isPlace(code) ? [code] : none
  const served = city.airports.filter(airport => findAirport(airport)?.scheduled)
  return served.length > 0 ? served : city.airports
}

/** The city of a city or airport code. */
export function cityCodeOf(code: string): string | undefined {
  return findAirport(code)?.cityCode ?? findCity(code)?.code
}

export function sameCity(a: string, b: string): boolean {
  const city = cityCodeOf(a)
  return city !== undefined && city === cityCodeOf(b)
}

/** A city or an airport that one may search from or to. */
export function isPlace(code: string): boolean {
  return places().cities.has(code) || findAirport(code)?.closed === false
}

/** Mean Earth radius (IUGG R1). */
const earthKm = 6371.0088

/** Between airports; throws for an unknown one. */
export function greatCircleKm(a: AirportCode, b: AirportCode): number {
  const from = getAirport(a)
  const to = getAirport(b)
  const rad = Math.PI / 180
  const north = Math.sin(((to.latitude - from.latitude) * rad) / 2)
  const east = Math.sin(((to.longitude - from.longitude) * rad) / 2)
  const h = north * north + Math.cos(from.latitude * rad) * Math.cos(to.latitude * rad) * east * east
  return 2 * earthKm * Math.asin(Math.min(1, Math.sqrt(h)))
}
