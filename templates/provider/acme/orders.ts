import type { Fault } from 'fareloom/core/fault.ts'
import type { SupplierOrder } from 'fareloom/core/order.ts'
import type {
  Call,
  CancelOutcome,
  CancelRequest,
  CreateOrderOutcome,
  CreateOrderRequest,
  FindCriteria,
  FindOutcome,
  OrderKey,
  QuoteOutcome,
  RetrieveOutcome,
  TicketOutcome,
} from 'fareloom/providers/port.ts'
import type { AcmeClient, Ask } from './client.ts'
import { isRetryable } from './faults.ts'
import { understood } from './shop.ts'
import { encodeOrderRequest } from './wire/order-request.ts'
import { decodeOrder, decodeOrders } from './wire/order.ts'
import { decodeQuote } from './wire/quote.ts'

/** Never repeated: a request that left and has no good answer is `unknown`, and whoever asked finds out what became of it. */
export async function createOrder(client: AcmeClient, request: CreateOrderRequest, call: Call): Promise<CreateOrderOutcome> {
  const told = await tell(client, { method: 'POST', path: '/orders', body: encodeOrderRequest(request) }, decodeOrder, call)
  if ('value' in told) return { kind: 'created', order: told.value }
  return { kind: told.fault.mayHaveBooked ? 'unknown' : 'refused', fault: told.fault }
}

export async function retrieveOrder(client: AcmeClient, { locator }: OrderKey, call: Call): Promise<RetrieveOutcome> {
  const told = await tell(client, { method: 'GET', path: pathOf(locator) }, decodeOrder, call)
  if ('value' in told) return { kind: 'found', order: told.value }
  return told.fault.kind === 'not-found' ? { kind: 'absent' } : { kind: 'failed', fault: told.fault }
}

export async function findOrders(client: AcmeClient, { reference }: FindCriteria, call: Call): Promise<FindOutcome> {
  const path = `/orders?reference=${encodeURIComponent(reference)}`
  const told = await tell(client, { method: 'GET', path }, decodeOrders, call)
  if ('fault' in told) return { kind: 'failed', fault: told.fault }
  return { kind: 'found', orders: told.value.filter((order: SupplierOrder) => order.status !== 'cancelled') }
}

export async function issueTickets(client: AcmeClient, { locator }: OrderKey, call: Call): Promise<TicketOutcome> {
  const told = await tell(client, { method: 'POST', path: `${pathOf(locator)}/tickets` }, decodeOrder, call)
  if ('value' in told) return { kind: 'ticketed', order: told.value }
  if (told.fault.mayHaveBooked) return { kind: 'unknown', fault: told.fault }
  return { kind: 'refused', fault: told.fault, retryable: isRetryable(told.fault) }
}

export async function quoteCancellation(client: AcmeClient, { locator }: OrderKey, call: Call): Promise<QuoteOutcome> {
  const told = await tell(client, { method: 'GET', path: `${pathOf(locator)}/cancellation` }, decodeQuote, call)
  if ('value' in told) return { kind: 'quoted', quote: told.value }
  const isRefusal = told.fault.kind === 'not-cancellable' || told.fault.kind === 'not-found'
  return { kind: isRefusal ? 'refused' : 'failed', fault: told.fault }
}

/** Asked again about a cancelled order, Acme answers with the cancelled order. */
export async function cancelOrder(client: AcmeClient, { order, quote }: CancelRequest, call: Call): Promise<CancelOutcome> {
  const ask: Ask = { method: 'POST', path: `${pathOf(order.locator)}/cancellation`, body: { kind: quote.kind } }
  const told = await tell(client, ask, decodeOrder, call)
  if ('fault' in told) return { kind: told.fault.mayHaveBooked ? 'unknown' : 'refused', fault: told.fault }
  return { kind: 'cancelled', documents: told.value.documents.map(({ number, status }) => ({ number, status })) }
}

function pathOf(locator: string): string {
  return `/orders/${encodeURIComponent(locator)}`
}

async function tell<T>(
  client: AcmeClient,
  ask: Ask,
  read: (root: unknown) => T,
  call: Call,
): Promise<{ readonly value: T } | { readonly fault: Fault }> {
  const answer = await client.ask(ask, call)
  return answer.kind === 'failed' ? { fault: answer.fault } : understood(() => read(answer.root))
}
