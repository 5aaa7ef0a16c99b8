import type { SegmentId } from './ids.ts'

/** `YYYY-MM-DD` */
export type LocalDate = string
/** `YYYY-MM-DDTHH:MM:SS` on the clock of the airport, without zone or offset. */
export type LocalDateTime = string
/** `HH:MM` */
export type LocalTime = string
/** IANA, e.g. `Europe/London`. */
export type ZoneName = string
/** Three capital letters, IATA. */
export type AirportCode = string
/** Two characters, IATA. */
export type AirlineCode = string

export type Cabin = 'economy' | 'premium-economy' | 'business' | 'first'
export const cabins: readonly Cabin[] = ['economy', 'premium-economy', 'business', 'first']

/** ADT adult, CHD child 2-11, INF infant on lap, INS infant with seat, YTH youth, SRC senior, STU student (domain.md 4.1). */
export type PassengerType = 'ADT' | 'CHD' | 'INF' | 'INS' | 'YTH' | 'SRC' | 'STU'
export const passengerTypes: readonly PassengerType[] = ['ADT', 'CHD', 'INF', 'INS', 'YTH', 'SRC', 'STU']

/** One direction of a journey as it is sold: what the traveller calls "the outbound". */
export type Slice = {
  /** Airports, where the first segment starts and the last one ends. */
  readonly origin: AirportCode
  readonly destination: AirportCode
  /** From first departure to last arrival; null where times are not known. */
  readonly durationMinutes: number | null
  readonly segments: readonly Segment[]
  /** One fewer than segments. Computed by reference/assemble.ts, never by a decoder. */
  readonly connections: readonly Connection[]
}

/** One flight number, from boarding to leaving it. */
export type Segment = {
  /** `seg_1`, `seg_2` … in the order of travel, unique in the offer. */
  readonly id: SegmentId
  readonly marketing: FlightDesignator
  readonly operating: OperatingFlight
  readonly origin: AirportCode
  readonly originTerminal: string | null
  readonly destination: AirportCode
  readonly destinationTerminal: string | null
  readonly departure: LocalDateTime
  readonly departureZone: ZoneName | null
  readonly arrival: LocalDateTime
  readonly arrivalZone: ZoneName | null
  readonly durationMinutes: number | null
  /** IATA aircraft type, e.g. 77W. */
  readonly aircraft: string | null
  /** Landings on the way under one number. */
  readonly stops: readonly TechnicalStop[]
  /** Segments of one group are sold and cancelled together (domain.md 4.3). */
  readonly marriageGroup: string | null
  /** One entry per passenger type of the offer, in the order of its passengers. */
  readonly fares: readonly SegmentFare[]
  /** HK, TK, UN …: null in an offer, set in an order. */
  readonly status: string | null
}

/** Number without leading zeros. */
export type FlightDesignator = { readonly carrier: AirlineCode; readonly number: string }

/** The marketing carrier's own where the supplier names nobody else; `carrier` null where it names one in words only. */
export type OperatingFlight = {
  readonly carrier: AirlineCode | null
  readonly number: string | null
  readonly name: string | null
}

export type TechnicalStop = { readonly airport: AirportCode; readonly minutes: number | null }

export type SegmentFare = {
  readonly passengerType: PassengerType
  /** As on the wire, ticket designator included: `SNN0NPCE/CH25`. */
  readonly fareBasis: string | null
  /** RBD, one letter. */
  readonly bookingClass: string | null
  readonly cabin: Cabin | null
  readonly brand: Brand | null
  readonly baggage: { readonly checked: Baggage | null; readonly cabin: Baggage | null }
}

export type Brand = { readonly code: string | null; readonly name: string | null }

/** By pieces (the weight is that of one piece) or by weight (`pieces` null). No allowance is 0 pieces; a null Baggage is "not said". */
export type Baggage = {
  readonly pieces: number | null
  readonly weightKg: number | null
  readonly weightLb: number | null
}

export type Connection = {
  /** Where one arrives; with `airportChange` one leaves from another. */
  readonly airport: AirportCode
  readonly minutes: number | null
  readonly airportChange: boolean
  readonly overnight: boolean
  readonly selfTransfer: boolean
}
