import { expect, test } from 'vitest'
import type { Segment } from '../../../src/core/itinerary.ts'
import { formatAmount, type Money } from '../../../src/core/money.ts'
import type { DecodedMessage } from '../../../src/providers/port.ts'
import { decode } from '../../../src/providers/travelport/wire/decode.ts'
import { describeFixtures, readFixture } from '../../support/fixtures.ts'
import { expectSums } from '../../support/sound-offer.ts'

/** Facts of each recorded message, computed by programs that share no code with ours. */
type OfferFacts = Readonly<Record<'totals' | 'flights' | 'priced', readonly string[]>> & {
  readonly count: number
  readonly codeshares: number | null
  readonly technicalStops: number | null
  readonly passengerTypes: Readonly<Record<string, number>>
  readonly taxCodes: readonly string[] | null
  readonly fareBases: readonly string[] | null
  readonly brands: readonly string[] | null
  readonly validatingCarriers: readonly string[] | null
  readonly baggage: readonly string[] | null
}

type OrderFacts = Readonly<Record<'recordLocators' | 'tickets' | 'surnames' | 'flights', readonly string[]>> & {
  readonly total: string | null
}

type Facts = {
  readonly file: string
  readonly provider: string
  readonly offers: OfferFacts | readonly OfferFacts[] | null
  readonly order: OrderFacts | null
  readonly faults: readonly string[] | null
  readonly warningCodes: readonly string[] | null
}

const sorted = (values: Iterable<string>): readonly string[] => [...new Set(values)].sort()
const money = (amount: Money): string => `${Number(formatAmount(amount))} ${amount.currency}`
const tidyMoney = (text: string): string => text.replace(/^[\d.]+/, amount => String(Number(amount)))
const flight = ({ marketing, origin, destination, departure }: Segment): string =>
  `${marketing.carrier}${marketing.number} ${origin}-${destination} ${departure.slice(0, 16)}`

function checkOffers(want: OfferFacts, { offers }: DecodedMessage): void {
  const segments = offers.flatMap(offer => offer.slices.flatMap(slice => slice.segments))
  const fares = segments.flatMap(segment => segment.fares)
  expect(offers).toHaveLength(want.count)
  for (const offer of offers) expectSums(offer)
  expect(sorted(offers.map(offer => money(offer.total)))).toEqual(sorted(want.totals.map(tidyMoney)))
  expect(sorted(segments.map(flight))).toEqual(sorted(want.flights))
  const priced = offers.map(offer => {
    const flights = offer.slices.flatMap(slice => slice.segments.map(flight)).sort()
    return `${money(offer.total)} = ${flights.join('; ')}`
  })
  expect(sorted(priced)).toEqual(sorted(want.priced.map(tidyMoney)))
  for (const offer of offers) {
    const types = new Map<string, number>()
    for (const { type, count } of offer.passengers) types.set(type, (types.get(type) ?? 0) + count)
    expect(Object.fromEntries(types)).toEqual(want.passengerTypes)
  }
  const codeshares = segments.filter(one => one.operating.carrier && one.operating.carrier !== one.marketing.carrier)
  if (want.codeshares !== null) expect(new Set(codeshares.map(flight)).size).toBe(want.codeshares)
  const stops = segments.filter(one => one.stops.length > 0)
  if (want.technicalStops !== null) expect(new Set(stops.map(flight)).size).toBe(want.technicalStops)
  const taxes = offers.flatMap(offer => offer.passengers.flatMap(one => one.each.taxes.map(tax => tax.code)))
  if (want.taxCodes) expect(sorted(taxes)).toEqual(sorted(want.taxCodes))
  if (want.fareBases) expect(sorted(fares.flatMap(fare => fare.fareBasis ?? []))).toEqual(sorted(want.fareBases))
  const carriers = offers.flatMap(offer => offer.validatingCarrier ?? [])
  if (want.validatingCarriers) expect(sorted(carriers)).toEqual(sorted(want.validatingCarriers))
  if (want.brands) {
    const forms = want.brands.map(brand => brand.split('|'))
    for (const { brand } of fares) if (brand?.code) expect(forms.flat()).toContain(brand.code)
    expect(new Set(fares.flatMap(fare => fare.brand?.code ?? [])).size).toBe(forms.length)
  }
  if (want.baggage) {
    const bags = fares.flatMap(({ baggage: { checked } }) => {
      if (!checked) return []
      return checked.pieces === null ? `${checked.weightKg}KG` : `${checked.pieces}PC`
    })
    expect(sorted(bags)).toEqual(sorted(want.baggage))
  }
}

function checkOrder(want: OrderFacts, { order }: DecodedMessage): void {
  expect(sorted(order!.locators.map(one => one.locator))).toEqual(sorted(want.recordLocators))
  expect(sorted(order!.documents.map(document => document.number))).toEqual(sorted(want.tickets))
  expect(order!.passengers.map(passenger => passenger.surname).sort()).toEqual([...want.surnames].sort())
  expect(sorted(order!.slices.flatMap(slice => slice.segments.map(flight)))).toEqual(sorted(want.flights))
  expect(order!.total && money(order!.total)).toBe(want.total && tidyMoney(want.total))
}

describeFixtures('recorded replies of Travelport', () => {
  const { messages } = JSON.parse(readFixture('expected.json').toString()) as { messages: readonly Facts[] }
  const recorded = messages.filter(message => message.provider === 'travelport')

  test('are there', () => {
    expect(recorded.length).toBeGreaterThan(10)
  })

  test.each(recorded)('$file says what it says', facts => {
    const decoded = decode(readFixture(facts.file))
    expect(decoded.version === '52' || decoded.message === 'Fault').toBe(true)
    expect(decoded.faults.map(fault => fault.code)).toEqual(facts.faults ?? [])
    for (const warning of facts.warningCodes ?? []) {
      const [code, text] = warning.split('|')
      expect(decoded.warnings).toContainEqual({ code, text, at: 'ResponseMessage 1G' })
    }
    const alternatives = Array.isArray(facts.offers) ? facts.offers : [facts.offers]
    const want = alternatives.find(one => one?.count === decoded.offers.length)
    if (facts.offers) expect(want).toBeDefined()
    if (want?.flights) checkOffers(want, decoded)
    if (facts.order) checkOrder(facts.order, decoded)
    else expect(decoded.order).toBeNull()
  })

  test('orders: status, time limit, whose ticket it is, and what later calls need', () => {
    const ticketed = decode(readFixture('travelport-uapi', 'ur-import-fq-complex-2adt1cnn.xml')).order!
    expect(ticketed).toMatchObject({ status: 'ticketed', ticketBy: null, reference: null })
    expect(ticketed.passengers.map(one => one.type)).toEqual(['ADT', 'CHD', 'ADT'])
    expect(ticketed.locators.map(one => one.owner)).toEqual(['travelport', '1G', 'KL'])
    expect(ticketed.slices.map(slice => slice.segments.length)).toEqual([2, 2])
    expect(ticketed.slices[0]!.segments.map(one => one.marriageGroup)).toEqual(['3', '3'])
    expect(ticketed.supplierContext).toMatchObject({
      universalLocator: 'X4H3F4',
      version: '9',
      providerLocator: 'TCDMFA',
      airLocator: 'J3N993',
      platingCarrier: 'KL',
    })
    const held = decode(readFixture('travelport-uapi', 'ur-create-2adt1cnn.xml')).order!
    expect(held).toMatchObject({ status: 'held', ticketBy: '2016-09-07T22:09:00Z' })
    expect(held.slices.flatMap(slice => slice.segments.map(one => one.status))).toEqual(['HK', 'HK'])
    const gone = decode(readFixture('travelport-uapi', 'ur-import-warnings.xml')).order!
    expect(gone.status).toBe('cancelled')
  })

  test('offers: seats, conditions, time limit and terminals', () => {
    const { offers } = decode(readFixture('travelport-uapi', 'lfs-iev-par-rt-1adt-45pp.xml'))
    const [first] = offers
    expect(first).toMatchObject({
      seatsLeft: 5,
      ticketBy: '2016-11-10T21:59:00Z',
      validatingCarrier: 'A3',
      conditions: { change: { allowed: true, fee: { amountMinor: 5000, currency: 'EUR' } } },
      requirements: { holdAllowed: true, instantPayment: null },
    })
    const [out] = first!.slices
    expect(out).toMatchObject({ origin: 'KBP', destination: 'CDG', durationMinutes: 1510 })
    expect(out!.connections).toMatchObject([{ airport: 'ATH', minutes: 1150, overnight: true }])
    expect(out!.segments[1]).toMatchObject({ destinationTerminal: '1', aircraft: '320', durationMinutes: 210 })
  })
})
