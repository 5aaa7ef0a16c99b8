import { fault } from '../../core/fault.ts'
import { zero } from '../../core/money.ts'
import type { Call, CancelOutcome, CancelRequest, OrderKey, QuoteOutcome, TicketOutcome } from '../port.ts'
import type { Desk } from './desk.ts'
import { readOrderContext } from './offer-context.ts'
import { orderPath, retrieveOrder } from './orders.ts'

/** What Self-Service leaves to be done after an order stands: look whether its tickets are there, or delete it while they
 *  are not. It has no operation that issues, voids or refunds a ticket. */

export const noVoid = 'Amadeus Self-Service neither voids nor refunds a ticket: its consolidator does, by hand'
export const noIssue = 'Amadeus Self-Service issues no ticket for a held order: its consolidator does'

/** An order that was confirmed is in the ticketing queue of the consolidator: asking again may find its tickets. */
export async function issueTickets(desk: Desk, key: OrderKey, call: Call): Promise<TicketOutcome> {
  const found = await retrieveOrder(desk, key, call)
  switch (found.kind) {
    case 'failed':
      // whether the consolidator has issued them is not known
      return { kind: 'unknown', fault: { ...found.fault, mayHaveBooked: true } }
    case 'absent':
      return { kind: 'refused', fault: fault('not-found', 'Amadeus has no such order'), retryable: false }
    case 'found': {
      if (found.order.status === 'ticketed') return { kind: 'ticketed', order: found.order }
      const queued = readOrderContext(key.supplierContext)?.confirmed === true
      if (!queued) return { kind: 'refused', fault: fault('not-supported', noIssue), retryable: false }
      const waiting = fault('ticketing-failed', 'The order is queued for ticketing, its tickets are not there yet')
      return { kind: 'refused', fault: waiting, retryable: true }
    }
  }
}

export async function quoteCancellation(desk: Desk, key: OrderKey, call: Call): Promise<QuoteOutcome> {
  const found = await retrieveOrder(desk, key, call)
  switch (found.kind) {
    case 'failed':
      return found
    case 'absent':
      return { kind: 'refused', fault: fault('not-found', 'Amadeus has no such order') }
    case 'found': {
      const { order } = found
      if (order.documents.some(document => document.status === 'issued')) {
        return { kind: 'refused', fault: fault('not-cancellable', noVoid) }
      }
      const nothing = zero(order.total?.currency ?? 'EUR')
      return {
        kind: 'quoted',
        quote: {
          kind: 'release',
          refund: nothing,
          penalty: nothing,
          expiresAt: order.ticketBy,
          supplierContext: order.supplierContext,
        },
      }
    }
  }
}

/** An order that is not there any more has been deleted: asking twice is safe. */
export async function cancelOrder(desk: Desk, { order, quote }: CancelRequest, call: Call): Promise<CancelOutcome> {
  if (quote.kind !== 'release') return { kind: 'refused', fault: fault('not-supported', noVoid) }
  const context = readOrderContext(order.supplierContext)
  if (context === null) {
    return { kind: 'refused', fault: fault('invalid-request', 'The stored order has no Amadeus id') }
  }
  const answer = await desk.client.ask({ method: 'DELETE', path: orderPath(context.orderId) }, call)
  if (answer.kind === 'answer') return { kind: 'cancelled', documents: [] }
  const why = answer.fault
  if (why.kind === 'not-found') return { kind: 'cancelled', documents: [] }
  return { kind: why.mayHaveBooked ? 'unknown' : 'refused', fault: why }
}
