/** What http/ and booking/ see of shopping. The implementation is shopping/service.ts. Methods throw ProblemError
 *  (core/problem.ts) for what a caller did or can mend. */
import type { Lent } from '../core/byte-pool.ts'
import type { Instant } from '../core/clock.ts'
import type { RequestContext } from '../core/context.ts'
import type { Fault } from '../core/fault.ts'
import type { OfferId, SearchId } from '../core/ids.ts'
import type { AirlineCode, Cabin, LocalDate, LocalTime, PassengerType, Slice } from '../core/itinerary.ts'
import type { CurrencyCode, Money } from '../core/money.ts'
import type { Conditions, PassengerFare, ProviderCode, Requirements, SupplierOffer } from '../core/offer.ts'
import type { TenantId } from '../core/tenant.ts'
import type { CreateOrderOutcome, ShopPassenger } from '../providers/port.ts'
import type { CacheReport } from './learned-lifetimes.ts'

export interface Shopping {
  /** Validates (shopping/validate.ts), asks the suppliers, merges, prices, ranks, stores. Throws `validation`,
   *  `suppliers-unavailable` (extension `providers`), `overloaded`. */
  search(request: SearchRequest, context: RequestContext, how?: SearchManner): Promise<SearchAnswer>
  /** The answer to a request that has been answered before (the same object), where memory has it: what it returns says it to
   *  whoever asks, without looking at the question again; until it is called nothing has happened. Undefined: ask
   *  recallShared(), else search(). */
  recall(request: SearchRequest, tenant: TenantId): Recalled | undefined
  /** The same where another process has it. */
  recallShared(request: SearchRequest, tenant: TenantId): Promise<Recalled | undefined>
  /** The newest revision; with `waitMs` one later than `after`, as soon as there is one or the search is over. Throws
   *  `not-found`, `search-expired`, `overloaded`. */
  getSearch(id: SearchId, context: RequestContext, news?: NewsWish): Promise<SearchAnswer>
  /** From behind the event of this id on. Throws `not-found`, `search-expired`. */
  watchSearch(id: SearchId, lastEventId: string | undefined, context: RequestContext): Promise<SearchWatch>
  /** Body `{offers, page, facets}`. Throws `validation` for a broken cursor, `not-found`, `search-expired`. */
  listOffers(id: SearchId, query: OffersQuery, context: RequestContext): Promise<EncodedBody>
  /** Throws `not-found`, `offer-expired`. */
  getOffer(id: OfferId, context: RequestContext): Promise<EncodedBody>
  getStoredOffer(id: OfferId, context: RequestContext): Promise<StoredOffer>
  /** Asks the supplier for the price now; a change is stored as a new offer that replaces the old one. Throws
   *  `not-found`, `offer-expired`, `suppliers-unavailable`. */
  confirmPrice(id: OfferId, context: RequestContext): Promise<PriceConfirmation>
  /** What came of an order for a stored offer's own: what is cached of its flights goes out of use. Never throws. */
  noteOrder(asked: SupplierOffer, outcome: CreateOrderOutcome): Promise<void>
  /** What is learned of a supplier's prices, and how long cached searches with it live. */
  cacheReport(provider: ProviderCode): CacheReport
  health(): ShoppingHealth
  close(): Promise<void>
}

/** JSON, encoded once. */
export type EncodedBody = { readonly body: Uint8Array<ArrayBuffer> }
export type SearchAnswer = EncodedBody & { readonly id: SearchId; readonly status: SearchStatus }
export type Recalled = (context: RequestContext) => RecalledAnswer
export type RecalledAnswer = {
  readonly id: SearchId
  /** Of the body. */
  readonly length: number
  /** The body behind these ASCII characters, 600 at most, in one piece; to be given back when it has been sent. */
  lend(head: string): Lent
}
/** complete: every supplier answered or was skipped by rule; partial: one at least failed or was late. */
export type SearchStatus = 'complete' | 'partial' | 'in-progress'

export type SearchManner = {
  /** Suppliers are asked whatever is cached. */
  readonly anew?: boolean
  /** Answers with what is there now: `in-progress` where suppliers are to be waited for. */
  readonly respondAsync?: boolean
  /** Aborted when whoever asked has left: what nobody else waits for is then given up. Called where there is a wait. */
  readonly leaves?: () => AbortSignal
  /** recallShared() has just found nothing. */
  readonly isLookedFor?: boolean
}

export type NewsWish = {
  readonly after?: number | undefined
  readonly waitMs?: number | undefined
  readonly leaves?: () => AbortSignal
}

/** A search as its suppliers answer. */
export interface SearchWatch {
  /** Its last event is known already. */
  readonly isOver: boolean
  /** The next event; `nothing` where there was none within `ms`, undefined after `complete`. Whoever comes late for several
   *  is given the newest. */
  next(ms: number, signal: AbortSignal): Promise<SearchEvent | 'nothing' | undefined>
}
/** revision: after a supplier's answer; complete: the last one. The body is that of GET /v1/searches/{id}. */
export type SearchEvent = EncodedBody & { readonly kind: 'revision' | 'complete'; readonly id: string }

/** Shape checked by http/; meaning checked by shopping/validate.ts. */
export type SearchRequest = {
  readonly slices: readonly {
    readonly origin: string
    readonly destination: string
    readonly departureDate: LocalDate
    readonly departureTime?: { readonly from: LocalTime; readonly to: LocalTime } | undefined
  }[]
  readonly passengers: readonly {
    readonly id?: string | undefined
    readonly type: PassengerType
    readonly age?: number | undefined
  }[]
  readonly cabin?: Cabin | undefined
  readonly currency?: CurrencyCode | undefined
  /** ISO 3166 alpha-2. */
  readonly pointOfSale?: string | undefined
  readonly locale?: string | undefined
  readonly maxConnections?: number | undefined
  readonly carriers?:
    | { readonly include?: readonly AirlineCode[] | undefined; readonly exclude?: readonly AirlineCode[] | undefined }
    | undefined
  readonly accountCodes?: readonly { readonly carrier: AirlineCode; readonly code: string }[] | undefined
  readonly providers?: readonly ProviderCode[] | undefined
  readonly deadlineMs?: number | undefined
  readonly waitFor?: 'all' | { readonly providers: number; readonly graceMs: number } | undefined
}

export type OfferSort = 'best' | 'price' | 'duration' | 'departure' | 'arrival'

/** As api.md's query string. With `cursor` all else but limit comes from the cursor. Amounts are decimal strings in the
 *  search's currency. */
export type OffersQuery = {
  readonly sort?: OfferSort | undefined
  readonly order?: 'asc' | 'desc' | undefined
  readonly carriers?: readonly AirlineCode[] | undefined
  readonly maxStops?: number | undefined
  readonly priceMin?: string | undefined
  readonly priceMax?: string | undefined
  readonly durationMax?: number | undefined
  readonly departAfter?: LocalTime | undefined
  readonly departBefore?: LocalTime | undefined
  readonly cabins?: readonly Cabin[] | undefined
  readonly brands?: readonly string[] | undefined
  readonly airports?: readonly string[] | undefined
  readonly providers?: readonly ProviderCode[] | undefined
  readonly refundable?: boolean | undefined
  readonly checkedBags?: number | undefined
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
  readonly explain?: boolean | undefined
}

/** An offer as one tenant sees it: marked up, in the currency of the search. Never changes. JSON: api.md "Offer". */
export type Offer = {
  readonly id: OfferId
  readonly searchId: SearchId
  readonly replaces: OfferId | null
  readonly provider: ProviderCode
  readonly validatingCarrier: AirlineCode | null
  readonly total: Money
  readonly price: OfferPrice
  readonly passengers: readonly PassengerFare[]
  readonly slices: readonly Slice[]
  readonly conditions: Conditions
  readonly requirements: Requirements
  readonly seatsLeft: number | null
  readonly ticketBy: Instant | null
  readonly expiresAt: Instant
  readonly alternatives: readonly {
    readonly offerId: OfferId
    readonly provider: ProviderCode
    readonly total: Money
  }[]
}

export type OfferPrice = {
  readonly base: Money
  readonly taxes: Money
  readonly fees: Money
  readonly total: Money
  /** What the supplier asks, in its currency. */
  readonly supplierTotal: Money
  /** Null where no conversion was needed. `value`: decimal string, units of the search's currency per unit of the supplier's. */
  readonly rate: { readonly id: string; readonly value: string; readonly date: LocalDate } | null
}

/** What booking needs: the offer as shown and the supplier's own behind it. */
export type StoredOffer = {
  readonly tenant: TenantId
  readonly offer: Offer
  readonly net: SupplierOffer
  readonly passengers: readonly ShopPassenger[]
  /** For pricing again in the same way. */
  readonly pointOfSale: string
  readonly currency: CurrencyCode
}

/** JSON: api.md `POST /v1/offers/{id}/price`. */
export type PriceConfirmation =
  | { readonly kind: 'unchanged'; readonly stored: StoredOffer }
  | {
      readonly kind: 'changed'
      readonly old: Money
      readonly new: Money
      readonly difference: Money
      readonly stored: StoredOffer
    }
  | { readonly kind: 'gone'; readonly reason: string; readonly fault: Fault }

export type ShoppingHealth = {
  readonly offers: PartHealth
  readonly redis: PartHealth
  readonly elasticsearch: PartHealth
}
export type PartHealth = 'ok' | 'degraded' | 'off'
