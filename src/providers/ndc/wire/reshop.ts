import type { XmlScanner } from '../../../core/xml/scanner.ts'
import { type Amount, eachChild, isTrue, textOf, wordOf } from './xml.ts'
import { readPrice, type WirePrice } from './prices.ts'

/** `ReshopResults`: what a change or a cancellation would cost. Not offers of anything to buy. */
export type WireReshop = { readonly offers: readonly WireReshopOffer[]; readonly noChange: boolean }

export type WireReshopOffer = {
  readonly id: string
  readonly owner: string | null
  readonly expires: string | null
  readonly penaltyRefs: readonly string[]
  readonly differences: readonly Difference[]
  /** Whether every item is one that is given back. */
  readonly deletes: boolean
  /** Of the order. */
  readonly deletedItems: readonly string[]
}

/** One an item and passenger. */
export type Difference = { readonly type: string | null; readonly prices: readonly WirePrice[] }

export function readReshop(x: XmlScanner): WireReshop {
  const offers: WireReshopOffer[] = []
  let noChange = false
  const visit = (name: string): void => {
    if (name === 'Offer' || name === 'RequotedOffer') offers.push(readReshopOffer(x))
    else if (name === 'ReshopOffers') eachChild(x, visit)
    else if (name === 'NoChangeInd') {
      noChange = true
      eachChild(x, () => {
        noChange = isTrue(x) ?? true
      })
    }
  }
  eachChild(x, visit)
  return { offers, noChange }
}

function readReshopOffer(x: XmlScanner): WireReshopOffer {
  let id = ''
  let owner: string | null = null
  let expires: string | null = null
  let added = false
  let deleted = false
  const penaltyRefs: string[] = []
  const differences: Difference[] = []
  const deletedItems: string[] = []
  const visitItem = (name: string): void => {
    if (name === 'PriceDifferential') differences.push(readDifference(x))
    else if (name === 'ExistingOrderItem') readExisting(x, deletedItems)
    else if (name === 'ReshopPrice') eachChild(x, visitItem)
  }
  eachChild(x, name => {
    switch (name) {
      case 'OfferID':
        id = textOf(x)
        break
      case 'OwnerCode':
        owner = wordOf(x)
        break
      case 'OfferExpirationTimeLimitDateTime':
        expires = wordOf(x)
        break
      case 'PenaltyRefID':
        penaltyRefs.push(textOf(x))
        break
      case 'AddedOfferItem':
        added = true
        eachChild(x, visitItem)
        break
      case 'DeleteOrderItem':
        deleted = true
        eachChild(x, visitItem)
        break
      default:
    }
  })
  return { id, owner, expires, penaltyRefs, differences, deletes: deleted && !added, deletedItems }
}

function readExisting(x: XmlScanner, items: string[]): void {
  eachChild(x, name => {
    if (name === 'OrderItemRefID') items.push(textOf(x))
  })
}

function readDifference(x: XmlScanner): Difference {
  let type: string | null = null
  const prices: WirePrice[] = []
  eachChild(x, name => {
    if (name === 'DifferentialTypeCode') type = wordOf(x)
    else if (name === 'DiffPrice')
      eachChild(x, child => {
        if (child === 'FareDetail')
          eachChild(x, inner => {
            if (inner === 'Price') prices.push(readPrice(x))
          })
      })
  })
  return { type, prices }
}

/** What the airline pays back, as far as the reply says: an amount a passenger. */
export function refundsOf(offer: WireReshopOffer): readonly Amount[] {
  return offer.differences.flatMap(({ prices }) =>
    prices.flatMap(price => (price.dueByAirline ? [price.dueByAirline] : [])),
  )
}
