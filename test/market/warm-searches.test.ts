import { expect, it } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { countPopular, type PopularSearches } from '../../src/market/popular.ts'
import { makeMemoryPopularity } from '../../src/market/popularity.ts'
import { startWarming } from '../../src/market/warming.ts'
import { noLeases } from '../../src/shopping/search-lease.ts'
import { makeOffer, outbound } from '../shopping/support/offers.ts'
import { contextOf, jsonOf, now, openShopping, request } from '../shopping/support/shopping.ts'
import { fakeSupplier } from '../shopping/support/suppliers.ts'

/** Soon, so that it is not kept for long. */
const date = '2027-01-07'
const flight = { ...outbound, departure: `${date}T08:20:00`, arrival: `${date}T11:15:00` }
const asked = { ...request, slices: [{ ...request.slices[0]!, departureDate: date }] }

/** What travellers who come every six minutes are answered from over an hour and a half. */
async function travellers(isWarm: boolean) {
  const supplier = fakeSupplier('alpha', [makeOffer({ slices: [[flight]] })])
  let popular: PopularSearches | undefined
  const { shopping, clock } = openShopping([supplier], { onAsk: (one, tenant) => popular?.note(one, tenant) })
  popular = countPopular({ store: makeMemoryPopularity(now), clock, log: silentLog })
  const warming = startWarming({
    ...{ clock, log: silentLog, metrics: noMetrics, popular, leases: noLeases, searchesPerMinute: isWarm ? 10 : 1e-9 },
    search: (one, context) => shopping.search(one, context),
    suppliersHaveRoom: () => true,
  })
  const seen: string[] = []
  for (let second = 0; second < 5_400; second += 5) {
    clock.advance(5_000)
    await warming.round()
    if (second % 360 === 0) seen.push(jsonOf(await shopping.search(asked, contextOf('acme'))).cache.status)
  }
  await warming.close()
  return { seen, calls: supplier.asked.length }
}

it('what is asked for often is there when somebody asks: nobody waits for suppliers any more', async () => {
  const cold = await travellers(false)
  const warm = await travellers(true)
  expect(cold.seen.filter(status => status === 'miss').length).toBeGreaterThan(5)
  // the first makes it known, the second makes it popular
  expect(warm.seen.slice(2).filter(status => status === 'miss')).toEqual([])
  // of 900 that the budget allows
  expect(warm.calls).toBeLessThan(200)
})
