import { describe, expect, it } from 'vitest'
import { makeOffer, outbound } from './support/offers.ts'
import { contextOf, jsonOf, openShopping, request } from './support/shopping.ts'
import { failing, fakeSupplier, found, silent } from './support/suppliers.ts'

describe('a search', () => {
  it('answers with the merged offers of all suppliers, the cheapest leading', async () => {
    const alpha = fakeSupplier('alpha', [makeOffer({ provider: 'alpha', price: 52_000 })])
    const beta = fakeSupplier('beta', [makeOffer({ provider: 'beta', price: 51_000 })])
    const { shopping } = openShopping([beta, alpha])
    const answer = jsonOf(await shopping.search(request, contextOf()))
    expect(answer).toMatchObject({
      status: 'complete',
      currency: 'EUR',
      cache: { status: 'miss', ageSeconds: 0 },
      providers: [
        { code: 'alpha', status: 'ok', offers: 1 },
        { code: 'beta', status: 'ok', offers: 1 },
      ],
      page: { limit: 20, total: 1, next: null },
    })
    const [offer] = answer.offers
    expect(offer).toMatchObject({
      provider: 'beta',
      total: { amount: '510.00', currency: 'EUR' },
      labels: ['best', 'cheapest', 'fastest'],
      alternatives: [{ provider: 'alpha', total: { amount: '520.00', currency: 'EUR' } }],
    })
    expect(offer.searchId).toBe(answer.id)
    expect(answer.highlights).toEqual({ best: offer.id, cheapest: offer.id, fastest: offer.id })
    const other = jsonOf(await shopping.getOffer(offer.alternatives[0].offerId, contextOf()))
    expect(other).toMatchObject({ id: offer.alternatives[0].offerId, provider: 'alpha', labels: [] })
    expect(jsonOf(await shopping.getSearch(answer.id, contextOf()))).toEqual(answer)
  })
})
