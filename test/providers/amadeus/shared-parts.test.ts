import { expect, test } from 'vitest'
import type { SupplierOffer } from '../../../src/core/offer.ts'
import { decode } from '../../../src/providers/amadeus/wire/decode.ts'
import { changedLeaves } from '../../support/changed-leaves.ts'
import { bytesOf, offer, reply, segment, traveller } from './wire-offers.ts'

/** Everything that an offer tells, so that each part can be changed. */
const detail = (segmentId: string, cabin = 'ECONOMY') => ({
  segmentId,
  cabin,
  fareBasis: 'OLX6GB',
  brandedFare: 'LIGHT',
  brandedFareLabel: 'ECONOMY LIGHT',
  class: 'O',
  includedCheckedBags: { quantity: 1, weight: 23, weightUnit: 'KG' },
  includedCabinBags: { quantity: 1 },
})
const priced = (id: string, travelerType: string) =>
  traveller(id, {
    travelerType,
    price: {
      currency: 'EUR',
      total: '120.50',
      base: '100.00',
      taxes: [
        { amount: '12.50', code: 'GB' },
        { amount: '8.00', code: 'UB' },
      ],
      fees: [{ amount: '0.00', type: 'TICKETING' }],
    },
    fareDetailsBySegment: [detail('1'), detail('2'), detail('3')],
  })
const stopping = segment('2', {
  operating: { carrierCode: 'AA', carrierName: 'AMERICAN', number: '6140' },
  departure: { iataCode: 'JFK', terminal: '8', at: '2027-03-10T13:00:00' },
  arrival: { iataCode: 'LAX', terminal: '4', at: '2027-03-10T19:05:00' },
  duration: 'PT9H5M',
  number: '179',
  numberOfStops: 1,
  stops: [{ iataCode: 'ORD', duration: 'PT1H', arrivalAt: '2027-03-10T15:00:00', departureAt: '2027-03-10T16:00:00' }],
})
const back = segment('3', {
  departure: { iataCode: 'LAX', terminal: '4', at: '2027-03-17T16:00:00' },
  arrival: { iataCode: 'LHR', terminal: '5', at: '2027-03-18T10:20:00' },
  duration: 'PT11H20M',
  number: '268',
})
const base = offer({
  price: { currency: 'EUR', total: '361.50', base: '300.00', grandTotal: '361.50' },
  itineraries: [{ segments: [segment('1'), stopping] }, { segments: [back] }],
  travelerPricings: [priced('1', 'ADULT'), priced('2', 'ADULT'), priced('3', 'CHILD')],
})

function read(...offers: readonly unknown[]): readonly SupplierOffer[] {
  return decode(bytesOf(reply(...offers))).offers
}

test('an offer reads the same beside others as alone, whatever it shares with them', () => {
  for (const { pointer, tree } of changedLeaves(base)) {
    const alone = tryRead(tree)
    if (alone === undefined) continue
    const [, beside, again] = read(base, tree, tree)
    expect(beside, pointer).toEqual(alone)
    expect(again, pointer).toEqual(alone)
  }
})

/** Undefined where the change makes it no offer at all. */
function tryRead(tree: unknown): SupplierOffer | undefined {
  try {
    return read(tree)[0]
  } catch {
    return undefined
  }
}

test('flights, fares and prices that offers have in common are made once', () => {
  const [one, other] = read(base, { ...base, id: '2' })
  expect(other!.slices[0]).toBe(one!.slices[0])
  expect(other!.slices[1]).toBe(one!.slices[1])
  expect(other!.passengers[0]!.each).toBe(one!.passengers[0]!.each)
})
