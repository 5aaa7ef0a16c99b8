import type { Baggage, Brand, Cabin, SegmentFare } from '../../../core/itinerary.ts'
import type { Condition } from '../../../core/offer.ts'
import type { SaidPrice } from './prices.ts'

/** Of one passenger, before departure. */
export type Penalties = { readonly change: Condition; readonly refund: Condition }

/** What a reply says of one kind of passenger in one offer. */
export type PassengerOffer = {
  readonly price: SaidPrice
  /** One a flight, in the order of travel. */
  readonly fares: readonly SegmentFare[]
  /** Whether a married group ends with the flight. */
  readonly breaks: readonly boolean[]
  readonly seatsLeft: number | null
  readonly penalties: Penalties
}

/** A fare on one flight of the older layout while it is being read: baggage is told apart from it, and added. */
export type ReadFare = {
  readonly fareBasis: string | null
  readonly bookingClass: string | null
  readonly cabin: Cabin | null
  readonly brand: Brand | null
  readonly endsGroup: boolean
  checked: Baggage | null
  carryOn: Baggage | null
}
