/** What http/ sees of booking. The implementation is booking/service.ts. Methods throw ProblemError (core/problem.ts) for
 *  what a caller did or can mend. */
import type { RequestContext } from '../core/context.ts'
import type { BookingId, CancellationQuoteId, Id } from '../core/ids.ts'
import type { PassengerType } from '../core/itinerary.ts'
import type { MoneyJson } from '../core/money.ts'
import type { Contact } from '../core/order.ts'
import type { GatewayLetter } from '../payments/port.ts'

export interface Bookings {
  /** 201, or 202 while the outcome is not known; a replay answers what was first answered, byte for byte. Throws
   *  `validation`, `offer-expired`, `price-changed` (extension `offer`), `sold-out`, `payment-declined`, `hold-not-allowed`,
   *  `idempotency-*`, `booking-failed`, `suppliers-unavailable`; a stored booking is named in extension `bookingId`. */
  create(request: CreateBookingRequest, idempotencyKey: string, context: RequestContext): Promise<StoredAnswer>
  pay(id: BookingId, request: PaymentRequest, idempotencyKey: string, context: RequestContext): Promise<StoredAnswer>
  get(id: BookingId, context: RequestContext): Promise<BookingJson>
  lookup(
    request: { readonly reference: string; readonly lastName: string },
    context: RequestContext,
  ): Promise<BookingJson>
  list(
    query: ListQuery,
    context: RequestContext,
  ): Promise<{
    readonly bookings: readonly BookingJson[]
    readonly page: { readonly limit: number; readonly next: string | null }
  }>
  quoteCancellation(id: BookingId, request: QuoteRequest, context: RequestContext): Promise<CancellationQuoteJson>
  /** Twice is the same answer. */
  confirmCancellation(id: BookingId, quoteId: CancellationQuoteId, context: RequestContext): Promise<BookingJson>
  /** What happened, for a person to read, oldest first. */
  listEvents(id: BookingId, context: RequestContext, query?: EventsQuery): Promise<TimelineJson>
  /** What no machine can finish, oldest first. */
  listWorkItems(
    query: WorkItemQuery,
    context: RequestContext,
  ): Promise<{
    readonly workItems: readonly WorkItemJson[]
    readonly page: { readonly limit: number; readonly next: string | null }
  }>
  /** Throws `work-item-closed`, and `validation` for a resolution that this item does not allow. */
  resolveWorkItem(id: Id<'wit'>, request: ResolveRequest, context: RequestContext): Promise<WorkItemJson>
  /** What a payment gateway sends: taken once, however often it comes. Throws `not-found` for a gateway that is not here, and
   *  `validation` (400) where it was not the gateway that wrote. */
  takeGatewayNews(gateway: string, letter: GatewayLetter, requestId: string): Promise<void>
  /** `ok`, or why not. */
  health(): Promise<{ readonly status: 'ok' | 'degraded'; readonly reason: string | null }>
  close(): Promise<void>
}

export type StoredAnswer = {
  readonly status: number
  readonly contentType: string
  readonly body: Uint8Array<ArrayBuffer>
}

/** Shape checked by http/; what a ticket can hold, ages and types by booking/validate.ts. */
export type CreateBookingRequest = {
  readonly offerId: string
  readonly passengers: readonly BookingPassenger[]
  readonly contact: Contact
  readonly payment?: PaymentRequest | undefined
  readonly priceChange?:
    | { readonly policy: 'refuse' }
    | { readonly policy: 'accept'; readonly upTo: MoneyJson }
    | undefined
  readonly hold?: boolean | undefined
  readonly services?: readonly unknown[] | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

export type BookingPassenger = {
  readonly id: string
  readonly type: PassengerType
  readonly title?: string | undefined
  readonly givenNames: string
  readonly surname: string
  readonly birthDate: string
  readonly gender?: 'F' | 'M' | 'X' | undefined
  readonly document?:
    | {
        readonly type: 'passport' | 'identity-card'
        readonly number: string
        readonly issuingCountry: string
        readonly expiryDate: string
        readonly nationality: string
      }
    | undefined
  readonly loyalty?: { readonly carrier: string; readonly number: string } | undefined
  readonly adultId?: string | undefined
}

export type PaymentRequest = {
  readonly methodToken: string
  /** For the fraud score; never kept. `address`: where the traveller's request came from, an IPv6 one as its /64. */
  readonly payer?: { readonly name?: string | undefined; readonly address?: string | undefined } | undefined
}
export type QuoteRequest = {
  readonly passengerIds?: readonly string[] | undefined
  readonly sliceIndexes?: readonly number[] | undefined
}
export type ListQuery = {
  readonly status?: BookingStatus | undefined
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}

export type WorkItemQuery = {
  readonly status?: 'open' | 'resolved' | undefined
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}

/** `by`: who says so, for the audit log. `locator`: of the order that was found. */
export type ResolveRequest = {
  readonly resolution: 'retry' | 'done' | 'not-done' | 'all-gone' | 'found'
  readonly locator?: string | undefined
  readonly note: string
  readonly by: string
}

/** Built by booking/work-items.ts. */
export type WorkItemJson = Readonly<Record<string, unknown>> & { readonly id: string }

export type EventsQuery = { readonly limit?: number | undefined; readonly cursor?: string | undefined }

/** `audit` is about the whole log, whatever page this is; `brokenAt`: the first entry that is not as it was written, or is
 *  missing. */
export type TimelineJson = {
  readonly events: readonly TimelineEvent[]
  readonly audit: { readonly intact: boolean; readonly brokenAt: number | null }
  readonly page: { readonly limit: number; readonly next: string | null }
}

export type TimelineEvent = {
  readonly sequence: number
  readonly at: string
  readonly actor: string
  readonly requestId: string
  readonly kind: string
  readonly status: BookingStatus
  readonly text: string
}

export type BookingStatus =
  | 'pending'
  | 'held'
  | 'confirmed'
  | 'ticketed'
  | 'action-required'
  | 'outcome-unknown'
  | 'failed'
  | 'cancelled'
  | 'refunded'

export const bookingStatuses: readonly BookingStatus[] = [
  'pending',
  'held',
  'confirmed',
  'ticketed',
  'action-required',
  'outcome-unknown',
  'failed',
  'cancelled',
  'refunded',
]

/** api.md "Booking", as JSON. Built by booking/view.ts. */
export type BookingJson = Readonly<Record<string, unknown>> & { readonly id: BookingId; readonly status: BookingStatus }

export type CancellationQuoteJson = {
  readonly id: CancellationQuoteId
  readonly kind: 'void' | 'refund' | 'release'
  /** Null: all who travel. */
  readonly passengerIds: readonly string[] | null
  readonly refund: MoneyJson
  readonly penalty: MoneyJson
  readonly expiresAt: string
}
