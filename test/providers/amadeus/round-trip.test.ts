import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import { decode } from '../../../src/providers/amadeus/wire/decode.ts'
import { decodeFlightDates, encodeFlightDates } from '../../../src/providers/amadeus/wire/flight-dates.ts'
import { encodeOffer, type WireTraveller } from '../../../src/providers/amadeus/wire/flight-offer-encode.ts'
import { encodePricingReply } from '../../../src/providers/amadeus/wire/pricing.ts'
import { encodeDictionaries, encodeSearchReply } from '../../../src/providers/amadeus/wire/search.ts'
import { encodeSeatMaps } from '../../../src/providers/amadeus/wire/seat-map.ts'
import type { DecodedMessage } from '../../../src/providers/port.ts'
import { describeFixtures, readFixture } from '../../support/fixtures.ts'
import { anyOffer } from './arbitrary-offer.ts'

function travellersOf(offer: SupplierOffer): readonly WireTraveller[] {
  const ids = offer.passengers.flatMap(({ ids: own, type }) => own.map(passengerId => ({ passengerId, type })))
  const adults = ids.filter(({ type }) => type !== 'INF')
  let infants = 0
  return ids.map(({ passengerId, type }) => ({
    id: passengerId.slice('pax_'.length),
    passengerId,
    adultId: type === 'INF' ? adults[infants++]!.passengerId.slice('pax_'.length) : null,
  }))
}

function encode(offer: SupplierOffer, id: string, step: 'search' | 'price'): ReturnType<typeof encodeOffer> {
  const segments = offer.slices.flatMap(slice => slice.segments)
  const segmentIds = segments.map((_, i) => String(i + 40))
  return encodeOffer(offer, { id, segmentIds, travellers: travellersOf(offer), step })
}

function read(tree: unknown): DecodedMessage {
  return decode(Buffer.from(JSON.stringify(tree)))
}

/** What goes back to the supplier is its own form, not ours. */
function facts(offer: SupplierOffer): Omit<SupplierOffer, 'supplierContext'> {
  const { supplierContext: _, ...rest } = offer
  return rest
}

describe('what is written is read back whole', () => {
  test('offers in a search reply, which tells no requirements', () => {
    fc.assert(
      fc.property(fc.array(anyOffer, { minLength: 1, maxLength: 4 }), offers => {
        const data = offers.map((offer, i) => encode(offer, String(i + 1), 'search'))
        const reply = read(encodeSearchReply({ offers: data, self: null, dictionaries: encodeDictionaries(offers) }))
        const told = offers.map(offer => ({
          ...facts(offer),
          requirements: { ...offer.requirements, documents: null, gender: null, birthDate: null },
        }))
        expect(reply.offers.map(facts)).toEqual(told)
        expect(reply.warnings).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  test('a priced offer with what it asks of its travellers', () => {
    fc.assert(
      fc.property(anyOffer, offer => {
        const travellerIds = travellersOf(offer).map(traveller => traveller.id)
        const { requirements } = offer
        const parts = { requirements, travellerIds, dictionaries: encodeDictionaries([offer]) }
        const reply = read(encodePricingReply(encode(offer, '1', 'price'), parts))
        expect(reply.offers.map(facts)).toEqual([facts(offer)])
        expect(reply.warnings).toEqual([])
      }),
      { numRuns: 150 },
    )
  })
})

describeFixtures('recorded replies, read, written and read again, are the same', dir => {
  const offerFiles = [
    'search-get-syd-bkk-rt-2adt.json',
    'search-post-gig-mad-rt-adt-chd.json',
    'search-rdu-mia-ow-5.json',
    'search-rdu-mia-ow-3adt-10.json',
    'search-ebb-cdg-rt-30.json',
    'upsell-cdg-mad-5.json',
    'upsell-mad-ath-4.json',
    'price-gig-mad-rt-adt-chd.json',
    'price-ebb-dxb-rt-qr.json',
  ]
  test.each(offerFiles)(`%s`, file => {
    expect(dir).not.toBe('')
    const first = decode(readFixture('amadeus-selfservice', file))
    expect(first.offers.length).toBeGreaterThan(0)
    const data = first.offers.map((offer, i) => encode(offer, String(i + 1), 'price'))
    const second = read({ data })
    const unasked = (offer: SupplierOffer): unknown => ({
      ...facts(offer),
      requirements: { ...offer.requirements, documents: null, gender: null, birthDate: null },
    })
    expect(second.offers.map(unasked)).toEqual(first.offers.map(unasked))
  })

  test('seat map', () => {
    const first = decode(readFixture('amadeus-selfservice', 'seatmap-get.json'))
    expect(read(encodeSeatMaps(first.seatMaps!)).seatMaps).toEqual(first.seatMaps)
    expect(first.seatMaps![0]!.cabins.flatMap(cabin => cabin.rows.flatMap(row => row.seats))).toHaveLength(141)
  })

  test('flight dates', () => {
    const recorded = JSON.parse(readFixture('amadeus-selfservice', 'cheapest-dates-5.json').toString()) as {
      readonly data: readonly unknown[]
    }
    const dates = decodeFlightDates(recorded.data, 'USD', '/data', [])
    expect(dates).toHaveLength(5)
    const written = encodeFlightDates(dates) as { readonly data: readonly unknown[] }
    expect(decodeFlightDates(written.data, 'USD', '/data', [])).toEqual(dates)
  })
})
