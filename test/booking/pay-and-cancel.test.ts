import { describe, expect, test } from 'vitest'
import type { MemoryBookingStore } from '../../src/booking/memory-booking-store.ts'
import { toInstant } from '../../src/core/clock.ts'
import { money } from '../../src/core/money.ts'
import { type Bench, context, type Fates, jsonOf, makeBench, settle } from './fakes.ts'
import { bookingRequest, now, storedOffer } from './sample.ts'

const stored = storedOffer()
const minute = 60_000
let keys = 0
const create = (bench: Bench, more: object = {}) =>
  bench.bookings.create(bookingRequest(stored, more), `key-${++keys}`, context)
const pay = (bench: Bench, id: `bkg_${string}`, methodToken = 'tok_visa', key = `key-${++keys}`) =>
  bench.bookings.pay(id, { methodToken }, key, context)

async function held(
  fates: Fates = {},
  { forMs = 60 * minute, ...more }: Parameters<typeof makeBench>[1] & { readonly forMs?: number } = {},
) {
  const bench = makeBench(stored, { ...more, fates })
  bench.supplier.ticketByMs = now + forMs
  const { id } = jsonOf(await create(bench, { hold: true, payment: undefined }))
  return { bench, id }
}

async function ticketed(fates: Fates = {}, more: Parameters<typeof makeBench>[1] = {}) {
  const bench = makeBench(stored, { ...more, fates })
  const { id } = jsonOf(await create(bench))
  return { bench, id }
}

describe('paying a held booking', () => {
  test('authorises, tickets the order that was held, captures; answers 200', async () => {
    const { bench, id } = await held()
    const answer = await pay(bench, id)
    expect(answer.status).toBe(200)
    expect(jsonOf(answer)).toMatchObject({ status: 'ticketed', payments: [{ status: 'captured' }], ticketBy: null })
    expect(bench.supplier.calls).toEqual(['createOrder', 'retrieveOrder', 'issueTickets'])
    expect(bench.gateway.kept()).toBe(120468)
  })

  test('a decline leaves it held and payable with another key', async () => {
    const { bench, id } = await held()
    const declined = await pay(bench, id, 'tok_declined', 'first')
    expect([declined.status, jsonOf(declined)]).toMatchObject([
      402,
      { bookingId: id, type: '/problems/payment-declined' },
    ])
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'held', payments: [{ status: 'failed' }] })
    const again = await pay(bench, id, 'tok_declined', 'first')
    expect(Buffer.from(again.body)).toEqual(Buffer.from(declined.body))
    expect((await pay(bench, id)).status).toBe(200)
    expect(bench.gateway.kept()).toBe(120468)
  })

  test('no more than twenty cards can be tried on one booking', async () => {
    const { bench, id } = await held()
    for (let i = 0; i < 20; i++) expect((await pay(bench, id, 'tok_declined')).status).toBe(402)
    await expect(pay(bench, id)).rejects.toMatchObject({ type: 'not-payable' })
    expect(bench.gateway.kept()).toBe(0)
  })

  test('twice with one key pays once and answers the same bytes', async () => {
    const { bench, id } = await held()
    const first = await pay(bench, id, 'tok_visa', 'once')
    const second = await pay(bench, id, 'tok_visa', 'once')
    expect(Buffer.from(second.body)).toEqual(Buffer.from(first.body))
    expect(bench.gateway.kept()).toBe(120468)
  })

  test('what is not held cannot be paid: ticketed, cancelled, released by the airline, of nobody', async () => {
    const { bench, id } = await held()
    await pay(bench, id)
    await expect(pay(bench, id)).rejects.toMatchObject({ type: 'not-payable' })
    await expect(pay(bench, 'bkg_nobody')).rejects.toMatchObject({ type: 'not-found' })

    const released = await held()
    released.bench.supplier.pnrs[0]!.status = 'cancelled'
    await expect(pay(released.bench, released.id)).rejects.toMatchObject({ type: 'not-payable' })
    expect(released.bench.gateway.calls).toEqual([])
  })

  test('tickets that cannot be issued: the seats are released and the money let go', async () => {
    const { bench, id } = await held({ issueTickets: ['refused'] })
    const answer = await pay(bench, id)
    expect([answer.status, jsonOf(answer).type]).toEqual([409, '/problems/booking-failed'])
    expect(bench.supplier.pnrs).toMatchObject([{ status: 'cancelled' }])
    expect([...bench.gateway.payments.values()]).toMatchObject([{ status: 'voided' }])
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'failed' })
  })

  test('3-D Secure that is never confirmed leaves it held, the payment let go', async () => {
    const { bench, id } = await held()
    bench.supplier.ticketByMs = now + 1000 * minute
    expect((await pay(bench, id, 'tok_3ds')).status).toBe(202)
    await settle(bench, 20)
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'held', payments: [{ status: 'voided' }] })
    expect((await pay(bench, id)).status).toBe(200)
  })

  test('a hold that nobody pays is reminded of and given back before its time limit', async () => {
    const { bench, id } = await held()
    const outbox = () => (bench.store as MemoryBookingStore).outbox.filter(entry => entry.bookingId === id)
    bench.clock.advance(52 * minute)
    await bench.bookings.sweep()
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'held' })
    bench.clock.advance(minute)
    await bench.bookings.sweep()
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'cancelled' })
    expect(bench.supplier.pnrs).toMatchObject([{ status: 'cancelled' }])
    expect(outbox().map(({ type }) => type)).toEqual(['booking.pending', 'booking.held', 'booking.cancelled'])
  })

  test('reminders come a day, four hours and an hour before; of those slept through the last', async () => {
    const hour = 60 * minute
    const { bench, id } = await held({}, { forMs: 30 * hour })
    const due = () =>
      (bench.store as MemoryBookingStore).outbox.flatMap(({ type, payload }) =>
        type === 'booking.payment-due' ? [payload.ticketBy] : [],
      )
    const counts: number[] = []
    for (const hours of [5, 2, 18, 2, 2]) {
      bench.clock.advance(hours * hour)
      await bench.bookings.sweep()
      counts.push(due().length)
    }
    expect(counts).toEqual([0, 1, 1, 2, 3])
    expect(new Set(due())).toEqual(new Set([toInstant(now + 30 * hour)]))
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'held' })
  })

  test('a hold that the supplier will not give back becomes cancelled when the airline has let it go', async () => {
    const { bench, id } = await held({ quoteCancellation: ['refused'] })
    bench.clock.advance(59 * minute)
    await bench.bookings.sweep()
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'held' })
    bench.supplier.pnrs[0]!.status = 'cancelled'
    bench.clock.advance(2 * minute)
    await bench.bookings.sweep()
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'cancelled' })
  })

  test('whose price has risen is not charged', async () => {
    const { bench, id } = await held()
    const { retrieveOrder } = bench.supplier
    Object.assign(bench.supplier, {
      retrieveOrder: async (...args: Parameters<typeof retrieveOrder>) => {
        const outcome = await retrieveOrder(...args)
        return outcome.kind === 'found'
          ? { ...outcome, order: { ...outcome.order, total: money(130107, 'USD') } }
          : outcome
      },
    })
    await expect(pay(bench, id)).rejects.toMatchObject({ type: 'price-changed' })
    expect(bench.gateway.calls).toEqual([])
  })

  test('two payments at the same moment: one is charged, the other refused', async () => {
    const { bench, id } = await held()
    const results = await Promise.allSettled([pay(bench, id), pay(bench, id)])
    const statuses = results.map(result => (result.status === 'fulfilled' ? result.value.status : result.reason.type))
    expect(statuses.sort()).toEqual([200, 'not-payable'])
    expect(bench.gateway.kept()).toBe(120468)
    expect(bench.supplier.calls.filter(name => name === 'issueTickets')).toHaveLength(1)
  })
})

describe('cancelling', () => {
  const quote = (bench: Bench, id: `bkg_${string}`, request = {}) =>
    bench.bookings.quoteCancellation(id, request, context)
  const confirm = (bench: Bench, id: `bkg_${string}`, quoteId: `cnq_${string}`) =>
    bench.bookings.confirmCancellation(id, quoteId, context)

  test('a void gives everything back, our fees too; tickets are void, the booking and its flights cancelled', async () => {
    const { bench, id } = await ticketed()
    const offered = await quote(bench, id)
    expect(offered).toMatchObject({
      kind: 'void',
      refund: { amount: '1204.68', currency: 'EUR' },
      penalty: { amount: '0.00', currency: 'EUR' },
      expiresAt: '2027-01-05T10:15:00Z',
    })
    expect(bench.gateway.kept()).toBe(120468)
    const json = await confirm(bench, id, offered.id)
    expect(json).toMatchObject({
      status: 'cancelled',
      orders: [{ status: 'cancelled' }],
      documents: [{ status: 'void' }, { status: 'void' }],
      payments: [{ status: 'refunded' }],
      slices: [{ segments: [{ status: 'HX' }] }, { segments: [{ status: 'HX' }] }],
    })
    expect(bench.gateway.kept()).toBe(0)
  })

  test('a refund is converted at the rate of the sale; refund and penalty are what was captured', async () => {
    const { bench, id } = await ticketed()
    bench.supplier.cancellation = { kind: 'refund', refund: money(100000, 'USD'), penalty: money(30106, 'USD') }
    const offered = await quote(bench, id)
    expect(offered).toMatchObject({ kind: 'refund', refund: { amount: '925.90' }, penalty: { amount: '278.78' } })
    const json = await confirm(bench, id, offered.id)
    expect(json).toMatchObject({
      status: 'refunded',
      documents: [{ status: 'refunded' }, { status: 'refunded' }],
      payments: [{ status: 'partially-refunded', refunded: { amount: '925.90' } }],
    })
    expect(bench.gateway.kept()).toBe(27878)
  })

  test('a refund never exceeds what was captured, one of nothing moves no money', async () => {
    for (const [supplierRefund, kept] of [
      [1_000_000, 0],
      [0, 120468],
    ] as const) {
      const { bench, id } = await ticketed()
      bench.supplier.cancellation = { kind: 'refund', refund: money(supplierRefund, 'USD'), penalty: money(0, 'USD') }
      expect(await confirm(bench, id, (await quote(bench, id)).id)).toMatchObject({ status: 'refunded' })
      expect(bench.gateway.kept()).toBe(kept)
      expect(bench.gateway.calls.includes('refund')).toBe(supplierRefund > 0)
    }
  })

  test('a held booking is released: nothing was paid, nothing is given back', async () => {
    const { bench, id } = await held()
    const offered = await quote(bench, id)
    expect(offered).toMatchObject({ kind: 'release', refund: { amount: '0.00' }, penalty: { amount: '0.00' } })
    expect(await confirm(bench, id, offered.id)).toMatchObject({
      status: 'cancelled',
      orders: [{ status: 'cancelled' }],
    })
    expect(bench.gateway.calls).toEqual([])
  })

  test('confirming twice, or twenty times at once, is the same answer and one refund', async () => {
    const { bench, id } = await ticketed()
    const offered = await quote(bench, id)
    const answers = await Promise.all(Array.from({ length: 20 }, () => confirm(bench, id, offered.id)))
    answers.push(await confirm(bench, id, offered.id))
    expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1)
    expect(bench.supplier.calls.filter(name => name === 'cancelOrder')).toHaveLength(1)
    expect(bench.gateway.kept()).toBe(0)
  })

  test.each([
    ['neither void nor refund', { void: false, refund: false, notes: ['Call the airline.'] }, ticketed],
    ['no release', { release: false, notes: ['Call the airline.'] }, held],
  ] as const)('a supplier that can do %s is refused with its reason', async (_, capabilities, start) => {
    const { bench, id } = await start({}, { capabilities })
    await expect(quote(bench, id)).rejects.toMatchObject({
      type: 'not-cancellable',
      detail: expect.stringContaining('Call the airline.'),
    })
  })

  test('refused by the supplier at the quote or at the confirmation: not-cancellable, the booking stays', async () => {
    const atQuote = await ticketed({ quoteCancellation: ['refused'] })
    await expect(quote(atQuote.bench, atQuote.id)).rejects.toMatchObject({ type: 'not-cancellable' })

    const { bench, id } = await ticketed({ cancelOrder: ['refused'] })
    const offered = await quote(bench, id)
    await expect(confirm(bench, id, offered.id)).rejects.toMatchObject({ type: 'not-cancellable' })
    await expect(confirm(bench, id, offered.id)).rejects.toMatchObject({ type: 'not-cancellable' })
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'ticketed' })
    expect(bench.gateway.kept()).toBe(120468)
  })

  test('a supplier that cannot be reached: 503, and the same quote can be confirmed later', async () => {
    const atQuote = await ticketed({ quoteCancellation: ['unreachable'] })
    await expect(quote(atQuote.bench, atQuote.id)).rejects.toMatchObject({ type: 'suppliers-unavailable' })

    const { bench, id } = await ticketed({ cancelOrder: ['unreachable'] })
    const offered = await quote(bench, id)
    await expect(confirm(bench, id, offered.id)).rejects.toMatchObject({ type: 'suppliers-unavailable' })
    expect(await confirm(bench, id, offered.id)).toMatchObject({ status: 'cancelled' })
  })

  const lost: readonly [string, Fates][] = [
    ['the supplier did it', { cancelOrder: ['lost-after'] }],
    ['the supplier never got it', { cancelOrder: ['lost-before'] }],
    ['the gateway refunded', { refund: ['lost-after'] }],
    ['the gateway never got the refund', { refund: ['lost-before'] }],
    ['both were lost', { cancelOrder: ['lost-after'], refund: ['lost-after'] }],
  ]
  test.each(lost)('an answer lost on the way (%s) is found out; the money is returned once', async (_, fates) => {
    const { bench, id } = await ticketed(fates)
    await confirm(bench, id, (await quote(bench, id)).id)
    await settle(bench, 5)
    expect(await bench.bookings.get(id, context)).toMatchObject({
      status: 'cancelled',
      payments: [{ status: 'refunded' }],
    })
    expect(bench.gateway.kept()).toBe(0)
  })

  test('asked for ten times at once, every one gets a quote, and the newest can be confirmed', async () => {
    const { bench, id } = await ticketed()
    const quotes = await Promise.all(
      Array.from({ length: 10 }, () => bench.bookings.quoteCancellation(id, {}, context)),
    )
    expect(new Set(quotes.map(quote => quote.id)).size).toBe(10)
    const confirmed = await Promise.allSettled(
      quotes.map(quote => bench.bookings.confirmCancellation(id, quote.id, context)),
    )
    expect(confirmed.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(bench.gateway.kept()).toBe(0)
  })

  test('a quote from before the payment cannot be confirmed after it: the money would be kept', async () => {
    const { bench, id } = await held()
    const free = await bench.bookings.quoteCancellation(id, {}, context)
    expect((await pay(bench, id)).status).toBe(200)
    await expect(bench.bookings.confirmCancellation(id, free.id, context)).rejects.toMatchObject({
      type: 'not-cancellable',
    })
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'ticketed' })
    const fresh = await bench.bookings.quoteCancellation(id, {}, context)
    await bench.bookings.confirmCancellation(id, fresh.id, context)
    expect(bench.gateway.kept()).toBe(0)
  })

  test('asked for without end, the booking does not grow without end', async () => {
    const { bench, id } = await ticketed()
    const ids = new Set<string>()
    for (let i = 0; i < 30; i++) ids.add((await bench.bookings.quoteCancellation(id, {}, context)).id)
    expect(ids.size).toBe(20)
    await bench.bookings.confirmCancellation(id, [...ids].at(-1) as `cnq_${string}`, context)
    expect(bench.gateway.kept()).toBe(0)
  })

  test('an expired quote, an older one, one of nobody, and one of a cancelled booking are refused', async () => {
    const { bench, id } = await ticketed()
    const first = await quote(bench, id)
    const second = await quote(bench, id)
    await expect(confirm(bench, id, first.id)).rejects.toMatchObject({ detail: expect.stringContaining('newer') })
    bench.clock.advance(16 * minute)
    await expect(confirm(bench, id, second.id)).rejects.toMatchObject({ detail: expect.stringContaining('expired') })
    await expect(confirm(bench, id, 'cnq_nobody')).rejects.toMatchObject({ type: 'not-found' })
    await confirm(bench, id, (await quote(bench, id)).id)
    await expect(quote(bench, id)).rejects.toMatchObject({ type: 'not-cancellable' })
    expect(bench.gateway.kept()).toBe(0)
  })

  test('only the whole booking: parts are refused, all of it named is all of it', async () => {
    const { bench, id } = await ticketed()
    const detail = `${stored.net.provider} cancels a booking as a whole only, no part of it.`
    const refused = { type: 'not-cancellable', detail }
    await expect(quote(bench, id, { passengerIds: ['pax_1'] })).rejects.toMatchObject(refused)
    await expect(quote(bench, id, { sliceIndexes: [0] })).rejects.toMatchObject(refused)
    await expect(quote(bench, id, { passengerIds: ['pax_9'], sliceIndexes: [7] })).rejects.toMatchObject({
      type: 'validation',
      errors: [{ pointer: '/passengerIds/0' }, { pointer: '/sliceIndexes/0' }],
    })
    const whole = { passengerIds: ['pax_2', 'pax_1'], sliceIndexes: [1, 0] }
    expect((await quote(bench, id, whole)).kind).toBe('void')
  })
})

describe('reading', () => {
  test('lookup takes any passenger, in any case and without accents; the reference in any case', async () => {
    const { bench, id } = await ticketed()
    const { reference } = (await bench.bookings.get(id, context)) as unknown as { reference: string }
    for (const lastName of ['example', 'EXAMPLE', 'Müller', 'MULLER', 'mueller', ' müller '])
      expect((await bench.bookings.lookup({ reference: reference.toLowerCase(), lastName }, context)).id).toBe(id)
    for (const lastName of ['Exampl', 'Ada', '', 'Miller'])
      await expect(bench.bookings.lookup({ reference, lastName }, context)).rejects.toMatchObject({ type: 'not-found' })
    const other = { ...context, tenant: 'other' }
    await expect(bench.bookings.lookup({ reference, lastName: 'example' }, other)).rejects.toMatchObject({
      type: 'not-found',
    })
  })

  test("another tenant's booking is not found, whatever is asked of it", async () => {
    const { bench, id } = await ticketed()
    const other = { ...context, tenant: 'other' }
    const { id: quoteId } = await bench.bookings.quoteCancellation(id, {}, context)
    for (const asked of [
      () => bench.bookings.get(id, other),
      () => bench.bookings.pay(id, { methodToken: 'tok_visa' }, 'key', other),
      () => bench.bookings.quoteCancellation(id, {}, other),
      () => bench.bookings.confirmCancellation(id, quoteId, other),
    ])
      await expect(asked()).rejects.toMatchObject({ type: 'not-found' })
    expect((await bench.bookings.list({}, other)).bookings).toEqual([])
    expect(await bench.bookings.forget(id, other)).toBe(false)
  })

  test('lists newest first in pages, and refuses a broken cursor', async () => {
    const bench = makeBench(stored)
    const ids: string[] = []
    for (let i = 0; i < 5; i++) {
      ids.unshift(jsonOf(await create(bench)).id)
      bench.clock.advance(1)
    }
    const seen: string[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await bench.bookings.list({ limit: 2, cursor }, context)
      seen.push(...page.bookings.map(booking => booking.id))
      if (page.page.next === null) break
      cursor = page.page.next
    }
    expect(seen).toEqual(ids)
    const forged = (createdAt: number) =>
      Buffer.from(JSON.stringify([1, createdAt, 'bkg_1', null])).toString('base64url')
    for (const cursor of ['', 'x', Buffer.from('[1,2]').toString('base64url'), forged(-1e14), forged(1e15)])
      await expect(bench.bookings.list({ cursor }, context)).rejects.toMatchObject({
        type: 'validation',
        errors: [{ pointer: 'query:cursor' }],
      })
  })

  test('a forgotten booking keeps its documents and money, and nobody who travelled', async () => {
    const { bench, id } = await ticketed()
    expect(await bench.bookings.forget(id, context)).toBe(true)
    const json = await bench.bookings.get(id, context)
    expect(json).toMatchObject({
      status: 'ticketed',
      contact: null,
      metadata: {},
      passengers: [
        { id: 'pax_1', type: 'ADT' },
        { id: 'pax_2', type: 'ADT' },
      ],
    })
    expect(JSON.stringify(json)).not.toMatch(/Ada|Müller|example\.com|4567/)
    const { reference } = json as unknown as { reference: string }
    await expect(bench.bookings.lookup({ reference, lastName: 'Example' }, context)).rejects.toMatchObject({
      type: 'not-found',
    })
    await expect(bench.bookings.quoteCancellation(id, {}, context)).rejects.toMatchObject({ type: 'not-cancellable' })
  })
})
