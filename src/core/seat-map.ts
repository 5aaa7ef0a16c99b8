import type { PassengerId, SegmentId } from './ids.ts'
import type { AirlineCode, AirportCode, Cabin, LocalDateTime } from './itinerary.ts'
import type { Money } from './money.ts'

/** Cabins, rows and seats of one flight. */
export type SeatMap = {
  readonly segmentId: SegmentId | null
  readonly carrier: AirlineCode | null
  readonly number: string | null
  readonly origin: AirportCode | null
  readonly destination: AirportCode | null
  readonly departure: LocalDateTime | null
  readonly aircraft: string | null
  readonly cabins: readonly SeatCabin[]
}

export type SeatCabin = {
  readonly cabin: Cabin | null
  readonly deck: 'main' | 'upper' | 'lower' | null
  readonly rows: readonly SeatRow[]
}

export type SeatRow = { readonly number: number; readonly seats: readonly Seat[] }

export type Seat = {
  /** Row and column: `11C`. */
  readonly designator: string
  /** PADIS 9825 codes where the format has them (W window, A aisle, CH chargeable …), the supplier's words otherwise. */
  readonly characteristics: readonly string[]
  readonly availability: 'available' | 'occupied' | 'blocked' | null
  readonly prices: readonly { readonly passengerId: PassengerId | null; readonly total: Money }[]
}
