import { describe, expect, it } from 'vitest'
import { manualClock } from '../../src/core/clock.ts'
import type { ShopQuery } from '../../src/providers/port.ts'
import { availabilityKey, availabilityOf } from '../../src/shopping/availability.ts'
import { validateSearch } from '../../src/shopping/validate.ts'
import { makeOffer, outbound } from './support/offers.ts'
import { euro, now, request } from './support/shopping.ts'

const rules = { clock: manualClock(now), knowsCurrency: () => true, knowsProvider: () => true, offersMax: 250 }
const query = (change: object = {}): ShopQuery => validateSearch({ ...request, ...change }, rules).query
const inEuro = (m: { amountMinor: number; currency: string }) =>
  m.currency === 'XTS' ? undefined : euro(m.currency === 'USD' ? m.amountMinor / 2 : m.amountMinor)

describe('availability', () => {
  it('is the lowest price of one adult by flight, booking class and cabin, in euro cents', () => {
    const rows = availabilityOf(
      query({ passengers: [{ type: 'ADT' }, { type: 'ADT' }] }),
      [
        makeOffer({ price: 50_000, passengers: [['ADT', ['pax_1', 'pax_2']]] }),
        makeOffer({ price: 49_000, provider: 'beta' }),
        makeOffer({ price: 90_000, currency: 'USD' }),
        makeOffer({ price: 70_000, bookingClass: 'Y' }),
        makeOffer({ price: 300_000, bookingClass: 'J', cabin: 'business' }),
      ],
      inEuro,
    )
    expect(rows.map(({ member, euroCents }) => [member, euroCents])).toEqual([
      ['BA117:O:economy', 45_000],
      ['BA117:Y:economy', 70_000],
      ['BA117:J:business', 300_000],
    ])
    expect(availabilityKey(rows[0]!)).toBe('flight:availability:LHR:JFK:2027-03-10')
  })

  it('says nothing of what has no price of its own: returns, connections, private fares, other travellers', () => {
    const offer = makeOffer()
    const back = { origin: 'JFK', destination: 'LHR', departureDate: '2027-03-17' }
    expect(availabilityOf(query({ slices: [...request.slices, back] }), [offer], inEuro)).toEqual([])
    expect(availabilityOf(query({ accountCodes: [{ carrier: 'BA', code: 'ACME' }] }), [offer], inEuro)).toEqual([])
    expect(availabilityOf(query(), [makeOffer({ passengers: [['SRC', ['pax_1']]] })], inEuro)).toEqual([])
    expect(availabilityOf(query(), [makeOffer({ currency: 'XTS' })], inEuro)).toEqual([])
    const via = { ...outbound, to: 'DUB', arrival: '2027-03-10T09:40:00' }
    const on = { ...outbound, flight: 'EI109', from: 'DUB', departure: '2027-03-10T10:40:00' }
    expect(availabilityOf(query(), [makeOffer({ slices: [[via, on]] })], inEuro)).toEqual([])
  })
})
