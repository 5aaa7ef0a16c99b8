import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import { assembleSlice } from '../../../src/reference/assemble.ts'
import type { OfferContext } from '../../../src/providers/travelport/wire/context.ts'
import { decode } from '../../../src/providers/travelport/wire/decode.ts'
import { encodeAirPriceReply } from '../../../src/providers/travelport/wire/write-price.ts'
import { encodeLowFareSearchReply } from '../../../src/providers/travelport/wire/write-search.ts'
import { expectSums } from '../../support/sound-offer.ts'
import { arbitraryOffer } from './arbitrary-offer.ts'

const head = { traceId: 'req_1', transactionId: '0A'.repeat(16), responseTimeMs: 12 }
const effectiveDate = '2026-11-21T10:00:00.000+00:00'

function searched(offers: readonly SupplierOffer[]): readonly SupplierOffer[] {
  const reply = encodeLowFareSearchReply(offers, head, { currency: 'EUR', effectiveDate })
  const decoded = decode(Buffer.from(reply))
  expect(decoded).toMatchObject({ message: 'LowFareSearchRsp', version: '52', warnings: [], faults: [] })
  return decoded.offers
}

/** Without what the supplier needs back, which is the decoder's own. */
function bare({ supplierContext: _, ...offer }: SupplierOffer): Omit<SupplierOffer, 'supplierContext'> {
  return offer
}

const inOneOrder = (offers: readonly SupplierOffer[]): readonly string[] =>
  offers.map(offer => JSON.stringify(bare(offer))).toSorted()

test('a search reply says of every offer what the offer says', () => {
  fc.assert(
    fc.property(fc.array(arbitraryOffer('search'), { minLength: 1, maxLength: 4 }), offers => {
      const back = searched(offers)
      for (const offer of back) expectSums(offer)
      expect(back.map(bare)).toEqual(expect.arrayContaining(offers.map(bare)))
      expect(inOneOrder(back)).toEqual(inOneOrder(offers))
    }),
    { numRuns: 300 },
  )
})

test('a price reply says of its offer what the offer says, cabin bags too', () => {
  fc.assert(
    fc.property(arbitraryOffer('price'), offer => {
      const reply = encodeAirPriceReply(offer, head, { effectiveDate, ages: new Map(), hostToken: 'T<1>' })
      const [back, ...others] = decode(Buffer.from(reply)).offers
      expect(others).toEqual([])
      expect(bare(back!)).toEqual(bare(offer))
      const { legs } = back!.supplierContext as OfferContext
      expect(new Set(legs.flat().map(segment => segment.hostToken))).toEqual(new Set(['T<1>']))
    }),
    { numRuns: 300 },
  )
})

test('directions that combine freely are one price point with options, and every combination comes back', () => {
  const [seed] = fc.sample(
    arbitraryOffer('search').filter(offer => offer.slices.length === 1),
    { numRuns: 1, seed: 7 },
  )
  const slice = seed!.slices[0]!
  const variant = (number: number, place: number) =>
    assembleSlice(
      slice.segments.map((segment, index) => ({
        ...segment,
        id: `seg_${place + index}` as const,
        marketing: { ...segment.marketing, number: String(number + index) },
        operating: { carrier: segment.marketing.carrier, number: String(number + index), name: null },
      })),
    )
  const offers = [100, 200].flatMap(out =>
    [300, 400, 500].map(back => ({
      ...seed!,
      slices: [variant(out, 1), variant(back, 1 + slice.segments.length)],
    })),
  )
  const reply = encodeLowFareSearchReply(offers, head, { currency: 'EUR', effectiveDate })
  expect(reply.match(/<air:AirPricePoint /g)).toHaveLength(1)
  expect(inOneOrder(searched(offers))).toEqual(inOneOrder(offers))
  const without = offers.slice(1)
  expect(inOneOrder(searched(without))).toEqual(inOneOrder(without))
})
