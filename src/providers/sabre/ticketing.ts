import { type Fault, fault } from '../../core/fault.ts'
import type { SupplierOrder, TravelDocument } from '../../core/order.ts'
import type { Call, OrderKey, TicketOutcome } from '../port.ts'
import { askBooking } from './exchange.ts'
import { type OrderTools, notBooked, retrieveOrder } from './orders.ts'
import { encodeFulfillRequest, readFulfilled } from './wire/tickets.ts'

/** fulfillFlightTickets on the prices stored with the booking. Asked again for a ticketed booking it changes nothing. */
export async function issueTickets(key: OrderKey, call: Call, tools: OrderTools): Promise<TicketOutcome> {
  const found = await retrieveOrder(key, call, tools)
  if (found.kind === 'failed') return { kind: 'refused', fault: found.fault, retryable: true }
  if (found.kind === 'absent') return refusal(fault('not-found', 'Sabre has no such booking'), false)
  const { order } = found
  if (order.status === 'ticketed') return { kind: 'ticketed', order }
  if (order.status === 'cancelled') return refusal(fault('ticketing-failed', 'the booking is cancelled'), false)
  const quotes = priceQuotes(order)
  const body = encodeFulfillRequest(key.locator, quotes, tools.settings.printers)
  const reply = await askBooking('fulfillFlightTickets', body, call, tools.client)
  if (reply.kind === 'failed') {
    if (reply.fault.mayHaveBooked) return { kind: 'unknown', fault: reply.fault }
    return refusal(reply.fault, reply.fault.kind === 'rate-limited' || reply.fault.kind === 'connection')
  }
  const numbers = readFulfilled(reply.body)
  if (numbers.length === 0) return withoutTickets(reply.faults)
  return afterIssue(order, numbers, key, call, tools)
}

/** Airline hosts that are busy or slow say so in words only. */
const passing = /busy|try again|retry|temporar|slow|unable to process at this time|simultaneous/i

function withoutTickets(faults: readonly Fault[]): TicketOutcome {
  const first = faults[0]
  if (!first) {
    const text = 'Sabre answered with neither tickets nor an error'
    return { kind: 'unknown', fault: fault('malformed-reply', text, { mayHaveBooked: true }) }
  }
  if (first.mayHaveBooked) return { kind: 'unknown', fault: first }
  return refusal(first, passing.test(first.text))
}

function refusal(why: Fault, retryable: boolean): TicketOutcome {
  return { kind: 'refused', fault: notBooked(why), retryable }
}

/** The booking says whose each ticket is; where it cannot be read now, the numbers are known all the same. */
async function afterIssue(
  before: SupplierOrder,
  numbers: readonly string[],
  key: OrderKey,
  call: Call,
  tools: OrderTools,
): Promise<TicketOutcome> {
  const found = await retrieveOrder(key, call, tools)
  if (found.kind === 'found' && found.order.documents.length > 0) return { kind: 'ticketed', order: found.order }
  const documents = numbers.map((number, i): TravelDocument => {
    const passengerId = numbers.length === before.passengers.length ? before.passengers[i]!.id : null
    return { kind: 'ticket', number, passengerId, status: 'issued' }
  })
  const status = numbers.length >= before.passengers.length ? 'ticketed' : 'partly-ticketed'
  return { kind: 'ticketed', order: { ...before, status, ticketBy: null, documents } }
}

function priceQuotes(order: SupplierOrder): readonly string[] {
  const { priceQuotes: quotes } = order.supplierContext
  return Array.isArray(quotes) ? quotes.filter(quote => typeof quote === 'string') : []
}
