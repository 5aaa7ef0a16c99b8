import type { XmlElement } from '../../../core/xml/tree.ts'
import type { ShopPassenger } from '../../port.ts'
import { paxList, readPassengers, type RequestPassenger } from './air-shopping.ts'
import type { OfferContext } from './context.ts'
import { leaf, leaves, part, type RequestHead, requestMessage, tag } from './envelope.ts'
import { all, at, needed, words } from './requests.ts'

/** `OfferPriceRQ`. */
export function encodeOfferPrice(
  context: OfferContext,
  passengers: readonly ShopPassenger[],
  head: RequestHead,
): string {
  const selected = tag('SelectedOffer', selectedOffer(context))
  const content =
    part('DataLists', tag('PaxList', paxList(asThere(context, passengers)))) +
    part('PricedOffer', tag('SelectedOfferList', selected))
  return requestMessage('OfferPriceRQ', head, content)
}

/** Under the ids that the supplier knows them by. */
function asThere({ passengers: known }: OfferContext, passengers: readonly ShopPassenger[]): readonly ShopPassenger[] {
  return passengers.map(one => {
    const ref = known.find(other => other.id === one.id)?.ref
    return ref === undefined ? one : { ...one, id: ref as ShopPassenger['id'] }
  })
}

export function selectedOffer(context: OfferContext): string {
  const everybody = context.passengers.map(one => one.ref)
  return (
    leaf('OfferRefID', context.offerId) +
    leaf('OwnerCode', context.owner) +
    context.items
      .map(item =>
        tag(
          'SelectedOfferItem',
          leaf('OfferItemRefID', item.id),
          leaves('PaxRefID', item.passengers.length > 0 ? item.passengers : everybody),
        ),
      )
      .join('')
  )
}

export type SelectedOffer = {
  readonly offerId: string
  readonly owner: string
  readonly items: readonly { readonly id: string; readonly passengers: readonly string[] }[]
}

export type OfferPriceRequest = { readonly selected: SelectedOffer; readonly passengers: readonly RequestPassenger[] }

export function decodeOfferPrice(request: XmlElement): OfferPriceRequest {
  return {
    selected: readSelected(at(request, 'PricedOffer', 'SelectedOfferList', 'SelectedOffer')),
    passengers: readPassengers(at(request, 'DataLists', 'PaxList')),
  }
}

export function readSelected(offer: XmlElement | undefined): SelectedOffer {
  return {
    offerId: needed(offer, 'OfferRefID'),
    owner: needed(offer, 'OwnerCode'),
    items: all(offer, 'SelectedOfferItem').map(item => ({
      id: needed(item, 'OfferItemRefID'),
      passengers: words(item, 'PaxRefID'),
    })),
  }
}
