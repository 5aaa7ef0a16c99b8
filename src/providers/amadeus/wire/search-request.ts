import type { PassengerId } from '../../../core/ids.ts'
import type { Cabin, LocalTime, PassengerType } from '../../../core/itinerary.ts'
import type { ShopPassenger, ShopQuery, ShopSlice } from '../../port.ts'
import { countOf, idOf, listOf, localDateOf, type Raw, rawOf, textOf } from './read.ts'
import { cabinOf, cabinWord, passengerTypeOf, passengerTypeWord } from './vocabulary.ts'

/** `POST /v2/shopping/flight-offers` and the same by query string. */

/** The API's own bound. */
export const searchOffersMax = 250
const connectionsMax = 2
/** Of a time window, to either side. */
const windowHoursMax = 12

/** `1`, `2` … in the order of the passengers. */
export function travellerId(index: number): string {
  return String(index + 1)
}

export function travellerIds(passengers: readonly ShopPassenger[]): Readonly<Record<string, PassengerId>> {
  return Object.fromEntries(passengers.map((passenger, i) => [travellerId(i), passenger.id]))
}

export function encodeSearch(query: ShopQuery): Raw {
  return {
    currencyCode: query.currency,
    originDestinations: query.slices.map(encodeSlice),
    travelers: encodeTravellers(query.passengers.map(passenger => passenger.type)),
    sources: ['GDS'],
    searchCriteria: {
      maxFlightOffers: Math.min(Math.max(query.offersMax, 1), searchOffersMax),
      additionalInformation: { chargeableCheckedBags: false, brandedFares: true },
      flightFilters: encodeFilters(query),
    },
  }
}

function encodeSlice(slice: ShopSlice, index: number): Raw {
  return {
    id: String(index + 1),
    originLocationCode: slice.origin,
    destinationLocationCode: slice.destination,
    departureDateTimeRange: {
      date: slice.departureDate,
      ...(slice.departureTime === null ? {} : encodeWindow(slice.departureTime)),
    },
  }
}

/** A middle and whole hours to either side: wider than asked, so the adapter drops what lies outside. */
function encodeWindow({ from, to }: { readonly from: LocalTime; readonly to: LocalTime }): Raw {
  const start = minuteOfDay(from)
  const end = minuteOfDay(to)
  const middle = Math.floor((start + end) / 2)
  const hours = Math.max(1, Math.ceil(Math.max(end - middle, middle - start) / 60))
  if (hours > windowHoursMax) return {}
  return { time: `${pad(Math.floor(middle / 60))}:${pad(middle % 60)}:00`, timeWindow: `${hours}H` }
}

function minuteOfDay(time: LocalTime): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
}

function pad(n: number): string {
  return String(n).padStart(2, '0')
}

/** Each lap infant on the seat of an adult of its own. */
export function encodeTravellers(types: readonly PassengerType[]): readonly Raw[] {
  const adults = types.flatMap((type, i) => (isAdult(type) ? [travellerId(i)] : []))
  let infants = 0
  return types.map((type, i) => ({
    id: travellerId(i),
    travelerType: passengerTypeWord(type),
    associatedAdultId: type === 'INF' ? adults[infants++] : undefined,
  }))
}

function isAdult(type: PassengerType): boolean {
  return type === 'ADT' || type === 'SRC'
}

/** Carriers are restricted in one of the two ways, not in both. */
function encodeFilters({ carriers, cabin, maxConnections, slices }: ShopQuery): Raw | undefined {
  const wanted = carriers.include.filter(code => !carriers.exclude.includes(code))
  const included = wanted.length > 0 ? { includedCarrierCodes: wanted } : undefined
  const excluded = carriers.exclude.length > 0 ? { excludedCarrierCodes: carriers.exclude } : undefined
  const filters = {
    carrierRestrictions: included ?? excluded,
    cabinRestrictions:
      cabin === null
        ? undefined
        : [
            {
              cabin: cabinWord(cabin),
              coverage: 'MOST_SEGMENTS',
              originDestinationIds: slices.map((_, i) => String(i + 1)),
            },
          ],
    connectionRestriction:
      maxConnections === null || maxConnections > connectionsMax
        ? undefined
        : { maxNumberOfConnections: maxConnections },
  }
  return Object.values(filters).some(filter => filter !== undefined) ? filters : undefined
}

/** A search as it arrives. Problems are told as the vendor's codes. */
export type SearchQuery = {
  readonly slices: readonly ShopSlice[]
  readonly travellers: readonly SearchTraveller[]
  readonly currency: string | null
  readonly cabin: Cabin | null
  readonly maxConnections: number | null
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly offersMax: number
}

export type SearchTraveller = { readonly id: string; readonly type: PassengerType; readonly adultId: string | null }
export type SearchProblem = {
  readonly code: number
  readonly title: string
  readonly detail: string
  readonly at: string
}
export type SearchReading =
  | { readonly kind: 'query'; readonly query: SearchQuery }
  | { readonly kind: 'problem'; readonly problem: SearchProblem }

export const missing = (at: string, detail: string): SearchReading => ({
  kind: 'problem',
  problem: { code: 32171, title: 'MANDATORY DATA MISSING', detail, at },
})
export const malformed = (at: string, detail: string): SearchReading => ({
  kind: 'problem',
  problem: { code: 477, title: 'INVALID FORMAT', detail, at },
})

export function decodeSearch(raw: Raw): SearchReading {
  const slices: ShopSlice[] = []
  const list = listOf(raw.originDestinations)
  if (list.length === 0) return missing('/originDestinations', 'originDestinations is missing')
  for (let i = 0; i < list.length; i++) {
    const slice = decodeSlice(rawOf(list[i]))
    if (slice === null) return malformed(`/originDestinations/${i}`, 'places or date of an originDestination')
    slices.push(slice)
  }
  const travellers = readTravellers(raw.travelers)
  if (travellers === null || travellers.length === 0) return missing('/travelers', 'travelers with id and travelerType')
  if (listOf(raw.sources).length === 0) return missing('/sources', 'sources is missing')
  const criteria = rawOf(raw.searchCriteria)
  const filters = rawOf(criteria?.flightFilters)
  const carriers = rawOf(filters?.carrierRestrictions)
  return {
    kind: 'query',
    query: {
      slices,
      travellers,
      currency: textOf(raw.currencyCode),
      cabin: cabinOf(rawOf(listOf(filters?.cabinRestrictions)[0])?.cabin),
      maxConnections: countOf(rawOf(filters?.connectionRestriction)?.maxNumberOfConnections),
      include: codesOf(carriers?.includedCarrierCodes),
      exclude: codesOf(carriers?.excludedCarrierCodes),
      offersMax: Math.min(countOf(criteria?.maxFlightOffers) ?? searchOffersMax, searchOffersMax),
    },
  }
}

function decodeSlice(raw: Raw | null): ShopSlice | null {
  const range = rawOf(raw?.departureDateTimeRange)
  const origin = placeOf(raw?.originLocationCode)
  const destination = placeOf(raw?.destinationLocationCode)
  const departureDate = localDateOf(range?.date)
  if (origin === null || destination === null || departureDate === null) return null
  return { origin, destination, departureDate, departureTime: decodeWindow(range) }
}

function decodeWindow(range: Raw | null): ShopSlice['departureTime'] {
  const time = textOf(range?.time)
  const window = /^(\d{1,2})H$/.exec(textOf(range?.timeWindow) ?? '')
  if (time === null || !window || !/^\d\d:\d\d/.test(time)) return null
  const middle = minuteOfDay(time)
  const reach = Number(window[1]) * 60
  const clock = (minute: number): LocalTime => `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`
  return { from: clock(Math.max(0, middle - reach)), to: clock(Math.min(1439, middle + reach)) }
}

export function placeOf(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? value : null
}

function codesOf(value: unknown): readonly string[] {
  return listOf(value).filter(code => typeof code === 'string')
}

export function readTravellers(value: unknown): readonly SearchTraveller[] | null {
  const travellers: SearchTraveller[] = []
  for (const item of listOf(value)) {
    const raw = rawOf(item)
    const id = idOf(raw?.id) ?? idOf(raw?.travelerId)
    const type = passengerTypeOf(raw?.travelerType)
    if (id === null || type === null) return null
    travellers.push({ id, type, adultId: idOf(raw?.associatedAdultId) })
  }
  return travellers
}
