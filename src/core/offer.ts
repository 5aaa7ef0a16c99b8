import type { Instant } from './clock.ts'
import type { PassengerId } from './ids.ts'
import type { AirlineCode, PassengerType, Slice } from './itinerary.ts'
import type { Money } from './money.ts'

/** Folder name of a supplier: `amadeus`. */
export type ProviderCode = string

/** One price for one set of flights that can be bought as such, as the supplier gave it: its currency, its amounts, no
 *  mark-up. Every decoder makes these, all fields in this order in one literal (a field added later makes each pass over
 *  4,000 offers several times slower).
 *  Invariants, to the minor unit: base + taxes + fees = total, and sum(count × each.x) = x for each part. Where the
 *  supplier's own figures are off, its total wins and the gap is a signed fee `rounding` with a warning. */
export type SupplierOffer = {
  readonly provider: ProviderCode
  readonly validatingCarrier: AirlineCode | null
  readonly total: Money
  readonly base: Money
  readonly taxes: Money
  readonly fees: Money
  readonly passengers: readonly PassengerFare[]
  readonly slices: readonly Slice[]
  readonly conditions: Conditions
  readonly requirements: Requirements
  /** Lowest over the segments; 9 means nine or more. */
  readonly seatsLeft: number | null
  readonly ticketBy: Instant | null
  readonly expiresAt: Instant | null
  /** What the supplier needs back to confirm or book; opaque to everybody else, shown in no answer, at most 64 kB. */
  readonly supplierContext: SupplierContext
}

/** JSON-like: is stored with msgpack and goes over process borders. */
export type SupplierContext = Readonly<Record<string, unknown>>

export const supplierContextMaxBytes = 65_536

/** Of one reply: the largest known have some 600. Without a bound 16 MB of empty offers took a decoder half a minute, since
 *  each that cannot be read costs an error (5 us). */
export const offersReadMax = 5_000

/** Passengers of one type and one price. Two children of different prices are two entries. */
export type PassengerFare = {
  readonly ids: readonly PassengerId[]
  readonly type: PassengerType
  readonly count: number
  readonly each: PassengerPrice
}

/** For one passenger. base + sum(taxes) + sum(fees) = total. */
export type PassengerPrice = {
  readonly base: Money
  readonly taxes: readonly Charge[]
  readonly fees: readonly Charge[]
  readonly total: Money
}

/** Tax: two characters (`GB`, `YQ`); what the supplier does not itemise is one tax `XT`. Fee: a word (`service`, `ticketing`, `rounding`). */
export type Charge = { readonly code: string; readonly amount: Money }

/** `allowed` and `fee` null: the supplier did not say. Fee for all passengers, in the offer's currency. */
export type Conditions = {
  readonly change: Condition
  readonly refund: Condition
}

export type Condition = { readonly allowed: boolean | null; readonly fee: Money | null }

export type Requirements = {
  readonly documents: 'required' | 'optional' | null
  readonly gender: boolean | null
  readonly birthDate: boolean | null
  readonly instantPayment: boolean | null
  readonly holdAllowed: boolean | null
}

export const nothingRequired: Requirements = {
  documents: null,
  gender: null,
  birthDate: null,
  instantPayment: null,
  holdAllowed: null,
}

/** Something in a reply that was read with a doubt: `at` is a JSON pointer, element path or byte offset. */
export type WireWarning = { readonly code: string; readonly at: string; readonly text: string }
