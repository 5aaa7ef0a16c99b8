import { beforeAll, describe, expect, test } from 'vitest'
import { describeFixtures } from '../support/fixtures.ts'
import { type Expectation, hasReader, listReplies, readExpectations } from './expectation.ts'
import { factsOf, isRight } from './facts.ts'
import { type Checked, checkAll } from './run.ts'

describeFixtures('recorded replies and notices are read as what they are', dir => {
  const expectations = readExpectations(dir)
  let checked: ReadonlyMap<string, Checked>
  beforeAll(async () => {
    const { checked: all, unread } = await checkAll(dir)
    checked = new Map(all.map(each => [each.file, each]))
    if (unread.length > 0) console.warn(`no reader yet for ${unread.join(', ')}`)
  })

  test('facts are expected of every reply and notice that is there', () => {
    expect(listReplies(dir)).toEqual(expectations.map(({ file }) => file).sort())
  })

  for (const provider of [...new Set(expectations.map(expected => expected.provider))]) {
    const files = expectations.filter(expected => expected.provider === provider).map(({ file }) => file)
    describe.skipIf(!hasReader(provider))(provider, () => {
      test.for(files)('%s', file => {
        const { facts } = checked.get(file)!
        expect(facts.length).toBeGreaterThan(0)
        expect(facts.filter(fact => !isRight(fact))).toEqual([])
      })
    })
  }
})

describe('a difference is seen', () => {
  const expected: Expectation = {
    file: 'x/y.json',
    provider: 'x',
    accepted: true,
    malformed: false,
    messageLike: ['shop'],
    faults: null,
    warningCodes: ['ODD|odd figures'],
    seatMaps: [0],
    ifGiven: ['offers.brands'],
    offers: {
      count: 1,
      totals: ['355.34 EUR'],
      flights: ['BA117 LHR-JFK 2027-03-10T08:20'],
      codeshares: 1,
      technicalStops: 0,
      passengerTypes: { ADT: 2 },
      taxCodes: ['GB', 'YQ'],
      fareBases: ['OLX6GB'],
      brands: ['LIGHT|Economy Light'],
      validatingCarriers: ['BA'],
      baggage: ['1PC'],
      priced: ['355.34 EUR = BA117 LHR-JFK 2027-03-10T08:20'],
    },
    order: { recordLocators: ['K7M2QX'], tickets: ['1252400000001'], surnames: ['EXAMPLE', 'EXAMPLE'], total: '1 EUR' },
  }
  const segment = {
    marketing: { carrier: 'BA', number: '0117' },
    operating: { carrier: 'AA' },
    origin: 'LHR',
    destination: 'JFK',
    departure: '2027-03-10T08:20:00',
    stops: [],
    fares: [{ fareBasis: 'OLX6GB', brand: { code: 'LIGHT' }, baggage: { checked: { pieces: 1, weightKg: 23 } } }],
  }
  const offer = {
    total: { amount: '355.340', currency: 'EUR' },
    validatingCarrier: 'BA',
    passengers: [{ type: 'ADULT', count: 2, each: { taxes: [{ code: 'GB1' }, { code: 'YQ' }] } }],
    slices: [{ segments: [segment] }],
  }
  const order = {
    recordLocators: [{ owner: 'x', locator: 'K7M2QX' }],
    documents: [{ number: '125-2400000001' }],
    passengers: [{ surname: 'Example' }, { surname: 'Example' }],
    slices: [],
    total: { amount: '1.00', currency: 'EUR' },
  }
  const report = {
    message: 'Shopping reply',
    offers: [offer],
    order,
    seatMaps: [],
    faults: [],
    warnings: [{ code: 'odd', at: '/', text: '' }],
  }
  const wrong = (changed: object): readonly string[] =>
    factsOf(expected, { kind: 'report', report: { ...report, ...changed } })
      .filter(fact => !isRight(fact))
      .map(({ name }) => name)

  test('a report that says the same in its own form has none', () => {
    expect(wrong({})).toEqual([])
  })

  const changes: readonly (readonly [string, object, readonly string[]])[] = [
    ['a fault', { faults: [{ code: '1' }] }, ['accepted']],
    ['another message', { message: 'order' }, ['message']],
    ['a warning that is not told', { warnings: [] }, ['warning ODD']],
    ['a seat map', { seatMaps: [{}] }, ['seatMaps']],
    ['an offer twice', { offers: [offer, offer] }, ['offers.count']],
    [
      'another total',
      { offers: [{ ...offer, total: { amount: '355.35', currency: 'EUR' } }] },
      ['offers.totals', 'offers.priced'],
    ],
    [
      'another currency',
      { offers: [{ ...offer, total: { amount: '355.34', currency: 'USD' } }] },
      ['offers.totals', 'offers.priced'],
    ],
    [
      'another minute',
      { offers: [{ ...offer, slices: [{ segments: [{ ...segment, departure: '2027-03-10T08:21:00' }] }] }] },
      ['offers.flights', 'offers.priced'],
    ],
    [
      'no codeshare',
      { offers: [{ ...offer, slices: [{ segments: [{ ...segment, operating: { carrier: 'BA' } }] }] }] },
      ['offers.codeshares'],
    ],
    [
      'a stop',
      { offers: [{ ...offer, slices: [{ segments: [{ ...segment, stops: [{}] }] }] }] },
      ['offers.technicalStops'],
    ],
    ['no taxes', { offers: [{ ...offer, passengers: [{ type: 'ADT', count: 2 }] }] }, ['offers.taxCodes']],
    [
      'one passenger',
      { offers: [{ ...offer, passengers: [{ ...offer.passengers[0], count: 1 }] }] },
      ['offers.passengerTypes'],
    ],
    ['another carrier', { offers: [{ ...offer, validatingCarrier: 'AA' }] }, ['offers.validatingCarriers']],
    [
      'fares left out, brands being optional',
      { offers: [{ ...offer, slices: [{ segments: [{ ...segment, fares: [] }] }] }] },
      ['offers.fareBases', 'offers.baggage'],
    ],
    ['no order', { order: null }, ['order.recordLocators', 'order.tickets', 'order.surnames', 'order.total']],
    ['one of two of a name', { order: { ...order, passengers: [{ surname: 'EXAMPLE' }] } }, ['order.surnames']],
    ['another ticket', { order: { ...order, documents: [{ number: '1252400000002' }] } }, ['order.tickets']],
  ]
  test.each(changes)('%s', (_, changed, names) => {
    expect(wrong(changed)).toEqual(names)
  })

  test('a refusal where a report was wanted, a crash where a refusal was', () => {
    const refused = factsOf(expected, { kind: 'refused', text: 'no' }).filter(isRight)
    expect(refused.map(({ name }) => name)).toEqual(['seatMaps', 'offers.technicalStops']) // none were wanted
    expect(factsOf(expected, { kind: 'crashed', text: 'TypeError' }).some(isRight)).toBe(false)
    const malformed = { ...expected, malformed: true }
    expect(factsOf(malformed, { kind: 'refused', text: 'no' }).every(isRight)).toBe(true)
    expect(factsOf(malformed, { kind: 'crashed', text: 'TypeError' }).some(isRight)).toBe(false)
    expect(factsOf(malformed, { kind: 'report', report }).every(isRight)).toBe(false)
  })
})
