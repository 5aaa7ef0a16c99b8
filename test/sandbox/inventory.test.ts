import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createInventory, type SeatCount } from '../../src/sandbox/inventory.ts'
import {
  adult,
  booked,
  bookRequest,
  openTestWorld,
  request,
  segmentsOf,
  selectionOf,
  testClock,
} from './world-helpers.ts'

const layout = [150, 20, 12, 0] as const
const key = 'BA117|LHRJFK|2027-03-10'

function seat(place: number, count: number): SeatCount {
  return { key, layout, place, count }
}

/** All steps of economy. */
function economy(inventory: ReturnType<typeof createInventory>): readonly number[] {
  const flight = { key, layout } as unknown as Parameters<typeof inventory.available>[0]
  return Array.from({ length: 12 }, (_, step) => inventory.available(flight, 'economy', step))
}

describe('the inventory', () => {
  test('is whole again when all that was taken is given back, and never sells below zero', () => {
    const action = fc.record({ place: fc.integer({ min: 0, max: 11 }), count: fc.integer({ min: 1, max: 9 }) })
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), fc.integer({ min: 1, max: 50 }), (actions, seed) => {
        const inventory = createInventory(seed)
        const before = economy(inventory)
        const taken: SeatCount[] = []
        for (const { place, count } of actions) {
          const left = economy(inventory)
          const ok = inventory.take([seat(place, count)]) === -1
          expect(ok).toBe(left[place]! >= count)
          if (ok) taken.push(seat(place, count))
          expect(economy(inventory).every(seats => seats >= 0)).toBe(true)
        }
        expect(inventory.sold(key)).toBe(taken.reduce((sum, one) => sum + one.count, 0))
        expect(before[0]! - economy(inventory)[0]!).toBe(inventory.sold(key))
        for (const one of taken) inventory.give([one])
        expect(economy(inventory)).toEqual(before)
      }),
    )
  })

  test('never has more on a cheap step than on a dearer one', () => {
    const inventory = createInventory(3)
    inventory.take([seat(0, 9)])
    inventory.take([seat(4, 5)])
    const left = economy(inventory)
    expect(left).toEqual(left.toSorted((a, b) => b - a))
  })

  test('takes all seats of a journey or none', () => {
    const inventory = createInventory(3)
    const other = { ...seat(0, 1), key: 'BA118|JFKLHR|2027-03-17' }
    const before = economy(inventory)
    expect(inventory.take([seat(0, 1), other, seat(0, 9999)])).toBe(2)
    expect(economy(inventory)).toEqual(before)
    expect(inventory.sold(other.key)).toBe(0)
  })
})

describe('seats of the world', () => {
  test('the last one is sold once, whoever sells it', async () => {
    const world = await openTestWorld()
    const offer = world
      .view('sabre')
      .shop(request(['LHR-JFK 2027-03-10'], { maxConnections: 0 }))
      .at(0)!
    const sellers = ['sabre', 'travelport', 'amadeus'].map(code => world.view(code))
    const tries = await Promise.all(
      Array.from({ length: 300 }, (_, i) => sellers[i % 3]!.book(bookRequest(offer, [adult]))),
    )
    const sold = tries.filter(result => result.kind === 'booked')
    expect(sold.length).toBeGreaterThan(0)
    expect(sold.length).toBeLessThan(300)
    expect(tries.filter(result => result.kind === 'sold-out')).toHaveLength(300 - sold.length)
    for (const view of sellers) expect(view.price(selectionOf(offer, [adult])).kind).toBe('sold-out')
    const first = sold[0]!
    if (first.kind === 'booked') {
      const owner = sellers.find(view => view.findPnr(first.pnr.locator))!
      await owner.cancel(first.pnr.locator)
    }
    const again = await Promise.all(sellers.map(view => view.book(bookRequest(offer, [adult]))))
    expect(again.filter(result => result.kind === 'booked')).toHaveLength(1)
    await world.close()
  })

  test('a sold-out class is not offered any more', async () => {
    const world = await openTestWorld()
    const view = world.view('sabre')
    const offer = view.shop(request(['LHR-JFK 2027-03-10'], { maxConnections: 0 }))[0]!
    for (;;) if ((await view.book(bookRequest(offer, [adult]))).kind !== 'booked') break
    const flight = segmentsOf(offer)[0]!
    const same = view
      .shop(request(['LHR-JFK 2027-03-10'], { maxConnections: 0, offersMax: 250 }))
      .flatMap(segmentsOf)
      .filter(one => one.operatingNumber === flight.operatingNumber && one.carrier === flight.carrier)
    for (const one of same) expect(one.bookingClass).not.toBe(flight.bookingClass)
    await world.close()
  })

  test('whoever is taken out of a booking gives a seat back, once; the last one ends it', async () => {
    const world = await openTestWorld()
    const view = world.view('travelport')
    const offer = view
      .shop(request(['CDG-JFK 2027-03-10'], { passengers: [adult, adult] }))
      .find(one => one.holdAllowed)!
    const fresh = view.price(selectionOf(offer, [adult]))
    const { locator } = await booked(view, offer, [adult, adult], { hold: true })
    for (let n = 0; n < 2; n++)
      expect(await view.cancel(locator, ['t1'])).toMatchObject({ pnr: { status: 'live', cancelledKeys: ['t1'] } })
    const alone = await booked(view, offer, [adult], { hold: true })
    const one = view.price(selectionOf(offer, [adult]))
    await view.cancel(locator, ['t2'])
    expect(view.findPnr(locator)?.status).toBe('cancelled')
    const other = await booked(view, offer, [adult], { hold: true })
    expect(view.price(selectionOf(offer, [adult]))).toEqual(one)
    for (const pnr of [alone, other]) await view.cancel(pnr.locator)
    expect(view.price(selectionOf(offer, [adult]))).toEqual(fresh)
    await world.close()
  })

  test('random bookings, cancellations and expired limits leave exactly the seats of the live ones sold', async () => {
    const clock = testClock()
    const world = await openTestWorld(clock)
    const view = world.view('travelport')
    const offers = view.shop(request(['CDG-JFK 2027-03-10'], { offersMax: 20 })).filter(offer => offer.holdAllowed)
    const fresh = offers.map(offer => view.price(selectionOf(offer, [adult])))
    const live = new Set<string>()
    for (let i = 0; i < 120; i++) {
      const offer = offers[(i * 7) % offers.length]!
      if (i % 3 === 2 && live.size > 0) {
        const [locator] = live
        live.delete(locator!)
        await view.cancel(locator!)
      } else if (view.price(selectionOf(offer, [adult])).kind === 'priced')
        live.add((await booked(view, offer, [adult], { hold: true })).locator)
    }
    expect(view.listPnrs().filter(pnr => pnr.status === 'live')).toHaveLength(live.size)
    clock.advance(4 * 864e5)
    expect(view.listPnrs().every(pnr => pnr.status === 'cancelled')).toBe(true)
    clock.set(clock.now() - 4 * 864e5)
    expect(offers.map(offer => view.price(selectionOf(offer, [adult])))).toEqual(fresh)
    await world.close()
  })
})
