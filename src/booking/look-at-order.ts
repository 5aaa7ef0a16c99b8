import { type EpochMs, toInstant } from '../core/clock.ts'
import type { Fault } from '../core/fault.ts'
import type { SupplierContext } from '../core/offer.ts'
import type { SupplierOrder } from '../core/order.ts'
import type { Call, Provider } from '../providers/port.ts'
import { fold } from '../reference/spelling.ts'
import type { BookedOrder, Booking } from './booking.ts'
import { factsOf } from './order-facts.ts'
import { orderKey } from './order-key.ts'
import type { PrivateData } from './private-data.ts'
import type { SightOutcome } from './report.ts'

type Looked = {
  readonly booking: Booking
  readonly order: BookedOrder
  readonly secrets: PrivateData
  readonly now: EpochMs
}

/** `context`: what the supplier needs back from now on. */
export type Seen = { readonly outcome: SightOutcome; readonly context?: SupplierContext }

/** What the supplier has of an order: one of which nobody knows whether it was made is looked for by our reference. */
export async function lookAtOrder(
  { booking, order, secrets, now }: Looked,
  provider: Provider,
  call: Call,
): Promise<Seen> {
  const settled = now >= (order.doubtSince ?? now) + provider.capabilities.settleMs
  const sight =
    order.status === 'pending' && order.locators.length === 0
      ? await findMade(booking, secrets, provider, call)
      : await lookAgain(order, secrets, provider, call)
  // a person's word for where it is may name somebody else's
  const ours = sight.kind === 'found' && order.status === 'pending' ? onlyOurs(sight.orders, booking, secrets) : sight
  return sighted(booking, ours, settled)
}

type Sight =
  | { readonly kind: 'found'; readonly orders: readonly SupplierOrder[] }
  | { readonly kind: 'failed'; readonly fault: Fault }

async function findMade(booking: Booking, secrets: PrivateData, provider: Provider, call: Call): Promise<Sight> {
  const since = Math.min(...booking.attempts.filter(({ step }) => step === 'create-order').map(one => one.startedAt))
  return provider.findOrders(
    {
      reference: booking.reference,
      createdAfter: toInstant(Number.isFinite(since) ? since : booking.createdAt),
      travellers: secrets.party?.travellers ?? [],
      segments: booking.sale.net.slices.flatMap(slice => slice.segments),
    },
    call,
  )
}

async function lookAgain(order: BookedOrder, secrets: PrivateData, provider: Provider, call: Call): Promise<Sight> {
  const outcome = await provider.retrieveOrder(orderKey(order, secrets), call)
  switch (outcome.kind) {
    case 'found':
      return { kind: 'found', orders: [outcome.order] }
    case 'absent':
      return { kind: 'found', orders: [] }
    case 'failed':
      return outcome
  }
}

/** By our reference; one that gives none back, by the names in it. */
function onlyOurs(orders: readonly SupplierOrder[], { reference }: Booking, { party }: PrivateData): Sight {
  const surnames = (party?.travellers ?? []).map(({ surname }) => fold(surname))
  const isOurs = ({ reference: theirs, passengers }: SupplierOrder): boolean =>
    theirs === null
      ? surnames.every(surname => passengers.some(passenger => fold(passenger.surname) === surname))
      : theirs === reference
  return { kind: 'found', orders: orders.filter(isOurs) }
}

function sighted(booking: Booking, sight: Sight, settled: boolean): Seen {
  if (sight.kind === 'failed') return { outcome: sight }
  const live = sight.orders.filter(order => order.status !== 'cancelled')
  if (live.length > 1) return { outcome: { kind: 'several' } }
  const order = live[0]
  const facts = order && factsOf(booking, order)
  if (facts) return { outcome: { kind: 'live', facts, settled }, context: order.supplierContext }
  const gone = sight.orders[0]
  if (!gone) return { outcome: { kind: 'absent', settled } }
  const documents = gone.documents.map(({ number, status }) => ({ number, status }))
  return { outcome: { kind: 'cancelled', documents, settled } }
}
