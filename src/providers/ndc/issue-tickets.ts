import { type Fault, fault } from '../../core/fault.ts'
import type { Money } from '../../core/money.ts'
import type { SupplierOrder } from '../../core/order.ts'
import type { Call, OrderKey, RetrieveOutcome, TicketOutcome } from '../port.ts'
import { ask, type Desk, headOf } from './desk.ts'
import { isPassing } from './faults.ts'
import { orderContextOf, retrieve } from './orders.ts'
import { orderOf } from './wire/order.ts'
import { encodePayment } from './wire/order-requests.ts'
import { namedAs } from './wire/passengers.ts'

/** Pays for a held order; the airline issues the tickets. The amount is what the order says that it costs now. */
export async function issueTickets(desk: Desk, key: OrderKey, call: Call): Promise<TicketOutcome> {
  const context = orderContextOf(key)
  const found = await retrieve(desk, context, key.travellers, call)
  const current = payable(found)
  if ('fault' in current) return { kind: 'refused', fault: current.fault, retryable: found.kind === 'failed' }
  if (current.order.status === 'ticketed') return { kind: 'ticketed', order: current.order }
  const told = await ask(
    desk,
    {
      message: 'OrderChange',
      body: encodePayment(context, current.total, desk.settings.payment, headOf(desk, call)),
      expects: 'OrderViewRS',
      changes: true,
      read: message => orderOf(message, { naming: namedAs(key.travellers), sellerId: desk.settings.seller.id }),
    },
    call,
  )
  if (told.kind === 'fault') {
    if (told.fault.mayHaveBooked) return { kind: 'unknown', fault: told.fault }
    return { kind: 'refused', fault: told.fault, retryable: told.passing }
  }
  if (told.value?.status === 'ticketed') return { kind: 'ticketed', order: told.value }
  const [warning] = told.message.problems
  const why = fault('ticketing-failed', warning?.text || 'the airline took the payment and issued no tickets')
  if (warning && isPassing(warning)) return { kind: 'refused', fault: why, retryable: true }
  return { kind: 'unknown', fault: { ...why, mayHaveBooked: true } }
}

function payable(
  found: RetrieveOutcome,
): { readonly order: SupplierOrder; readonly total: Money } | { readonly fault: Fault } {
  if (found.kind === 'failed') return found
  if (found.kind === 'absent') return { fault: fault('not-found', 'there is no such order') }
  const { order } = found
  if (order.status === 'cancelled') return { fault: fault('refused', 'the order is cancelled') }
  return order.total ? { order, total: order.total } : { fault: fault('refused', 'the order has no price to pay') }
}
