import type { Instant } from './clock.ts'
import type { PassengerId } from './ids.ts'
import type { AirlineCode, LocalDate, PassengerType, Slice } from './itinerary.ts'
import type { Money } from './money.ts'
import type { ProviderCode, SupplierContext } from './offer.ts'

/** A supplier's order (PNR, universal record, NDC order) as it stands there now. */
export type SupplierOrder = {
  readonly provider: ProviderCode
  readonly status: SupplierOrderStatus
  /** The supplier's own first, then the airlines'. Locators are reused over the years: never a key on their own. */
  readonly locators: readonly RecordLocator[]
  /** The reference that we wrote into it, where the supplier gives it back. */
  readonly reference: string | null
  readonly ticketBy: Instant | null
  readonly total: Money | null
  readonly passengers: readonly OrderPassenger[]
  /** Segments carry their status (HK, TK, UN …). */
  readonly slices: readonly Slice[]
  readonly documents: readonly TravelDocument[]
  /** What airlines wrote into it in words of their own (SSR ADTK, OTHS): they may set a time limit. Absent: none. */
  readonly remarks?: readonly AirlineRemark[]
  /** What later calls need (order id, version, signatures); opaque, bounded like an offer's. */
  readonly supplierContext: SupplierContext
}

/** held: seats are ours, no ticket. ticketed: every passenger has one. partly-ticketed: some have. */
export type SupplierOrderStatus = 'held' | 'ticketed' | 'partly-ticketed' | 'cancelled'

/** owner: a supplier's code for its own record, an airline's two letters for the airline's. */
export type RecordLocator = { readonly owner: string; readonly locator: string }

export type OrderPassenger = {
  /** Ours, where the order carries it or its place tells; null otherwise. */
  readonly id: PassengerId | null
  readonly type: PassengerType | null
  readonly surname: string
  readonly givenNames: string
  /** Was taken out of an order that others still travel on. Absent: was not. */
  readonly cancelled?: true
}

/** `at`: when it was written, where the supplier says so. */
export type AirlineRemark = { readonly carrier: AirlineCode; readonly text: string; readonly at: Instant | null }

/** Accountable documents: electronic tickets and EMDs. */
export type TravelDocument = {
  readonly kind: 'ticket' | 'emd'
  /** 13 digits: accounting code of the airline, form and serial number (domain.md 4.6). */
  readonly number: string
  readonly passengerId: PassengerId | null
  readonly status: DocumentStatus
}

export type DocumentStatus = 'issued' | 'void' | 'refunded' | 'exchanged'

/** A traveller as booked: checked against what a ticket can hold before any supplier sees it (domain.md 4.1). */
export type Traveller = {
  readonly id: PassengerId
  readonly type: PassengerType
  readonly title: string | null
  readonly givenNames: string
  readonly surname: string
  readonly birthDate: LocalDate
  readonly gender: 'F' | 'M' | 'X' | null
  readonly document: IdentityDocument | null
  readonly loyalty: { readonly carrier: AirlineCode; readonly number: string } | null
  /** The adult whose lap an INF travels on. */
  readonly adultId: PassengerId | null
}

export type IdentityDocument = {
  readonly type: 'passport' | 'identity-card'
  readonly number: string
  readonly issuingCountry: string
  readonly expiryDate: LocalDate
  readonly nationality: string
}

export type Contact = { readonly email: string; readonly phone: string }
