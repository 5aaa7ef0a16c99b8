import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BookedOrder, type BookedPayment, type Booking, noProgress } from '../../src/booking/booking.ts'
import { decide } from '../../src/booking/decide.ts'
import { decideGiveUp } from '../../src/booking/decide-rules.ts'
import type { BookingEvent, OrderFacts } from '../../src/booking/events.ts'
import { evolveAll } from '../../src/booking/evolve.ts'
import { next, wakeAt } from '../../src/booking/next.ts'
import { shareOf } from '../../src/booking/refund-share.ts'
import type { Report } from '../../src/booking/report.ts'
import { checksMax, paymentWindowMs, saga } from '../../src/booking/saga.ts'
import { isSettled, statusOf } from '../../src/booking/status.ts'
import { type Fault, fault } from '../../src/core/fault.ts'
import { add, money } from '../../src/core/money.ts'
import { now, shownOffer, storedOffer } from './sample.ts'

const stored = storedOffer()
const [paymentId, orderId] = ['pay_1', 'ord_1'] as const
const payment: BookedPayment = {
  ...noProgress,
  id: paymentId,
  gateway: 'test',
  status: 'pending',
  amount: stored.offer.total,
  refunded: money(0, 'EUR'),
  gatewayPaymentId: null,
  action: null,
  fault: null,
  startedAt: now,
}
const order: BookedOrder = {
  ...noProgress,
  id: orderId,
  provider: 'alpha',
  offerId: stored.offer.id,
  segmentIds: ['seg_1', 'seg_2'],
  status: 'pending',
  locators: [],
  ticketBy: null,
  remindedAt: null,
  total: null,
  documents: [],
}
const begun = (hold: boolean): BookingEvent => ({
  kind: 'booking-started',
  id: 'bkg_1',
  tenant: 'default',
  reference: 'K7M2QX',
  at: now,
  goal: hold ? { kind: 'hold' } : { kind: 'book', paymentId },
  sale: {
    offerId: stored.offer.id,
    provider: 'alpha',
    total: stored.offer.total,
    shown: shownOffer(stored),
    net: stored.net,
    rate: stored.offer.price.rate,
    hold,
    departsAt: now + 60 * 24 * 3_600_000,
  },
  passengers: [{ id: 'pax_1', type: 'ADT', adultId: null }],
  segmentIds: ['seg_1', 'seg_2'],
  orders: [order],
  payments: hold ? [] : [payment],
})
const facts = (status: OrderFacts['status']): OrderFacts => ({
  status,
  locators: [{ owner: 'alpha', locator: 'Q2X7PL' }],
  ticketBy: null,
  total: money(130106, 'USD'),
  documents:
    status === 'held' ? [] : [{ kind: 'ticket', number: '1252400000001', passengerId: 'pax_1', status: 'issued' }],
  segments: [],
})
const authorised: BookingEvent = { kind: 'payment-authorised', paymentId, gatewayPaymentId: 'tp_1' }
const held: BookingEvent = { kind: 'order-seen', orderId, facts: facts('held') }
const ticketed: BookingEvent = { kind: 'order-seen', orderId, facts: facts('ticketed') }
const captured: BookingEvent = { kind: 'payment-captured', paymentId }
const doubt = (what: 'create' | 'ticket' | 'cancel'): BookingEvent => ({
  kind: 'order-in-doubt',
  orderId,
  doubt: what,
  since: now,
})

const given = (...events: readonly BookingEvent[]): Booking => evolveAll(undefined, [begun(false), ...events])
const givenHold = (...events: readonly BookingEvent[]): Booking => evolveAll(undefined, [begun(true), ...events])
/** when it is reported, then: the kinds of events, what is next, and the status. */
function when(booking: Booking, report: Report): readonly [readonly string[], string, string] {
  const events = decide(booking, report, now)
  const after = evolveAll(booking, events)
  const action = next(after, now)
  return [events.map(({ kind }) => kind), 'step' in action ? action.step : action.kind, statusOf(after)]
}

const refusal = (kind: Fault['kind']): Fault => fault(kind, 'why')
const lost = { kind: 'unknown', fault: fault('timeout', 'no answer', { mayHaveBooked: true }) } as const
const no = { kind: 'refused', fault: refusal('refused') } as const
const unreached = { kind: 'refused', fault: refusal('circuit-open') } as const

describe('given … when … then', () => {
  const cases: readonly [string, Booking, Report, readonly [readonly string[], string, string]][] = [
    [
      'authorised: the order is next',
      given(),
      { step: 'authorise', target: paymentId, outcome: { kind: 'authorised', gatewayPaymentId: 'tp_1' } },
      [['payment-authorised'], 'create-order', 'pending'],
    ],
    [
      'declined: over, nothing to undo',
      given(),
      {
        step: 'authorise',
        target: paymentId,
        outcome: { kind: 'declined', fault: refusal('payment-declined'), gatewayPaymentId: null },
      },
      [['payment-failed', 'goal-changed'], 'rest', 'failed'],
    ],
    [
      'no answer to authorise: the gateway is asked',
      given(),
      { step: 'authorise', target: paymentId, outcome: lost },
      [['payment-in-doubt'], 'check-payment', 'outcome-unknown'],
    ],
    [
      'held: tickets are next',
      given(authorised),
      { step: 'create-order', target: orderId, outcome: { kind: 'done', facts: facts('held') } },
      [['order-seen'], 'issue-tickets', 'confirmed'],
    ],
    [
      'ticketed at once: the money is next',
      given(authorised),
      { step: 'create-order', target: orderId, outcome: { kind: 'done', facts: facts('ticketed') } },
      [['order-seen'], 'capture', 'confirmed'],
    ],
    [
      'refused: the payment is let go',
      given(authorised),
      { step: 'create-order', target: orderId, outcome: { kind: 'refused', fault: refusal('sold-out') } },
      [['order-absent', 'goal-changed'], 'void', 'pending'],
    ],
    [
      'no answer to the order: looked for, nothing let go',
      given(authorised),
      { step: 'create-order', target: orderId, outcome: lost },
      [['order-in-doubt'], 'check-order', 'outcome-unknown'],
    ],
    [
      'found: goes on as if it had been answered',
      given(authorised, doubt('create')),
      { step: 'check-order', target: orderId, outcome: { kind: 'live', facts: facts('held'), settled: false } },
      [['order-seen'], 'issue-tickets', 'confirmed'],
    ],
    [
      'absent before the settle time: looked for again later',
      given(authorised, doubt('create')),
      { step: 'check-order', target: orderId, outcome: { kind: 'absent', settled: false } },
      [['order-checked'], 'wait', 'outcome-unknown'],
    ],
    [
      'absent after it: never made, the payment is let go',
      given(authorised, doubt('create')),
      { step: 'check-order', target: orderId, outcome: { kind: 'absent', settled: true } },
      [['order-absent', 'goal-changed'], 'void', 'pending'],
    ],
    [
      'two of ours: a person',
      given(authorised, doubt('create')),
      { step: 'check-order', target: orderId, outcome: { kind: 'several' } },
      [['order-stuck'], 'rest', 'outcome-unknown'],
    ],
    [
      'host busy: tickets are asked for again later',
      given(authorised, held),
      { step: 'issue-tickets', target: orderId, outcome: { ...no, retryable: true } },
      [['order-postponed'], 'wait', 'confirmed'],
    ],
    [
      'tickets refused: the seats are released',
      given(authorised, held),
      { step: 'issue-tickets', target: orderId, outcome: { ...no, retryable: false } },
      [['goal-changed'], 'cancel-order', 'pending'],
    ],
    [
      'some passengers have tickets: a person',
      given(authorised, held),
      { step: 'issue-tickets', target: orderId, outcome: { kind: 'done', facts: facts('partly-ticketed') } },
      [['order-seen', 'order-stuck'], 'rest', 'outcome-unknown'],
    ],
    [
      'no answer to ticketing: looked at',
      given(authorised, held),
      { step: 'issue-tickets', target: orderId, outcome: lost },
      [['order-in-doubt'], 'check-order', 'outcome-unknown'],
    ],
    [
      'no ticket there before the settle time: not asked for again yet',
      given(authorised, held, doubt('ticket')),
      { step: 'check-order', target: orderId, outcome: { kind: 'live', facts: facts('held'), settled: false } },
      [['order-checked'], 'wait', 'outcome-unknown'],
    ],
    [
      'collected: done',
      given(authorised, ticketed),
      { step: 'capture', target: paymentId, outcome: { kind: 'done', gatewayEntryId: 'e' } },
      [['payment-captured'], 'rest', 'ticketed'],
    ],
    [
      'not reached: collected later',
      given(authorised, ticketed),
      { step: 'capture', target: paymentId, outcome: unreached },
      [['payment-postponed'], 'wait', 'confirmed'],
    ],
    [
      'collecting refused: the tickets are given back',
      given(authorised, ticketed),
      { step: 'capture', target: paymentId, outcome: no },
      [['goal-changed'], 'cancel-order', 'pending'],
    ],
    [
      'held without payment: rests',
      givenHold(),
      { step: 'create-order', target: orderId, outcome: { kind: 'done', facts: facts('held') } },
      [['order-seen'], 'rest', 'held'],
    ],
  ]
  test.each(cases)('%s', (_, booking, report, expected) => {
    expect(when(booking, report)).toEqual(expected)
  })
})

describe('bounds', () => {
  test('no step is tried for ever', () => {
    const tries = (booking: Booking, report: Report): number => {
      let now = booking
      for (let n = 1; ; n++) {
        now = evolveAll(now, decide(now, report, 0))
        if (n > 100 || now.goal.kind === 'undo' || statusOf(now) === 'outcome-unknown') return n
      }
    }
    const busy = { kind: 'refused', fault: refusal('refused'), retryable: true } as const
    expect(tries(given(authorised, held), { step: 'issue-tickets', target: orderId, outcome: busy })).toBe(
      saga['issue-tickets'].triesMax,
    )
    expect(tries(given(authorised, ticketed), { step: 'capture', target: paymentId, outcome: unreached })).toBe(
      saga.capture.triesMax,
    )
  })

  test('no doubt is asked about for ever: then it is stuck, and nothing wakes it', () => {
    let booking = given(authorised, doubt('create'))
    const failed: Report = {
      step: 'check-order',
      target: orderId,
      outcome: { kind: 'failed', fault: refusal('connection') },
    }
    let asked = 0
    for (; wakeAt(booking, now) !== null; asked++) booking = evolveAll(booking, decide(booking, failed, now))
    expect(asked).toBe(checksMax)
    expect(statusOf(booking)).toBe('outcome-unknown')
  })

  test('a payment that does not come about in its window is given up, for a held booking back to the hold', () => {
    const late = now + paymentWindowMs + 1
    const waiting: BookingEvent = {
      kind: 'payment-action-required',
      paymentId,
      gatewayPaymentId: 'tp_1',
      action: { type: 'redirect', url: 'u' },
      notBefore: now,
    }
    const action = next(given(waiting), late)
    if (action.kind !== 'give-up') throw new Error(action.kind)
    expect(statusOf(evolveAll(given(waiting), decideGiveUp(given(waiting), action.failure)))).toBe('pending')

    const paying = givenHold(
      held,
      { kind: 'payment-requested', payment },
      { kind: 'goal-changed', goal: { kind: 'book', paymentId } },
      waiting,
    )
    const after = evolveAll(paying, decideGiveUp(paying, action.failure))
    expect([statusOf(after), next(after, late)]).toMatchObject(['held', { step: 'void' }])
  })
})

test('every state that an event sequence can reach has a status, a next action and a time to wake', () => {
  const some: readonly BookingEvent[] = [
    authorised,
    held,
    ticketed,
    captured,
    doubt('create'),
    doubt('ticket'),
    doubt('cancel'),
    { kind: 'payment-voided', paymentId },
    { kind: 'order-cancelled', orderId, documents: [] },
    { kind: 'order-absent', orderId, fault: refusal('refused') },
    { kind: 'order-stuck', orderId, reason: 'why', at: now },
    { kind: 'goal-changed', goal: { kind: 'undo', failure: { problem: 'sold-out', detail: '', fault: null } } },
    { kind: 'goal-changed', goal: { kind: 'hold' } },
  ]
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...some), { maxLength: 8 }), fc.boolean(), (events, hold) => {
      const booking = hold ? givenHold(...events.filter(({ kind }) => !kind.startsWith('payment'))) : given(...events)
      const status = statusOf(booking)
      const wake = wakeAt(booking, now)
      // what is final is left alone, but for a hold that runs out
      if (isSettled(status) && status !== 'held') expect([status, wake]).toEqual([status, null])
      expect(booking.version).toBeGreaterThan(0)
    }),
  )
})

describe('refund and penalty', () => {
  const paid = given(authorised, ticketed, captured)
  const quote = (kind: 'void' | 'refund' | 'release', refund: number) => ({
    kind,
    refund: money(refund, 'USD'),
    penalty: money(0, 'USD'),
    expiresAt: null,
    supplierContext: {},
  })

  test('are together exactly what was captured, whatever the supplier gives back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 10_000_000 }), refund => {
        const share = shareOf(paid, quote('refund', refund))
        expect(add(share.refund, share.penalty)).toEqual(stored.offer.total)
        expect(share.refund.amountMinor).toBeGreaterThanOrEqual(0)
        expect(share.penalty.amountMinor).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  test('a void gives back everything; nothing was paid for what is released', () => {
    expect(shareOf(paid, quote('void', 1))).toEqual({ refund: stored.offer.total, penalty: money(0, 'EUR') })
    expect(shareOf(givenHold(held), quote('release', 0))).toEqual({ refund: money(0, 'EUR'), penalty: money(0, 'EUR') })
  })

  test('in a currency that was not sold in it is refused', () => {
    const foreign = { ...quote('refund', 0), refund: money(100, 'JPY') }
    expect(() => shareOf(paid, foreign)).toThrow(/refunds in JPY/)
  })
})
