import { findAircraft } from '../../../reference/aircraft.ts'
import { findAirport, findCity } from '../../../reference/airports.ts'
import type { JsonObject } from './read.ts'

/** Airports, cities, airlines and aircraft as the replies carry them, from our own tables. */

export function encodeAirport(code: string): JsonObject {
  const airport = findAirport(code)
  if (!airport) return bareAirport(code)
  return {
    type: 'airport',
    time_zone: airport.zone,
    name: airport.name,
    longitude: airport.longitude,
    latitude: airport.latitude,
    id: placeId('arp', code, airport.country),
    icao_code: icaoOf(code, airport.country),
    iata_country_code: airport.country,
    iata_code: code,
    iata_city_code: airport.cityCode,
    city_name: airport.cityName,
    city: cityMembers(airport.cityCode, airport.cityName, airport.country),
    airports: null,
  }
}

function bareAirport(code: string): JsonObject {
  return {
    type: 'airport',
    time_zone: null,
    name: code,
    longitude: 0,
    latitude: 0,
    id: placeId('arp', code, ''),
    icao_code: icaoOf(code, ''),
    iata_country_code: '',
    iata_code: code,
    iata_city_code: code,
    city_name: code,
    city: null,
    airports: null,
  }
}

function placeId(prefix: 'arp' | 'cit', code: string, country: string): string {
  return `${prefix}_${code}_${country}`.toLowerCase()
}

/** Our tables have none: right for most of the United States, made up elsewhere. */
function icaoOf(code: string, country: string): string {
  return `${country === 'US' ? 'K' : 'Z'}${code}`
}

function cityMembers(code: string, name: string, country: string): JsonObject {
  return {
    type: 'city',
    time_zone: null,
    name,
    longitude: null,
    latitude: null,
    id: placeId('cit', code, country),
    icao_code: null,
    iata_country_code: country,
    iata_code: code,
    iata_city_code: code,
    city_name: null,
  }
}

/** What a search was asked for: a city with its airports, or an airport. */
export function encodePlace(code: string): { readonly type: 'airport' | 'city'; readonly place: JsonObject } {
  const city = findAirport(code) ? undefined : findCity(code)
  if (!city) return { type: 'airport', place: encodeAirport(code) }
  const members = city.airports.map(encodeAirport)
  return { type: 'city', place: { ...cityMembers(code, city.name, city.country), city: null, airports: members } }
}

export function encodeAirline(code: string | null, name: string): JsonObject {
  return { name, id: code === null ? 'arl_unknown' : `arl_${idTail(code)}`, iata_code: code }
}

export function encodeAircraft(code: string): JsonObject {
  return { name: findAircraft(code)?.name ?? code, id: `arc_${idTail(code)}`, iata_code: code }
}

/** Duffel's ids have 22 characters after the prefix. */
function idTail(code: string): string {
  return `0000${code.padStart(18, '0')}`
}
