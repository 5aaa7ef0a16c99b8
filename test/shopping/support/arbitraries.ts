import fc from 'fast-check'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import { type FlightSpec, makeOffer, type OfferSpec } from './offers.ts'

/** Offers of a small world, so that flights, prices and conditions meet often. */
const times: readonly (readonly [string, string])[] = [
  ['06:10:00', '09:05:00'],
  ['08:20:00', '11:15:00'],
  ['13:00:00', '15:55:00'],
  ['21:45:00', '23:40:00'],
]

const direct = (from: string, to: string, day: string): fc.Arbitrary<readonly FlightSpec[]> =>
  fc
    .tuple(
      fc.constantFrom('BA117', 'AA101', 'VS3'),
      fc.constantFrom(...times),
      fc.constantFrom(undefined, 'AA6143', null),
    )
    .map(([flight, [departure, arrival], operating]) => [
      { flight, operating, from, to, departure: `${day}T${departure}`, arrival: `${day}T${arrival}` },
    ])

const viaDublin = (from: string, to: string, day: string): fc.Arbitrary<readonly FlightSpec[]> =>
  fc.constantFrom('EI151', 'EI153').map(flight => [
    { flight, from, to: 'DUB', departure: `${day}T06:30:00`, arrival: `${day}T07:50:00` },
    { flight: 'EI109', from: 'DUB', to, departure: `${day}T10:40:00`, arrival: `${day}T13:10:00` },
  ])

const journey = fc.oneof(
  direct('LHR', 'JFK', '2027-03-10').map(slice => [slice]),
  direct('LGW', 'EWR', '2027-03-10').map(slice => [slice]),
  viaDublin('LHR', 'JFK', '2027-03-10').map(slice => [slice]),
)

const spec: fc.Arbitrary<OfferSpec> = fc.record({
  provider: fc.constantFrom('alpha', 'beta', 'gamma'),
  validatingCarrier: fc.constantFrom('BA', 'AA', null),
  slices: journey,
  price: fc.constantFrom(30_000, 30_500, 31_049, 31_050, 32_000, 33_000),
  cabin: fc.constantFrom('economy', 'business', null),
  brand: fc.constantFrom('Light', 'Plus', null),
  checked: fc.constantFrom(
    { pieces: 1, weightKg: 23, weightLb: null },
    { pieces: 0, weightKg: null, weightLb: null },
    { pieces: null, weightKg: 30, weightLb: null },
    null,
  ),
  refundable: fc.constantFrom(true, false, null),
  bookingClass: fc.constantFrom('O', 'Y'),
})

export const arbitraryOffer: fc.Arbitrary<SupplierOffer> = spec.map(makeOffer)
export const arbitraryOffers = (maxLength = 60): fc.Arbitrary<readonly SupplierOffer[]> =>
  fc.array(arbitraryOffer, { maxLength })
