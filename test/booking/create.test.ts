import { describe, expect, test } from 'vitest'
import { money, moneyJson } from '../../src/core/money.ts'
import type { CreateBookingRequest } from '../../src/booking/port.ts'
import { type Bench, context, type Fates, jsonOf, makeBench, repriced, settle } from './fakes.ts'
import { bookingRequest, storedOffer } from './sample.ts'

const stored = storedOffer()
let keys = 0
const book = (bench: Bench, more: Partial<CreateBookingRequest> = {}, key = `key-${++keys}`) =>
  bench.bookings.create(bookingRequest(stored, more), key, context)
const held = { hold: true, payment: undefined } as const

describe('the happy path', () => {
  test.each([
    ['separate', ['authorise', 'createOrder', 'issueTickets', 'capture']],
    ['at-order', ['authorise', 'createOrder', 'capture']],
  ] as const)('with ticketing %s: authorised, ordered, ticketed, captured, in that order', async (ticketing, steps) => {
    const bench = makeBench(stored, { capabilities: { ticketing } })
    const order: string[] = []
    for (const calls of [bench.supplier.calls, bench.gateway.calls]) calls.push = (...names) => order.push(...names)
    const answer = await book(bench)
    expect(answer.status).toBe(201)
    expect(order).toEqual(steps)
    const json = jsonOf(answer)
    expect(json).toMatchObject({
      status: 'ticketed',
      provider: 'alpha',
      offerId: stored.offer.id,
      orders: [{ provider: 'alpha', offerId: stored.offer.id, status: 'ticketed', segmentIds: ['seg_1', 'seg_2'] }],
      recordLocators: [{ owner: 'alpha', locator: expect.any(String) }],
      documents: [
        { kind: 'ticket', passengerId: 'pax_1', status: 'issued' },
        { kind: 'ticket', passengerId: 'pax_2', status: 'issued' },
      ],
      payments: [{ status: 'captured', amount: { amount: '1204.68', currency: 'EUR' } }],
      contact: { email: 'ada@example.com', phone: '+442071838750' },
      metadata: { yourRef: 'A-17' },
      ticketBy: null,
    })
    expect(json.reference).toMatch(/^[A-HJ-NP-Z2-9]{6}$/)
    expect(bench.supplier.pnrs).toMatchObject([{ reference: json.reference, status: 'live' }])
    expect(bench.gateway.kept()).toBe(120468)
    expect(await bench.bookings.get(json.id, context)).toEqual(json)
  })

  test('the traveller reads the name as given, the supplier gets what a ticket holds, passport numbers are masked', async () => {
    const bench = makeBench(stored)
    const { passengers } = jsonOf(await book(bench))
    expect(passengers).toMatchObject([
      { id: 'pax_1', type: 'ADT', givenNames: 'Ada', document: { number: '****4567' } },
      { id: 'pax_2', type: 'ADT', surname: 'Müller' },
    ])
  })

  test('a hold takes seats and no money', async () => {
    const bench = makeBench(stored)
    bench.supplier.ticketByMs = bench.clock.now() + 3_600_000
    const answer = await book(bench, held)
    expect(answer.status).toBe(201)
    expect(jsonOf(answer)).toMatchObject({
      status: 'held',
      payments: [],
      documents: [],
      ticketBy: '2027-01-05T11:00:00Z',
    })
    expect(bench.gateway.calls).toEqual([])
  })

  test('twice-failing ticketing ends ticketed', async () => {
    const bench = makeBench(stored, { fates: { issueTickets: ['busy', 'busy'] } })
    expect((await book(bench)).status).toBe(201)
    expect(bench.supplier.calls.filter(name => name === 'issueTickets')).toHaveLength(3)
  })
})

describe('refused', () => {
  const refusals: readonly [string, Fates, number, string][] = [
    ['a declined payment', { authorise: ['refused'] }, 402, 'payment-declined'],
    ['a gateway that cannot be reached', { authorise: ['unreachable'] }, 503, 'unavailable'],
    ['an order that the supplier refuses', { createOrder: ['refused'] }, 409, 'sold-out'],
    ['a supplier that cannot be reached', { createOrder: ['unreachable'] }, 503, 'suppliers-unavailable'],
    ['tickets that the supplier refuses', { issueTickets: ['refused'] }, 409, 'booking-failed'],
    ['tickets that never come', { issueTickets: ['busy', 'busy', 'busy', 'busy', 'busy'] }, 409, 'booking-failed'],
    ['a capture that the gateway refuses', { capture: ['refused'] }, 402, 'payment-declined'],
  ]
  test.each(refusals)(
    '%s leaves no PNR and no money, and is a readable failed booking',
    async (_, fates, status, type) => {
      const bench = makeBench(stored, { fates })
      const answer = await book(bench)
      expect(answer.status).toBe(status)
      expect(answer.contentType).toBe('application/problem+json; charset=utf-8')
      const problem = jsonOf(answer)
      expect(problem).toMatchObject({
        type: `/problems/${type}`,
        status,
        instance: '/v1/bookings',
        requestId: 'req_test',
      })
      expect(bench.supplier.pnrs.every(pnr => pnr.status === 'cancelled')).toBe(true)
      expect(bench.gateway.kept()).toBe(0)
      expect([...bench.gateway.payments.values()].every(payment => payment.status === 'voided')).toBe(true)
      const json = await bench.bookings.get(problem.bookingId as 'bkg_x', context)
      expect(json).toMatchObject({ status: 'failed', failure: { type: `/problems/${type}` } })
    },
  )

  test.each([
    ['offer-gone', 410, 'offer-expired'],
    ['passenger-data', 409, 'booking-failed'],
    ['not-supported', 409, 'booking-failed'],
  ] as const)('%s at the order is %i %s', async (kind, status, type) => {
    const bench = makeBench(stored, { fates: { createOrder: ['refused'] } })
    bench.supplier.refusal = kind
    const answer = await book(bench)
    expect([answer.status, jsonOf(answer).type]).toEqual([status, `/problems/${type}`])
  })

  test('a price that changed at the order comes with the offer that replaces this one', async () => {
    const bench = makeBench(stored, { fates: { createOrder: ['refused'] } })
    bench.supplier.refusal = 'price-changed'
    const replacement = storedOffer({ total: money(130000, 'EUR') })
    let asked = 0
    bench.shopping.confirmation = offer =>
      ++asked === 1 ? { kind: 'unchanged', stored: offer } : repriced(replacement)(offer)
    const answer = await book(bench)
    expect(jsonOf(answer)).toMatchObject({ type: '/problems/price-changed', offer: { id: replacement.offer.id } })
    expect(bench.gateway.kept()).toBe(0)
  })
})

describe('before anything is done', () => {
  const refused = async (bench: Bench, more: Partial<CreateBookingRequest> = {}) => {
    const key = `key-${++keys}`
    const error = await book(bench, more, key).catch((thrown: unknown) => thrown)
    expect(bench.gateway.calls).toEqual([])
    expect(bench.supplier.calls).toEqual([])
    expect((await bench.bookings.list({}, context)).bookings).toEqual([])
    return { error, key }
  }

  test('a rise is refused with the replacing offer; the key is free for another request', async () => {
    const bench = makeBench(stored)
    const replacement = storedOffer({ total: money(130000, 'EUR') })
    bench.shopping.confirmation = repriced(replacement)
    const { error, key } = await refused(bench)
    expect(error).toMatchObject({ type: 'price-changed', extensions: { offer: { id: replacement.offer.id } } })
    bench.shopping.confirmation = null
    const again = await bench.bookings.create(
      bookingRequest(stored, { offerId: replacement.offer.id, metadata: { other: 'body' } }),
      key,
      context,
    )
    expect(again.status).toBe(201)
    expect(bench.gateway.kept()).toBe(130000)
  })

  test('a rise beyond what is accepted is refused', async () => {
    const bench = makeBench(stored)
    bench.shopping.confirmation = repriced(storedOffer({ total: money(120969, 'EUR') }))
    const upTo = moneyJson(money(500, 'EUR'))
    expect((await refused(bench, { priceChange: { policy: 'accept', upTo } })).error).toMatchObject({
      type: 'price-changed',
    })
  })

  test.each([
    ['sold out', 'sold-out', 'sold-out'],
    ['gone', 'offer-gone', 'offer-expired'],
  ] as const)('%s at confirmation', async (_, kind, type) => {
    const bench = makeBench(stored)
    bench.shopping.confirmation = () => ({
      kind: 'gone',
      reason: 'no longer sold',
      fault: { kind, code: null, text: '', mayHaveBooked: false, retryAfterMs: null },
    })
    expect((await refused(bench)).error).toMatchObject({ type })
  })

  test('an offer of nobody, of another tenant, or malformed is not found', async () => {
    const bench = makeBench(storedOffer({ tenant: 'other' }))
    for (const offerId of [[...bench.shopping.offers.keys()][0]!, 'off_unknown', 'nonsense'])
      expect((await refused(bench, { offerId })).error).toMatchObject({ type: 'not-found' })
  })

  test.each([
    ['a supplier without holds', { capabilities: { hold: false, notes: ['Pay at once.'] } }, stored],
    ['one that cannot ticket them later', { capabilities: { ticketHeld: false } }, stored],
    ['a fare that must be paid at once', {}, storedOffer({ requirements: { instantPayment: true } })],
    ['a fare without holds', {}, storedOffer({ requirements: { holdAllowed: false } })],
  ])('%s: hold-not-allowed', async (_, more, offer) => {
    const bench = makeBench(offer, more)
    const { error } = await refused(bench, { offerId: offer.offer.id, ...held })
    expect(error).toMatchObject({ type: 'hold-not-allowed' })
  })
})

test('what the supplier asks for only with the price is asked of the caller, before any money moves', async () => {
  const bench = makeBench(stored)
  bench.shopping.confirmation = offer => ({
    kind: 'unchanged',
    stored: { ...offer, net: { ...offer.net, requirements: { ...offer.net.requirements, documents: 'required' } } },
  })
  await expect(book(bench)).rejects.toMatchObject({ errors: [{ pointer: '/passengers/1/document', code: 'required' }] })
  expect(bench.gateway.calls).toEqual([])
})

describe('what is charged', () => {
  test('an accepted rise is charged exactly, and the booking is of the replacing offer', async () => {
    const bench = makeBench(stored)
    const replacement = storedOffer({ total: money(120968, 'EUR') })
    bench.shopping.confirmation = repriced(replacement)
    const upTo = moneyJson(money(500, 'EUR'))
    const answer = await book(bench, { priceChange: { policy: 'accept', upTo } })
    expect(jsonOf(answer)).toMatchObject({ status: 'ticketed', offerId: replacement.offer.id })
    expect(bench.gateway.kept()).toBe(120968)
  })

  test('a fall is passed on, also with policy refuse', async () => {
    const bench = makeBench(stored)
    bench.shopping.confirmation = repriced(storedOffer({ total: money(100000, 'EUR') }))
    expect((await book(bench)).status).toBe(201)
    expect(bench.gateway.kept()).toBe(100000)
  })
})

describe('a lost answer', () => {
  const cases: readonly [string, Fates, boolean][] = [
    ['of an authorisation that was made', { authorise: ['lost-after'] }, true],
    ['of an authorisation that never arrived', { authorise: ['lost-before'] }, true],
    ['of an order that was made', { createOrder: ['lost-after'] }, true],
    ['of an order that never arrived', { createOrder: ['lost-before'] }, false],
    ['of tickets that were issued', { issueTickets: ['lost-after'] }, true],
    ['of tickets that were not issued', { issueTickets: ['lost-before'] }, true],
    ['of a capture that was made', { capture: ['lost-after'] }, true],
    ['of a capture that never arrived', { capture: ['lost-before'] }, true],
  ]
  test.each(cases)('%s is found out at once; nothing is done twice', async (_, fates, ends) => {
    const bench = makeBench(stored, { fates })
    const answer = await book(bench)
    expect(bench.supplier.calls.filter(name => name === 'createOrder')).toHaveLength(1)
    expect(bench.supplier.pnrs.filter(pnr => pnr.status === 'live')).toHaveLength(ends ? 1 : 0)
    expect(bench.gateway.kept()).toBe(ends ? 120468 : 0)
    expect(answer.status).toBe(ends ? 201 : 503)
  })

  test('that cannot be cleared up now is 202 outcome-unknown with the reason; money and seats stay; later it is found', async () => {
    const bench = makeBench(stored, {
      fates: { createOrder: ['lost-after'], findOrders: ['unreachable', 'unreachable', 'unreachable', 'unreachable'] },
    })
    const answer = await book(bench)
    expect(answer.status).toBe(202)
    const json = jsonOf(answer)
    expect(json).toMatchObject({ status: 'outcome-unknown', reason: expect.stringContaining('finding out') })
    expect([...bench.gateway.payments.values()]).toMatchObject([{ status: 'authorised' }])
    expect(bench.supplier.calls).not.toContain('cancelOrder')
    await settle(bench)
    expect(await bench.bookings.get(json.id, context)).toMatchObject({ status: 'ticketed' })
    expect(bench.gateway.kept()).toBe(120468)
  })

  test('absence proves nothing before the settle time has passed', async () => {
    const bench = makeBench(stored, { fates: { createOrder: ['lost-before'] }, capabilities: { settleMs: 90_000 } })
    const answer = await book(bench)
    expect(answer.status).toBe(202)
    const { id } = jsonOf(answer)
    bench.clock.advance(80_000)
    await bench.bookings.sweep()
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'outcome-unknown' })
    await settle(bench)
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'failed' })
    expect([...bench.gateway.payments.values()]).toMatchObject([{ status: 'voided' }])
  })

  test('at a supplier that cannot be searched it stays unknown for a person, and nothing is released', async () => {
    const bench = makeBench(stored, {
      fates: { createOrder: ['lost-after'] },
      capabilities: { findByReference: false },
    })
    const answer = await book(bench)
    expect(answer.status).toBe(202)
    await settle(bench)
    const json = await bench.bookings.get(jsonOf(answer).id, context)
    expect(json).toMatchObject({ status: 'outcome-unknown', reason: expect.stringContaining('a person') })
    expect([...bench.gateway.payments.values()]).toMatchObject([{ status: 'authorised' }])
    expect(bench.supplier.pnrs).toMatchObject([{ status: 'live' }])
  })

  test('the same key goes on from the booking, and its final answer is kept', async () => {
    const bench = makeBench(stored, {
      fates: { createOrder: ['lost-after'], findOrders: ['unreachable', 'unreachable', 'unreachable'] },
    })
    expect((await book(bench, {}, 'same')).status).toBe(202)
    bench.clock.advance(60_000)
    const second = await book(bench, {}, 'same')
    expect(second.status).toBe(201)
    const third = await book(bench, {}, 'same')
    expect(Buffer.from(third.body)).toEqual(Buffer.from(second.body))
    expect(bench.supplier.pnrs).toHaveLength(1)
  })
})

describe('3-D Secure', () => {
  const waiting = async (bench: Bench) => {
    const answer = await book(bench, { payment: { methodToken: 'tok_3ds' } })
    expect(answer.status).toBe(202)
    const json = jsonOf(answer)
    expect(json).toMatchObject({
      status: 'action-required',
      action: { type: 'redirect', url: 'http://bank.example/3ds' },
    })
    expect(bench.supplier.calls).toEqual([])
    return json.id
  }

  test('no PNR and no money before the traveller approves; polling goes on with the booking', async () => {
    const bench = makeBench(stored)
    const id = await waiting(bench)
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'action-required' })
    bench.gateway.act(true)
    bench.clock.advance(2_000)
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'ticketed' })
    expect(bench.gateway.kept()).toBe(120468)
  })

  test('however many poll, the gateway is asked every two seconds about a booking, and about another one at once', async () => {
    const bench = makeBench(stored)
    const ids = [await waiting(bench), jsonOf(await book(bench, { payment: { methodToken: 'tok_3ds' } }, 'other')).id]
    const asked = async (id = ids[0]!): Promise<number> => {
      const before = bench.gateway.calls.length
      await Promise.all(Array.from({ length: 20 }, () => bench.bookings.get(id, context)))
      return bench.gateway.calls.length - before
    }
    expect(await asked()).toBe(1)
    expect(await asked(ids[1])).toBe(1)
    bench.clock.advance(1_900)
    expect(await asked()).toBe(0)
    bench.clock.advance(100)
    expect(await asked()).toBe(1)
  })

  test('approved while nobody polls: the background goes on', async () => {
    const bench = makeBench(stored)
    const id = await waiting(bench)
    bench.gateway.act(true)
    await settle(bench, 3)
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'ticketed' })
  })

  test('declined by the traveller: failed', async () => {
    const bench = makeBench(stored)
    const id = await waiting(bench)
    bench.gateway.act(false)
    expect(await bench.bookings.get(id, context)).toMatchObject({
      status: 'failed',
      failure: { type: '/problems/payment-declined' },
    })
  })

  test('never confirmed: failed after the window, the payment let go', async () => {
    const bench = makeBench(stored)
    const id = await waiting(bench)
    await settle(bench, 20)
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'failed' })
    expect([...bench.gateway.payments.values()]).toMatchObject([{ status: 'voided' }])
    expect(bench.supplier.calls).toEqual([])
  })
})
