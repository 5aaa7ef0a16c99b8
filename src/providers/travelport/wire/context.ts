import type { SupplierContext } from '../../../core/offer.ts'

/** What an offer of a search carries for AirPrice: what its slices do not hold. A list per slice, an entry a segment. */
export type SearchContext = SupplierContext & {
  readonly kind: 'search'
  readonly legs: readonly (readonly SegmentContext[])[]
}

/** Times as on the wire, with offset. */
export type SegmentContext = {
  readonly departureTime: string
  readonly arrivalTime: string
  readonly providerCode: string
  readonly hostToken: string | null
}

/** What a confirmed offer carries for AirCreateReservation. */
export type PricedContext = SupplierContext & {
  readonly kind: 'priced'
  /** `air:AirPricingSolution` as confirmed, its segments inside, passengers named. */
  readonly solution: string
}

/** What an order carries for everything after. */
export type OrderContext = SupplierContext & {
  readonly kind: 'order'
  readonly universalLocator: string
  readonly version: string
  readonly providerCode: string
  readonly providerLocator: string
  readonly airLocator: string
  readonly platingCarrier: string | null
  readonly pricingKeys: readonly string[]
  readonly tickets: readonly string[]
}

export function isSearchContext(context: SupplierContext): context is SearchContext {
  return context.kind === 'search' && Array.isArray(context.legs)
}

export function isPricedContext(context: SupplierContext): context is PricedContext {
  return context.kind === 'priced' && typeof context.solution === 'string'
}

export function isOrderContext(context: SupplierContext): context is OrderContext {
  return context.kind === 'order' && typeof context.universalLocator === 'string'
}
