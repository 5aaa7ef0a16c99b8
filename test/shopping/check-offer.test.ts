import { describe, expect, it } from 'vitest'
import { money } from '../../src/core/money.ts'
import type { SupplierOffer } from '../../src/core/offer.ts'
import { makeOffer, type OfferSpec, outbound } from './support/offers.ts'
import { contextOf, jsonOf, now, openShopping, request } from './support/shopping.ts'
import { fakeSupplier } from './support/suppliers.ts'

const good = makeOffer({ price: 60_000 })
const at = (ms: number) => new Date(now + ms).toISOString()
const flight = (change: object): OfferSpec => ({ slices: [[{ ...outbound, ...change }]] })
const eur = (minor: number) => money(minor, 'EUR')

async function answerWith(bad: SupplierOffer, change: object = {}) {
  const { shopping } = openShopping([fakeSupplier('alpha', [good, bad])])
  return jsonOf(await shopping.search({ ...request, ...change }, contextOf()))
}

describe('an offer that breaks what its adapter promises is never shown, and its supplier is named', () => {
  const [passenger] = good.passengers
  const table: readonly [string, SupplierOffer, RegExp][] = [
    ['of another supplier', makeOffer({ provider: 'beta' }), /names another supplier/],
    ['in a currency without a rate', makeOffer({ currency: 'XTS' }), /no exchange rate/],
    ['with amounts in two currencies', { ...good, taxes: money(100, 'USD') }, /several currencies/],
    [
      'with a fee for a change in another currency',
      { ...good, conditions: { ...good.conditions, change: { allowed: true, fee: money(1, 'USD') } } },
      /several currencies/,
    ],
    ['whose parts are not the total', { ...good, base: eur(1) }, /do not add up/],
    ['whose total is not that of its passengers', { ...good, total: eur(60_001), base: eur(59_901) }, /do not add up/],
    [
      'whose passenger does not add up',
      { ...good, passengers: [{ ...passenger!, each: { ...passenger!.each, base: eur(1) } }] },
      /do not add up/,
    ],
    ['below zero', makeOffer({ price: -100, taxes: 0 }), /negative/],
    ['for another passenger', makeOffer({ passengers: [['ADT', ['pax_9']]] }), /passengers that were asked for/],
    ['for nobody', { ...good, passengers: [] }, /zero/],
    ['for nothing', makeOffer({ price: 0, taxes: 0 }), /zero/],
    ['for one passenger twice', makeOffer({ passengers: [['ADT', ['pax_1', 'pax_1']]] }), /passengers that were asked/],
    ['with a count that is wrong', { ...good, passengers: [{ ...passenger!, ids: [] }] }, /passengers that were asked/],
    ['without flights', { ...good, slices: [] }, /where and when/],
    ['with a slice without flights', { ...good, slices: [{ ...good.slices[0]!, segments: [] }] }, /where and when/],
    ['from elsewhere', makeOffer(flight({ from: 'LGW' })), /where and when/],
    ['to elsewhere', makeOffer(flight({ to: 'EWR' })), /where and when/],
    [
      'on another day',
      makeOffer(flight({ departure: '2027-03-11T08:20:00', arrival: '2027-03-11T11:15:00' })),
      /where/,
    ],
    ['that arrives before it leaves', makeOffer(flight({ arrival: '2027-03-10T02:00:00' })), /out of order/],
    ['with a time that is none', makeOffer(flight({ arrival: '2027-03-10' })), /out of order/],
    ['that has expired', makeOffer({ expiresAt: at(0) }), /expired/],
    ['that had to be ticketed before', makeOffer({ ticketBy: at(-1) }), /expired/],
    ['that wants a novel back', makeOffer({ context: { raw: 'x'.repeat(70_000) } }), /too large/],
  ]
  it.each(table)('%s', async (_, bad, text) => {
    const answer = await answerWith(bad)
    expect(answer.offers.map((offer: { total: object }) => offer.total)).toEqual([
      { amount: '600.00', currency: 'EUR' },
    ])
    expect(answer.offers[0].alternatives).toEqual([])
    expect(answer.providers).toEqual([{ code: 'alpha', status: 'ok', elapsedMs: 0, offers: 1 }])
    expect(answer.warnings).toEqual([
      { code: 'offers-dropped', provider: 'alpha', text: expect.stringMatching(text), count: 1 },
    ])
    expect(answer.warnings[0].text).toMatch(/^alpha: /)
  })
})

describe('an offer that is not what was asked for is left out', () => {
  const via = makeOffer({
    price: 40_000,
    slices: [
      [
        { flight: 'EI151', from: 'LHR', to: 'DUB', departure: '2027-03-10T06:30:00', arrival: '2027-03-10T07:50:00' },
        { flight: 'EI109', from: 'DUB', to: 'JFK', departure: '2027-03-10T10:40:00', arrival: '2027-03-10T13:10:00' },
      ],
    ],
  })
  it.each<[string, SupplierOffer, object]>([
    ['with more connections', via, { maxConnections: 0 }],
    ['of an airline that is not wanted', via, { carriers: { exclude: ['EI'] } }],
    ['with flights of an airline that is not among the wanted', via, { carriers: { include: ['BA'] } }],
    ['validated by another', makeOffer({ validatingCarrier: 'AA' }), { carriers: { include: ['BA'] } }],
    ['at another hour', via, { slices: [{ ...request.slices[0]!, departureTime: { from: '08:20', to: '08:20' } }] }],
  ])('%s', async (_, bad, change) => {
    const answer = await answerWith(bad, change)
    expect(answer.page.total).toBe(1)
    expect(answer.warnings).toMatchObject([{ code: 'offers-filtered', provider: 'alpha', count: 1 }])
  })
})

describe('an offer is good', () => {
  it.each<[string, SupplierOffer, object]>([
    [
      'from any airport of the city asked for',
      makeOffer(flight({ from: 'LGW' })),
      { slices: [{ origin: 'LON', destination: 'NYC', departureDate: '2027-03-10' }] },
    ],
    ['with a context of just under 64 kB', makeOffer({ context: { raw: 'x'.repeat(65_000) } }), {}],
  ])('%s', async (_, offer, change) => {
    const answer = await answerWith(
      { ...offer, conditions: { ...offer.conditions, refund: { allowed: true, fee: null } } },
      change,
    )
    expect(answer.page.total).toBe(2)
    expect(answer.warnings).toEqual([])
  })
})

describe('warnings', () => {
  it('of one kind are one, with their number', async () => {
    const { shopping } = openShopping([
      fakeSupplier('alpha', async () => ({
        kind: 'offers',
        partial: false,
        offers: [good, { ...good, base: eur(1) }, { ...good, base: eur(2) }],
        warnings: [1, 2, 3].map(n => ({ code: 'rounding', at: `/data/${n}`, text: `a gap of ${n} cents` })),
      })),
    ])
    const { warnings } = jsonOf(await shopping.search(request, contextOf()))
    expect(warnings).toEqual([
      { code: 'offers-dropped', provider: 'alpha', text: expect.stringMatching(/2 offers/), count: 2 },
      { code: 'rounding', provider: 'alpha', text: 'alpha: a gap of 1 cents', count: 3 },
    ])
  })
})
