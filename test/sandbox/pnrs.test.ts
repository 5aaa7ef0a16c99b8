import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { World, WorldOffer, WorldPnr, WorldView } from '../../src/sandbox/world.ts'
import {
  adult,
  booked,
  bookRequest,
  family,
  openTestWorld,
  request,
  segmentsOf,
  selectionOf,
  testClock,
} from './world-helpers.ts'

let clock: ReturnType<typeof testClock>
let world: World
let view: WorldView
beforeEach(async () => {
  clock = testClock()
  world = await openTestWorld(clock)
  view = world.view('sabre')
})
afterEach(() => world.close())

const way = ['LHR-JFK 2027-03-10', 'JFK-LHR 2027-03-17']

function offerWhere(wanted: (offer: WorldOffer) => boolean, slices = way, passengers = family): WorldOffer {
  const found = view.shop(request(slices, { passengers, offersMax: 250 })).find(wanted)
  if (!found) throw new Error('no such offer')
  return found
}

const holdable = (offer: WorldOffer): boolean => offer.holdAllowed

describe('a booking', () => {
  test('is found by locator and by the reference that came with it', async () => {
    const offer = offerWhere(holdable)
    const pnr = await booked(view, offer, family, { hold: true })
    expect(pnr.locator).toMatch(/^[A-Z]{6}$/)
    expect(pnr).toMatchObject({ status: 'live', reference: 'K7M2QX', hold: true, tickets: [] })
    expect(pnr.offer.total).toEqual(offer.total)
    expect(pnr.airlineLocators[0]!.carrier).toBe(offer.validatingCarrier)
    expect(view.findPnr(pnr.locator)).toEqual(pnr)
    expect(view.findByReference('K7M2QX')).toEqual([pnr])
    expect(view.listPnrs()).toEqual([pnr])
    expect(world.view('amadeus').findPnr(pnr.locator)).toBeUndefined()
  })

  test('is refused with too few travellers, more lap infants than adults, ten seats, nobody', async () => {
    const offer = offerWhere(holdable, way, [adult])
    const infant = { type: 'INF', age: 1 } as const
    const wrong = [
      bookRequest(offer, [adult], { travellers: [] }),
      bookRequest(offer, [adult, infant, infant]),
      bookRequest(
        offer,
        Array.from({ length: 10 }, () => adult),
      ),
      bookRequest(offer, []),
    ]
    for (const one of wrong) expect((await view.book(one)).kind).toBe('refused')
    expect(view.listPnrs()).toEqual([])
  })

  test('without payment is refused where the fare must be paid at once', async () => {
    const offer = offerWhere(one => !one.holdAllowed, ['LHR-JFK 2026-11-22'], [adult])
    expect((await view.book(bookRequest(offer, [adult], { hold: true }))).kind).toBe('refused')
    expect((await view.book(bookRequest(offer, [adult], { hold: false }))).kind).toBe('booked')
  })

  test('of a flight or fare that does not exist is refused, and its price is gone', async () => {
    const offer = offerWhere(holdable, way, [adult])
    const { selection } = bookRequest(offer, [adult])
    const wrongFare = { ...selection, slices: selection.slices.map(slice => ({ ...slice, fareBasis: 'YNONE' })) }
    const wrongDate = {
      ...selection,
      slices: selection.slices.map(slice => ({
        ...slice,
        segments: slice.segments.map(segment => ({ ...segment, number: '9998' })),
      })),
    }
    for (const wrong of [wrongFare, wrongDate]) {
      expect(view.price(wrong).kind).toBe('gone')
      expect((await view.book({ ...bookRequest(offer, [adult]), selection: wrong })).kind).toBe('refused')
    }
  })

  test('without a fare basis takes the cheapest fare of its booking class', () => {
    const offer = offerWhere(one => one.refund.allowed, way, [adult])
    const selection = selectionOf(offer, [adult])
    const bare = view.price({ ...selection, slices: selection.slices.map(slice => ({ ...slice, fareBasis: null })) })
    if (bare.kind !== 'priced') throw new Error(bare.kind)
    expect(bare.offer.total.amountMinor).toBeLessThan(offer.total.amountMinor)
    expect(segmentsOf(bare.offer).map(one => one.bookingClass)).toEqual(segmentsOf(offer).map(one => one.bookingClass))
  })
})

describe('the ticketing time limit', () => {
  test('cancels a booking and gives its seats back, whether or not anybody asks', async () => {
    const offer = offerWhere(holdable, way, [adult])
    const pnr = await booked(view, offer, [adult], { hold: true })
    const before = view.price(selectionOf(offer, [adult]))
    clock.set(pnr.ticketBy - 1)
    expect(view.findPnr(pnr.locator)?.status).toBe('live')
    clock.set(pnr.ticketBy)
    expect(view.findPnr(pnr.locator)?.status).toBe('cancelled')
    expect(await view.issueTickets(pnr.locator)).toMatchObject({ kind: 'refused' })
    const after = view.price(selectionOf(offer, [adult]))
    expect(before.kind).toBe('priced')
    expect(after.kind).toBe('priced')
  })

  test('is never later than departure and does not touch what was ticketed', async () => {
    const offer = offerWhere(() => true, ['LHR-JFK 2026-11-22'], [adult])
    expect(offer.lastTicketing).toBeLessThan(segmentsOf(offer)[0]!.departureMs)
    const pnr = await booked(view, offer)
    await view.issueTickets(pnr.locator)
    clock.set(pnr.ticketBy + 1)
    expect(view.findPnr(pnr.locator)?.status).toBe('live')
  })
})

describe('tickets', () => {
  async function ticketed(offer: WorldOffer, passengers = family): Promise<WorldPnr> {
    const pnr = await booked(view, offer, passengers)
    const result = await view.issueTickets(pnr.locator)
    if (result.kind !== 'ticketed') throw new Error(result.text)
    return result.pnr
  }

  test('carry the accounting code of the validating airline and 13 digits, and none is given twice', async () => {
    const offer = offerWhere(one => one.validatingCarrier === 'BA' && one.seatsLeft >= 6)
    const all = [await ticketed(offer), await ticketed(offer)].flatMap(pnr => pnr.tickets)
    for (const { number } of all) expect(number).toMatch(/^125\d{10}$/)
    expect(new Set(all.map(ticket => ticket.number)).size).toBe(6)
  })

  test('are conjunction tickets with numbers in a row where a passenger has over four coupons', async () => {
    const slices = [...way, 'LHR-JFK 2027-04-10', 'JFK-LHR 2027-04-17', 'LHR-JFK 2027-05-10']
    const offer = offerWhere(one => segmentsOf(one).length > 4, slices, [adult])
    const { tickets } = await ticketed(offer, [adult])
    expect(tickets.length).toBe(Math.ceil(segmentsOf(offer).length / 4))
    expect(tickets.flatMap(ticket => ticket.segmentIndexes)).toEqual(segmentsOf(offer).map((_, i) => i))
    expect(Number(tickets[1]!.number) - Number(tickets[0]!.number)).toBe(1)
  })

  test('are issued once, however often that is asked', async () => {
    const pnr = await ticketed(offerWhere(holdable))
    const again = await Promise.all([view.issueTickets(pnr.locator), view.issueTickets(pnr.locator)])
    for (const result of again) expect(result).toEqual({ kind: 'ticketed', pnr })
  })

  test('are voided in full until the office day ends, and refused after', async () => {
    const pnr = await ticketed(offerWhere(one => !one.refund.allowed))
    const quote = view.quoteCancellation(pnr.locator)!
    expect(quote).toMatchObject({ kind: 'void', refund: pnr.offer.total, penalty: { amountMinor: 0 } })
    // the office is in London, where the day ends at midnight UTC in winter
    expect(quote.voidUntil).toBe(Date.parse('2026-11-22T00:00:00Z'))
    clock.set(quote.voidUntil!)
    expect(await view.voidTickets(pnr.locator)).toMatchObject({ kind: 'refused' })
    clock.set(quote.voidUntil! - 1)
    const done = await view.voidTickets(pnr.locator)
    expect(done.kind === 'done' && done.pnr.tickets.map(ticket => ticket.status)).toEqual(['void', 'void', 'void'])
    expect(view.findPnr(pnr.locator)?.status).toBe('live')
    expect(await view.voidTickets(pnr.locator)).toMatchObject({ kind: 'done' })
    expect(view.quoteCancellation(pnr.locator)?.kind).toBe('none')
  })

  test('of a refundable fare bring what was paid less a fee for each seat', async () => {
    const pnr = await ticketed(offerWhere(one => one.refund.allowed && one.refund.fee!.amountMinor > 0))
    clock.advance(2 * 864e5)
    const quote = view.quoteCancellation(pnr.locator)!
    expect(quote.kind).toBe('refund')
    expect(quote.penalty.amountMinor).toBe(3 * pnr.offer.refund.fee!.amountMinor)
    expect(quote.refund.amountMinor + quote.penalty.amountMinor).toBe(pnr.offer.total.amountMinor)
    expect(quote.perTicket.reduce((sum, one) => sum + one.refund.amountMinor, 0)).toBe(quote.refund.amountMinor)
    const done = await view.refundTickets(pnr.locator)
    expect(done.kind === 'done' && done.pnr.tickets.every(ticket => ticket.status === 'refunded')).toBe(true)
    expect(await view.voidTickets(pnr.locator)).toMatchObject({ kind: 'refused' })
  })

  test('of any other fare bring the taxes that were not spent', async () => {
    const pnr = await ticketed(offerWhere(one => !one.refund.allowed))
    clock.advance(2 * 864e5)
    const quote = view.quoteCancellation(pnr.locator)!
    const kept = ['YQ', 'YR', 'US', 'ZP', 'XF']
    const back = pnr.offer.passengers.reduce(
      (sum, price) =>
        sum +
        price.count * price.taxes.reduce((tax, one) => tax + (kept.includes(one.code) ? 0 : one.amount.amountMinor), 0),
      0,
    )
    expect(quote).toMatchObject({ kind: 'refund', refund: { amountMinor: back } })
  })

  test('bring nothing once the journey has begun', async () => {
    const pnr = await ticketed(offerWhere(() => true))
    clock.set(segmentsOf(pnr.offer)[0]!.departureMs)
    expect(view.quoteCancellation(pnr.locator)?.kind).toBe('none')
    expect(await view.refundTickets(pnr.locator)).toMatchObject({ kind: 'refused' })
    expect(await view.cancel(pnr.locator)).toMatchObject({ kind: 'refused' })
  })
})

describe('cancelling', () => {
  test('ends the booking once and leaves its tickets as they are', async () => {
    const pnr = await booked(view, offerWhere(holdable), family)
    expect(view.quoteCancellation(pnr.locator)).toMatchObject({ kind: 'release', refund: { amountMinor: 0 } })
    await view.issueTickets(pnr.locator)
    for (let time = 0; time < 2; time++)
      expect(await view.cancel(pnr.locator)).toMatchObject({ kind: 'cancelled', pnr: { status: 'cancelled' } })
    expect(view.findPnr(pnr.locator)!.tickets.map(ticket => ticket.status)).toEqual(['issued', 'issued', 'issued'])
    expect(view.quoteCancellation(pnr.locator)?.kind).toBe('void')
    expect(await view.voidTickets(pnr.locator)).toMatchObject({ kind: 'done' })
  })

  test('what is not there is refused', async () => {
    expect(await view.cancel('NOSUCH')).toMatchObject({ kind: 'refused' })
    expect(await view.voidTickets('NOSUCH')).toMatchObject({ kind: 'refused' })
    expect(view.quoteCancellation('NOSUCH')).toBeUndefined()
  })
})
