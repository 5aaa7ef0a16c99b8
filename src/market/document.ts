import { type EpochMs, toInstant } from '../core/clock.ts'
import { sha256Hex } from '../core/ids.ts'
import type { Segment } from '../core/itinerary.ts'
import type { CurrencyCode, Money } from '../core/money.ts'
import type { SupplierOffer } from '../core/offer.ts'
import type { TenantId } from '../core/tenant.ts'
import { type Airport, findAirport, findCity } from '../reference/airports.ts'
import { findCountry } from '../reference/countries.ts'
import { fold } from '../reference/spelling.ts'
import { findInstant } from '../reference/zones.ts'
import { adultFare, type ShoppedOffer, type ShoppedSearch } from '../shopping/shopped.ts'

/** One itinerary on one day of shopping, as one tenant was shown it. Each tenant has a market of its own: what it reads
 *  are its own prices, to the minor unit, from its own searches. (Net prices for all, marked up when read, were the
 *  alternative: rules look at carrier, cabin and base fare, so the order by net price is not the order by price, and a
 *  lowest price of the index would be nobody's.) Fields and types: template.ts. */
export type MarketDocument = {
  readonly tenant: TenantId
  /** Unique over all days: breaks ties where a list is paged. */
  readonly key: string
  /** The itinerary's flights and local dates: `BA117@2027-03-10 BA178@2027-03-17`. */
  readonly flightId: string
  readonly trip: 'one-way' | 'return' | 'multi'
  /** Marketing and operating. */
  readonly carriers: readonly string[]
  readonly validatingCarrier: string | null
  readonly supplier: string
  /** Of the first slice. */
  readonly origin: string
  readonly destination: string
  readonly originCity: string | null
  readonly destinationCity: string | null
  readonly originLocation: GeoPoint | null
  readonly destinationLocation: GeoPoint | null
  /** `LHR-JFK`, `LHR-JFK-LHR` */
  readonly route: string
  /** For words, without accents: names of airports, cities and countries, in other languages too. */
  readonly places: string
  /** Instants of the first slice, and its local date. */
  readonly departure: string
  readonly arrival: string
  readonly departureDate: string
  /** Local date of the last slice; null for one way. */
  readonly returnDate: string | null
  /** From the departure of the first slice to that of the last, in days; null for one way. */
  readonly nights: number | null
  /** Sum over slices. */
  readonly durationMinutes: number | null
  /** Connections, the most in any slice. */
  readonly stops: number
  readonly cabins: readonly string[]
  readonly aircraft: readonly string[]
  readonly amenities: readonly string[]
  /** For one adult, minor units of `currency`, the same for all: what is compared. */
  readonly lowestPriceMinor: number
  readonly currency: CurrencyCode
  /** The same as it was shown. */
  readonly shownPriceMinor: number
  readonly shownCurrency: CurrencyCode
  /** As the supplier gave it. */
  readonly supplierPriceMinor: number
  readonly supplierCurrency: CurrencyCode
  readonly pointOfSale: string
  readonly shoppedAt: string
  /** UTC: `2027-01-05` */
  readonly shoppedDay: string
}

export type GeoPoint = { readonly lat: number; readonly lon: number }

export type MarketRow = {
  /** The same for the same itinerary, cabins and point of sale of the same tenant on the same day. */
  readonly id: string
  /** Day of shopping, UTC: `2027.01.05` */
  readonly day: string
  readonly document: MarketDocument
}

/** Prices are compared, so they are in one currency. */
export const marketCurrency = 'EUR'
export type Convert = (m: Money, to: CurrencyCode) => Money | undefined

/** Undefined for what no adult travels on, and where a rate is missing. */
export function rowOf(offer: ShoppedOffer, shopped: ShoppedSearch, convert: Convert): MarketRow | undefined {
  const shown = adultFare(offer.passengers)?.each.total
  const supplier = adultFare(offer.net.passengers)?.each.total
  const lowest = shown && convert(shown, marketCurrency)
  if (!shown || !supplier || !lowest) return undefined
  const itinerary = itineraryOf(offer.net)
  const { pointOfSale } = shopped.query
  const id = sha256Hex([itinerary.flightId, itinerary.cabins.join(), pointOfSale, shopped.tenant].join(' ')).slice(
    0,
    32,
  )
  const shoppedAt = toInstant(shopped.shoppedAt)
  const shoppedDay = shoppedAt.slice(0, 10)
  const document: MarketDocument = {
    tenant: shopped.tenant,
    key: `${shoppedDay} ${id}`,
    ...itinerary,
    lowestPriceMinor: lowest.amountMinor,
    currency: lowest.currency,
    shownPriceMinor: shown.amountMinor,
    shownCurrency: shown.currency,
    supplierPriceMinor: supplier.amountMinor,
    supplierCurrency: supplier.currency,
    pointOfSale,
    shoppedAt,
    shoppedDay,
  }
  return { id, day: shoppedDay.replaceAll('-', '.'), document }
}

type Itinerary = Omit<
  MarketDocument,
  | 'tenant'
  | 'key'
  | 'lowestPriceMinor'
  | 'currency'
  | 'shownPriceMinor'
  | 'shownCurrency'
  | 'supplierPriceMinor'
  | 'supplierCurrency'
  | 'pointOfSale'
  | 'shoppedAt'
  | 'shoppedDay'
>

function itineraryOf(offer: SupplierOffer): Itinerary {
  const { slices } = offer
  const segments = slices.flatMap(slice => slice.segments)
  const first = slices[0]!
  const origin = findAirport(first.origin)
  const destination = findAirport(first.destination)
  const durations = slices.map(({ durationMinutes }) => durationMinutes)
  const departureDate = first.segments[0]!.departure.slice(0, 10)
  const returnDate = slices.length === 1 ? null : slices.at(-1)!.segments[0]!.departure.slice(0, 10)
  return {
    flightId: segments.map(flightText).join(' '),
    trip: slices.length === 1 ? 'one-way' : isReturn(offer) ? 'return' : 'multi',
    carriers: unique(segments.flatMap(({ marketing, operating }) => [marketing.carrier, operating.carrier])),
    validatingCarrier: offer.validatingCarrier,
    supplier: offer.provider,
    origin: first.origin,
    destination: first.destination,
    originCity: origin?.cityCode ?? null,
    destinationCity: destination?.cityCode ?? null,
    originLocation: pointOf(origin),
    destinationLocation: pointOf(destination),
    route: [first.origin, ...slices.map(slice => slice.destination)].join('-'),
    places: unique([origin, destination].flatMap(airport => (airport ? namesOf(airport) : []))).join(', '),
    departure: instantText(first.segments[0]!.departure, first.segments[0]!.departureZone),
    arrival: instantText(first.segments.at(-1)!.arrival, first.segments.at(-1)!.arrivalZone),
    departureDate,
    returnDate,
    nights: returnDate === null ? null : daysBetween(departureDate, returnDate),
    durationMinutes: durations.includes(null) ? null : durations.reduce<number>((sum, each) => sum + each!, 0),
    stops: Math.max(...slices.map(slice => slice.segments.length - 1)),
    cabins: unique(segments.flatMap(({ fares }) => fares.map(({ cabin }) => cabin))).sort(),
    aircraft: unique(segments.map(({ aircraft }) => aircraft)),
    amenities: [],
  }
}

/** By airport, so no more than the tables have: folding was a third of what a document costs. */
const foldedNames = new Map<string, readonly string[]>()

function namesOf(airport: Airport): readonly string[] {
  const known = foldedNames.get(airport.code)
  if (known) return known
  const { name, cityName, cityCode, country } = airport
  const names = [cityName, name, findCountry(country)?.name ?? '', cityCode, ...(findCity(cityCode)?.aliases ?? [])]
  const folded = names.map(fold).filter(text => text !== '')
  foldedNames.set(airport.code, folded)
  return folded
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
}

/** Operating flight where it is known, as in shopping/identity.ts. */
function flightText({ operating, marketing, departure }: Segment): string {
  const flight =
    operating.carrier !== null && operating.number !== null
      ? operating.carrier + operating.number
      : marketing.carrier + marketing.number
  return `${flight}@${departure.slice(0, 10)}`
}

function isReturn({ slices }: SupplierOffer): boolean {
  if (slices.length !== 2) return false
  const [out, back] = slices
  return cityOf(back!.origin) === cityOf(out!.destination) && cityOf(back!.destination) === cityOf(out!.origin)
}

function cityOf(airport: string): string {
  return findAirport(airport)?.cityCode ?? airport
}

function pointOf(airport: Airport | undefined): GeoPoint | null {
  return airport ? { lat: airport.latitude, lon: airport.longitude } : null
}

function instantText(local: string, zone: string | null): string {
  const ms: EpochMs = findInstant(local, zone ?? 'UTC') ?? findInstant(local, 'UTC') ?? 0
  return toInstant(ms)
}

function unique(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter(value => value !== null))]
}
