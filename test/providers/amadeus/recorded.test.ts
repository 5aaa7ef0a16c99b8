import { expect, test } from 'vitest'
import type { Segment } from '../../../src/core/itinerary.ts'
import { formatAmount, type Money } from '../../../src/core/money.ts'
import { decode } from '../../../src/providers/amadeus/wire/decode.ts'
import type { DecodedMessage } from '../../../src/providers/port.ts'
import { describeFixtures, readFixture } from '../../support/fixtures.ts'
import { expectSums } from '../../support/sound-offer.ts'

/** Facts of each recorded message, computed by programs that share no code with ours. */
type OfferFacts = {
  readonly count?: number
  readonly totals?: readonly string[]
  readonly flights?: readonly string[]
  readonly codeshares?: number | null
  readonly technicalStops?: number | null
  readonly passengerTypes?: Readonly<Record<string, number>>
  readonly taxCodes?: readonly string[] | null
  readonly fareBases?: readonly string[]
  readonly brands?: readonly string[] | null
  readonly validatingCarriers?: readonly string[]
  readonly baggage?: readonly string[]
  readonly priced?: readonly string[]
  readonly may?: { readonly baggage?: readonly string[]; readonly fareBases?: readonly string[] }
}
type Facts = {
  readonly file: string
  readonly provider: string
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
/** To the minute, or the day where no time is told. */
const flight = ({ marketing, origin, destination, departure }: Segment): string =>
  `${marketing.carrier}${marketing.number} ${origin}-${destination} ${departure.slice(0, 16)}`
/** 101962 and 101962.00 are one amount. */
const sameScale = (total: string): string => total.replace(/^(\d+)(?= )/, '$1.00')

function checkOffers(want: OfferFacts, { offers }: DecodedMessage): void {
  const segments = offers.flatMap(offer => offer.slices.flatMap(slice => slice.segments))
  const fares = segments.flatMap(segment => segment.fares)
  const bags = fares.flatMap(({ baggage: { checked: bag } }) => {
    if (bag === null) return []
    return bag.pieces === null
      ? [bag.weightKg === null ? `${bag.weightLb}LB` : `${bag.weightKg}KG`]
      : [`${bag.pieces}PC`]
  })
  expect(offers).toHaveLength(want.count!)
  for (const offer of offers) expectSums(offer)
  if (want.totals) expect(sorted(offers.map(offer => money(offer.total)))).toEqual(sorted(want.totals.map(sameScale)))
  if (want.flights) expect(sorted(segments.map(flight))).toEqual(sorted(want.flights))
  const codeshares = segments.filter(
    ({ operating, marketing }) => operating.carrier && operating.carrier !== marketing.carrier,
  )
  if (typeof want.codeshares === 'number') expect(new Set(codeshares.map(flight)).size).toBe(want.codeshares)
  const stopping = segments.filter(segment => segment.stops.length > 0)
  if (typeof want.technicalStops === 'number') expect(new Set(stopping.map(flight)).size).toBe(want.technicalStops)
  for (const offer of want.passengerTypes ? offers : []) {
    const counts: Record<string, number> = {}
    for (const { type, count } of offer.passengers) counts[type] = (counts[type] ?? 0) + count
    expect(counts).toEqual(want.passengerTypes)
  }
  const taxes = offers.flatMap(offer => offer.passengers.flatMap(passenger => passenger.each.taxes))
  if (want.taxCodes) expect(sorted(taxes.map(tax => tax.code))).toEqual(sorted(want.taxCodes))
  if (want.fareBases) {
    const { fareBases, may } = want
    const told = fares.flatMap(fare => fare.fareBasis ?? []).filter(basis => !may?.fareBases?.includes(basis))
    expect(sorted(told)).toEqual(sorted(fareBases))
  }
  for (const brand of want.brands ?? []) {
    const forms = brand.split('|')
    expect(fares.some(fare => forms.includes(fare.brand?.code ?? '') || forms.includes(fare.brand?.name ?? ''))).toBe(
      true,
    )
  }
  if (want.validatingCarriers) {
    expect(sorted(offers.flatMap(offer => offer.validatingCarrier ?? []))).toEqual(sorted(want.validatingCarriers))
  }
  if (want.baggage) {
    const { baggage, may } = want
    const told = bags.filter(bag => baggage.includes(bag) || !may?.baggage?.includes(bag))
    expect(sorted(told)).toEqual(sorted(baggage))
  }
  const priced = offers.map(
    offer => `${money(offer.total)} = ${sorted(offer.slices.flatMap(slice => slice.segments.map(flight))).join('; ')}`,
  )
  if (want.priced) {
    const wanted = want.priced.map(line => {
      const [total, flights] = line.split(' = ') as [string, string]
      return `${total} = ${sorted(flights.split('; ')).join('; ')}`
    })
    expect(sorted(priced)).toEqual(sorted(wanted))
  }
}

function checkOrder(want: NonNullable<Facts['order']>, { order }: DecodedMessage): void {
  expect(sorted(order!.locators.map(locator => locator.locator))).toEqual(sorted(want.recordLocators))
  expect(sorted(order!.documents.map(document => document.number))).toEqual(sorted(want.tickets))
  expect(order!.passengers.map(passenger => passenger.surname.toUpperCase()).sort()).toEqual([...want.surnames].sort())
  expect(sorted(order!.slices.flatMap(slice => slice.segments.map(flight)))).toEqual(sorted(want.flights))
  expect(money(order!.total!)).toBe(want.total)
}

describeFixtures('every recorded reply is understood', () => {
  const { messages } = JSON.parse(readFixture('expected.json').toString()) as { readonly messages: readonly Facts[] }
  const own = messages.filter(message => /^amadeus-(selfservice|soap)\//.test(message.file))

  test('there are some', () => expect(own.length).toBeGreaterThan(25))

  test.each(own.map(facts => [facts.file, facts] as const))('%s', (file, facts) => {
    const message = decode(readFixture(...file.split('/')))
    // a stored fare is the only reply that says less than an offer holds
    expect(message.warnings.filter(({ code }) => code !== 'flights-not-told')).toEqual([])
    const faults = message.faults.map(fault => fault.code)
    expect(faults.map(code => code?.replace(/^0+/, ''))).toEqual((facts.faults ?? []).map(code => code.split('|')[0]))
    const name = message.message.toLowerCase()
    if (facts.messageLike) expect(facts.messageLike.some(word => name.includes(word))).toBe(true)
    if (facts.seatMaps) expect(facts.seatMaps).toContain(message.seatMaps!.length)
    if (facts.order) checkOrder(facts.order, message)
    const readings = facts.offers === null ? [] : [facts.offers].flat()
    const reading = readings.find(other => other.count === message.offers.length) ?? readings[0]
    if (reading) checkOffers(reading, message)
    else expect(message.offers).toEqual([])
  })
})
