import type { PassengerId } from '../../../core/ids.ts'
import type { SupplierContext } from '../../../core/offer.ts'
import { sharedTexts } from '../../../core/sharing.ts'
import { withOne } from '../../../core/xml/lists.ts'
import type { Message } from './message.ts'
import type { KnownPassenger } from './passengers.ts'
import type { WireOffer } from './read-offer.ts'

/** What an offer is asked for with again: its ids, and whose ids there are whose in ours. */
export type OfferContext = {
  readonly kind: 'offer'
  readonly offerId: string
  readonly owner: string
  readonly responseId: string | null
  /** OfferPrice confirmed it. */
  readonly priced: boolean
  readonly items: readonly { readonly id: string; readonly passengers: readonly string[] }[]
  readonly passengers: readonly { readonly ref: string; readonly id: PassengerId }[]
}

export type OrderContext = {
  readonly kind: 'order'
  readonly orderId: string
  readonly owner: string
  /** Those that are not cancelled, and whose they are. Absent: not known. */
  readonly items?: readonly { readonly id: string; readonly passengers: readonly PassengerId[] }[]
}

export type ContextPassengers = OfferContext['passengers']

/** One list for all offers of a message. */
export function contextPassengers(passengers: readonly KnownPassenger[]): ContextPassengers {
  return passengers.map(({ ref, id }) => ({ ref, id }))
}

export function offerContext(message: Message, offer: WireOffer, passengers: ContextPassengers): OfferContext {
  return {
    kind: 'offer',
    offerId: offer.id,
    owner: offer.owner ?? offer.validatingCarrier ?? '',
    responseId: message.responseId,
    priced: message.name.endsWith('OfferPriceRS'),
    items: offer.items.map(item => ({ id: item.id, passengers: sharedTexts(namedIn(item)) })),
    passengers,
  }
}

export function namedIn(item: WireOffer['items'][number]): readonly string[] {
  let named: readonly string[] = none
  for (const { passengerRefs } of item.services) named = withNew(named, passengerRefs)
  for (const { passengerRefs } of item.fares) named = withNew(named, passengerRefs)
  return named
}

const none: readonly never[] = []

function withNew(known: readonly string[], refs: readonly string[]): readonly string[] {
  let all = known
  for (const ref of refs) if (!all.includes(ref)) all = withOne(all, ref)
  return all
}

/** As we wrote it. */
export function isOfferContext(context: SupplierContext): context is OfferContext {
  return context.kind === 'offer' && typeof context.offerId === 'string' && Array.isArray(context.items)
}

export function isOrderContext(context: SupplierContext): context is OrderContext {
  return context.kind === 'order' && typeof context.orderId === 'string'
}
