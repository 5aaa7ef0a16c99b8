import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { unpack as unpackMsgpack } from 'msgpackr'
import { describe, expect, it } from 'vitest'
import { atOnce } from '../../src/core/turns.ts'
import { makePricer } from '../../src/pricing/price-offer.ts'
import { parseRates } from '../../src/pricing/rates.ts'
import { parseRules } from '../../src/pricing/rules.ts'
import { pack, unpack } from '../../src/shopping/codec.ts'
import { encodeOffer, offerJson } from '../../src/shopping/encode.ts'
import { packOffer, packViewOffer, unpackViewOffer } from '../../src/shopping/offer-bytes.ts'
import { packNet, unpackNet } from '../../src/shopping/view-bytes.ts'
import { toOffer } from '../../src/shopping/view-offer.ts'
import { arbitraryOffer, arbitraryOffers } from './support/arbitraries.ts'
import { makeOffer, outbound } from './support/offers.ts'
import type { AnyJson } from './support/shopping.ts'
import { manyOffers, netSetOf, viewOf } from './support/views.ts'

const settings = (name: string): string => readFileSync(new URL(`../../config/${name}`, import.meta.url), 'utf8')
const rates = parseRates('rates', settings('rates.json'))
const rules = parseRules(
  'rules',
  JSON.stringify({
    markups: [
      { id: 'beta', when: { providers: ['beta'] }, add: { percent: '7.35', of: 'total' } },
      { id: 'all', when: {}, add: { amount: '3.33', currency: 'USD' } },
    ],
    fees: [{ id: 'service', when: {}, code: 'service', amount: { amount: '4.99', currency: 'EUR' } }],
  }),
)

const minor = ({ amount }: AnyJson): number => Math.round(Number(amount) * 1000)

describe('a view', () => {
  it('shows amounts that add up to the minor unit, in every offer, for every passenger and part', () => {
    const currencies = fc.constantFrom('EUR', 'USD', 'JPY', 'KWD', 'CZK')
    fc.assert(
      fc.property(arbitraryOffers(12), currencies, (offers, currency) => {
        const scope = { tenant: 'default', pointOfSale: 'GB', currency, passengerTypes: ['ADT'] as const }
        const view = viewOf(offers, { currency, pricer: makePricer(rules, rates, scope) })
        Array.from(view.offers).forEach((offer, index) => {
          const shown = JSON.parse(encodeOffer(toOffer(view.head.base, index, offer), []).toString())
          const { base, taxes, fees, total } = shown.price
          expect(minor(base) + minor(taxes) + minor(fees)).toBe(minor(total))
          expect(shown.total).toEqual(total)
          expect(total.currency).toBe(currency)
          const sum = (numberOf: (each: AnyJson) => number): number =>
            shown.passengers.reduce((n: number, entry: AnyJson) => n + entry.count * numberOf(entry.each), 0)
          const charges = (list: AnyJson[]): number => list.reduce((n, { amount }) => n + minor(amount), 0)
          expect(sum(each => minor(each.total))).toBe(minor(total))
          expect(sum(each => minor(each.base))).toBe(minor(base))
          expect(sum(each => charges(each.taxes))).toBe(minor(taxes))
          expect(sum(each => charges(each.fees))).toBe(minor(fees))
          for (const { each } of shown.passengers)
            expect(minor(each.base) + charges(each.taxes) + charges(each.fees)).toBe(minor(each.total))
        })
      }),
    )
  })

  it('lets the offer lead that the traveller pays least for, whatever suppliers ask', () => {
    const cheapNet = makeOffer({ provider: 'beta', price: 50_000 })
    const cheapShown = makeOffer({ provider: 'alpha', price: 50_500 })
    const scope = { tenant: 'default', pointOfSale: 'GB', currency: 'EUR', passengerTypes: ['ADT'] as const }
    const view = viewOf([cheapNet, cheapShown], { pricer: makePricer(rules, rates, scope) })
    expect([...view.columns.leaders]).toEqual([1])
    expect(view.offers.get(1).shown.alternatives).toMatchObject([{ index: 0, provider: 'beta' }])
  })

  it('leaves out an offer that cannot be priced, and says so', () => {
    const view = viewOf([makeOffer(), makeOffer({ slices: [[{ ...outbound, flight: 'BA2' }]] })], {
      pricer: offer => {
        if (offer.slices[0]!.segments[0]!.marketing.number === '117') throw new Error('no rule')
        return {
          ...makePricer({ markups: [], fees: [] }, rates, {
            tenant: '',
            pointOfSale: '',
            currency: 'EUR',
            passengerTypes: [],
          })(offer),
        }
      },
    })
    expect(view.head).toMatchObject({ total: 1, warnings: [{ code: 'offers-not-priced', count: 1 }] })
  })

  it('marks the best, the cheapest and the fastest, which may be three', () => {
    const at = (flight: string, departure: string, arrival: string, price: number) =>
      makeOffer({
        price,
        slices: [[{ ...outbound, flight, departure: `2027-03-10T${departure}`, arrival: `2027-03-10T${arrival}` }]],
      })
    const view = viewOf([
      at('BA1', '09:00:00', '19:00:00', 40_000),
      at('BA2', '09:00:00', '11:00:00', 70_000),
      at('BA3', '09:00:00', '11:30:00', 44_000),
    ])
    expect(view.head.highlights).toEqual({ best: 2, cheapest: 0, fastest: 1 })
    expect([...view.offers].map(({ shown }) => shown.labels)).toEqual([['cheapest'], ['fastest'], ['best']])
  })
})

describe('bytes', () => {
  it('of an offer are the JSON of the same offer', () => {
    fc.assert(
      fc.property(arbitraryOffers(6), offers => {
        const view = viewOf(offers)
        Array.from(view.offers).forEach((each, index) => {
          const offer = toOffer(view.head.base, index, each)
          expect(JSON.parse(encodeOffer(offer, each.shown.labels).toString())).toEqual(
            offerJson(offer, each.shown.labels),
          )
        })
      }),
    )
  })

  it('of stored offers and result sets read back as what was stored', () => {
    const context = fc.dictionary(
      fc.string().filter(key => key !== '__proto__'),
      fc.oneof(fc.jsonValue(), longText),
      { maxKeys: 12 },
    )
    fc.assert(
      fc.property(fc.array(arbitraryOffer, { maxLength: 6 }), context, (plain, supplierContext) => {
        const offers = plain.map(offer => ({ ...offer, supplierContext }))
        const view = viewOf(offers)
        for (const offer of view.offers) {
          const bytes = packViewOffer(offer)
          expect(unpackViewOffer(bytes, true)).toEqual(normal(offer))
          expect(unpackViewOffer(bytes, false).net.supplierContext).toEqual({})
          const [[net, own, long], shown] = unpackMsgpack(bytes.subarray(1)) as [[string, string, string[]], string]
          const texts = Object.fromEntries(
            Array.from({ length: long.length / 2 }, (_, i) => [long[2 * i], long[2 * i + 1]]),
          )
          const whole = { ...JSON.parse(net), supplierContext: { ...JSON.parse(own), ...texts } }
          expect({ net: whole, shown: JSON.parse(shown) }).toEqual(normal(offer))
        }
        const net = netSetOf(offers)
        expect(atOnce(unpackNet(packNet(net, net.offers.map(packOffer))))).toEqual(normal(net))
      }),
    )
  })

  it('of a large result set are read in steps, so that nobody waits for all of it', () => {
    const net = netSetOf(manyOffers(120))
    expect([...unpackNet(packNet(net, net.offers.map(packOffer)))]).toHaveLength(2)
  })

  it('of another version are refused', () => {
    const bytes = pack({ a: 1 })
    expect(unpack(bytes)).toEqual({ a: 1 })
    bytes[0] = 7
    expect(() => unpack(bytes)).toThrow(/format 7/)
  })
})

/** Kept as they are where they can be. */
const longText = fc.oneof(
  fc.string({ unit: 'binary', minLength: 600, maxLength: 700 }),
  fc.string({ unit: 'binary', minLength: 600, maxLength: 700 }).map(text => `${text}\ud800`),
)

/** -0 is 0 in every format. */
function normal<T>(value: T): T {
  if (Object.is(value, -0)) return 0 as T
  if (Array.isArray(value)) return value.map(normal) as T
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, normal(item)])) as T
}
