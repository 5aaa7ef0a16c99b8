import { systemClock } from '../../src/core/clock.ts'
import { makeMemoryOfferStore } from '../../src/shopping/memory-offer-store.ts'
import { readyShopping, returnSearch } from '../ready-shopping.ts'
import type { Row, Variant } from '../row.ts'

const context = { tenant: 'default', requestId: 'req_bench', traceparent: null }

/** Checks, facts, merge, price, rank, facets, first page, store; not transport and decoding, which are rows of their own. */
export const row: Row = {
  name: 'cost per offer of a search with 10,000 offers',
  unit: 'offer',
  floorIs: 'cost per offer of a search with 100 offers',
  note: 'Without decoding; what a search costs whatever its size is shared by more offers the larger it is.',
  aim: { ratioMax: 1.15 },
  floor: () => searches(100),
  value: () => searches(10_000),
}

async function searches(offers: number): Promise<Variant> {
  const shopping = readyShopping(makeMemoryOfferStore(systemClock), offers / 2)
  const request = returnSearch()
  for (let n = 0; n < Math.max(10, 20_000 / offers); n++) await shopping.search(request, context, { anew: true })
  return {
    async run() {
      await shopping.search(request, context, { anew: true })
      return offers
    },
    async check() {
      const { body } = await shopping.search(request, context, { anew: true })
      const { page } = JSON.parse(Buffer.from(body).toString()) as { page: { total: number } }
      if (page.total !== (offers / 2) * 1.5) throw new Error(`${page.total} rows of ${offers} offers`)
    },
  }
}
