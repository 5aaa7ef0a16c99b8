import { type Fault, fault } from '../../core/fault.ts'
import type { Call, OrderKey, TicketOutcome } from '../port.ts'
import { ask, type Desk, headOf } from './desk.ts'
import { toFault } from './faults.ts'
import { retrieve, universalLocatorOf } from './records.ts'
import { isOrderContext, type OrderContext } from './wire/context.ts'
import { readTicketingReply } from './wire/document-replies.ts'
import { encodeTicketing } from './wire/documents.ts'

/** What a supplier says when asking again may work: nothing was issued. */
const passing = /changed? (by|in|outside)|updated by another|simultaneous|busy|try again|retry/i

export async function issueTickets(desk: Desk, key: OrderKey, call: Call): Promise<TicketOutcome> {
  const { context, reason } = await ticketable(desk, key, call)
  if (!context) return { kind: 'refused', fault: reason, retryable: reason.kind !== 'refused' }
  const told = await ask(
    desk,
    {
      service: 'AirService',
      body: encodeTicketing(context.airLocator, context.pricingKeys, headOf(desk, call)),
      expects: 'AirTicketingRsp',
      changes: true,
      read: readTicketingReply,
    },
    call,
  )
  if (told.kind === 'fault') {
    if (told.fault.mayHaveBooked) return { kind: 'unknown', fault: told.fault }
    return { kind: 'refused', fault: told.fault, retryable: isPassing(told.fault) }
  }
  const { tickets, failures, changed } = told.value
  if (tickets.length === 0) {
    const why = failures[0]
      ? toFault(failures[0])
      : fault(changed ? 'price-changed' : 'ticketing-failed', 'no ticket was issued')
    return { kind: 'refused', fault: why, retryable: isPassing(why) }
  }
  if (failures[0]) return { kind: 'unknown', fault: { ...toFault(failures[0]), mayHaveBooked: true } }
  const found = await retrieve(desk, universalLocatorOf(key), key.travellers, call)
  if (found.kind === 'found') return { kind: 'ticketed', order: found.kept.order }
  const lost =
    found.kind === 'failed' ? found.fault : fault('not-found', 'tickets were issued for a record that is gone')
  return { kind: 'unknown', fault: { ...lost, mayHaveBooked: true } }
}

/** A fare must be stored; the keys of an older reply may be incomplete. */
async function ticketable(
  desk: Desk,
  key: OrderKey,
  call: Call,
): Promise<
  { readonly context: OrderContext; readonly reason?: never } | { readonly context?: never; readonly reason: Fault }
> {
  const stored = key.supplierContext
  if (isOrderContext(stored) && stored.airLocator !== '' && stored.pricingKeys.length > 0) return { context: stored }
  const found = await retrieve(desk, universalLocatorOf(key), key.travellers, call)
  if (found.kind === 'failed') return { reason: found.fault }
  const context = found.kind === 'found' ? found.kept.order.supplierContext : undefined
  if (context && isOrderContext(context) && context.pricingKeys.length > 0) return { context }
  return { reason: fault('refused', 'there is no record with a stored fare to ticket') }
}

function isPassing(reason: Fault): boolean {
  return reason.code === '3979' || passing.test(reason.text)
}
