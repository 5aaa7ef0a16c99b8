import type { ZoneName } from '../core/itinerary.ts'
import { airportsOf, findAirport, listAirports, listCities } from './airports.ts'
import { listCountries } from './countries.ts'
import { lazy } from './tables.ts'

/** The clock of a city or airport code; closed airports too, since old messages name them. */
export function zoneOfPlace(code: string): ZoneName | undefined {
  return findAirport(airportsOf(code)[0] ?? code)?.zone
}

/** Clocks of a country (ISO 3166, two letters) where scheduled flights land, of the busiest airport first; none for an
 *  unknown code. */
export function zonesOfCountry(code: string): readonly ZoneName[] {
  return countryZones().get(code) ?? []
}

/** Clocks of a city or country by its English name in capitals: `NEW YORK`, `INDIA`. A name that several cities bear
 *  is the busiest. */
export function zonesOfName(name: string): readonly ZoneName[] {
  return byName().get(name) ?? []
}

const countryZones = lazy((): ReadonlyMap<string, readonly ZoneName[]> => {
  const zones = new Map<string, ZoneName[]>()
  for (const { country, zone, scheduled } of listAirports().toSorted((a, b) => b.popularity - a.popularity)) {
    if (!scheduled) continue
    const list = zones.get(country)
    if (!list) zones.set(country, [zone])
    else if (!list.includes(zone)) list.push(zone)
  }
  return zones
})

const byName = lazy((): ReadonlyMap<string, readonly ZoneName[]> => {
  const names = new Map<string, readonly ZoneName[]>()
  const busiest = listCities()
    .map(city => ({ name: city.name, airport: findAirport(city.airports[0] ?? '') }))
    .sort((a, b) => (b.airport?.popularity ?? 0) - (a.airport?.popularity ?? 0))
  for (const { name, code } of listCountries()) names.set(name.toUpperCase(), zonesOfCountry(code))
  for (const { name, airport } of busiest) {
    const key = name.toUpperCase()
    if (airport && !names.has(key)) names.set(key, [airport.zone])
  }
  return names
})
