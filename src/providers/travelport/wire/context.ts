import type { SupplierContext } from '../../../core/offer.ts'

/** What an offer carries for AirPrice: what its slices do not hold. A list per slice, an entry a segment. */
export type OfferContext = SupplierContext & {
  readonly kind: 'offer'
  readonly legs: readonly (readonly SegmentContext[])[]
  readonly accountCodes: readonly { readonly carrier: string; readonly code: string }[]
  /** For AirCreateReservation: `air:AirPricingSolution` as confirmed, its segments inside, passengers named; null in a
   *  search. */
  readonly solution: string | null
}

/** Times as on the wire, with offset. */
export type SegmentContext = {
  readonly departureTime: string
  readonly arrivalTime: string
  readonly providerCode: string
  readonly hostToken: string | null
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

export function isOfferContext(context: SupplierContext): context is OfferContext {
  return context.kind === 'offer' && Array.isArray(context.legs)
}

export function isOrderContext(context: SupplierContext): context is OrderContext {
  return context.kind === 'order' && typeof context.universalLocator === 'string'
}
