/** What a simulator sees of the sandbox world: flights, fares, inventory and PNRs, deterministic by seed. The world knows no
 *  wire format; a simulator (providers/<code>/simulator.ts) translates. Implementation: open-world.ts and the files it uses. */
import type { Clock, EpochMs } from '../core/clock.ts'
import type {
  AirlineCode,
  AirportCode,
  Baggage,
  Brand,
  Cabin,
  LocalDate,
  LocalDateTime,
  LocalTime,
  PassengerType,
  ZoneName,
} from '../core/itinerary.ts'
import type { Log } from '../core/log.ts'
import type { CurrencyCode, Money } from '../core/money.ts'
import type { ProviderCode } from '../core/offer.ts'
import type { DocumentStatus } from '../core/order.ts'

export type Effect =
  | 'no-offers'
  | 'silent'
  | 'slow'
  | 'server-error'
  | 'rate-limited'
  | 'html'
  | 'cut-off'
  | 'price-up'
  | 'price-down'
  | 'sold-out-at-booking'
  | 'answer-lost'
  | 'ticketing-fails-twice'
  | 'connection'
  | 'technical-stop'
  | 'hold-not-allowed'

/** Magic for one supplier; on the same route the others answer as always. `departureDate` null: on every date. */
export type MagicRoute = {
  readonly origin: AirportCode
  readonly destination: AirportCode
  readonly departureDate: LocalDate | null
  readonly effect: Effect
  readonly provider: ProviderCode
  readonly text: string
}

export interface World {
  readonly magicRoutes: readonly MagicRoute[]
  /** The part of the world that one supplier sells, at its prices. */
  view(provider: ProviderCode): WorldView
  /** Runs time limits down, then flushes. */
  close(): Promise<void>
}

export interface WorldView {
  readonly provider: ProviderCode
  effect(origin: AirportCode, destination: AirportCode, date: LocalDate): Effect | null
  /** Cheapest first. Synchronous: at most 20 ms of CPU for 50 itineraries. Honours no-offers, connection, technical-stop,
   *  hold-not-allowed by itself. */
  shop(request: WorldShopRequest): readonly WorldOffer[]
  /** Prices these flights in these booking classes now. Honours price-up and price-down (once the search is over, the
   *  same selection always costs so much more or less) by itself. */
  price(selection: WorldSelection): WorldPriceResult
  /** Takes the seats out of the inventory and makes a PNR; durable when it resolves. Honours sold-out-at-booking. */
  book(request: WorldBookRequest): Promise<WorldBookResult>
  /** Cancelled ones too; one whose time limit has passed is found cancelled. */
  findPnr(locator: string): WorldPnr | undefined
  findByReference(reference: string): readonly WorldPnr[]
  listPnrs(): readonly WorldPnr[]
  /** A ticket number (13 digits) for every passenger, more for over four coupons. Honours ticketing-fails-twice. */
  issueTickets(locator: string): Promise<WorldTicketResult>
  /** What giving the tickets back would bring now, by passenger type prices, conditions and the void window. `keys`, here and
   *  below: of these travellers only. */
  quoteCancellation(locator: string, keys?: readonly string[]): WorldCancellationQuote | undefined
  /** Voids issued tickets (only inside the void window); the seats stay. */
  voidTickets(locator: string, keys?: readonly string[]): Promise<WorldDocumentResult>
  /** Refunds issued tickets less the penalty; the seats stay. */
  refundTickets(locator: string, keys?: readonly string[]): Promise<WorldDocumentResult>
  /** Gives the seats back and ends the PNR, with the last of its travellers; tickets stay as they are (domain.md 4.8: two
   *  operations). */
  cancel(locator: string, keys?: readonly string[]): Promise<WorldCancelResult>
}

export type WorldShopRequest = {
  readonly slices: readonly WorldShopSlice[]
  readonly passengers: readonly WorldPassenger[]
  readonly cabin: Cabin | null
  readonly currency: CurrencyCode
  /** ISO 3166 alpha-2, null for the supplier's default. */
  readonly pointOfSale: string | null
  readonly maxConnections: number | null
  readonly carriers: { readonly include: readonly AirlineCode[]; readonly exclude: readonly AirlineCode[] }
  readonly offersMax: number
}

export type WorldShopSlice = {
  /** Airport or city code. */
  readonly origin: AirportCode
  readonly destination: AirportCode
  readonly departureDate: LocalDate
  readonly departureTime: { readonly from: LocalTime; readonly to: LocalTime } | null
}

export type WorldPassenger = { readonly type: PassengerType; readonly age: number | null }

export type WorldOffer = {
  readonly slices: readonly WorldSlice[]
  readonly validatingCarrier: AirlineCode
  readonly currency: CurrencyCode
  /** For all passengers. */
  readonly total: Money
  /** One entry per distinct (type, price): in the order of the request's passengers. */
  readonly passengers: readonly WorldPassengerPrice[]
  /** Lowest over the segments, 1-9; 9 means nine or more. */
  readonly seatsLeft: number
  readonly lastTicketing: EpochMs
  readonly holdAllowed: boolean
  /** Fees per adult passenger, in the offer's currency; fee null where not allowed. */
  readonly change: { readonly allowed: boolean; readonly fee: Money | null }
  readonly refund: { readonly allowed: boolean; readonly fee: Money | null }
  /** Government documents are asked for at booking (Secure Flight, APIS routes). */
  readonly documentsRequired: boolean
}

export type WorldSlice = {
  readonly origin: AirportCode
  readonly destination: AirportCode
  readonly durationMinutes: number
  readonly segments: readonly WorldSegment[]
}

export type WorldSegment = WorldFlight & {
  /** Seats to be had in this class, 0-9. */
  readonly seatsLeft: number
  readonly bookingClass: string
  readonly cabin: Cabin
  readonly marriageGroup: string | null
}

/** One flight number on one date. */
export type WorldFlight = {
  readonly carrier: AirlineCode
  /** Without leading zeros. */
  readonly number: string
  readonly operatingCarrier: AirlineCode
  readonly operatingNumber: string
  readonly origin: AirportCode
  readonly originTerminal: string | null
  readonly destination: AirportCode
  readonly destinationTerminal: string | null
  readonly departure: LocalDateTime
  readonly departureZone: ZoneName
  readonly arrival: LocalDateTime
  readonly arrivalZone: ZoneName
  readonly departureMs: EpochMs
  readonly arrivalMs: EpochMs
  readonly durationMinutes: number
  readonly distanceKm: number
  readonly aircraft: string
  readonly stops: readonly {
    readonly airport: AirportCode
    readonly minutes: number
    readonly arrival: LocalDateTime
    readonly departure: LocalDateTime
  }[]
}

export type WorldPassengerPrice = {
  readonly type: PassengerType
  readonly age: number | null
  readonly count: number
  /** Each: base + sum(taxes) = total. */
  readonly base: Money
  readonly taxes: readonly { readonly code: string; readonly amount: Money }[]
  readonly total: Money
  /** One fare component per slice. */
  readonly fares: readonly WorldFare[]
}

export type WorldFare = {
  readonly fareBasis: string
  readonly bookingClass: string
  readonly cabin: Cabin
  readonly brand: Brand
  readonly amount: Money
  readonly checked: Baggage
  readonly carryOn: Baggage
}

/** Names an offer by what every wire format carries: flights, dates, booking classes, fare bases. */
export type WorldSelection = {
  readonly slices: readonly {
    readonly segments: readonly {
      readonly carrier: AirlineCode
      readonly number: string
      readonly origin: AirportCode
      readonly destination: AirportCode
      readonly departureDate: LocalDate
      readonly bookingClass: string
    }[]
    /** Of an adult (or the first passenger) on this slice; null: the cheapest fare in that booking class. */
    readonly fareBasis: string | null
  }[]
  readonly passengers: readonly WorldPassenger[]
  readonly currency: CurrencyCode
  readonly pointOfSale: string | null
}

export type WorldPriceResult =
  | { readonly kind: 'priced'; readonly offer: WorldOffer }
  | { readonly kind: 'sold-out'; readonly segmentIndexes: readonly number[] }
  /** No such flight, date or fare any more. */
  | { readonly kind: 'gone'; readonly text: string }

export type WorldBookRequest = {
  readonly selection: WorldSelection
  /** In the order of selection.passengers. */
  readonly travellers: readonly WorldTraveller[]
  readonly contact: { readonly email: string | null; readonly phone: string | null }
  /** The client's own reference as it arrived on the wire; null where it sent none. */
  readonly reference: string | null
  readonly hold: boolean
}

export type WorldTraveller = {
  /** The client's own id on the wire, given back as it came. */
  readonly key: string
  readonly type: PassengerType
  readonly surname: string
  readonly givenNames: string
  readonly birthDate: LocalDate | null
  readonly gender: string | null
  /** key of the adult on whose lap an INF sits. */
  readonly adultKey: string | null
}

export type WorldBookResult =
  | { readonly kind: 'booked'; readonly pnr: WorldPnr }
  | { readonly kind: 'sold-out'; readonly segmentIndexes: readonly number[] }
  | { readonly kind: 'refused'; readonly text: string }

export type WorldPnr = {
  /** Six characters, unique in this supplier's world. */
  readonly locator: string
  readonly airlineLocators: readonly { readonly carrier: AirlineCode; readonly locator: string }[]
  readonly reference: string | null
  readonly status: 'live' | 'cancelled'
  readonly createdAt: EpochMs
  /** Not ticketed by then: cancelled. */
  readonly ticketBy: EpochMs
  readonly hold: boolean
  readonly offer: WorldOffer
  readonly travellers: readonly WorldTraveller[]
  /** Keys of those who were taken out of it. Absent: none. */
  readonly cancelledKeys?: readonly string[]
  readonly contact: { readonly email: string | null; readonly phone: string | null }
  readonly tickets: readonly WorldTicket[]
}

export type WorldTicket = {
  readonly number: string
  readonly travellerKey: string
  readonly status: DocumentStatus
  readonly issuedAt: EpochMs
  /** Indexes into the flat list of the offer's segments; at most four. */
  readonly segmentIndexes: readonly number[]
}

export type WorldTicketResult =
  | { readonly kind: 'ticketed'; readonly pnr: WorldPnr }
  /** Nothing was issued; asking again may work (ticketing-fails-twice). */
  | { readonly kind: 'host-busy'; readonly text: string }
  | { readonly kind: 'refused'; readonly text: string }

export type WorldCancellationQuote = {
  readonly kind: 'void' | 'refund' | 'release' | 'none'
  readonly refund: Money
  readonly penalty: Money
  /** By ticket, in the order of the PNR's tickets. */
  readonly perTicket: readonly { readonly number: string; readonly refund: Money; readonly penalty: Money }[]
  /** End of the void window (the supplier's office day), for a void. */
  readonly voidUntil: EpochMs | null
  /** Why nothing can be given back (kind none). */
  readonly text: string | null
}

export type WorldDocumentResult =
  | { readonly kind: 'done'; readonly pnr: WorldPnr }
  | { readonly kind: 'refused'; readonly text: string }

export type WorldCancelResult =
  | { readonly kind: 'cancelled'; readonly pnr: WorldPnr }
  | { readonly kind: 'refused'; readonly text: string }

/** providers/<code>/simulator.ts exports `startSimulator: StartSimulator`. */
export type StartSimulator = (options: SimulatorOptions) => Promise<RunningSimulator>

export type SimulatorOptions = {
  readonly view: WorldView
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly clock: Clock
  readonly log: Log
}

export type RunningSimulator = {
  readonly code: ProviderCode
  readonly baseUrl: string
  /** What the adapter's settings must hold to reach it, baseUrl included: `{ baseUrl, clientId, clientSecret }`. */
  readonly settings: Readonly<Record<string, string>>
  close(): Promise<void>
}
