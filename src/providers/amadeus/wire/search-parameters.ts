import type { PassengerType } from '../../../core/itinerary.ts'
import type { ShopQuery, ShopSlice } from '../../port.ts'
import { countOf, localDateOf } from './read.ts'
import {
  encodeTravellers,
  malformed,
  missing,
  placeOf,
  readTravellers,
  type SearchReading,
  type SearchTraveller,
  searchOffersMax,
} from './search-request.ts'
import { cabinOf, cabinWord } from './vocabulary.ts'

/** `GET /v2/shopping/flight-offers?originLocationCode=…`: adults first, then children, then lap infants. */
export function decodeSearchParameters(query: URLSearchParams): SearchReading {
  for (const name of ['originLocationCode', 'destinationLocationCode', 'departureDate', 'adults']) {
    if (!query.get(name)) return missing(name, `missing mandatory query parameter ${name}`)
  }
  const origin = placeOf(query.get('originLocationCode'))
  const destination = placeOf(query.get('destinationLocationCode'))
  const departureDate = localDateOf(query.get('departureDate'))
  if (origin === null || destination === null)
    return malformed('originLocationCode', 'location codes have three letters')
  if (departureDate === null) return malformed('departureDate', 'dates are YYYY-MM-DD')
  const slices: ShopSlice[] = [{ origin, destination, departureDate, departureTime: null }]
  if (query.has('returnDate')) {
    const returnDate = localDateOf(query.get('returnDate'))
    if (returnDate === null) return malformed('returnDate', 'dates are YYYY-MM-DD')
    slices.push({ origin: destination, destination: origin, departureDate: returnDate, departureTime: null })
  }
  return {
    kind: 'query',
    query: {
      slices,
      travellers: travellersOf(query),
      currency: query.get('currencyCode'),
      cabin: cabinOf(query.get('travelClass')),
      maxConnections: query.get('nonStop') === 'true' ? 0 : null,
      include: codeList(query.get('includedAirlineCodes')),
      exclude: codeList(query.get('excludedAirlineCodes')),
      offersMax: Math.min(countOf(query.get('max')) ?? searchOffersMax, searchOffersMax),
    },
  }
}

function travellersOf(query: URLSearchParams): readonly SearchTraveller[] {
  const repeat = (name: string, type: PassengerType): readonly PassengerType[] =>
    Array.from({ length: Math.min(countOf(query.get(name)) ?? 0, 9) }, () => type)
  const types = [...repeat('adults', 'ADT'), ...repeat('children', 'CHD'), ...repeat('infants', 'INF')]
  return readTravellers(encodeTravellers(types)) ?? []
}

function codeList(value: string | null): readonly string[] {
  return value === null ? [] : value.split(',').filter(code => code !== '')
}

/** The same search by query string, where it has no more than that can say: one way or return, adults, children and
 *  lap infants, no windows. */
export function encodeSearchParameters(query: ShopQuery): URLSearchParams | null {
  const [out, back, more] = query.slices
  const count = (type: PassengerType): number => query.passengers.filter(passenger => passenger.type === type).length
  const simple = query.passengers.every(({ type }) => type === 'ADT' || type === 'CHD' || type === 'INF')
  const there = back === undefined || (back.origin === out?.destination && back.destination === out.origin)
  if (!out || more || !there || !simple || query.slices.some(slice => slice.departureTime !== null)) return null
  const parameters: readonly (readonly [string, string | undefined])[] = [
    ['originLocationCode', out.origin],
    ['destinationLocationCode', out.destination],
    ['departureDate', out.departureDate],
    ['returnDate', back?.departureDate],
    ['adults', String(count('ADT'))],
    ['children', count('CHD') > 0 ? String(count('CHD')) : undefined],
    ['infants', count('INF') > 0 ? String(count('INF')) : undefined],
    ['travelClass', query.cabin === null ? undefined : cabinWord(query.cabin)],
    ['includedAirlineCodes', query.carriers.include.join(',') || undefined],
    [
      'excludedAirlineCodes',
      query.carriers.include.length > 0 ? undefined : query.carriers.exclude.join(',') || undefined,
    ],
    ['nonStop', query.maxConnections === 0 ? 'true' : undefined],
    ['currencyCode', query.currency],
    ['max', String(Math.min(query.offersMax, searchOffersMax))],
  ]
  const told = new URLSearchParams()
  for (const [name, value] of parameters) if (value !== undefined) told.set(name, value)
  return told
}
