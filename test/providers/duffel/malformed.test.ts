import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WireError } from '../../../src/core/wire-error.ts'
import { decode } from '../../../src/providers/duffel/wire/decode.ts'
import { describeFixtures, readFixture } from '../../support/fixtures.ts'
import { expectSums } from '../../support/sound-offer.ts'
import { bytesOf, offer, order, rider, segment, type Tree } from './wire-messages.ts'

const good = bytesOf({ data: offer() })

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
    ['a page of HTML', Buffer.from('<!DOCTYPE html><html><body>Maintenance</body></html>'), /markup/],
    ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), good]), /byte order mark/],
    ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('{}', 'utf16le')]), /UTF-16/],
    ['latin1 bytes', Buffer.from('{"errors":[{"title":"\xe9"}]}', 'latin1'), /UTF-8/],
    ['a number', Buffer.from('42'), /neither/],
    ['null', Buffer.from('null'), /neither/],
    ['a string', Buffer.from('"data"'), /neither/],
    ['an object of something else', Buffer.from('{"hello":"world"}'), /no message/],
    ['a list of something else', Buffer.from('{"data":[{"type":"hotel"}]}'), /no message/],
    ['text after the end', Buffer.concat([good, Buffer.from('}')]), /broken/],
    ['wrappers without end', Buffer.from(`${'{"data":'.repeat(40)}{}${'}'.repeat(40)}`), /neither|no message/],
  ])('%s', (_, bytes, reason) => {
    const error = refusal(bytes)
    expect(error.reason).toMatch(reason)
    expect(error.at).not.toContain('undefined')
  })

  test('a name twice in one object, at whatever depth, escapes and brackets in strings notwithstanding', () => {
    const text = good.toString()
    expect(refusal(Buffer.from(text.replace('"total_amount"', '"total_amount":"1.00","total_amount"'))).reason).toMatch(
      /twice/,
    )
    const tricky = { data: offer({ note: 'a "quoted" {brace} [bracket] \\', other: ['note', 'note', { note: 1 }] }) }
    expect(decode(bytesOf(tricky)).offers).toHaveLength(1)
  })

  test('nesting that no message has, and a message that no search has', () => {
    expect(refusal(Buffer.from(`{"data":${'['.repeat(5000)}${']'.repeat(5000)}}`)).reason).toMatch(/nesting/)
    expect(refusal(Buffer.alloc(50_000_000, 0x20)).reason).toMatch(/more than \d+ bytes/)
  })

  test('the reason quotes nothing of the message', () => {
    expect(refusal(Buffer.from('{"data":{"name":"GONZALES", oops}}')).message).not.toContain('GONZALES')
  })
})

const slices = (...segments: readonly Tree[]): Tree => ({ slices: [{ segments }] })

describe('an offer is read whole or left out', () => {
  const broken: readonly (readonly [string, Tree])[] = [
    ['no id', { id: undefined }],
    ['no slices', { slices: [] }],
    ['slices of another type', { slices: 'PT7H' }],
    ['a slice without segments', { slices: [{ segments: [] }] }],
    ['a segment without a carrier', slices(segment({ marketing_carrier: null }))],
    ['a segment without a number', slices(segment({ marketing_carrier_flight_number: '' }))],
    ['a segment without an airport', slices(segment({ destination: {} }))],
    ['a day that does not exist', slices(segment({ departing_at: '2027-02-30T08:20:00' }))],
    ['a time of another type', slices(segment({ departing_at: 20270310 }))],
    ['no total', { total_amount: null }],
    ['no currency', { total_currency: 'pounds' }],
    ['a total of another type', { total_amount: 120.5 }],
    ['a huge total', { total_amount: '99999999999999999999.00' }],
    ['an exponent', { total_amount: '1e3' }],
    ['more digits than the currency has', { total_amount: '120.505' }],
    ['a tax that is no amount', { tax_amount: 'free' }],
    ['nobody to travel', { passengers: [] }],
    ['a passenger of no type and age', { passengers: [{ id: 'pas_1', type: 'pet' }] }],
    ['a hundred passengers', { passengers: Array.from({ length: 100 }, () => ({ type: 'adult' })) }],
    ['a thousand segments', slices(...Array.from({ length: 1000 }, () => segment()))],
  ]

  test.each(broken)('%s costs that offer and leaves the other', (_, more) => {
    const { offers, warnings } = decode(bytesOf({ data: [offer(more), offer({ id: 'off_2' })] }))
    expect(offers.map(found => found.supplierContext.offerId)).toEqual(['off_2'])
    expect(warnings).toMatchObject([
      { at: expect.stringMatching(/^\/data\/0/), text: expect.stringMatching(/^left out/) },
    ])
  })

  test.each(broken)('%s in the only offer refuses the message', (_, more) => {
    expect(refusal(bytesOf({ data: { id: 'orq_1', offers: [offer(more)] } })).at).toMatch(/^\/data\/offers\/0/)
  })

  test('the only offer of a message is named by its place', () => {
    expect(refusal(bytesOf({ data: offer({ passengers: [] }) })).at).toBe('/data/passengers')
    expect(refusal(bytesOf(offer({ slices: [] }))).at).toBe('/slices')
  })

  test('what nothing depends on may be anything', () => {
    const odd = { owner: 'BA', conditions: 7, payment_requirements: [], expires_at: 'soon', base_currency: undefined }
    const riders = [rider('pas_1', { cabin_class: 'balcony', baggages: { type: 'checked' }, fare_basis_code: 12 })]
    const [found] = decode(
      bytesOf({ data: [offer({ ...odd, ...slices(segment({ passengers: riders, stops: 'two' })) })] }),
    ).offers
    expect(found).toMatchObject({ validatingCarrier: null, expiresAt: null, ticketBy: null })
    expect(found!.slices[0]!.segments[0]!.fares[0]).toMatchObject({ cabin: null, fareBasis: null })
  })
})

test.each([
  ['no locator', { booking_reference: null }],
  ['a passenger without a name', { passengers: [{ id: 'pas_1', type: 'adult' }] }],
  ['no flights', { slices: [] }],
])('an order with %s is refused', (_, more) => {
  expect(refusal(bytesOf({ data: order(more) })).at).toMatch(/^\/data/)
})

describeFixtures('recorded replies, damaged', () => {
  const files = [
    'offer-get.json',
    'offer-show-aa-2seg.json',
    'offer-request-create-2pax.json',
    'order-show-rt.json',
    'order-change-offers-list.json',
    'error-validation.json',
  ]

  test.each(files)('%s cut off anywhere is refused', file => {
    const bytes = readFixture('duffel', file)
    const whole = bytes.toString().trimEnd().length
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole - 1 }), length => {
        refusal(bytes.subarray(0, length))
      }),
      { numRuns: 60 },
    )
  })

  const soundOrRefused = (bytes: Uint8Array): void => {
    try {
      for (const found of decode(bytes).offers) expectSums(found)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
    }
  }

  test.each([...files, 'seat-maps-list.json'])('%s with a byte changed is refused or sound, never worse', file => {
    const bytes = readFixture('duffel', file)
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Buffer.from(bytes)
        damaged[at] = byte
        soundOrRefused(damaged)
      }),
      { numRuns: 200 },
    )
  })

  const junk = fc.constantFrom<unknown>(null, -1, 1e300, '', 'x', '\u0000', [], {}, [[]], [null], true, '9'.repeat(400))

  test.each([...files, 'seat-maps-list.json'])('%s with a value of another kind is refused or sound', file => {
    const text = readFixture('duffel', file).toString()
    const places = valuePlaces(JSON.parse(text))
    fc.assert(
      fc.property(fc.nat(places.length - 1), junk, (at, value) => {
        soundOrRefused(bytesOf(replaced(JSON.parse(text), places[at]!, value)))
      }),
      { numRuns: 200 },
    )
  })
})

type Path = readonly (string | number)[]

function valuePlaces(tree: unknown, path: Path = []): readonly Path[] {
  if (typeof tree !== 'object' || tree === null) return [path]
  return [path, ...Object.entries(tree).flatMap(([name, value]) => valuePlaces(value, [...path, name]))]
}

function replaced(tree: unknown, [name, ...rest]: Path, value: unknown): unknown {
  if (name === undefined) return value
  const copy = (Array.isArray(tree) ? [...tree] : { ...(tree as object) }) as Record<string | number, unknown>
  copy[name] = replaced(copy[name], rest, value)
  return copy
}
