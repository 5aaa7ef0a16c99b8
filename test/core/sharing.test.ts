import { describe, expect, test } from 'vitest'
import type { Connection, OperatingFlight, SegmentFare } from '../../src/core/itinerary.ts'
import { money, parseMoney, zero } from '../../src/core/money.ts'
import type { Condition, PassengerFare, Requirements } from '../../src/core/offer.ts'
import {
  sharedCharge,
  sharedConditions,
  sharedConnections,
  sharedFares,
  sharedFlight,
  sharedOperating,
  sharedPassengers,
  sharedRequirements,
  sharedTexts,
} from '../../src/core/sharing.ts'

const fare: SegmentFare = {
  passengerType: 'ADT',
  fareBasis: 'OLXBR',
  bookingClass: 'O',
  cabin: 'economy',
  brand: { code: 'LIGHT', name: 'Light' },
  baggage: { checked: { pieces: 1, weightKg: 23, weightLb: null }, cabin: null },
}
const passenger: PassengerFare = {
  ids: ['pax_1', 'pax_2'],
  type: 'ADT',
  count: 2,
  each: {
    base: { amountMinor: 10_000, currency: 'EUR' },
    taxes: [{ code: 'GB', amount: { amountMinor: 2_000, currency: 'EUR' } }],
    fees: [],
    total: { amountMinor: 12_000, currency: 'EUR' },
  },
}
const operating: OperatingFlight = { carrier: 'BA', number: '178', name: 'British Airways' }
const requirements: Requirements = {
  documents: 'required',
  gender: true,
  birthDate: null,
  instantPayment: false,
  holdAllowed: true,
}
const connection: Connection = {
  airport: 'DUB',
  minutes: 75,
  airportChange: false,
  overnight: false,
  selfTransfer: false,
}
const change: Condition = { allowed: true, fee: { amountMinor: 5_000, currency: 'EUR' } }

const kinds: readonly { readonly name: string; readonly part: object; readonly share: (part: never) => object }[] = [
  { name: 'fares of a segment', part: [fare, { ...fare, passengerType: 'CHD' }], share: sharedFares },
  { name: 'passengers with their prices', part: [passenger], share: sharedPassengers },
  { name: 'operating flights', part: operating, share: sharedOperating },
  { name: 'requirements', part: requirements, share: sharedRequirements },
  { name: 'connections', part: [connection], share: sharedConnections },
  { name: 'lists of references', part: ['PAX1', 'PAX2'], share: sharedTexts },
  {
    name: 'conditions',
    part: { change, refund: { allowed: null, fee: null } },
    share: (both: { change: Condition; refund: Condition }) => sharedConditions(both.change, both.refund),
  },
  {
    name: 'flight numbers',
    part: { carrier: 'BA', number: '178' },
    share: (flight: { carrier: string; number: string }) => sharedFlight(flight.carrier, flight.number),
  },
  {
    name: 'charges',
    part: { code: 'GB', amount: { amountMinor: 2_000, currency: 'EUR' } },
    share: (charge: { code: string; amount: { amountMinor: number; currency: string } }) =>
      sharedCharge(charge.code, charge.amount),
  },
]

/** The same with one value changed, for each value in it. */
function* variants(part: unknown): Generator<unknown> {
  if (Array.isArray(part)) {
    for (let i = 0; i < part.length; i++) for (const other of variants(part[i])) yield part.with(i, other)
    yield part.slice(1)
    yield [...part, part[0]]
  } else if (typeof part === 'object' && part !== null) {
    for (const [key, value] of Object.entries(part))
      for (const other of variants(value)) yield { ...part, [key]: other }
    yield null
  } else if (typeof part === 'number') yield part + 1
  else if (typeof part === 'boolean') {
    yield !part
    yield null
  } else if (part === null) yield 'another'
  else yield `${part}X`
}

describe.each(kinds)('$name', ({ part, share }) => {
  const shareAny = share as (part: unknown) => object

  test('said again they are the very same', () => {
    const first = shareAny(structuredClone(part))
    expect(first).toEqual(part)
    expect(shareAny(structuredClone(part))).toBe(first)
  })

  test('what differs in anything stays what it is', () => {
    let count = 0
    for (const other of variants(part)) {
      if (other === null || JSON.stringify(other) === '[]') continue
      try {
        JSON.stringify(shareAny(structuredClone(part)))
        expect(shareAny(other)).toEqual(other)
        count++
      } catch (error) {
        // an object in the place of a value is nothing that types allow
        if (!(error instanceof TypeError)) throw error
      }
    }
    expect(count).toBeGreaterThan(1)
  })
})

test('amounts are one object each, whatever they are made from, and never a negative zero', () => {
  expect(parseMoney('12.34', 'EUR')).toBe(money(1234, 'EUR'))
  expect(parseMoney(12.34, 'EUR')).toBe(money(1234, 'EUR'))
  expect(money(1234, 'USD')).toEqual({ amountMinor: 1234, currency: 'USD' })
  expect(Object.is(money(-0, 'EUR').amountMinor, 0)).toBe(true)
  expect(money(0, 'EUR')).toBe(zero('EUR'))
  expect(money(9_007_199_254_740_991, 'IDR').amountMinor).toBe(9_007_199_254_740_991)
})

test('thousands of amounts push each other out and stay what they are', () => {
  for (let round = 0; round < 2; round++)
    for (let minor = -20_000; minor < 20_000; minor += 7)
      expect(money(minor, minor % 2 === 0 ? 'EUR' : 'USD').amountMinor).toBe(minor)
})
