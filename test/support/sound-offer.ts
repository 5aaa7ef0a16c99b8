import { expect } from 'vitest'
import type { Charge, SupplierOffer } from '../../src/core/offer.ts'
import type { ShopQuery } from '../../src/providers/port.ts'
import { airportsOf } from '../../src/reference/airports.ts'
import { toInstant } from '../../src/reference/zones.ts'

/** The invariants of core/offer.ts, and that the offer answers what was asked. */
export function expectSound(offer: SupplierOffer, asked: ShopQuery): void {
  expectSums(offer)
  const ids = offer.passengers.flatMap(passenger => passenger.ids)
  expect(new Set(ids)).toEqual(new Set(asked.passengers.map(passenger => passenger.id)))
  for (const passenger of offer.passengers) {
    expect(passenger.ids).toHaveLength(passenger.count)
    for (const id of passenger.ids)
      expect(asked.passengers.find(candidate => candidate.id === id)?.type).toBe(passenger.type)
  }
  expect(offer.slices).toHaveLength(asked.slices.length)
  offer.slices.forEach((slice, index) => {
    expect(airportsOf(asked.slices[index]!.origin)).toContain(slice.origin)
    expect(airportsOf(asked.slices[index]!.destination)).toContain(slice.destination)
    expect(slice.segments[0]!.departure.slice(0, 10)).toBe(asked.slices[index]!.departureDate)
    expect(slice.connections).toHaveLength(slice.segments.length - 1)
    // the times lead to the mistake: a form of our own that only looks like a time has no duration
    const times = slice.segments.map(({ departure, arrival }) => `"${departure}" to "${arrival}"`).join(', ')
    expect(
      slice.durationMinutes ?? 0,
      `minutes from ${slice.origin} to ${slice.destination}, ${times}`,
    ).toBeGreaterThan(0)
  })
  const segments = offer.slices.flatMap(slice => slice.segments)
  expect(segments.map(segment => segment.id)).toEqual(segments.map((_, index) => `seg_${index + 1}`))
  for (const segment of segments) {
    const start = toInstant(segment.departure, segment.departureZone!)
    const end = toInstant(segment.arrival, segment.arrivalZone!)
    expect(end - start).toBe(segment.durationMinutes! * 60_000)
    expect(segment.fares.map(fare => fare.passengerType)).toEqual(offer.passengers.map(passenger => passenger.type))
    for (const fare of segment.fares) {
      expect(fare.fareBasis).toEqual(expect.any(String))
      if (fare.bookingClass !== null) expect(fare.bookingClass).toMatch(/^[A-Z]$/)
    }
  }
  // a format tells booking classes everywhere or, like Duffel's, nowhere
  expect(new Set(segments.flatMap(({ fares }) => fares.map(fare => fare.bookingClass === null))).size).toBe(1)
}

/** To the minor unit: base + taxes + fees = total for each passenger and for all, and the passengers sum to the total. */
export function expectSums(offer: SupplierOffer): void {
  const sumOf = (charges: readonly Charge[]): number =>
    charges.reduce((sum, charge) => sum + charge.amount.amountMinor, 0)
  const all = { base: 0, taxes: 0, fees: 0, total: 0 }
  for (const { each, count } of offer.passengers) {
    const taxes = sumOf(each.taxes)
    const fees = sumOf(each.fees)
    expect(each.base.amountMinor + taxes + fees).toBe(each.total.amountMinor)
    all.base += each.base.amountMinor * count
    all.taxes += taxes * count
    all.fees += fees * count
    all.total += each.total.amountMinor * count
  }
  expect(all).toEqual({
    base: offer.base.amountMinor,
    taxes: offer.taxes.amountMinor,
    fees: offer.fees.amountMinor,
    total: offer.total.amountMinor,
  })
}
