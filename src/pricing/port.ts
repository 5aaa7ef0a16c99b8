/** Pure: a supplier's offer -> what one tenant's traveller is asked, in the currency of the search. Implementation:
 *  pricing/price-offer.ts (`priceOffer`). Every component sums exactly to the total. */
import type { PassengerType } from '../core/itinerary.ts'
import type { CurrencyCode, Money } from '../core/money.ts'
import type { Conditions, PassengerFare, SupplierOffer } from '../core/offer.ts'
import type { TenantId } from '../core/tenant.ts'

export type PricedOffer = {
  readonly total: Money
  readonly price: {
    readonly base: Money
    readonly taxes: Money
    readonly fees: Money
    readonly total: Money
    readonly supplierTotal: Money
    readonly rate: RateUsed | null
  }
  readonly passengers: readonly PassengerFare[]
  readonly conditions: Conditions
}

export type RateUsed = { readonly id: string; readonly value: string; readonly date: string }

/** Made once per search (`makePricer(rules, rates, scope)` in price-offer.ts), then called per offer. */
export type Pricer = (offer: SupplierOffer) => PricedOffer

export type PricingScope = {
  readonly tenant: TenantId
  readonly pointOfSale: string
  readonly currency: CurrencyCode
  readonly passengerTypes: readonly PassengerType[]
}
