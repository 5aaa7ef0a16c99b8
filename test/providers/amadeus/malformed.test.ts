import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WireError } from '../../../src/core/wire-error.ts'
import { decode } from '../../../src/providers/amadeus/wire/decode.ts'
import { describeFixtures, readFixture } from '../../support/fixtures.ts'
import { expectSums } from '../../support/sound-offer.ts'
import { bytesOf, offer, reply, segment, traveller } from './wire-offers.ts'

const good = bytesOf(reply(offer()))

function refusal(bytes: Uint8Array): WireError {
  try {
    decode(bytes)
  } catch (error) {
    if (error instanceof WireError) return error
    throw error
  }
  throw new Error('was understood')
}

describe('a message that cannot be understood is refused with the reason and the place', () => {
  test.each([
    ['nothing', Buffer.alloc(0), /empty/],
    ['spaces', Buffer.from(' \r\n\t'), /empty/],
    ['a page of HTML', Buffer.from('<!DOCTYPE html><html><body>Maintenance</body></html>'), /document type/],
    ['HTML without a document type', Buffer.from('<html><body>Maintenance</body></html>'), /HTML/],
    ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), good]), /byte order mark/],
    ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('{}', 'utf16le')]), /UTF-16/],
    ['latin1 bytes', Buffer.from('{"errors":[{"title":"\xe9"}]}', 'latin1'), /UTF-8/],
    ['a number', Buffer.from('42'), /neither/],
    ['null', Buffer.from('null'), /neither/],
    ['a string', Buffer.from('"data"'), /neither/],
    ['an object of something else', Buffer.from('{"hello":"world"}'), /no message/],
    ['a list of something else', Buffer.from('{"data":[{"type":"hotel-offer"}]}'), /unknown/],
    ['text after the end', Buffer.concat([good, Buffer.from('}')]), /broken/],
    ['a bad escape', Buffer.from('{"data":"\\x"}'), /broken/],
  ])('%s', (_, bytes, reason) => {
    const error = refusal(bytes)
    expect(error.reason).toMatch(reason)
    expect(error.at).not.toContain('undefined')
  })

  test('a name twice in one object, at whatever depth', () => {
    const text = good.toString()
    expect(refusal(Buffer.from(text.replace('"grandTotal"', '"grandTotal":"1.00","grandTotal"'))).reason).toMatch(
      /twice/,
    )
    expect(refusal(Buffer.from(text.replace('"data"', '"data":[],"data"'))).reason).toMatch(/twice/)
    expect(decode(good).offers).toHaveLength(1)
  })

  test('nesting that no message has, and a reply that no search has', () => {
    expect(refusal(Buffer.from(`{"data":${'['.repeat(5000)}${']'.repeat(5000)}}`)).reason).toMatch(/nesting/)
    expect(refusal(Buffer.alloc(50_000_000, 0x20)).reason).toMatch(/more than \d+ bytes/)
  })

  test('the reason quotes nothing of the message', () => {
    const error = refusal(Buffer.from('{"data":{"name":"GONZALES", oops}}'))
    expect(error.message).not.toContain('GONZALES')
    expect(error.at).toMatch(/^byte \d+$/)
  })
})

describe('an offer is read whole or left out', () => {
  const broken: readonly (readonly [string, Record<string, unknown>])[] = [
    ['no itinerary', { itineraries: [] }],
    ['itineraries of another type', { itineraries: 'PT7H' }],
    ['an itinerary without segments', { itineraries: [{ segments: [] }] }],
    ['a segment without a carrier', { itineraries: [{ segments: [segment('1', { carrierCode: undefined })] }] }],
    ['a segment without a number', { itineraries: [{ segments: [segment('1', { number: '' })] }] }],
    [
      'a segment without an airport',
      { itineraries: [{ segments: [segment('1', { arrival: { at: '2027-03-10T11:15:00' } })] }] },
    ],
    [
      'a day that does not exist',
      { itineraries: [{ segments: [segment('1', { departure: { iataCode: 'LHR', at: '2027-02-30T08:20:00' } })] }] },
    ],
    [
      'a time of another type',
      { itineraries: [{ segments: [segment('1', { departure: { iataCode: 'LHR', at: 20270310 } })] }] },
    ],
    ['no price', { price: undefined }],
    ['no currency', { price: { total: '1.00', grandTotal: '1.00' } }],
    ['a total of another type', { price: { currency: 'EUR', grandTotal: { amount: '1.00' } } }],
    ['a huge total', { price: { currency: 'EUR', grandTotal: '99999999999999999999.00' } }],
    ['an exponent', { price: { currency: 'EUR', grandTotal: 1e300 } }],
    ['more digits than the currency has', { price: { currency: 'EUR', grandTotal: '120.505' } }],
    ['nobody to travel', { travelerPricings: [] }],
    ['a traveller of no known type', { travelerPricings: [traveller('1', { travelerType: 'PET' })] }],
    ['two travellers of one id', { travelerPricings: [traveller('1'), traveller('1')] }],
    [
      'a traveller without a price among others',
      { travelerPricings: [traveller('1'), traveller('2', { price: undefined })] },
    ],
    [
      'two currencies',
      { travelerPricings: [traveller('1', { price: { currency: 'USD', total: '1.00', base: '1.00' } })] },
    ],
    [
      'a tax without an amount',
      {
        travelerPricings: [
          traveller('1', { price: { currency: 'EUR', total: '120.50', base: '1.00', taxes: [{ code: 'GB' }] } }),
        ],
      },
    ],
  ]

  test.each(broken)('%s costs that offer and leaves the other', (_, more) => {
    const { offers, warnings } = decode(bytesOf(reply(offer(more), offer({ id: '2' }))))
    expect(offers).toHaveLength(1)
    expect(offers[0]!.supplierContext.offer).toMatchObject({ id: '2' })
    expect(warnings).toHaveLength(1)
    expect(warnings[0]!.at).toMatch(/^\/data\/0/)
  })

  test.each(broken)('%s in the only offer refuses the message', (_, more) => {
    expect(refusal(bytesOf(reply(offer(more)))).at).toMatch(/^\/data\/0/)
    expect(refusal(bytesOf({ data: { type: 'flight-offers-pricing', flightOffers: [offer(more)] } })).at).toMatch(
      /flightOffers/,
    )
  })

  test('no offers is an answer', () => {
    expect(decode(bytesOf(reply()))).toMatchObject({ message: 'flight-offers', offers: [], warnings: [] })
  })

  test('numbers out of range where nothing depends on them are not said', () => {
    const { offers } = decode(bytesOf(reply(offer({ numberOfBookableSeats: 1e30, lastTicketingDate: 20270105 }))))
    expect(offers[0]).toMatchObject({ seatsLeft: null, ticketBy: null })
  })
})

describe('whatever its wrapper', () => {
  test.each([
    ['its envelope', reply(offer())],
    ['the bare data', [offer()]],
    ['the result of the vendor’s client', { result: reply(offer()), statusCode: 200 }],
    ['a log of the exchange', { request: { path: '/v2' }, response: { body: reply(offer()) } }],
  ])('offers are found in %s', (_, tree) => {
    expect(decode(bytesOf(tree)).offers).toHaveLength(1)
  })

  test('errors too', () => {
    const errors = [{ status: 401, code: 38190, title: 'Invalid access token' }]
    for (const tree of [{ errors }, { response: { result: { errors } } }]) {
      expect(decode(bytesOf(tree)).faults).toMatchObject([{ code: '38190', kind: 'authentication' }])
    }
  })
})

describeFixtures('recorded replies, damaged', () => {
  const files = [
    'search-post-gig-mad-rt-adt-chd.json',
    'price-gig-mad-rt-adt-chd.json',
    'order-create-gig-mad-adt-chd.json',
    'seatmap-get.json',
    'upsell-mad-ath-4.json',
    'error-400-477.json',
  ]

  test.each(files)('%s cut off anywhere is refused', file => {
    const bytes = readFixture('amadeus-selfservice', file)
    const whole = bytes.toString().trimEnd().length
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole - 1 }), length => {
        refusal(bytes.subarray(0, length))
      }),
      { numRuns: 60 },
    )
  })

  test.each(files)('%s with a byte changed is refused or read with sound offers, never worse', file => {
    const bytes = readFixture('amadeus-selfservice', file)
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Buffer.from(bytes)
        damaged[at] = byte
        try {
          for (const one of decode(damaged).offers) expectSums(one)
        } catch (error) {
          if (!(error instanceof WireError)) throw error
        }
      }),
      { numRuns: 300 },
    )
  })
})
