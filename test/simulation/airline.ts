import { fault } from '../../src/core/fault.ts'
import type { PassengerId } from '../../src/core/ids.ts'
import { money } from '../../src/core/money.ts'
import type { SupplierOrder, TravelDocument } from '../../src/core/order.ts'
import type { Provider } from '../../src/providers/port.ts'
import { allCapabilities } from '../support/fake-provider.ts'
import type { Fortune } from './fortune.ts'
import type { Plan } from './plan.ts'
import type { SimClock } from './sim-clock.ts'
import { type Wire, lateMs, settleMs } from './wire.ts'

export type Pnr = {
  readonly locator: string
  readonly reference: string
  readonly passengers: readonly PassengerId[]
  readonly madeAt: number
  readonly ticketBy: number | null
  status: 'live' | 'cancelled'
  /** Taken out of it. */
  readonly gone: PassengerId[]
  tickets: { readonly number: string; readonly passengerId: PassengerId; status: TravelDocument['status'] }[]
}

/** One flight, its seats and its PNRs: what is true at the airline. */
export type Airline = {
  readonly pnrs: readonly Pnr[]
  seatsLeft(): number
  /** It will let a hold go by itself. */
  lapsesLater(): boolean
  /** At its desk, for a person who rings: the rest of the tickets; everything back. */
  ticketByHand(pnr: Pnr): void
  cancelByHand(pnr: Pnr, whom?: readonly PassengerId[]): void
  readonly provider: Provider
}

const holdMs = 40 * 60_000
/** As said at the sale: what is refunded less the penalty. */
const penaltyMinor = 30_106 / 2
/** For each of two. */
const fareMinor = 130_106 / 2

export function openAirline(plan: Plan, clock: SimClock, wire: Wire, fortune: Fortune): Airline {
  const pnrs: Pnr[] = []
  let seats = plan.seats
  let serial = 0
  const capabilities = {
    ...allCapabilities,
    cancelPassengers: true,
    ticketing: plan.ticketing,
    findByReference: plan.findByReference,
    settleMs,
  }
  const byLocator = (locator: string): Pnr | undefined => pnrs.find(pnr => pnr.locator === locator)
  const release = (pnr: Pnr, status: 'void' | 'refunded', whom?: readonly PassengerId[]): void => {
    const leaving = whoFlies(pnr).filter(id => !whom || whom.includes(id))
    const isAll = leaving.length === whoFlies(pnr).length
    if (isAll) pnr.status = 'cancelled'
    else pnr.gone.push(...leaving)
    seats += leaving.length
    for (const one of pnr.tickets) if (leaving.includes(one.passengerId)) one.status = status
    fortune.note(
      `airline: ${isAll ? 'all' : leaving.join() || 'nobody'} of ${pnr.locator} (${pnr.reference}) cancelled`,
    )
  }
  const ticket = (pnr: Pnr, whom: readonly PassengerId[]): void => {
    const fresh = whom.map(passengerId => ({
      number: `12524${String(++serial).padStart(8, '0')}`,
      passengerId,
      status: 'issued' as const,
    }))
    pnr.tickets = [...pnr.tickets, ...fresh]
    fortune.note(`airline: ${pnr.locator} has ${whom.length} tickets`)
  }
  const orderOf = (pnr: Pnr): SupplierOrder => ({
    provider: 'alpha',
    status: statusOf(pnr),
    locators: [{ owner: 'alpha', locator: pnr.locator }],
    reference: pnr.reference,
    ticketBy: pnr.ticketBy === null ? null : new Date(pnr.ticketBy).toISOString(),
    total: money(fareMinor * whoFlies(pnr).length, 'USD'),
    passengers: pnr.passengers.map(id => ({
      ...{ id, type: null, surname: '', givenNames: '' },
      ...(pnr.gone.includes(id) ? { cancelled: true as const } : {}),
    })),
    slices: [],
    documents: pnr.tickets.map(one => ({ kind: 'ticket', ...one })),
    supplierContext: { opaque: pnr.locator },
  })
  const isHeld = ({ status, tickets }: Pnr): boolean => status === 'live' && tickets.length === 0
  /** The airline lets holds go by itself. */
  const watch = (pnr: Pnr): void => {
    if (pnr.ticketBy === null) return
    clock.after(pnr.ticketBy - clock.now(), () => {
      if (isHeld(pnr)) release(pnr, 'void')
    })
  }
  const failed = (why: ReturnType<typeof fault>) => ({ kind: 'failed', fault: why }) as const
  const refusedAs = (why: ReturnType<typeof fault>) => ({ kind: 'refused', fault: why }) as const
  const unknown = (why: ReturnType<typeof fault>) => ({ kind: 'unknown', fault: why }) as const

  const provider: Provider = {
    code: 'alpha',
    capabilities,
    shop: () => Promise.reject(new Error('nobody shops here')),
    confirmPrice: () => Promise.reject(new Error('the simulated shop confirms prices')),

    createOrder: ({ reference, travellers, hold }, call) =>
      wire<Awaited<ReturnType<Provider['createOrder']>>>('createOrder', call, {
        act() {
          // an airline knows its own duplicates: the same names, flights and reference within moments
          const twin = pnrs.find(pnr => pnr.reference === reference && clock.now() - pnr.madeAt < lateMs)
          if (twin) return { kind: 'created', order: orderOf(twin) }
          if (seats < travellers.length) return refusedAs(fault('sold-out', 'no seats left'))
          seats -= travellers.length
          const pnr: Pnr = {
            locator: `PNR${++serial}`,
            reference,
            passengers: travellers.map(({ id }) => id),
            madeAt: clock.now(),
            ticketBy: hold ? clock.now() + holdMs : null,
            status: 'live',
            gone: [],
            tickets: [],
          }
          pnrs.push(pnr)
          fortune.note(`airline: ${pnr.locator} is made for ${reference}`)
          watch(pnr)
          if (!hold && plan.ticketing === 'at-order') ticket(pnr, pnr.passengers)
          return { kind: 'created', order: orderOf(pnr) }
        },
        refused: () => refusedAs(fault('refused', 'not today')),
        unreachable: refusedAs,
        lost: unknown,
      }),

    issueTickets: ({ locator }, call) =>
      wire<Awaited<ReturnType<Provider['issueTickets']>>>('issueTickets', call, {
        act({ partial }) {
          const pnr = byLocator(locator)
          if (pnr?.status !== 'live')
            return { ...refusedAs(fault('ticketing-failed', 'no such order')), retryable: false }
          if (pnr.tickets.length > 0)
            return { ...refusedAs(fault('ticketing-failed', 'ticketed already')), retryable: false }
          ticket(pnr, partial ? whoFlies(pnr).slice(0, 1) : whoFlies(pnr))
          return { kind: 'ticketed', order: orderOf(pnr) }
        },
        refused: () => ({ ...refusedAs(fault('ticketing-failed', 'no ticket stock')), retryable: false }),
        unreachable: why => ({ ...refusedAs(why), retryable: false }),
        lost: unknown,
      }),

    retrieveOrder: ({ locator }, call) =>
      wire<Awaited<ReturnType<Provider['retrieveOrder']>>>('retrieveOrder', call, {
        act() {
          const pnr = byLocator(locator)
          return pnr ? { kind: 'found', order: orderOf(pnr) } : { kind: 'absent' }
        },
        refused: () => failed(fault('supplier-error', 'try later')),
        unreachable: failed,
        lost: failed,
      }),

    findOrders: ({ reference }, call) =>
      wire<Awaited<ReturnType<Provider['findOrders']>>>('findOrders', call, {
        act() {
          if (!plan.findByReference) return failed(fault('not-supported', 'orders cannot be searched'))
          return { kind: 'found', orders: pnrs.filter(pnr => pnr.reference === reference).map(orderOf) }
        },
        refused: () => failed(fault('supplier-error', 'try later')),
        unreachable: failed,
        lost: failed,
      }),

    quoteCancellation: ({ locator }, call, whom) =>
      wire<Awaited<ReturnType<Provider['quoteCancellation']>>>('quoteCancellation', call, {
        act() {
          const pnr = byLocator(locator)
          if (pnr?.status !== 'live') return refusedAs(fault('not-cancellable', 'there is no such order'))
          return {
            kind: 'quoted',
            quote: { ...quoteOf(pnr, plan, whom), expiresAt: null, supplierContext: { locator } },
          }
        },
        refused: () => refusedAs(fault('not-cancellable', 'the fare does not allow it')),
        unreachable: failed,
        lost: failed,
      }),

    cancelOrder: ({ order: { locator }, quote, passengerIds }, call) =>
      wire<Awaited<ReturnType<Provider['cancelOrder']>>>('cancelOrder', call, {
        act() {
          const pnr = byLocator(locator)
          if (!pnr) return refusedAs(fault('not-cancellable', 'there is no such order'))
          const status = quote.kind === 'refund' ? 'refunded' : 'void'
          if (passengerIds && pnr.status === 'cancelled') return unknown(fault('supplier-error', 'all are gone'))
          const meant = passengerIds ?? pnr.passengers
          if (pnr.status === 'live' && !meant.every(id => pnr.gone.includes(id))) release(pnr, status, passengerIds)
          const given = pnr.tickets.filter(one => meant.includes(one.passengerId))
          const documents = given.map(one => ({ number: one.number, status: one.status }))
          return { kind: 'cancelled', documents, ...(passengerIds ? { total: orderOf(pnr).total } : {}) }
        },
        refused: () => refusedAs(fault('not-cancellable', 'refused now')),
        unreachable: refusedAs,
        lost: unknown,
      }),

    close: () => Promise.resolve(),
  }
  return {
    pnrs,
    seatsLeft: () => seats,
    lapsesLater: () => pnrs.some(pnr => isHeld(pnr) && pnr.ticketBy !== null && pnr.ticketBy > clock.now()),
    ticketByHand(pnr) {
      const without = whoFlies(pnr).filter(id => !pnr.tickets.some(({ passengerId }) => passengerId === id))
      if (without.length > 0) ticket(pnr, without)
    },
    cancelByHand: (pnr, whom) => release(pnr, plan.cancellation === 'refund' ? 'refunded' : 'void', whom),
    provider,
  }
}

export function whoFlies({ passengers, gone }: Pnr): readonly PassengerId[] {
  return passengers.filter(id => !gone.includes(id))
}

function statusOf(pnr: Pnr): SupplierOrder['status'] {
  if (pnr.status === 'cancelled') return 'cancelled'
  if (pnr.tickets.length === 0) return 'held'
  const isTicketed = (id: PassengerId): boolean => pnr.tickets.some(({ passengerId }) => passengerId === id)
  return whoFlies(pnr).every(isTicketed) ? 'ticketed' : 'partly-ticketed'
}

function quoteOf(pnr: Pnr, { cancellation }: Plan, whom?: readonly PassengerId[]) {
  const nothing = money(0, 'USD')
  if (pnr.tickets.length === 0) return { kind: 'release', refund: nothing, penalty: nothing } as const
  const count = whoFlies(pnr).filter(id => !whom || whom.includes(id)).length
  const paid = fareMinor * count
  if (cancellation === 'void') return { kind: 'void', refund: money(paid, 'USD'), penalty: nothing } as const
  const penalty = penaltyMinor * count
  return { kind: 'refund', refund: money(paid - penalty, 'USD'), penalty: money(penalty, 'USD') } as const
}
