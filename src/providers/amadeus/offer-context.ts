import { isId, type PassengerId } from '../../core/ids.ts'
import type { SupplierContext } from '../../core/offer.ts'
import { type Raw, rawOf, textOf } from './wire/read.ts'

/** What we put into the supplierContext of offers and orders, read back after a store. */

export type OfferContext = {
  /** Amadeus' own offer, word for word. */
  readonly offer: Raw
  readonly travellers: Readonly<Record<string, PassengerId>>
}

export function readContext(context: SupplierContext): OfferContext | null {
  const offer = rawOf(typeof context.offer === 'string' ? parsed(context.offer) : context.offer)
  const travellers = readTravellers(context.travellers)
  return offer === null || travellers === null ? null : { offer, travellers }
}

/** Of large replies the text is kept (wire/offer-texts.ts). */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export type OrderContext = {
  readonly orderId: string
  readonly travellers: Readonly<Record<string, PassengerId>>
  /** It was ordered with its tickets. */
  readonly confirmed: boolean
}

export function readOrderContext(context: SupplierContext): OrderContext | null {
  const orderId = textOf(context.orderId)
  const travellers = readTravellers(context.travellers)
  return orderId === null || travellers === null ? null : { orderId, travellers, confirmed: context.confirmed === true }
}

function readTravellers(value: unknown): Readonly<Record<string, PassengerId>> | null {
  const raw = rawOf(value)
  if (raw === null) return null
  const travellers: Record<string, PassengerId> = {}
  for (const [wireId, id] of Object.entries(raw)) {
    if (typeof id !== 'string' || !isId('pax', id)) return null
    travellers[wireId] = id
  }
  return travellers
}
