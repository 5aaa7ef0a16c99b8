import type { BookingLimits, Fraud } from '../../src/booking/parts.ts'
import { makeKey } from '../../src/booking/crypto.ts'
import { createMemoryBookingStore, type MemoryBookingStore } from '../../src/booking/memory-booking-store.ts'
import type { BookingStore } from '../../src/booking/booking-store.ts'
import { type BookingService, createBookings } from '../../src/booking/service.ts'
import type { Clock } from '../../src/core/clock.ts'
import type { RequestContext } from '../../src/core/context.ts'
import { type Fault, type FaultKind, fault } from '../../src/core/fault.ts'
import type { OfferId, PassengerId } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { allocate, type Money, money, subtract, times } from '../../src/core/money.ts'
import type { SupplierOrder, TravelDocument } from '../../src/core/order.ts'
import { ProblemError } from '../../src/core/problem.ts'
import type { MoveOutcome, PaymentGateway } from '../../src/payments/port.ts'
import type { Capabilities, CancellationKind, Provider } from '../../src/providers/port.ts'
import type { PriceConfirmation, Shopping, StoredOffer } from '../../src/shopping/port.ts'
import { allCapabilities } from '../support/fake-provider.ts'
import { now, shownOffer } from './sample.ts'

/** Time that passes only when somebody sleeps; deadlines are looked at, their timers never fire. */
export function quickClock(start = now): Clock & { advance(ms: number): void } {
  let at = start
  return {
    now: () => at,
    monotonicMs: () => at,
    after: () => ({ cancel() {} }),
    async sleep(ms) {
      await new Promise(resolve => setImmediate(resolve))
      at += ms
    },
    advance(ms) {
      at += ms
    },
  }
}

/** What befalls a call. lost-before: it never arrived; lost-after: it was done, its answer never came. */
export type Fate = 'ok' | 'refused' | 'busy' | 'unreachable' | 'lost-before' | 'lost-after'

export type Fates = Partial<Record<Operation, readonly Fate[]>>
export type Operation =
  | 'createOrder'
  | 'issueTickets'
  | 'quoteCancellation'
  | 'cancelOrder'
  | 'retrieveOrder'
  | 'findOrders'
  | 'authorise'
  | 'capture'
  | 'void'
  | 'refund'
  | 'find'

/** The next fate of each operation; `ok` when its list is used up. */
export function fateOf(fates: Fates): (operation: Operation) => Fate {
  const used = new Map<Operation, number>()
  return operation => {
    const index = used.get(operation) ?? 0
    used.set(operation, index + 1)
    return fates[operation]?.[index] ?? 'ok'
  }
}

export const lostFault = fault('timeout', 'no answer', { mayHaveBooked: true })
export const unreachable = fault('connection', 'not reachable')

export type FakePnr = {
  readonly locator: string
  readonly reference: string
  readonly passengers: readonly PassengerId[]
  status: 'live' | 'cancelled'
  /** Taken out of it. */
  readonly gone: PassengerId[]
  tickets: { readonly number: string; readonly passengerId: PassengerId; status: TravelDocument['status'] }[]
}

export type FakeSupplier = Provider & {
  readonly pnrs: FakePnr[]
  readonly calls: string[]
  /** What a definite no at createOrder is about. */
  refusal: FaultKind
  cancellation: { kind: CancellationKind; refund: Money; penalty: Money }
  ticketByMs: number | null
}

/** A supplier with PNRs and tickets of its own, in USD. */
export function fakeSupplier(
  next: (operation: Operation) => Fate,
  capabilities: Partial<Capabilities> = {},
): FakeSupplier {
  const pnrs: FakePnr[] = []
  const calls: string[] = []
  let serial = 0
  const all = { ...allCapabilities, ...capabilities }
  const byLocator = (locator: string): FakePnr | undefined => pnrs.find(pnr => pnr.locator === locator)
  const ticket = (pnr: FakePnr): void => {
    const travelling = pnr.passengers.filter(id => !pnr.gone.includes(id))
    pnr.tickets = travelling.map(passengerId => ({
      number: `12524${String(++serial).padStart(8, '0')}`,
      passengerId,
      status: 'issued' as const,
    }))
  }
  const orderOf = (pnr: FakePnr): SupplierOrder => ({
    provider: 'alpha',
    status: pnr.status === 'cancelled' ? 'cancelled' : pnr.tickets.length > 0 ? 'ticketed' : 'held',
    locators: [{ owner: 'alpha', locator: pnr.locator }],
    reference: pnr.reference,
    ticketBy: supplier.ticketByMs === null ? null : new Date(supplier.ticketByMs).toISOString(),
    total: money(Math.round((130106 * (pnr.passengers.length - pnr.gone.length)) / pnr.passengers.length), 'USD'),
    passengers: pnr.passengers.map(id => ({
      ...{ id, type: null, surname: '', givenNames: '' },
      ...(pnr.gone.includes(id) ? { cancelled: true as const } : {}),
    })),
    slices: [],
    documents: pnr.tickets.map(one => ({ kind: 'ticket', ...one })),
    supplierContext: { opaque: `context of ${pnr.locator}` },
  })
  const asked = (operation: Operation): Fate => {
    calls.push(operation)
    return next(operation)
  }

  const supplier: FakeSupplier = {
    code: 'alpha',
    capabilities: all,
    pnrs,
    calls,
    refusal: 'sold-out',
    cancellation: { kind: 'void', refund: money(130106, 'USD'), penalty: money(0, 'USD') },
    ticketByMs: null,
    shop: () => Promise.reject(new Error('not expected')),
    confirmPrice: () => Promise.reject(new Error('not expected')),
    async createOrder({ reference, travellers, hold }) {
      const fate = asked('createOrder')
      if (fate === 'refused') return { kind: 'refused', fault: fault(supplier.refusal, `refused: ${supplier.refusal}`) }
      if (fate === 'busy' || fate === 'unreachable') return { kind: 'refused', fault: unreachable }
      if (fate === 'lost-before') return { kind: 'unknown', fault: lostFault }
      const pnr: FakePnr = {
        locator: `PNR${++serial}`,
        reference,
        passengers: travellers.map(({ id }) => id),
        status: 'live',
        gone: [],
        tickets: [],
      }
      pnrs.push(pnr)
      if (!hold && all.ticketing === 'at-order') ticket(pnr)
      return fate === 'lost-after' ? { kind: 'unknown', fault: lostFault } : { kind: 'created', order: orderOf(pnr) }
    },
    async issueTickets({ locator, supplierContext }) {
      const fate = asked('issueTickets')
      expectContext(locator, supplierContext)
      const pnr = byLocator(locator)
      if (fate === 'refused' || pnr?.status !== 'live')
        return { kind: 'refused', fault: fault('ticketing-failed', 'no ticket'), retryable: false }
      if (fate === 'busy') return { kind: 'refused', fault: fault('ticketing-failed', 'host busy'), retryable: true }
      if (fate === 'unreachable') return { kind: 'refused', fault: unreachable, retryable: false }
      if (fate === 'lost-before') return { kind: 'unknown', fault: lostFault }
      if (pnr.tickets.length > 0) throw new Error('tickets were issued twice')
      ticket(pnr)
      return fate === 'lost-after' ? { kind: 'unknown', fault: lostFault } : { kind: 'ticketed', order: orderOf(pnr) }
    },
    async retrieveOrder({ locator, supplierContext }) {
      const fate = asked('retrieveOrder')
      expectContext(locator, supplierContext)
      if (fate !== 'ok') return { kind: 'failed', fault: unreachable }
      const pnr = byLocator(locator)
      return pnr ? { kind: 'found', order: orderOf(pnr) } : { kind: 'absent' }
    },
    async findOrders({ reference }) {
      const fate = asked('findOrders')
      if (!all.findByReference) return { kind: 'failed', fault: fault('not-supported', 'cannot be searched') }
      if (fate !== 'ok') return { kind: 'failed', fault: unreachable }
      return { kind: 'found', orders: pnrs.filter(pnr => pnr.reference === reference).map(orderOf) }
    },
    async quoteCancellation({ locator, supplierContext }, _, passengerIds) {
      const fate = asked('quoteCancellation')
      expectContext(locator, supplierContext)
      const pnr = byLocator(locator)
      if (fate === 'refused' || pnr?.status !== 'live')
        return { kind: 'refused', fault: fault('not-cancellable', 'not allowed by the fare') }
      if (fate !== 'ok') return { kind: 'failed', fault: lostFault }
      const nothing = { refund: money(0, 'USD'), penalty: money(0, 'USD') }
      const leaving = leavingOf(pnr, passengerIds)
      const { kind, refund, penalty } = supplier.cancellation
      const share = (all: Money): Money => times(allocate(all, pnr.passengers.length)[0]!, leaving.length)
      const part = { kind, refund: share(refund), penalty: share(penalty) }
      const paid = leaving.length < pnr.passengers.length ? part : supplier.cancellation
      const quote = pnr.tickets.length > 0 ? paid : { kind: 'release' as const, ...nothing }
      const quoteOf = `${locator} ${passengerIds ?? 'all'}`
      return { kind: 'quoted', quote: { ...quote, expiresAt: null, supplierContext: { quoteOf } } }
    },
    async cancelOrder({ order: { locator }, quote, passengerIds }) {
      const fate = asked('cancelOrder')
      if (quote.supplierContext.quoteOf !== `${locator} ${passengerIds ?? 'all'}`)
        throw new Error('not the context of the quote')
      const pnr = byLocator(locator)
      if (fate === 'refused' || !pnr) return { kind: 'refused', fault: fault('not-cancellable', 'refused now') }
      if (fate === 'busy' || fate === 'unreachable') return { kind: 'refused', fault: unreachable }
      if (fate === 'lost-before') return { kind: 'unknown', fault: lostFault }
      const leaving = leavingOf(pnr, passengerIds)
      const status = quote.kind === 'refund' ? 'refunded' : 'void'
      const given = pnr.tickets.filter(({ passengerId }) => (passengerIds ?? leaving).includes(passengerId))
      if (leaving.length === pnr.passengers.length - pnr.gone.length) pnr.status = 'cancelled'
      else pnr.gone.push(...leaving)
      for (const one of given) if (one.status === 'issued') one.status = status
      if (fate === 'lost-after') return { kind: 'unknown', fault: lostFault }
      const documents = given.map(({ number, status: now }) => ({ number, status: now }))
      return { kind: 'cancelled', documents, ...(passengerIds ? { total: orderOf(pnr).total } : {}) }
    },
    close: () => Promise.resolve(),
  }
  return supplier
}

/** Who is still there of those who are asked for. */
function leavingOf({ passengers, gone }: FakePnr, passengerIds = passengers): readonly PassengerId[] {
  return passengers.filter(id => passengerIds.includes(id) && !gone.includes(id))
}

/** What was sealed is what comes back. */
function expectContext(locator: string, context: Readonly<Record<string, unknown>>): void {
  if (context.opaque !== `context of ${locator}`) throw new Error(`not the context of ${locator}`)
}

type FakePayment = {
  readonly gatewayPaymentId: string
  readonly amount: Money
  status: 'requires-action' | 'authorised' | 'captured' | 'voided' | 'declined'
  captured: number
  refunded: number
}

export type FakeGateway = PaymentGateway & {
  readonly payments: Map<string, FakePayment>
  readonly calls: string[]
  /** Taken from the traveller and not given back, in minor units. */
  kept(): number
  act(approve: boolean): void
}

const bankAction = { type: 'redirect', url: 'http://bank.example/3ds' }

/** A gateway that is idempotent by key, as the port asks. */
export function fakeGateway(next: (operation: Operation) => Fate): FakeGateway {
  const payments = new Map<string, FakePayment>()
  const calls: string[] = []
  const keys = new Set<string>()
  const byId = (id: string): FakePayment | undefined =>
    [...payments.values()].find(payment => payment.gatewayPaymentId === id)
  const asked = (operation: Operation): Fate => {
    calls.push(operation)
    return next(operation)
  }
  /** Asking again must be asking the same: another key would move the money twice. */
  const firstKeys = new Map<string, string>()
  const expectSameKey = (what: string, key: string): void => {
    // what was done is over: the next one is another refund
    if (keys.has(`refund ${firstKeys.get(what)}`)) firstKeys.delete(what)
    const first = firstKeys.get(what) ?? key
    firstKeys.set(what, first)
    if (first !== key) throw new Error(`${what} was asked under two keys`)
  }
  const move = (
    operation: Operation,
    id: string,
    key: string,
    work: (payment: FakePayment) => boolean,
  ): MoveOutcome => {
    const fate = asked(operation)
    expectSameKey(`${operation} ${id}`, key)
    if (fate === 'refused') return { kind: 'refused', fault: fault('refused', 'refused') }
    if (fate === 'busy' || fate === 'unreachable') return { kind: 'refused', fault: unreachable }
    if (fate === 'lost-before') return { kind: 'unknown', fault: lostFault }
    const payment = byId(id)
    const name = `${operation} ${key}`
    if (!payment || (!keys.has(name) && !work(payment)))
      return { kind: 'refused', fault: fault('refused', `the payment is ${payment?.status}`) }
    keys.add(name)
    return fate === 'lost-after' ? { kind: 'unknown', fault: lostFault } : { kind: 'done', gatewayEntryId: name }
  }
  return {
    code: 'test',
    payments,
    calls,
    kept: () => [...payments.values()].reduce((sum, payment) => sum + payment.captured - payment.refunded, 0),
    act(approve) {
      for (const payment of payments.values())
        if (payment.status === 'requires-action') payment.status = approve ? 'authorised' : 'declined'
    },
    async authorise({ paymentId, amount, methodToken, idempotencyKey }) {
      const fate = asked('authorise')
      expectSameKey(`authorise ${paymentId}`, idempotencyKey)
      const declined = (why: Fault) => ({ kind: 'declined', fault: why, gatewayPaymentId: null }) as const
      if (fate === 'refused' || methodToken === 'tok_declined')
        return declined(fault('payment-declined', 'The card was declined.'))
      if (fate === 'busy' || fate === 'unreachable') return declined(unreachable)
      if (fate === 'lost-before') return { kind: 'unknown', fault: lostFault }
      const gatewayPaymentId = `tp ${paymentId}`
      const waits = methodToken === 'tok_3ds'
      const known = payments.get(paymentId)
      const status = waits ? 'requires-action' : 'authorised'
      const payment = known ?? { gatewayPaymentId, amount, status, captured: 0, refunded: 0 }
      payments.set(paymentId, payment)
      if (fate === 'lost-after') return { kind: 'unknown', fault: lostFault }
      if (payment.status === 'requires-action')
        return {
          kind: 'requires-action',
          gatewayPaymentId,
          action: bankAction,
        }
      return { kind: 'authorised', gatewayPaymentId }
    },
    async capture({ gatewayPaymentId, amount, idempotencyKey }) {
      return move('capture', gatewayPaymentId, idempotencyKey, payment => {
        if (payment.status !== 'authorised' || payment.amount.amountMinor !== amount.amountMinor) return false
        payment.status = 'captured'
        payment.captured += amount.amountMinor
        return true
      })
    },
    async void({ gatewayPaymentId, idempotencyKey }) {
      return move('void', gatewayPaymentId, idempotencyKey, payment => {
        if (payment.status !== 'authorised' && payment.status !== 'requires-action') return false
        payment.status = 'voided'
        return true
      })
    },
    async refund({ gatewayPaymentId, amount, idempotencyKey }) {
      return move('refund', gatewayPaymentId, idempotencyKey, payment => {
        if (payment.status !== 'captured' || payment.refunded + amount.amountMinor > payment.captured) return false
        payment.refunded += amount.amountMinor
        return true
      })
    },
    async find(paymentId) {
      if (asked('find') !== 'ok') return { kind: 'failed', fault: unreachable }
      const payment = payments.get(paymentId)
      if (!payment) return { kind: 'absent' }
      const { gatewayPaymentId, amount, captured, refunded } = payment
      const status =
        refunded > 0
          ? refunded === captured
            ? ('refunded' as const)
            : ('partially-refunded' as const)
          : payment.status
      return {
        kind: 'found',
        payment: {
          ...{ gatewayPaymentId, status, amount, refunded: money(refunded, amount.currency) },
          action: status === 'requires-action' ? bankAction : null,
        },
      }
    },
    identify: async methodToken => ({ kind: 'identified', fingerprint: methodToken, holderName: null }),
    readNews({ body, header }) {
      if (header('signature') !== 'ours') return { kind: 'refused', reason: 'The signature is wrong.' }
      return { kind: 'news', ...JSON.parse(Buffer.from(body).toString('utf8')) }
    },
    close: () => Promise.resolve(),
  }
}

export type FakeShopping = Pick<Shopping, 'getStoredOffer' | 'getOffer' | 'confirmPrice'> & {
  readonly offers: Map<OfferId, StoredOffer>
  /** What confirming says; null: unchanged. */
  confirmation: ((stored: StoredOffer) => PriceConfirmation) | null
}

export function fakeShopping(...stored: readonly StoredOffer[]): FakeShopping {
  const offers = new Map(stored.map(one => [one.offer.id, one]))
  const get = (id: OfferId, { tenant }: RequestContext): StoredOffer => {
    const found = offers.get(id)
    if (!found || found.tenant !== tenant) throw new ProblemError('not-found', 'There is no such offer.')
    return found
  }
  const shopping: FakeShopping = {
    offers,
    confirmation: null,
    getStoredOffer: async (id, context) => get(id, context),
    getOffer: async (id, context) => ({ body: new TextEncoder().encode(JSON.stringify(shownOffer(get(id, context)))) }),
    async confirmPrice(id, context) {
      const found = get(id, context)
      if (!shopping.confirmation) return { kind: 'unchanged', stored: found }
      const confirmation = shopping.confirmation(found)
      if (confirmation.kind === 'changed') offers.set(confirmation.stored.offer.id, confirmation.stored)
      return confirmation
    },
  }
  return shopping
}

/** The airline asks another price now. */
export function repriced(replacement: StoredOffer): (stored: StoredOffer) => PriceConfirmation {
  return stored => ({
    kind: 'changed',
    old: stored.offer.total,
    new: replacement.offer.total,
    difference: subtract(replacement.offer.total, stored.offer.total),
    stored: replacement,
  })
}

export type Bench = {
  readonly bookings: BookingService
  readonly supplier: FakeSupplier
  readonly gateway: FakeGateway
  readonly shopping: FakeShopping
  readonly store: BookingStore
  readonly clock: Clock & { advance(ms: number): void }
}

export const masterKeys = [makeKey(new Uint8Array(32).fill(7))] as const

/** Bookings over fakes. */
export function makeBench(
  stored: StoredOffer,
  more: {
    readonly fates?: Fates
    readonly next?: (operation: Operation) => Fate
    readonly capabilities?: Partial<Capabilities>
    readonly store?: BookingStore
    readonly limits?: Partial<BookingLimits>
    readonly clock?: Clock & { advance(ms: number): void }
    readonly fraud?: Fraud
  } = {},
): Bench {
  const next = more.next ?? fateOf(more.fates ?? {})
  const clock = more.clock ?? quickClock()
  const supplier = fakeSupplier(next, more.capabilities)
  const gateway = fakeGateway(next)
  const shopping = fakeShopping(stored)
  const store = more.store ?? createMemoryBookingStore()
  const bookings = createBookings({
    store,
    masterKeys,
    shopping,
    findProvider: code => (code === supplier.code ? supplier : undefined),
    gateway,
    clock,
    log: silentLog,
    metrics: noMetrics,
    ...(more.limits ? { limits: more.limits } : {}),
    ...(more.fraud ? { fraud: more.fraud } : {}),
  })
  return { bookings, supplier, gateway, shopping, store, clock }
}

export type { MemoryBookingStore }

export const context: RequestContext = { tenant: 'default', requestId: 'req_test', traceparent: null }

/** As a front end polls, until the background has nothing more to do. */
export async function settle({ bookings, clock }: Bench, rounds = 80): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    clock.advance(60_000)
    await bookings.sweep()
  }
}

export function jsonOf(answer: {
  readonly body: Uint8Array
}): Readonly<Record<string, unknown>> & { readonly id: `bkg_${string}` } {
  return JSON.parse(Buffer.from(answer.body).toString('utf8'))
}
