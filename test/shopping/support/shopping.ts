import { manualClock } from '../../../src/core/clock.ts'
import type { RequestContext } from '../../../src/core/context.ts'
import { silentLog } from '../../../src/core/log.ts'
import { noMetrics } from '../../../src/core/metrics.ts'
import { money, parseRatio, scale } from '../../../src/core/money.ts'
import type { Pricer } from '../../../src/pricing/port.ts'
import type { Provider } from '../../../src/providers/port.ts'
import { makeMemoryOfferStore } from '../../../src/shopping/memory-offer-store.ts'
import type { SearchRequest } from '../../../src/shopping/port.ts'
import { createShopping, type ShoppingParts } from '../../../src/shopping/service.ts'
import type { ShoppedSearch } from '../../../src/shopping/shopped.ts'
import { date } from './offers.ts'

export const now = Date.parse('2027-01-05T10:00:00Z')

/** Sells at the supplier's price; for amounts in another currency: one for one. */
export const plainPricer =
  (currency: string): Pricer =>
  offer => {
    const same = { ...offer.total, currency }
    return {
      total: same,
      price: {
        base: { ...offer.base, currency },
        taxes: { ...offer.taxes, currency },
        fees: { ...offer.fees, currency },
        total: same,
        supplierTotal: offer.total,
        rate: null,
      },
      passengers: offer.passengers,
      conditions: offer.conditions,
    }
  }

export function contextOf(tenant = 'default'): RequestContext {
  return { tenant, requestId: 'req_1', traceparent: null }
}

export const request: SearchRequest = {
  slices: [{ origin: 'LHR', destination: 'JFK', departureDate: date }],
  passengers: [{ type: 'ADT' }],
  currency: 'EUR',
}

/** Shopping with a clock moved by hand over suppliers of the test. */
export function openShopping(suppliers: readonly Provider[], parts: Partial<ShoppingParts> = {}) {
  const clock = (parts.clock as ReturnType<typeof manualClock> | undefined) ?? manualClock(now)
  const shopped: ShoppedSearch[] = []
  const shopping = createShopping({
    clock,
    log: silentLog,
    metrics: noMetrics,
    providers: { list: () => suppliers, find: code => suppliers.find(supplier => supplier.code === code) },
    makePricer: ({ currency }) => plainPricer(currency),
    knowsCurrency: code => ['EUR', 'USD', 'GBP', 'JPY'].includes(code),
    convert: (m, to) =>
      m.currency === to ? m : scale(m, parseRatio('0.5')!, { currency: to, unitMinor: 1, mode: 'half-up' }),
    store: makeMemoryOfferStore(clock),
    secret: 'a secret of the test',
    onSearch: search => shopped.push(search),
    health: { redis: () => 'off', elasticsearch: () => 'off' },
    ...parts,
  })
  return { shopping, clock, shopped }
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field, as a front end would
export type AnyJson = any

export function jsonOf({ body }: { readonly body: Uint8Array }): AnyJson {
  return JSON.parse(Buffer.from(body).toString())
}

export const euro = (minor: number) => money(minor, 'EUR')
