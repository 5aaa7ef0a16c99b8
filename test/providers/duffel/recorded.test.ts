import { expect, test } from 'vitest'
import type { Segment } from '../../../src/core/itinerary.ts'
import { formatAmount, type Money } from '../../../src/core/money.ts'
import { decode } from '../../../src/providers/duffel/wire/decode.ts'
import type { DecodedMessage } from '../../../src/providers/port.ts'
import { describeFixtures, readFixture } from '../../support/fixtures.ts'
import { expectSums } from '../../support/sound-offer.ts'

/** Facts of each recorded message, computed by programs that share no code with ours. */
type OfferFacts = {
  readonly count: number
  readonly totals?: readonly string[]
  readonly flights?: readonly string[]
  readonly codeshares?: number | null
  readonly technicalStops?: number | null
  readonly passengerTypes?: Readonly<Record<string, number>>
  readonly fareBases?: readonly string[]
  readonly brands?: readonly string[]
  readonly validatingCarriers?: readonly string[]
  readonly baggage?: readonly string[]
  readonly priced?: readonly string[]
  readonly may?: { readonly baggage?: readonly string[] }
}
type Facts = {
  readonly file: string
  readonly offers: OfferFacts | readonly OfferFacts[] | null
  readonly order: {
    readonly recordLocators: readonly string[]
    readonly tickets: readonly string[]
    readonly surnames: readonly string[]
    readonly flights: readonly string[]
    readonly total: string
  } | null
  readonly seatMaps: readonly number[] | null
  readonly faults: readonly string[] | null
  readonly messageLike: readonly string[] | null
}

const sorted = (values: Iterable<string>): readonly string[] => [...new Set(values)].sort()
const money = (amount: Money): string => `${formatAmount(amount)} ${amount.currency}`
const flight = ({ marketing, origin, destination, departure }: Segment): string =>
  `${marketing.carrier}${marketing.number} ${origin}-${destination} ${departure.slice(0, 16)}`

function checkOffers(want: OfferFacts, { offers }: DecodedMessage): void {
  const segments = offers.flatMap(offer => offer.slices.flatMap(slice => slice.segments))
  const fares = segments.flatMap(segment => segment.fares)
  expect(offers).toHaveLength(want.count)
  for (const offer of offers) expectSums(offer)
  if (want.totals) expect(sorted(offers.map(offer => money(offer.total)))).toEqual(sorted(want.totals))
  if (want.flights) expect(sorted(segments.map(flight))).toEqual(sorted(want.flights))
  const isCodeshare = ({ operating, marketing }: Segment): boolean =>
    operating.carrier !== null && operating.carrier !== marketing.carrier
  if (typeof want.codeshares === 'number') expect(segments.filter(isCodeshare)).toHaveLength(want.codeshares)
  const stopping = segments.filter(segment => segment.stops.length > 0)
  if (typeof want.technicalStops === 'number') expect(stopping).toHaveLength(want.technicalStops)
  for (const offer of want.passengerTypes ? offers : []) {
    const counts: Record<string, number> = {}
    for (const { type, count } of offer.passengers) counts[type] = (counts[type] ?? 0) + count
    expect(counts).toEqual(want.passengerTypes)
  }
  if (want.fareBases) expect(sorted(fares.flatMap(fare => fare.fareBasis ?? []))).toEqual(sorted(want.fareBases))
  if (want.brands) expect(sorted(fares.flatMap(fare => fare.brand?.name ?? []))).toEqual(sorted(want.brands))
  if (want.validatingCarriers)
    expect(sorted(offers.flatMap(offer => offer.validatingCarrier ?? []))).toEqual(sorted(want.validatingCarriers))
  const bags = fares.flatMap(({ baggage }) => (baggage.checked ? [`${baggage.checked.pieces}PC`] : []))
  const tolerated = want.may?.baggage ?? ['0PC']
  if (want.baggage)
    expect(sorted(bags.filter(bag => want.baggage!.includes(bag) || !tolerated.includes(bag)))).toEqual(
      sorted(want.baggage),
    )
  const pricedOf = (total: string, flights: readonly string[]): string => `${total} = ${sorted(flights).join('; ')}`
  if (want.priced)
    expect(
      sorted(
        offers.map(offer =>
          pricedOf(
            money(offer.total),
            offer.slices.flatMap(s => s.segments.map(flight)),
          ),
        ),
      ),
    ).toEqual(
      sorted(
        want.priced.map(line => {
          const [total, flights] = line.split(' = ') as [string, string]
          return pricedOf(total, flights.split('; '))
        }),
      ),
    )
}

function checkOrder(want: NonNullable<Facts['order']>, { order }: DecodedMessage): void {
  expect(sorted(order!.locators.map(locator => locator.locator))).toEqual(sorted(want.recordLocators))
  expect(sorted(order!.documents.map(document => document.number))).toEqual(sorted(want.tickets))
  expect(order!.passengers.map(passenger => passenger.surname.toUpperCase())).toEqual(want.surnames)
  expect(sorted(order!.slices.flatMap(slice => slice.segments.map(flight)))).toEqual(sorted(want.flights))
  expect(money(order!.total!)).toBe(want.total)
}

/** The vendor's documentation contradicts itself in these ways; a recording of a live reply does not. */
const doubts = ['total-mismatch', 'dangling-reference', 'duration-mismatch']

describeFixtures('every recorded reply of Duffel is understood', () => {
  const { messages } = JSON.parse(readFixture('expected.json').toString()) as { readonly messages: readonly Facts[] }
  const own = messages.filter(message => message.file.startsWith('duffel/'))

  test('there are some', () => expect(own.length).toBeGreaterThan(10))

  test.each(own.map(facts => [facts.file, facts] as const))('%s', (file, facts) => {
    const message = decode(readFixture(...file.split('/')))
    expect(message.warnings.filter(({ code }) => !doubts.includes(code))).toEqual([])
    expect(message.faults).toHaveLength(facts.faults?.length ?? 0)
    for (const [i, codes] of facts.faults?.entries() ?? []) expect(codes.split('|')).toContain(message.faults[i]!.code)
    if (facts.messageLike) expect(facts.messageLike.some(word => message.message.includes(word))).toBe(true)
    if (facts.seatMaps) expect(facts.seatMaps).toContain(message.seatMaps!.length)
    if (facts.order) checkOrder(facts.order, message)
    const readings = facts.offers === null ? [] : [facts.offers].flat()
    if (readings.length > 1) expect(readings.map(reading => reading.count)).toContain(message.offers.length)
    else if (readings[0]) checkOffers(readings[0], message)
    else expect(message.offers).toEqual([])
  })

  test('the live recordings among them agree with the zone data', () => {
    for (const file of ['offer-request-create-68offers.json', 'offer-show-aa-2seg.json'])
      expect(decode(readFixture('duffel', file)).warnings).toEqual([])
  })

  test('a seat map gives rows, places, prices and what is not to be had', () => {
    const [map] = decode(readFixture('duffel', 'seat-maps-list.json')).seatMaps!
    const seats = map!.cabins.flatMap(cabin => cabin.rows.flatMap(row => row.seats))
    expect(seats).toHaveLength(192)
    expect(seats.filter(seat => seat.availability === 'available')).toHaveLength(76)
    expect(seats.find(seat => seat.designator === '28C')).toMatchObject({
      characteristics: ['A', 'Passenger must be an adult'],
      prices: [{ total: { amountMinor: 2000, currency: 'GBP' } }],
    })
    expect(map!.cabins[0]!.rows[0]).toMatchObject({ number: 28, seats: { 0: { characteristics: ['W'] } } })
  })
})
