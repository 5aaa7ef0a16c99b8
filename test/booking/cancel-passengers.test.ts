import { describe, expect, test } from 'vitest'
import { bookingReport } from '../../src/booking/booking-report.ts'
import type { MemoryBookingStore } from '../../src/booking/memory-booking-store.ts'
import type { BookingPassenger, QuoteRequest } from '../../src/booking/port.ts'
import { money } from '../../src/core/money.ts'
import type { Capabilities } from '../../src/providers/port.ts'
import { type Bench, context, type Fates, jsonOf, makeBench, settle } from './fakes.ts'
import { ada, ben, bookingRequest, now, storedOffer } from './sample.ts'

/** Two adults, a child, and the infant on the lap of the first; 301.17 EUR each. */
const people: readonly BookingPassenger[] = [
  ada,
  ben,
  { id: 'pax_3', type: 'CHD', givenNames: 'Cleo', surname: 'Example', birthDate: '2019-05-05' },
  { id: 'pax_4', type: 'INF', givenNames: 'Dora', surname: 'Example', birthDate: '2026-06-05', adultId: 'pax_1' },
]
const stored = storedOffer({ passengers: people.map(({ id, type }) => [id, type]) })
const each = 30_117
const inParts = { cancelPassengers: true, notes: ['Call the airline.'] }
let keys = 0

type More = { readonly fates?: Fates; readonly capabilities?: Partial<Capabilities>; readonly hold?: boolean }

async function booked({ fates = {}, capabilities = inParts, hold = false }: More = {}) {
  const bench = makeBench(stored, { fates, capabilities })
  const request = bookingRequest(stored, { passengers: people, ...(hold ? { hold, payment: undefined } : {}) })
  if (hold) bench.supplier.ticketByMs = now + 3_600_000
  const { id } = jsonOf(await bench.bookings.create(request, `key-${++keys}`, context))
  return { bench, id }
}

const quote = (bench: Bench, id: `bkg_${string}`, request: QuoteRequest = {}) =>
  bench.bookings.quoteCancellation(id, request, context)
const confirm = (bench: Bench, id: `bkg_${string}`, quoteId: `cnq_${string}`) =>
  bench.bookings.confirmCancellation(id, quoteId, context)
const cancel = async (bench: Bench, id: `bkg_${string}`, ...passengerIds: readonly string[]) =>
  confirm(bench, id, (await quote(bench, id, passengerIds.length > 0 ? { passengerIds } : {})).id)
const refundable = (bench: Bench) => {
  bench.supplier.cancellation = { kind: 'refund', refund: money(100_001, 'USD'), penalty: money(30_105, 'USD') }
}

describe('some passengers of a ticketed booking', () => {
  test('their tickets and their money go, the booking stays ticketed for the others; then the rest goes', async () => {
    const { bench, id } = await booked()
    const offered = await quote(bench, id, { passengerIds: ['pax_2'] })
    expect(offered).toMatchObject({ kind: 'void', passengerIds: ['pax_2'], refund: { amount: '301.17' } })
    const json = await confirm(bench, id, offered.id)
    expect(json).toMatchObject({
      status: 'ticketed',
      total: { amount: '1204.68' },
      orders: [{ status: 'ticketed' }],
      documents: [{ status: 'issued' }, { status: 'void' }, { status: 'issued' }, { status: 'issued' }],
      passengers: [{ cancelled: false }, { id: 'pax_2', cancelled: true }, { cancelled: false }, { cancelled: false }],
      payments: [{ status: 'partially-refunded', refunded: { amount: '301.17' } }],
      refunds: [{ status: 'done', amount: { amount: '301.17' } }],
    })
    expect(bench.supplier.pnrs).toMatchObject([{ status: 'live', gone: ['pax_2'] }])
    expect(bench.gateway.kept()).toBe(3 * each)

    expect(await cancel(bench, id)).toMatchObject({
      status: 'cancelled',
      passengers: [{ cancelled: true }, { cancelled: true }, { cancelled: true }, { cancelled: true }],
      payments: [{ status: 'refunded' }],
    })
    expect(bench.supplier.pnrs).toMatchObject([{ status: 'cancelled' }])
    expect(bench.gateway.kept()).toBe(0)
  })

  test('one after the other, all who are left named at last, keeps what cancelling all at once keeps', async () => {
    const whole = await booked()
    refundable(whole.bench)
    expect(await cancel(whole.bench, whole.id)).toMatchObject({ status: 'refunded' })
    const { bench, id } = await booked()
    refundable(bench)
    expect(await cancel(bench, id, 'pax_2')).toMatchObject({ status: 'ticketed' })
    expect(await cancel(bench, id, 'pax_4')).toMatchObject({ status: 'ticketed' })
    expect(await cancel(bench, id, 'pax_3', 'pax_1')).toMatchObject({
      status: 'refunded',
      payments: [{ status: 'partially-refunded' }],
    })
    // a quarter of the supplier's amounts, rounded up, three times
    expect(Math.abs(bench.gateway.kept() - whole.bench.gateway.kept())).toBeLessThanOrEqual(3)
    const { refunds } = (await bench.bookings.get(id, context)) as unknown as { refunds: readonly unknown[] }
    expect(refunds).toHaveLength(3)
  })

  test('a refund and then a void keep no more than the penalty that was quoted', async () => {
    const { bench, id } = await booked()
    refundable(bench)
    const offered = await quote(bench, id, { passengerIds: ['pax_3'] })
    await confirm(bench, id, offered.id)
    bench.supplier.cancellation = { kind: 'void', refund: money(130_106, 'USD'), penalty: money(0, 'USD') }
    expect(await cancel(bench, id)).toMatchObject({ status: 'refunded' })
    expect(bench.gateway.kept()).toBe(Math.round(Number(offered.penalty.amount) * 100))
  })

  test('confirming twice, or twenty times at once, is one cancellation and one refund', async () => {
    const { bench, id } = await booked()
    const { id: quoteId } = await quote(bench, id, { passengerIds: ['pax_2'] })
    const answers = await Promise.all(Array.from({ length: 20 }, () => confirm(bench, id, quoteId)))
    answers.push(await confirm(bench, id, quoteId))
    expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1)
    expect(bench.supplier.calls.filter(name => name === 'cancelOrder')).toHaveLength(1)
    expect(bench.gateway.kept()).toBe(3 * each)
  })

  test('who was cancelled cannot be again, and no quote from before is good', async () => {
    const { bench, id } = await booked()
    const before = await quote(bench, id)
    await cancel(bench, id, 'pax_2')
    await expect(quote(bench, id, { passengerIds: ['pax_3', 'pax_2'] })).rejects.toMatchObject({
      type: 'validation',
      errors: [{ pointer: '/passengerIds/1', code: 'already-cancelled' }],
    })
    await expect(confirm(bench, id, before.id)).rejects.toMatchObject({ type: 'not-cancellable' })
    expect(bench.gateway.kept()).toBe(3 * each)
  })

  test('a quote for all that was asked for while somebody was taken out is not kept', async () => {
    const { bench, id } = await booked()
    const { quoteCancellation } = bench.supplier
    let isFirst = true
    Object.assign(bench.supplier, {
      quoteCancellation: async (...args: Parameters<typeof quoteCancellation>) => {
        const outcome = await quoteCancellation(...args)
        if (isFirst) {
          isFirst = false
          await cancel(bench, id, 'pax_2')
        }
        return outcome
      },
    })
    await expect(quote(bench, id)).rejects.toMatchObject({ type: 'not-cancellable' })
    expect((await quote(bench, id)).refund).toEqual({ amount: '903.51', currency: 'EUR' })
  })

  test('once the personal data are deleted a quote from before cancels nobody, least of all everybody', async () => {
    const { bench, id } = await booked()
    const { id: quoteId } = await quote(bench, id, { passengerIds: ['pax_2'] })
    await bench.bookings.forget(id, context)
    await expect(confirm(bench, id, quoteId)).rejects.toMatchObject({ type: 'not-cancellable' })
    expect(bench.supplier.calls).not.toContain('cancelOrder')
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'ticketed' })
  })

  test('deleted while a cancellation is under way, nothing more is asked of the supplier; a person finishes it', async () => {
    const { bench, id } = await booked({ fates: { cancelOrder: ['lost-before'] } })
    const { retrieveOrder } = bench.supplier
    Object.assign(bench.supplier, {
      retrieveOrder: (key: Parameters<typeof retrieveOrder>[0], call: Parameters<typeof retrieveOrder>[1]) =>
        retrieveOrder({ ...key, supplierContext: { opaque: `context of ${key.locator}` } }, call),
    })
    const { save } = bench.store
    let isForgotten = false
    Object.assign(bench.store, {
      save: async (change: Parameters<typeof save>[0]) => {
        await save(change)
        if (isForgotten || !change.after.orders.some(({ doubt }) => doubt === 'cancel')) return
        isForgotten = true
        await bench.bookings.forget(id, context)
      },
    })
    const { id: quoteId } = await quote(bench, id, { passengerIds: ['pax_2'] })
    await confirm(bench, id, quoteId).catch(() => undefined)
    await settle(bench, 40)
    expect(bench.supplier.calls.filter(name => name === 'cancelOrder')).toHaveLength(1)
    expect(bench.supplier.pnrs).toMatchObject([{ status: 'live', gone: [] }])
    expect(bench.gateway.kept()).toBe(4 * each)
  })

  test('refused when it is confirmed, the booking is as it was; not reached, the same quote can be confirmed later', async () => {
    const refused = await booked({ fates: { cancelOrder: ['refused'] } })
    await expect(cancel(refused.bench, refused.id, 'pax_2')).rejects.toMatchObject({ type: 'not-cancellable' })
    expect(await refused.bench.bookings.get(refused.id, context)).toMatchObject({ status: 'ticketed' })
    expect(refused.bench.gateway.kept()).toBe(4 * each)

    const { bench, id } = await booked({ fates: { cancelOrder: ['unreachable'] } })
    const { id: quoteId } = await quote(bench, id, { passengerIds: ['pax_2'] })
    await expect(confirm(bench, id, quoteId)).rejects.toMatchObject({ type: 'suppliers-unavailable' })
    expect(await confirm(bench, id, quoteId)).toMatchObject({ status: 'ticketed' })
    expect(bench.gateway.kept()).toBe(3 * each)
  })

  test('quotes without end are not kept: for other passengers there is no more after twenty', async () => {
    const { bench, id } = await booked()
    for (let i = 0; i < 20; i++) await quote(bench, id, { passengerIds: ['pax_2'] })
    const again = await quote(bench, id, { passengerIds: ['pax_2'] })
    await expect(quote(bench, id)).rejects.toMatchObject({ type: 'rate-limited' })
    await expect(quote(bench, id, { passengerIds: ['pax_3'] })).rejects.toMatchObject({ type: 'rate-limited' })
    await confirm(bench, id, again.id)
    expect((await quote(bench, id)).passengerIds).toBeNull()
  })
})

describe('some passengers of a held booking', () => {
  test('are let go for nothing; the others are charged for themselves, and cancelled for that', async () => {
    const { bench, id } = await booked({ hold: true })
    const offered = await quote(bench, id, { passengerIds: ['pax_2'] })
    expect(offered).toMatchObject({ kind: 'release', refund: { amount: '0.00' }, penalty: { amount: '0.00' } })
    expect(await confirm(bench, id, offered.id)).toMatchObject({
      status: 'held',
      total: { amount: '903.51' },
      orders: [{ status: 'held', total: { amount: '975.80' } }],
      passengers: [{}, { cancelled: true }, {}, {}],
    })
    expect(bench.gateway.calls).toEqual([])
    const paid = await bench.bookings.pay(id, { methodToken: 'tok_visa' }, `key-${++keys}`, context)
    expect(jsonOf(paid)).toMatchObject({ status: 'ticketed', payments: [{ amount: { amount: '903.51' } }] })
    expect(bench.supplier.pnrs[0]!.tickets.map(({ passengerId }) => passengerId)).toEqual(['pax_1', 'pax_3', 'pax_4'])
    expect(bench.gateway.kept()).toBe(3 * each)
    await cancel(bench, id, 'pax_3')
    expect(bench.gateway.kept()).toBe(2 * each)
    expect(await cancel(bench, id)).toMatchObject({ status: 'cancelled', payments: [{ status: 'refunded' }] })
    expect(bench.gateway.kept()).toBe(0)
  })

  test.each([[{}], [{ passengerIds: ['pax_2'] }]])(
    'a release that the supplier quoted before the tickets were issued is not kept after it: %j',
    async request => {
      const { bench, id } = await booked({ hold: true })
      const { quoteCancellation } = bench.supplier
      let isFirst = true
      Object.assign(bench.supplier, {
        quoteCancellation: async (...args: Parameters<typeof quoteCancellation>) => {
          const outcome = await quoteCancellation(...args)
          if (isFirst) {
            isFirst = false
            await bench.bookings.pay(id, { methodToken: 'tok_visa' }, `key-${++keys}`, context)
          }
          return outcome
        },
      })
      await expect(quote(bench, id, request)).rejects.toMatchObject({ type: 'not-cancellable' })
      expect((await quote(bench, id, request)).kind).toBe('void')
    },
  )

  test.each([
    ['says it at once', money(97_584, 'USD')],
    ['does not say it', null],
  ])('an airline that wants more of those who stay, and %s, is not paid it', async (_, told) => {
    const { bench, id } = await booked({ hold: true })
    const { cancelOrder, retrieveOrder } = bench.supplier
    let total = money(97_584, 'USD')
    Object.assign(bench.supplier, {
      cancelOrder: async (...args: Parameters<typeof cancelOrder>) => ({
        ...(await cancelOrder(...args)),
        total: told,
      }),
      retrieveOrder: async (...args: Parameters<typeof retrieveOrder>) => {
        const outcome = await retrieveOrder(...args)
        return outcome.kind === 'found' ? { ...outcome, order: { ...outcome.order, total } } : outcome
      },
    })
    await cancel(bench, id, 'pax_2')
    const pay = () => bench.bookings.pay(id, { methodToken: 'tok_visa' }, `key-${++keys}`, context)
    await expect(pay()).rejects.toMatchObject({ type: 'price-changed' })
    expect(bench.gateway.calls).toEqual([])
    // 1,301.06 less 325.27; each of four shares may have been rounded
    total = money(97_583, 'USD')
    expect(jsonOf(await pay())).toMatchObject({ status: 'ticketed' })
  })

  test('the hold of the others runs out as it would have', async () => {
    const { bench, id } = await booked({ hold: true })
    await cancel(bench, id, 'pax_3')
    bench.clock.advance(55 * 60_000)
    await bench.bookings.sweep()
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'cancelled' })
    expect(bench.supplier.pnrs).toMatchObject([{ status: 'cancelled' }])
  })
})

describe('a part that cannot be', () => {
  test.each([
    ['passengers of a supplier that cannot', { passengerIds: ['pax_2'] }, { notes: inParts.notes }],
    ['one slice', { sliceIndexes: [0] }, inParts],
    ['one slice of some passengers', { passengerIds: ['pax_2'], sliceIndexes: [1] }, inParts],
    ['one slice of a supplier that cannot', { sliceIndexes: [1] }, { notes: inParts.notes }],
  ] as const)('%s: refused with its reason before any supplier is asked', async (_, request, capabilities) => {
    const { bench, id } = await booked({ capabilities })
    await expect(quote(bench, id, request)).rejects.toMatchObject({
      type: 'not-cancellable',
      detail: expect.stringContaining('Call the airline.'),
    })
    expect(bench.supplier.calls).not.toContain('quoteCancellation')
  })

  test.each([
    ['an adult without the infant on the lap', ['pax_2', 'pax_1'], '/passengerIds/1', 'infant-left-alone'],
    ['both adults without the child', ['pax_1', 'pax_4', 'pax_2'], '/passengerIds/0', 'child-left-alone'],
    ['somebody else', ['pax_9'], '/passengerIds/0', 'unknown-passenger'],
  ])('%s: the field is named', async (_, passengerIds, pointer, code) => {
    const { bench, id } = await booked()
    const errors = expect.arrayContaining([expect.objectContaining({ pointer, code })])
    await expect(quote(bench, id, { passengerIds })).rejects.toMatchObject({ type: 'validation', errors })
    expect(bench.supplier.calls).not.toContain('quoteCancellation')
  })

  test('the infant goes without its adult, the adult with the infant, all slices are all', async () => {
    const { bench, id } = await booked()
    expect(await cancel(bench, id, 'pax_4')).toMatchObject({ status: 'ticketed' })
    const { id: quoteId } = await quote(bench, id, { passengerIds: ['pax_1'], sliceIndexes: [1, 0] })
    expect(await confirm(bench, id, quoteId)).toMatchObject({ status: 'ticketed' })
    await expect(quote(bench, id, { passengerIds: ['pax_2'] })).rejects.toMatchObject({
      errors: [{ code: 'child-left-alone' }],
    })
  })
})

describe('whatever is lost', () => {
  const lost: readonly [string, Fates][] = [
    ['the supplier did it', { cancelOrder: ['lost-after'] }],
    ['the supplier never got it', { cancelOrder: ['lost-before'] }],
    ['the gateway refunded', { refund: ['lost-after'] }],
    ['the gateway never got the refund', { refund: ['lost-before'] }],
    ['both were lost', { cancelOrder: ['lost-after'], refund: ['lost-after'] }],
  ]
  test.each(lost)('an answer lost on the way (%s) is found out; it is done once', async (_, fates) => {
    const { bench, id } = await booked({ fates })
    await cancel(bench, id, 'pax_2')
    await settle(bench, 5)
    expect(await bench.bookings.get(id, context)).toMatchObject({
      status: 'ticketed',
      passengers: [{}, { cancelled: true }, {}, {}],
      documents: [{ status: 'issued' }, { status: 'void' }, { status: 'issued' }, { status: 'issued' }],
    })
    expect(bench.gateway.kept()).toBe(3 * each)
    await cancel(bench, id)
    expect(bench.gateway.kept()).toBe(0)
  })

  /** The store fails for good at the nth write of the cancellation: whatever was called before it is not known to have been. */
  test.each([1, 2, 3, 4])('a process that dies at write %i: another one goes on from what is written', async dies => {
    const { bench, id } = await booked()
    const { id: quoteId } = await quote(bench, id, { passengerIds: ['pax_2'] })
    const { save } = bench.store
    let writes = 0
    Object.assign(bench.store, {
      save: async (change: Parameters<typeof save>[0]) => {
        if (++writes >= dies) throw new Error('killed')
        await save(change)
      },
    })
    await confirm(bench, id, quoteId).catch(() => undefined)
    Object.assign(bench.store, { save })
    await settle(bench, 5)
    if (dies === 1) await confirm(bench, id, quoteId)
    expect(await bench.bookings.get(id, context)).toMatchObject({
      status: 'ticketed',
      passengers: [{}, { cancelled: true }, {}, {}],
    })
    expect(bench.supplier.pnrs).toMatchObject([{ status: 'live', gone: ['pax_2'] }])
    expect(bench.gateway.kept()).toBe(3 * each)
  })

  test.each([
    ['as it was: the refusal stands', 'ticketed', 'ticketed'],
    ['done by half: a person sees to it', 'partly-ticketed', 'outcome-unknown'],
  ] as const)(
    'refused after an answer was lost, the order is looked at until nothing can come any more; %s',
    async (_, theirs, ours) => {
      const fates: Fates = { cancelOrder: ['lost-before', 'refused'] }
      const { bench, id } = await booked({ fates, capabilities: { ...inParts, settleMs: 30_000 } })
      const { retrieveOrder } = bench.supplier
      const seen = async (...args: Parameters<typeof retrieveOrder>) => {
        const outcome = await retrieveOrder(...args)
        return outcome.kind === 'found' ? { ...outcome, order: { ...outcome.order, status: theirs } } : outcome
      }
      Object.assign(bench.supplier, { retrieveOrder: seen })
      const { id: quoteId } = await quote(bench, id, { passengerIds: ['pax_2'] })
      expect(await confirm(bench, id, quoteId)).toMatchObject({ status: 'outcome-unknown' })
      await settle(bench, 5)
      expect(await bench.bookings.get(id, context)).toMatchObject({ status: ours })
      expect(bench.gateway.kept()).toBe(4 * each)
      if (ours === 'ticketed')
        await expect(confirm(bench, id, quoteId)).rejects.toMatchObject({ type: 'not-cancellable' })
    },
  )

  test('an order that the supplier cancelled as a whole is for a person, who is told of whom it was asked', async () => {
    const away = Array.from({ length: 8 }, () => 'unreachable' as const)
    const { bench, id } = await booked({ fates: { cancelOrder: ['lost-before'], retrieveOrder: away } })
    await cancel(bench, id, 'pax_2')
    bench.supplier.pnrs[0]!.status = 'cancelled'
    await settle(bench, 10)
    expect(await bench.bookings.get(id, context)).toMatchObject({ status: 'outcome-unknown' })
    const { workItems } = await bench.bookings.listWorkItems({}, context)
    expect(workItems).toMatchObject([
      { step: 'cancel-order', passengerIds: ['pax_2'], reason: expect.stringContaining('whole order') },
    ])
    expect(bench.gateway.kept()).toBe(4 * each)
    const said = { resolution: 'done', note: 'The airline took the others back in.', by: 'agent-7' } as const
    bench.supplier.pnrs[0]!.status = 'live'
    bench.supplier.pnrs[0]!.gone.push('pax_2')
    await bench.bookings.resolveWorkItem(workItems[0]!.id as `wit_${string}`, said, context)
    expect(await bench.bookings.get(id, context)).toMatchObject({
      status: 'ticketed',
      documents: [{ status: 'issued' }, { status: 'void' }, { status: 'issued' }, { status: 'issued' }],
    })
    expect(bench.gateway.kept()).toBe(3 * each)
  })

  test('somebody else who was taken out as well is for a person too: nobody is told that they fly', async () => {
    const { bench, id } = await booked({ fates: { cancelOrder: ['ok', 'lost-after'] } })
    await cancel(bench, id, 'pax_4')
    // who went before is no surprise
    expect(await cancel(bench, id, 'pax_2')).toMatchObject({ status: 'ticketed' })
    const other = await booked({ fates: { cancelOrder: ['lost-after'] } })
    const { pnrs, retrieveOrder } = other.bench.supplier
    Object.assign(other.bench.supplier, {
      retrieveOrder: (...args: Parameters<typeof retrieveOrder>) => {
        if (!pnrs[0]!.gone.includes('pax_3')) pnrs[0]!.gone.push('pax_3')
        return retrieveOrder(...args)
      },
    })
    expect(await cancel(other.bench, other.id, 'pax_2')).toMatchObject({ status: 'outcome-unknown' })
    const { workItems } = await other.bench.bookings.listWorkItems({}, context)
    expect(workItems).toMatchObject([
      { step: 'cancel-order', passengerIds: ['pax_2'], resolutions: ['retry', 'done', 'all-gone'] },
    ])
    expect(other.bench.gateway.kept()).toBe(4 * each)
    const everybody = { resolution: 'all-gone', note: 'They cancelled the whole order.', by: 'agent-7' } as const
    await other.bench.bookings.resolveWorkItem(workItems[0]!.id as `wit_${string}`, everybody, context)
    const booking = await other.bench.bookings.get(other.id, context)
    expect(booking).toMatchObject({ status: 'cancelled', refunds: [{ status: 'done' }] })
    expect((booking.documents as readonly { status: string }[]).filter(({ status }) => status === 'issued')).toEqual([])
    expect(other.bench.gateway.kept()).toBe(0)
  })

  test('nor is anybody told so whose ticket went with it', async () => {
    const { bench, id } = await booked({ fates: { cancelOrder: ['lost-after'] } })
    const { retrieveOrder } = bench.supplier
    Object.assign(bench.supplier, {
      retrieveOrder: async (...args: Parameters<typeof retrieveOrder>) => {
        const outcome = await retrieveOrder(...args)
        return outcome.kind === 'found' ? { ...outcome, order: { ...outcome.order, status: 'held' } } : outcome
      },
    })
    expect(await cancel(bench, id, 'pax_2')).toMatchObject({ status: 'outcome-unknown' })
    expect((await bench.bookings.listWorkItems({}, context)).workItems).toHaveLength(1)
    expect(bench.gateway.kept()).toBe(4 * each)
  })
})

test('it is told: in the timeline, to whoever listens, and at the terminal', async () => {
  const { bench, id } = await booked()
  await cancel(bench, id, 'pax_2', 'pax_3')
  const { outbox } = bench.store as MemoryBookingStore
  expect(outbox.map(({ type }) => type).slice(-3)).toEqual([
    'booking.pending',
    'booking.passengers-cancelled',
    'booking.ticketed',
  ])
  expect(outbox.at(-2)?.payload).toMatchObject({ passengerIds: ['pax_2', 'pax_3'] })
  const timeline = await bench.bookings.listEvents(id, context)
  const texts = timeline.events.map(({ text }) => text)
  expect(timeline.audit.intact).toBe(true)
  expect(texts).toContainEqual(expect.stringMatching(/A void of pax_2, pax_3 alone was quoted: 602\.34 EUR back/))
  expect(texts).toContainEqual(expect.stringMatching(/pax_2, pax_3 cancelled in the order, the others stay, \d+ void/))
  const found = await bench.store.find('default', id)
  expect(bookingReport(found!.booking, timeline, null)).toMatch(/pax_2 {2}ADT {2}cancelled/)
})
