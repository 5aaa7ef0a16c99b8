/** The contract between the engine and a supplier. A supplier is one folder beside this file (README.md there); its
 *  index.ts exports `create: CreateProvider`. Methods resolve with a union of expected outcomes; anything thrown is a bug of
 *  the adapter and is reported as `supplier-error` by guard.ts, as `unknown` where an order may have been made. */
import type { Clock, Instant } from '../core/clock.ts'
import type { Deadline } from '../core/deadline.ts'
import type { Fault } from '../core/fault.ts'
import type { PassengerId } from '../core/ids.ts'
import type {
  AirlineCode,
  AirportCode,
  Cabin,
  LocalDate,
  LocalTime,
  PassengerType,
  Segment,
} from '../core/itinerary.ts'
import type { Log } from '../core/log.ts'
import type { CurrencyCode, Money } from '../core/money.ts'
import type { ProviderCode, SupplierContext, SupplierOffer, WireWarning } from '../core/offer.ts'
import type { Contact, DocumentStatus, SupplierOrder, Traveller } from '../core/order.ts'
import type { SeatMap } from '../core/seat-map.ts'

/** Raised when a change here breaks adapters outside the tree. */
export const contractVersion = 1

export type CreateProvider = (settings: ProviderSettings, parts: ProviderParts) => Provider

/** From `PROVIDER_<CODE>_*`: BASE_URL and whatever the supplier's README lists (CLIENT_ID, CLIENT_SECRET, PCC …), keys
 *  lower camel case (`clientId`). index.ts refuses missing or senseless ones with a ProviderSettingsError. */
export type ProviderSettings = Readonly<Record<string, string>>

export class ProviderSettingsError extends Error {
  override readonly name = 'ProviderSettingsError'
}

export type ProviderParts = { readonly clock: Clock; readonly log: Log }

export interface Provider {
  readonly code: ProviderCode
  readonly capabilities: Capabilities
  shop(query: ShopQuery, call: Call): Promise<ShopOutcome>
  /** The price of this very offer now (same flights, RBD and fare basis), and whether it is still to be had. */
  confirmPrice(request: ConfirmRequest, call: Call): Promise<ConfirmOutcome>
  /** Never repeated by anybody: without an answer the outcome is `unknown`. */
  createOrder(request: CreateOrderRequest, call: Call): Promise<CreateOrderOutcome>
  retrieveOrder(order: OrderKey, call: Call): Promise<RetrieveOutcome>
  /** Live orders that carry our reference: how an unknown outcome is cleared up. */
  findOrders(criteria: FindCriteria, call: Call): Promise<FindOutcome>
  /** For capabilities.ticketing 'separate' (and held orders). Never repeated blindly. */
  issueTickets(order: OrderKey, call: Call): Promise<TicketOutcome>
  /** Of the whole order, or what is left of it. `passengerIds` (with capabilities.cancelPassengers only): of these alone. */
  quoteCancellation(order: OrderKey, call: Call, passengerIds?: readonly PassengerId[]): Promise<QuoteOutcome>
  /** Void, refund or release as quoted. Safe to ask again: a cancelled order, or passenger, answers `cancelled`. */
  cancelOrder(request: CancelRequest, call: Call): Promise<CancelOutcome>
  close(): Promise<void>
}

export type Capabilities = {
  /** An order can be made without a ticket and paid later. */
  readonly hold: boolean
  /** 'at-order': createOrder with hold false returns tickets. 'separate': issueTickets does. */
  readonly ticketing: 'at-order' | 'separate'
  /** A held order can be ticketed through this API. */
  readonly ticketHeld: boolean
  readonly release: boolean
  readonly void: boolean
  readonly refund: boolean
  /** Passengers can be taken out of an order, held or ticketed, while the others keep their seats. Absent: an order is
   *  cancelled as a whole. A slice alone is nobody's to cancel: what is left of the fare would have to be priced anew. */
  readonly cancelPassengers?: boolean
  readonly findByReference: boolean
  readonly slicesMax: number
  readonly passengersMax: number
  readonly passengerTypes: readonly PassengerType[]
  readonly accountCodes: boolean
  /** How long after a lost answer an order may still appear: absence proves nothing before. */
  readonly settleMs: number
  /** Shown with a refusal: why it cannot do what is false above ("Amadeus Self-Service neither voids nor refunds tickets"). */
  readonly notes: readonly string[]
}

/** What every call carries. */
export type Call = {
  readonly deadline: Deadline
  readonly requestId: string
  /** W3C trace context, sent on to the supplier. */
  readonly traceparent: string | null
  /** Awaited before each request that leaves for this call: a supplier counts requests, and some need several. Null: now.
   *  The guard gives it. */
  readonly mayLeave?: () => Promise<Fault | null>
}

export type ShopQuery = {
  readonly slices: readonly ShopSlice[]
  readonly passengers: readonly ShopPassenger[]
  readonly cabin: Cabin | null
  readonly currency: CurrencyCode
  /** ISO 3166 alpha-2. */
  readonly pointOfSale: string
  readonly maxConnections: number | null
  readonly carriers: { readonly include: readonly AirlineCode[]; readonly exclude: readonly AirlineCode[] }
  readonly accountCodes: readonly { readonly carrier: AirlineCode; readonly code: string }[]
  readonly offersMax: number
}

export type ShopSlice = {
  /** Airport or city code. */
  readonly origin: AirportCode
  readonly destination: AirportCode
  readonly departureDate: LocalDate
  readonly departureTime: { readonly from: LocalTime; readonly to: LocalTime } | null
}

/** `age` on the date of departure, where known; CHD without one is taken as 10 by adapters that must send an age. */
export type ShopPassenger = { readonly id: PassengerId; readonly type: PassengerType; readonly age: number | null }

export type ShopOutcome =
  /** None is an answer. `partial`: the supplier said that it left some out or a part of it failed. */
  | {
      readonly kind: 'offers'
      readonly offers: readonly SupplierOffer[]
      readonly partial: boolean
      readonly warnings: readonly WireWarning[]
    }
  | { readonly kind: 'failed'; readonly fault: Fault }

export type ConfirmRequest = { readonly offer: SupplierOffer; readonly passengers: readonly ShopPassenger[] }

export type ConfirmOutcome =
  /** At the same or another price: the caller compares. Its passengers keep the ids of the offer asked for. */
  | { readonly kind: 'confirmed'; readonly offer: SupplierOffer }
  | { readonly kind: 'gone'; readonly fault: Fault }
  | { readonly kind: 'failed'; readonly fault: Fault }

export type CreateOrderRequest = {
  /** As last confirmed. */
  readonly offer: SupplierOffer
  readonly travellers: readonly Traveller[]
  readonly contact: Contact
  /** Our booking reference, to be written into the order where a search or an audit finds it. */
  readonly reference: string
  readonly hold: boolean
}

export type CreateOrderOutcome =
  | { readonly kind: 'created'; readonly order: SupplierOrder }
  | { readonly kind: 'refused'; readonly fault: Fault }
  /** It left us and no good answer came: seats may be held. Reconcile; never retry, never undo blindly. */
  | { readonly kind: 'unknown'; readonly fault: Fault }

/** Enough to ask about an order later, also by another process: from the stored SupplierOrder. */
export type OrderKey = {
  readonly locator: string
  readonly supplierContext: SupplierContext
  /** Whose places or ids in the supplier's order are whose in ours. */
  readonly travellers: readonly Pick<Traveller, 'id' | 'type' | 'givenNames' | 'surname'>[]
}

export type RetrieveOutcome =
  | { readonly kind: 'found'; readonly order: SupplierOrder }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly fault: Fault }

export type FindCriteria = {
  readonly reference: string
  readonly createdAfter: Instant
  readonly travellers: OrderKey['travellers']
  readonly segments: readonly Segment[]
}

export type FindOutcome =
  | { readonly kind: 'found'; readonly orders: readonly SupplierOrder[] }
  | { readonly kind: 'failed'; readonly fault: Fault }

export type TicketOutcome =
  | { readonly kind: 'ticketed'; readonly order: SupplierOrder }
  /** A definite no. `retryable`: the supplier says to ask again (host busy, record changed); nothing was issued. */
  | { readonly kind: 'refused'; readonly fault: Fault; readonly retryable: boolean }
  | { readonly kind: 'unknown'; readonly fault: Fault }

export type CancellationKind = 'void' | 'refund' | 'release'

export type SupplierCancellationQuote = {
  readonly kind: CancellationKind
  /** What the supplier gives back and what it keeps; both zero for a release. In the currency of the order. */
  readonly refund: Money
  readonly penalty: Money
  readonly expiresAt: Instant | null
  readonly supplierContext: SupplierContext
}

export type QuoteOutcome =
  | { readonly kind: 'quoted'; readonly quote: SupplierCancellationQuote }
  | { readonly kind: 'refused'; readonly fault: Fault }
  | { readonly kind: 'failed'; readonly fault: Fault }

/** `passengerIds`: as the quote was asked for. */
export type CancelRequest = {
  readonly order: OrderKey
  readonly quote: SupplierCancellationQuote
  readonly passengerIds?: readonly PassengerId[]
}

export type CancelOutcome =
  /** `documents`: of those who were cancelled. `total`: of a part only, what the rest of the order costs. */
  | {
      readonly kind: 'cancelled'
      readonly documents: readonly { readonly number: string; readonly status: DocumentStatus }[]
      readonly total?: Money | null
    }
  | { readonly kind: 'refused'; readonly fault: Fault }
  | { readonly kind: 'unknown'; readonly fault: Fault }

/** What any message of a supplier says, whichever of its formats it is in: `wire/decode.ts` of each folder exports
 *  `decode(bytes): DecodedMessage`, the adapter reads replies with the same functions. A message that cannot be understood
 *  throws core/wire-error.ts' WireError with the place. */
export type DecodedMessage = {
  readonly message: string
  readonly version: string | null
  readonly offers: readonly SupplierOffer[]
  readonly order: SupplierOrder | null
  readonly seatMaps: readonly SeatMap[] | null
  readonly faults: readonly Fault[]
  readonly warnings: readonly WireWarning[]
}
