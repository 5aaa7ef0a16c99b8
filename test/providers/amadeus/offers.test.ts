import { describe, expect, test } from 'vitest'
import { formatAmount } from '../../../src/core/money.ts'
import type { Charge, SupplierOffer } from '../../../src/core/offer.ts'
import { readContext } from '../../../src/providers/amadeus/offer-context.ts'
import { decode } from '../../../src/providers/amadeus/wire/decode.ts'
import { decodeSearchReply } from '../../../src/providers/amadeus/wire/search.ts'
import type { DecodedMessage } from '../../../src/providers/port.ts'
import { expectSums } from '../../support/sound-offer.ts'
import { bytesOf, offer, reply, segment, traveller } from './wire-offers.ts'

function read(...offers: readonly unknown[]): DecodedMessage {
  const message = decode(bytesOf(reply(...offers)))
  for (const one of message.offers) expectSums(one)
  return message
}

function readOne(more: Record<string, unknown>): { readonly read: SupplierOffer; readonly codes: readonly string[] } {
  const { offers, warnings } = read(offer(more))
  expect(offers).toHaveLength(1)
  return { read: offers[0]!, codes: warnings.map(warning => warning.code) }
}

const amounts = (charges: readonly Charge[]): readonly string[] =>
  charges.map(({ code, amount }) => `${code} ${formatAmount(amount)}`)

const eur = (total: string, grandTotal = total): Record<string, string> => ({
  currency: 'EUR',
  total,
  base: '0.00',
  grandTotal,
})
const price = (total: string, base: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  price: { currency: 'EUR', total, base, ...more },
})

describe('prices', () => {
  test('travellers of one type and price are one entry, of another price another', () => {
    const { read: got } = readOne({
      price: eur('381.50'),
      travelerPricings: [
        traveller('1'),
        traveller('2', { travelerType: 'CHILD', ...price('80.00', '70.00') }),
        traveller('3'),
        traveller('4', { travelerType: 'CHILD', ...price('60.50', '50.50') }),
      ],
    })
    expect(got.passengers.map(({ ids, type, count }) => [type, count, ids])).toEqual([
      ['ADT', 2, ['pax_1', 'pax_3']],
      ['CHD', 1, ['pax_2']],
      ['CHD', 1, ['pax_4']],
    ])
    expect(formatAmount(got.total)).toBe('381.50')
  })

  test('taxes that are not itemised are one tax XT', () => {
    expect(amounts(readOne({}).read.passengers[0]!.each.taxes)).toEqual(['XT 20.50'])
  })

  test('what itemised taxes leave untold is XT, with a warning', () => {
    const taxes = [{ amount: '12.00', code: 'GB' }]
    const { read: got, codes } = readOne({ travelerPricings: [traveller('1', price('120.50', '100.00', { taxes }))] })
    expect(amounts(got.passengers[0]!.each.taxes)).toEqual(['GB 12.00', 'XT 8.50'])
    expect(codes).toEqual(['taxes-untold'])
  })

  test('a tax told in two lines is one', () => {
    const taxes = ['10.00', '10.50'].map(amount => ({ amount, code: 'US' }))
    const { read: got } = readOne({ travelerPricings: [traveller('1', price('120.50', '100.00', { taxes }))] })
    expect(amounts(got.passengers[0]!.each.taxes)).toEqual(['US 20.50'])
  })

  test.each([
    ['above', '20.49', 'rounding 0.01'],
    ['below', '20.51', 'rounding -0.01'],
  ])('a cent %s is a signed fee rounding with a warning', (_, amount, fee) => {
    const taxes = [{ amount, code: 'GB' }]
    const { read: got, codes } = readOne({ travelerPricings: [traveller('1', price('120.50', '100.00', { taxes }))] })
    expect(amounts(got.passengers[0]!.each.fees)).toEqual([fee])
    expect(codes).toEqual(['rounding'])
  })

  test('the grand total wins over the sum of the travellers', () => {
    const { read: got, codes } = readOne({
      price: eur('371.73'),
      travelerPricings: ['1', '2', '3'].map(id => traveller(id, price('123.91', '100.00'))),
    })
    expect(formatAmount(got.total)).toBe('371.73')
    expect(codes).toEqual([])
    const off = readOne({
      price: eur('371.72'),
      travelerPricings: ['1', '2', '3'].map(id => traveller(id, price('123.91', '100.00'))),
    })
    expect(formatAmount(off.read.total)).toBe('371.72')
    expect(off.read.passengers.map(({ count, each }) => [count, amounts(each.fees)])).toEqual([
      [1, ['rounding -0.01']],
      [2, []],
    ])
    expect(off.codes).toEqual(['rounding'])
  })

  test('fees of the offer that the travellers do not hold are shared out among them', () => {
    const fees = [
      { amount: '0.00', type: 'SUPPLIER' },
      { amount: '10.00', type: 'TICKETING' },
    ]
    const { read: got, codes } = readOne({
      price: { currency: 'EUR', total: '361.50', base: '300.00', fees, grandTotal: '371.50' },
      travelerPricings: ['1', '2', '3'].map(id => traveller(id)),
    })
    expect(formatAmount(got.fees)).toBe('10.00')
    expect(got.passengers.map(({ count, each }) => [count, amounts(each.fees)])).toEqual([
      [1, ['ticketing 3.34']],
      [2, ['ticketing 3.33']],
    ])
    expect(codes).toEqual([])
  })

  test('chosen services are in the total, offered ones are not', () => {
    const additionalServices = [{ amount: '60.00', type: 'CHECKED_BAGS' }]
    const chosen = readOne({ price: { ...eur('120.50', '180.50'), additionalServices } })
    expect(amounts(chosen.read.passengers[0]!.each.fees)).toEqual(['checked-bags 60.00'])
    const offered = readOne({ price: { ...eur('120.50'), additionalServices } })
    expect(offered.read.fees.amountMinor).toBe(0)
    expect([...chosen.codes, ...offered.codes]).toEqual([])
  })

  test.each([
    ['KRW', '12000', 12_000],
    ['JPY', '500', 500],
    ['KWD', '1.234', 1234],
    ['UAH', '44.0', 4400],
    ['EUR', '957.32000000000000000000', 95_732],
  ])('%s %s is read to the minor unit', (currency, total, minor) => {
    const own = { currency, total, base: total }
    const { read: got } = readOne({
      price: { ...own, grandTotal: total },
      travelerPricings: [traveller('1', { price: own })],
    })
    expect(got.total).toEqual({ amountMinor: minor, currency })
  })
})

describe('flights', () => {
  const flown = (more: Record<string, unknown>): SupplierOffer['slices'][number]['segments'][number] =>
    readOne({ itineraries: [{ segments: [segment('1', more)] }] }).read.slices[0]!.segments[0]!

  test('an operating carrier in words has no code; nobody named is the marketing carrier itself', () => {
    expect(flown({ operating: { carrierName: 'MESA AIRLINES' } }).operating).toEqual({
      carrier: null,
      number: null,
      name: 'MESA AIRLINES',
    })
    expect(flown({ operating: { carrierCode: 'AA' } }).operating).toEqual({ carrier: 'AA', number: null, name: null })
    expect(flown({ operating: undefined }).operating).toEqual({ carrier: 'BA', number: '117', name: null })
    expect(flown({ operating: {} }).operating).toEqual({ carrier: 'BA', number: '117', name: null })
  })

  test('technical stops, with the minutes told or those between the times', () => {
    const stops = [
      { iataCode: 'KGL', duration: 'PT1H10M' },
      { iataCode: 'KEF', arrivalAt: '2027-03-10T09:00:00', departureAt: '2027-03-10T09:45:00' },
    ]
    expect(flown({ numberOfStops: 2, stops }).stops).toEqual([
      { airport: 'KGL', minutes: 70 },
      { airport: 'KEF', minutes: 45 },
    ])
  })

  test('a stop that is announced and not named is not lost', () => {
    const { read: got, codes } = readOne({ itineraries: [{ segments: [segment('1', { numberOfStops: 1 })] }] })
    expect(got.slices[0]!.segments[0]!.stops).toHaveLength(1)
    expect(codes).toEqual(['stop-unnamed'])
  })

  test('a duration that disagrees with local times and zones is told; the times win', () => {
    const { read: got, codes } = readOne({ itineraries: [{ segments: [segment('1', { duration: 'PT9H' })] }] })
    expect(got.slices[0]!.segments[0]!.durationMinutes).toBe(475)
    expect(codes).toEqual(['duration-mismatch'])
  })

  test('the number loses its leading zeros', () => {
    expect(flown({ number: '0117' }).marketing).toEqual({ carrier: 'BA', number: '117' })
  })
})

describe('fares', () => {
  const fareOf = (detail: Record<string, unknown>): unknown =>
    readOne({
      travelerPricings: [traveller('1', { fareDetailsBySegment: [{ segmentId: '1', ...detail }] })],
    }).read.slices[0]!.segments[0]!.fares[0]

  test('baggage by pieces, by weight in kilograms and pounds, none, and not said', () => {
    const bag = (includedCheckedBags: unknown): unknown =>
      (fareOf({ includedCheckedBags }) as { readonly baggage: { readonly checked: unknown } }).baggage.checked
    expect(bag({ quantity: 2 })).toEqual({ pieces: 2, weightKg: null, weightLb: null })
    expect(bag({ weight: 30, weightUnit: 'KG' })).toEqual({ pieces: null, weightKg: 30, weightLb: null })
    expect(bag({ quantity: 1, weight: 50, weightUnit: 'LB' })).toEqual({ pieces: 1, weightKg: null, weightLb: 50 })
    expect(bag({ quantity: 0 })).toEqual({ pieces: 0, weightKg: null, weightLb: null })
    expect(bag({})).toBeNull()
    expect(bag(undefined)).toBeNull()
  })

  test('details in any order find their segment', () => {
    const details = ['2', '1'].map(segmentId => ({ segmentId, fareBasis: `FB${segmentId}`, class: 'Y' }))
    const second = segment('2', {
      departure: { iataCode: 'JFK', at: '2027-03-10T15:00:00' },
      arrival: { iataCode: 'BOS', at: '2027-03-10T16:10:00' },
      number: '1',
      duration: 'PT1H10M',
    })
    const { read: got, codes } = readOne({
      itineraries: [{ segments: [segment('1'), second] }],
      travelerPricings: [traveller('1', { fareDetailsBySegment: details })],
    })
    expect(got.slices[0]!.segments.map(({ fares }) => fares[0]!.fareBasis)).toEqual(['FB1', 'FB2'])
    expect(codes).toEqual([])
  })

  test('a reference to nothing is a warning on that offer; the others have none', () => {
    const dangling = traveller('1', { fareDetailsBySegment: [{ segmentId: '9', fareBasis: 'X', class: 'Y' }] })
    const { offers, warnings } = read(offer({ travelerPricings: [dangling] }), offer({ id: '2' }))
    expect(offers).toHaveLength(2)
    expect(offers[0]!.slices[0]!.segments[0]!.fares[0]!.fareBasis).toBeNull()
    expect(warnings.map(warning => warning.code)).toEqual(['fare-missing', 'dangling-reference'])
    expect(warnings.every(warning => warning.at.startsWith('/data/0/'))).toBe(true)
  })

  test('a lap infant on the seat of nobody is a warning', () => {
    const infant = traveller('2', { travelerType: 'HELD_INFANT', associatedAdultId: '7', ...price('12.00', '12.00') })
    const { codes } = readOne({ price: eur('132.50'), travelerPricings: [traveller('1'), infant] })
    expect(codes).toEqual(['dangling-reference'])
  })
})

describe('conditions and limits', () => {
  test('fare rules are for each seat, amenities say it in words', () => {
    const rules = [
      { category: 'EXCHANGE', maxPenaltyAmount: '40.00' },
      { category: 'REFUND', notApplicable: true },
    ]
    const two = readOne({
      price: eur('241.00'),
      travelerPricings: [traveller('1'), traveller('2')],
      fareRules: { currency: 'EUR', rules },
    })
    expect(two.read.conditions).toEqual({
      change: { allowed: true, fee: { amountMinor: 8000, currency: 'EUR' } },
      refund: { allowed: false, fee: null },
    })
    const amenities = [{ description: 'REFUNDABLE TICKET', isChargeable: true }]
    const words = readOne({
      travelerPricings: [traveller('1', { fareDetailsBySegment: [{ segmentId: '1', class: 'Y', amenities }] })],
    })
    expect(words.read.conditions).toEqual({
      change: { allowed: null, fee: null },
      refund: { allowed: true, fee: null },
    })
    expect(readOne({}).read.conditions.refund.allowed).toBeNull()
  })

  test('the last ticketing day ends at the office, never after departure', () => {
    const at = (officeZone: string, lastTicketingDate: string): string | null => {
      const tree = reply(offer({ lastTicketingDate }))
      return decodeSearchReply(tree, bytesOf(tree), { officeZone }).offers[0]!.ticketBy
    }
    expect(at('UTC', '2027-01-05')).toBe('2027-01-05T23:59:59Z')
    expect(at('America/New_York', '2027-01-05')).toBe('2027-01-06T04:59:59Z')
    expect(at('UTC', '2027-03-10')).toBe('2027-03-10T08:20:00Z')
    expect(at('UTC', 'soon')).toBeNull()
  })

  test('an offer to be ticketed at once cannot be held, nor can one that wants a card', () => {
    const of = (more: Record<string, unknown>): unknown => {
      const { instantPayment, holdAllowed } = readOne(more).read.requirements
      return [instantPayment, holdAllowed]
    }
    expect(of({ instantTicketingRequired: true })).toEqual([true, false])
    expect(of({ instantTicketingRequired: false, paymentCardRequired: true })).toEqual([false, false])
    expect(of({ instantTicketingRequired: false })).toEqual([false, true])
    expect(of({ instantTicketingRequired: undefined })).toEqual([null, null])
  })
})

describe('what goes back to the supplier', () => {
  test('is its own offer, word for word', () => {
    const raw = offer({ somethingNew: { of: ['theirs'] } })
    expect(readOne({ somethingNew: { of: ['theirs'] } }).read.supplierContext.offer).toEqual(raw)
  })

  test('of a large reply is a part of its text, however it is written and whatever stands in it', () => {
    const raws = Array.from({ length: 100 }, (_, i) =>
      offer({ id: String(i + 1), note: `"]},{ \\ ${'x'.repeat(600)}` }),
    )
    const kept = (bytes: Buffer): readonly unknown[] =>
      decode(bytes).offers.map(({ supplierContext }) => {
        expect(raws).toContainEqual(readContext(supplierContext)?.offer)
        return supplierContext.offer
      })
    const texts = kept(bytesOf(reply(...raws)))
    expect(texts.map(text => JSON.parse(String(text)))).toEqual(raws)
    // none of these says where its offers begin
    const nested = { type: 'flight-offer', id: '7' }
    raws[40] = offer({ id: '41', alike: [{ of: nested }, nested] })
    expect(kept(bytesOf(reply(...raws)))).toEqual(raws)
    expect(kept(Buffer.from(JSON.stringify(reply(...raws), null, 1)))).toEqual(raws)
    raws[40] = offer({ id: '41', note: 'Zürich' })
    expect(kept(bytesOf(reply(...raws)))).toEqual(raws)
  })

  test('is nothing where its text was damaged', () => {
    expect(readContext({ offer: '{"type":"flight-offer"', travellers: {} })).toBeNull()
  })

  test('leaves out amenities when it would be too large, and the offer when it still is', () => {
    const amenities = Array.from({ length: 800 }, (_, i) => ({
      description: `AMENITY NUMBER ${i} OF A LONG LIST`,
      isChargeable: false,
    }))
    const rich = traveller('1', { fareDetailsBySegment: [{ segmentId: '1', class: 'Y', fareBasis: 'OLX', amenities }] })
    const { offers } = read(offer({ travelerPricings: [rich], note: 'x'.repeat(30_000) }))
    expect(JSON.stringify(offers[0]!.supplierContext).length).toBeLessThan(65_536)
    expect(offers[0]!.supplierContext.offer).toMatchObject({ id: '1', note: expect.any(String) })
    const both = read(offer(), offer({ id: '2', note: 'x'.repeat(70_000) }))
    expect(both.offers).toHaveLength(1)
    expect(both.warnings.map(warning => warning.code)).toEqual(['offer-too-large'])
  })
})
