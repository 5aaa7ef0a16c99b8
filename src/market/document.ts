import { type EpochMs, toInstant } from '../core/clock.ts'
import { sha256Hex } from '../core/ids.ts'
import type { Segment } from '../core/itinerary.ts'
import type { CurrencyCode, Money } from '../core/money.ts'
import type { SupplierOffer } from '../core/offer.ts'
import { type Airport, findAirport } from '../reference/airports.ts'
import { findInstant } from '../reference/zones.ts'
import type { ShoppedSearch } from '../shopping/shopped.ts'

/** One itinerary on one day of shopping. Fields and types: template.ts. */
export type MarketDocument = {
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
  /** For words: names of cities and countries. */
  readonly places: string
  /** Instants of the first slice, and its local date. */
  readonly departure: string
  readonly arrival: string
  readonly departureDate: string
  /** Local date of the last slice; null for one way. */
  readonly returnDate: string | null
  /** Sum over slices. */
  readonly durationMinutes: number | null
  /** Connections, the most in any slice. */
  readonly stops: number
  readonly cabins: readonly string[]
  readonly aircraft: readonly string[]
  readonly amenities: readonly string[]
  /** For one adult, without mark-up, minor units of `currency`. */
  readonly lowestPriceMinor: number
  readonly currency: CurrencyCode
  /** As the supplier gave it. */
  readonly supplierPriceMinor: number
  readonly supplierCurrency: CurrencyCode
  readonly pointOfSale: string
  readonly shoppedAt: string
}

export type GeoPoint = { readonly lat: number; readonly lon: number }

export type MarketRow = {
  /** The same for the same itinerary, cabins and point of sale on the same day. */
  readonly id: string
  /** Day of shopping, UTC: `2027.01.05` */
  readonly day: string
  readonly document: MarketDocument
}

/** Prices are compared, so they are in one currency. */
const marketCurrency = 'EUR'
export type Convert = (m: Money, to: CurrencyCode) => Money | undefined

/** Undefined for what no adult travels on, and where a rate is missing. */
export function rowOf(offer: SupplierOffer, shopped: ShoppedSearch, convert: Convert): MarketRow | undefined {
  const fare =
    offer.passengers.find(({ type }) => type === 'ADT') ?? offer.passengers.find(({ type }) => type === 'SRC')
  const price = fare && convert(fare.each.total, marketCurrency)
  if (!price) return undefined
  const document = documentOf(offer, shopped, fare.each.total, price)
  const id = sha256Hex(`${document.flightId} ${document.cabins.join()} ${document.pointOfSale}`).slice(0, 32)
  return { id, day: toInstant(shopped.shoppedAt).slice(0, 10).replaceAll('-', '.'), document }
}

function documentOf(
  offer: SupplierOffer,
  { query, shoppedAt }: ShoppedSearch,
  supplierPrice: Money,
  price: Money,
): MarketDocument {
  const { slices } = offer
  const segments = slices.flatMap(slice => slice.segments)
  const first = slices[0]!
  const origin = findAirport(first.origin)
  const destination = findAirport(first.destination)
  const durations = slices.map(({ durationMinutes }) => durationMinutes)
  const last = slices[slices.length - 1]!
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
    places: unique([origin, destination].flatMap(airport => (airport ? [airport.cityName, airport.name] : []))).join(
      ', ',
    ),
    departure: instantText(first.segments[0]!.departure, first.segments[0]!.departureZone),
    arrival: instantText(first.segments.at(-1)!.arrival, first.segments.at(-1)!.arrivalZone),
    departureDate: first.segments[0]!.departure.slice(0, 10),
    returnDate: slices.length === 1 ? null : last.segments[0]!.departure.slice(0, 10),
    durationMinutes: durations.includes(null) ? null : durations.reduce<number>((sum, each) => sum + each!, 0),
    stops: Math.max(...slices.map(slice => slice.segments.length - 1)),
    cabins: unique(segments.flatMap(({ fares }) => fares.map(({ cabin }) => cabin))).sort(),
    aircraft: unique(segments.map(({ aircraft }) => aircraft)),
    amenities: [],
    lowestPriceMinor: price.amountMinor,
    currency: price.currency,
    supplierPriceMinor: supplierPrice.amountMinor,
    supplierCurrency: supplierPrice.currency,
    pointOfSale: query.pointOfSale,
    shoppedAt: toInstant(shoppedAt),
  }
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
