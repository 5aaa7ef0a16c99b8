/** What http/ sees of the market: what this tenant was shown, remembered. Figures are prices for one adult. Every method throws
 *  ProblemError: `validation` (fields named as the request names them), `unavailable` where the index is off or does not
 *  answer in time, `overloaded` where too many ask at once. */
import type { Instant } from '../core/clock.ts'
import type { RequestContext } from '../core/context.ts'
import type { AirlineCode, AirportCode, Cabin, LocalDate } from '../core/itinerary.ts'
import type { CurrencyCode, MoneyJson } from '../core/money.ts'
import type { ProviderCode } from '../core/offer.ts'

export interface MarketReads {
  calendar(question: CalendarQuestion, context: RequestContext): Promise<CalendarAnswer>
  explore(question: ExploreQuestion, context: RequestContext): Promise<ExploreAnswer>
  priceHistory(question: HistoryQuestion, context: RequestContext): Promise<HistoryAnswer>
  query(question: MarketQuestion, context: RequestContext): Promise<MarketAnswer>
}

export type Trip = 'one-way' | 'return'

/** When the figures of an answer were shopped; null where it has none. */
export type Freshness = { readonly newest: Instant | null; readonly oldest: Instant | null }

/** One itinerary as it was shown. */
export type MarketFare = {
  readonly price: MoneyJson
  readonly trip: Trip | 'multi'
  /** Airports of the first slice. */
  readonly origin: AirportCode
  readonly destination: AirportCode
  readonly route: string
  /** ISO 8601 instants of the first slice. */
  readonly departure: Instant
  readonly arrival: Instant
  readonly departureDate: LocalDate
  readonly returnDate: LocalDate | null
  readonly nights: number | null
  readonly durationMinutes: number | null
  readonly stops: number
  readonly carriers: readonly AirlineCode[]
  readonly validatingCarrier: AirlineCode | null
  readonly cabins: readonly string[]
  readonly provider: ProviderCode
  readonly pointOfSale: string
  readonly shoppedAt: Instant
}

/** Shared by the three that compare like with like. */
type Comparison = {
  readonly currency?: CurrencyCode | undefined
  /** Default economy. */
  readonly cabin?: Cabin | undefined
  readonly pointOfSale?: string | undefined
}

export type CalendarQuestion = Comparison & {
  readonly origin: string
  readonly destination: string
  /** `2027-03` */
  readonly month: string
  /** Of returns; absent: any. */
  readonly nights?: number | undefined
  readonly maxAgeDays?: number | undefined
}

export type CalendarAnswer = {
  readonly origin: string
  readonly destination: string
  readonly month: string
  readonly currency: CurrencyCode
  /** Every day of the month. A fare is the lowest of the last day on which this date was shopped. */
  readonly days: readonly {
    readonly date: LocalDate
    readonly oneWay: MarketFare | null
    readonly return: MarketFare | null
  }[]
  readonly freshness: Freshness
}

export type ExploreQuestion = Comparison & {
  readonly origin: string
  readonly month?: string | undefined
  /** Decimal, in `currency`. */
  readonly budget?: string | undefined
  /** `lat,lon,km` */
  readonly within?: string | undefined
  readonly trip?: Trip | undefined
  readonly maxAgeDays?: number | undefined
  readonly limit?: number | undefined
}

export type Coordinates = { readonly lat: number; readonly lon: number }

export type ExploreAnswer = {
  readonly origin: string
  readonly currency: CurrencyCode
  /** Cities, the cheapest first. */
  readonly destinations: readonly {
    readonly destination: string
    readonly name: string
    readonly country: string
    /** Of the airport of the cheapest fare. */
    readonly coordinates: Coordinates
    /** Of the cheaper of the two below. */
    readonly price: MoneyJson
    readonly oneWay: MarketFare | null
    readonly return: MarketFare | null
    readonly shoppedAt: Instant
  }[]
  readonly freshness: Freshness
}

export type HistoryQuestion = Comparison & {
  readonly origin: string
  readonly destination: string
  readonly departureDate: LocalDate
  readonly returnDate?: LocalDate | undefined
  /** Default: one-way, or return where a return date is given. */
  readonly trip?: Trip | undefined
}

export type HistoryAnswer = {
  readonly origin: string
  readonly destination: string
  readonly departureDate: LocalDate
  readonly returnDate: LocalDate | null
  readonly trip: Trip
  readonly currency: CurrencyCode
  /** Days of shopping (UTC), the first first. */
  readonly history: readonly {
    readonly day: LocalDate
    readonly lowest: MoneyJson
    readonly quartiles: { readonly q1: MoneyJson; readonly median: MoneyJson; readonly q3: MoneyJson }
    /** How many itineraries the quartiles are of. */
    readonly itineraries: number
    readonly shoppedAt: Instant
  }[]
  readonly freshness: Freshness
}

export const marketSorts = ['price', 'departure', 'duration', 'shopped'] as const
export type MarketSort = (typeof marketSorts)[number]

export type MarketFilters = {
  readonly origin?: string | undefined
  readonly destination?: string | undefined
  readonly trip?: Trip | 'multi' | undefined
  readonly departureDate?: DateRange | undefined
  readonly returnDate?: DateRange | undefined
  readonly shoppedDate?: DateRange | undefined
  readonly nights?: { readonly min?: number | undefined; readonly max?: number | undefined } | undefined
  /** Marketing or operating. */
  readonly carriers?: readonly AirlineCode[] | undefined
  readonly providers?: readonly ProviderCode[] | undefined
  readonly cabins?: readonly Cabin[] | undefined
  readonly maxStops?: number | undefined
  readonly maxDurationMinutes?: number | undefined
  /** Decimals, in the currency of the question. */
  readonly price?: { readonly min?: string | undefined; readonly max?: string | undefined } | undefined
  readonly pointOfSale?: string | undefined
  /** Both ends may be given. */
  readonly originWithin?: Circle | undefined
  readonly destinationWithin?: Circle | undefined
}

export type DateRange = { readonly from?: LocalDate | undefined; readonly to?: LocalDate | undefined }
export type Circle = Coordinates & { readonly km: number }

export type MarketQuestion = {
  readonly filters?: MarketFilters | undefined
  /** Words on the route: names of airports, cities, countries, and codes; all of them. */
  readonly text?: string | undefined
  readonly sort?: { readonly by: MarketSort; readonly order?: 'asc' | 'desc' | undefined } | undefined
  readonly currency?: CurrencyCode | undefined
  readonly limit?: number | undefined
  /** Of the page before; with it all else but `limit` comes from it. */
  readonly cursor?: string | undefined
}

export type MarketFacet = {
  readonly value: string | number
  readonly count: number
  readonly lowest: MoneyJson
}
export type MarketFacets = Readonly<Record<FacetName, readonly MarketFacet[]>>
export type FacetName = 'carriers' | 'stops' | 'cabins' | 'providers' | 'trips' | 'origins' | 'destinations'

export type MarketAnswer = {
  readonly currency: CurrencyCode
  readonly fares: readonly MarketFare[]
  readonly page: {
    readonly limit: number
    /** Counted up to 10,000. */
    readonly total: number
    readonly totalIsExact: boolean
    readonly next: string | null
  }
  /** Of the first page only. */
  readonly facets: MarketFacets | null
  readonly freshness: Freshness
}
