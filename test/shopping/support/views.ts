import { silentLog } from '../../../src/core/log.ts'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import { makeCursors } from '../../../src/shopping/cursor.ts'
import { factsOf } from '../../../src/shopping/facts.ts'
import type { NetSet } from '../../../src/shopping/net-set.ts'
import { makeSearchIds, newViewId } from '../../../src/shopping/search-ids.ts'
import { buildView, type View, type ViewScope } from '../../../src/shopping/view.ts'
import { makeOffer, outbound } from './offers.ts'
import { now, plainPricer } from './shopping.ts'

export const ids = makeSearchIds('a secret of the test')
export const cursors = makeCursors('a secret of the test')

export function netSetOf(offers: readonly SupplierOffer[], more: Partial<NetSet> = {}): NetSet {
  return {
    id: newViewId(),
    createdAt: now,
    mark: '',
    freshUntil: now + 30_000,
    reusableUntil: now + 60_000,
    status: 'complete',
    providers: [{ code: 'alpha', status: 'ok', elapsedMs: 12, offers: offers.length }],
    warnings: [],
    offers,
    facts: factsOf(offers),
    ...more,
  }
}

export function viewOf(offers: readonly SupplierOffer[], scope: Partial<ViewScope> = {}): View {
  const id = scope.id ?? newViewId()
  return buildView(netSetOf(offers), {
    id,
    base: ids.mint(id, 'default', now, 'miss'),
    tenant: 'default',
    currency: 'EUR',
    pointOfSale: 'GB',
    passengers: [{ id: 'pax_1', type: 'ADT', age: null }],
    now,
    ttlMs: 600_000,
    pricer: plainPricer('EUR'),
    log: silentLog,
    ...scope,
  })
}

/** Offers of different flights, times and prices; equal keys among them. */
export function manyOffers(count: number): readonly SupplierOffer[] {
  return Array.from({ length: count }, (_, i) => {
    const hour = String(6 + (i % 12)).padStart(2, '0')
    const flight = {
      ...outbound,
      flight: `${['BA', 'AA', 'VS'][i % 3]}${100 + i}`,
      departure: `2027-03-10T${hour}:20:00`,
      arrival: `2027-03-10T${String(Number(hour) + 3 + (i % 2)).padStart(2, '0')}:15:00`,
    }
    return makeOffer({
      provider: ['alpha', 'beta'][i % 2]!,
      validatingCarrier: flight.flight.slice(0, 2),
      price: 40_000 + (i % 40) * 100,
      slices: [[flight]],
      refundable: i % 4 === 0,
    })
  })
}
