import type { OfferId } from '../../src/core/ids.ts'
import { money } from '../../src/core/money.ts'
import type { PriceConfirmation, StoredOffer } from '../../src/shopping/port.ts'
import { type FakeShopping, fakeShopping, repriced } from '../booking/fakes.ts'
import { storedOffer } from '../booking/sample.ts'
import { fault } from '../../src/core/fault.ts'
import type { ClientPlan } from './plan.ts'

export const totalMinor = 120_468
export const changeMinor = 1_000

/** The offers that clients have found; an offer that replaces another belongs to the same client. */
export type Shop = FakeShopping & { clientOf(id: OfferId): number | undefined }

export function openShop(clients: readonly ClientPlan[]): {
  readonly shop: Shop
  readonly offers: readonly StoredOffer[]
} {
  const offers = clients.map(() => storedOffer())
  const owners = new Map<OfferId, number>(offers.map(({ offer }, i) => [offer.id, i]))
  const shop: Shop = Object.assign(fakeShopping(...offers), { clientOf: (id: OfferId) => owners.get(id) })
  shop.confirmation = stored => {
    const owner = owners.get(stored.offer.id)!
    const confirmation = confirmed(stored, clients[owner]!)
    if (confirmation.kind === 'changed') owners.set(confirmation.stored.offer.id, owner)
    return confirmation
  }
  return { shop, offers }
}

function confirmed(stored: StoredOffer, { price }: ClientPlan): PriceConfirmation {
  const changed = stored.offer.total.amountMinor !== totalMinor
  if (price === 'same' || changed) return { kind: 'unchanged', stored }
  if (price === 'gone') return { kind: 'gone', reason: 'no longer sold', fault: fault('offer-gone', 'no longer sold') }
  const total = money(totalMinor + (price === 'up' ? changeMinor : -changeMinor), 'EUR')
  return repriced(storedOffer({ total }))(stored)
}
