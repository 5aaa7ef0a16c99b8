import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WireError } from '../../../src/core/wire-error.ts'
import { decode } from '../../../src/providers/sabre/wire/decode.ts'
import { encodeGrouped, noAvailability } from '../../../src/providers/sabre/wire/grouped-encode.ts'
import { expectSums } from '../../support/sound-offer.ts'
import { arbitraryOffer } from './arbitrary-offer.ts'

const bytes = (body: unknown): Buffer => Buffer.from(JSON.stringify(body))
const encode = (offers: Parameters<typeof encodeGrouped>[0]): Buffer =>
  bytes(encodeGrouped(offers, { officeZone: 'UTC' }))

describe('grouped itineraries', () => {
  test('what is written is read back whole, whatever the offers are', () => {
    fc.assert(
      fc.property(fc.array(arbitraryOffer, { minLength: 1, maxLength: 5 }), offers => {
        const decoded = decode(encode(offers))
        const key = (offer: unknown): string => JSON.stringify(offer)
        expect(decoded.offers.map(key).toSorted()).toEqual(offers.map(key).toSorted())
        expect(decoded.faults).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  test('every offer read adds up to the minor unit', () => {
    fc.assert(
      fc.property(arbitraryOffer, offer => {
        for (const read of decode(encode([offer])).offers) expectSums(read)
      }),
      { numRuns: 50 },
    )
  })

  test('offers with the same flights share an itinerary, alike descriptions are written once', () => {
    const [offer] = fc.sample(arbitraryOffer, { numRuns: 1, seed: 7 })
    const reply = encodeGrouped([offer!, offer!], { officeZone: 'UTC' }).groupedItineraryResponse
    expect(reply).toMatchObject({ statistics: { itineraryCount: 1 } })
    expect(decode(encode([offer!, offer!])).offers).toHaveLength(2)
  })

  test('no availability is a message, no fault of the supplier', () => {
    const decoded = decode(bytes(noAvailability()))
    expect(decoded).toMatchObject({ offers: [], faults: [{ kind: 'no-offers', code: 'NAV' }] })
  })
})

describe('a total that the parts do not reach', () => {
  const offer = fc.sample(arbitraryOffer, { numRuns: 40, seed: 3 }).find(sample => sample.fees.amountMinor === 0)

  test.each([1, -1, 7, 100])('wins by %i minor units: a signed fee, and a warning', gap => {
    const body = JSON.parse(encode([offer!]).toString())
    const fare = body.groupedItineraryResponse.itineraryGroups[0].itineraries[0].pricingInformation[0].fare
    const scale = { JPY: 1, KWD: 1000 }[offer!.total.currency] ?? 100
    fare.totalFare.totalPrice = (offer!.total.amountMinor + gap) / scale
    const [read] = decode(bytes(body)).offers
    expectSums(read!)
    expect(read!.total.amountMinor).toBe(offer!.total.amountMinor + gap)
    expect(read!.fees.amountMinor).toBe(offer!.fees.amountMinor + gap)
    expect(decode(bytes(body)).warnings).toMatchObject([{ code: 'rounding' }])
  })
})

describe('a reply with one broken offer', () => {
  const [good, bad] = fc
    .sample(arbitraryOffer, { numRuns: 40, seed: 11 })
    .filter(offer => offer.slices.length > 1 && offer.passengers.every(passenger => passenger.each.fees.length === 0))
  const broken = (spoil: (pricing: Spoiled, reply: Spoiled, itinerary: Spoiled) => void): Buffer => {
    const body = JSON.parse(encode([good!, bad!]).toString())
    const reply = body.groupedItineraryResponse
    const itinerary = reply.itineraryGroups.at(-1).itineraries.at(-1)
    spoil(itinerary.pricingInformation[0], reply, itinerary)
    return bytes(body)
  }
  // a reply taken apart on purpose
  // biome-ignore lint/suspicious/noExplicitAny: free-form JSON
  type Spoiled = any

  const cases: readonly (readonly [string, string, Parameters<typeof broken>[0]])[] = [
    ['a leg that is not described', 'dangling-reference', (_, __, itinerary) => (itinerary.legs[0].ref = 9999)],
    [
      'a fare component that is not described',
      'dangling-reference',
      pricing => (passengerOf(pricing).fareComponents[0].ref = 9999),
    ],
    [
      'a baggage allowance that is not described',
      'dangling-reference',
      pricing =>
        (passengerOf(pricing).baggageInformation = [
          { provisionType: 'A', segments: [{ id: 0 }], allowance: { ref: 9999 } },
        ]),
    ],
    ['a tax that is not described', 'dangling-reference', pricing => (passengerOf(pricing).taxes = [{ ref: 9999 }])],
    ['a total of the wrong type', 'incomplete-fare', pricing => (pricing.fare.totalFare.totalPrice = {})],
    ['an unknown kind of passenger', 'unknown-passenger', pricing => (passengerOf(pricing).passengerType = 'ZZZ')],
    ['a flight without a fare', 'incomplete-fare', pricing => passengerOf(pricing).fareComponents.pop()],
    [
      'more fares than flights',
      'incomplete-fare',
      pricing => passengerOf(pricing).fareComponents.push(passengerOf(pricing).fareComponents[0]),
    ],
    ['no passengers', 'incomplete-fare', pricing => (pricing.fare.passengerInfoList = 'none')],
    [
      'sold out',
      'sold-out',
      pricing => {
        delete pricing.fare
        pricing.soldOut = { status: 'O' }
      },
    ],
    [
      'a price with more decimals than the currency',
      'incomplete-fare',
      pricing => (passengerOf(pricing).passengerTotalFare.totalFare = 1.00001),
    ],
  ]

  test.each(cases)('%s costs that offer only, with a warning', (_, code, spoil) => {
    const decoded = decode(broken(spoil))
    expect(decoded.offers.map(offer => JSON.stringify(offer))).toEqual([JSON.stringify(good)])
    expect(decoded.warnings.map(warning => warning.code)).toEqual([code])
    expect(decoded.warnings[0]!.at).toMatch(/^\/itineraryGroups\/\d/)
  })

  const passengerOf = (pricing: Spoiled): Spoiled => pricing.fare.passengerInfoList[0].passengerInfo

  test('references that go round in circles end', () => {
    const body = broken((_, reply) => {
      for (const leg of reply.legDescs) leg.schedules = [{ ref: leg.id }, { ref: leg.id }]
    })
    expect(() => decode(body)).not.toThrow()
  })

  test('an id given twice is the later one, ids of the wrong type are none', () => {
    const body = broken((_, reply) => {
      for (const desc of reply.legDescs) desc.id = String(desc.id)
    })
    expect(decode(body).offers).toHaveLength(2)
    expect(decode(broken((_, reply) => (reply.scheduleDescs = { id: 1 }))).offers).toEqual([])
  })
})

describe('what is no message', () => {
  const whole = encode(fc.sample(arbitraryOffer, { numRuns: 3, seed: 5 }))

  test('cut anywhere it is refused, never half read', () => {
    for (let i = 0; i < 60; i++) {
      const cut = whole.subarray(0, Math.floor((whole.length * i) / 60))
      expect(() => decode(cut)).toThrow(WireError)
    }
  })

  test.each([
    ['HTML', Buffer.from('<!DOCTYPE html><html><body>maintenance</body></html>')],
    ['nothing', Buffer.alloc(0)],
    ['a list', Buffer.from('[]')],
    ['null', Buffer.from('null')],
    ['another message', bytes({ data: [], meta: {} })],
    ['an empty reply', bytes({ groupedItineraryResponse: {} })],
    ['a reply of another type', bytes({ groupedItineraryResponse: [] })],
    ['broken UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    ['UTF-16', Buffer.from('\ufeff{"a":1}', 'utf16le')],
    ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), whole])],
    ['very deep nesting', Buffer.from(`{"a":${'['.repeat(100_000)}`)],
  ])('%s is refused with a place', (_, body) => {
    expect(() => decode(body)).toThrow(WireError)
  })

  test('what is refused is not quoted', () => {
    const body = Buffer.from('{"travelers":[{"surname":"SECRETNAME",}]}')
    expect(() => decode(body)).toThrow(/broken JSON/)
    expect(() => decode(body)).not.toThrow(/SECRETNAME/)
  })

  test('any mutation gives offers that add up, or a WireError', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat(40), (at, byte, cut) => {
        const mutated = Buffer.from(whole)
        const start = at % mutated.length
        mutated[start] = byte
        mutated.copy(mutated, start, Math.min(mutated.length, start + cut))
        try {
          for (const offer of decode(mutated).offers) expectSums(offer)
        } catch (error) {
          if (!(error instanceof WireError)) throw error
        }
      }),
      { numRuns: 300 },
    )
  })
})
