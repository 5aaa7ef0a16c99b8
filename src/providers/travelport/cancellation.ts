import { parseInstant, toInstant } from '../../core/clock.ts'
import { type Fault, fault } from '../../core/fault.ts'
import { type Money, sum, zero } from '../../core/money.ts'
import type { SupplierContext } from '../../core/offer.ts'
import type { DocumentStatus, SupplierOrder } from '../../core/order.ts'
import type { Call, CancelOutcome, CancelRequest, OrderKey, QuoteOutcome, SupplierCancellationQuote } from '../port.ts'
import { ask, type Desk, headOf } from './desk.ts'
import { toFault } from './faults.ts'
import { cancelRecord, type Found, type Kept, retrieve, universalLocatorOf } from './records.ts'
import { readRefundQuote, readTicketingReply, readVoidReply } from './wire/document-replies.ts'
import { encodeRefund, encodeRefundQuote, encodeVoid, type RefundBundle } from './wire/documents.ts'

/** A void that arrives on the last second is a void too late. */
const voidMarginMs = 5 * 60_000

export async function quoteCancellation(desk: Desk, key: OrderKey, call: Call): Promise<QuoteOutcome> {
  const found = await retrieve(desk, universalLocatorOf(key), key.travellers, call)
  if (found.kind === 'failed') return found
  if (found.kind === 'absent') return { kind: 'refused', fault: fault('not-found', 'there is no such record') }
  const { kept } = found
  const issued = issuedTickets(kept.order)
  if (issued.length === 0) {
    if (kept.order.status === 'cancelled')
      return { kind: 'refused', fault: fault('not-cancellable', 'the record is cancelled already') }
    return { kind: 'quoted', quote: releaseQuote(kept.order) }
  }
  const total = kept.order.total
  const until = voidUntil(kept)
  if (total && until !== null && desk.clock.now() < until) return { kind: 'quoted', quote: voidQuote(total, until) }
  return quoteRefund(desk, issued, call)
}

function releaseQuote(order: SupplierOrder): SupplierCancellationQuote {
  const nothing = zero(order.total?.currency ?? 'EUR')
  return { kind: 'release', refund: nothing, penalty: nothing, expiresAt: null, supplierContext: { kind: 'release' } }
}

function voidQuote(total: Money, until: number): SupplierCancellationQuote {
  const context = { kind: 'void' }
  return {
    kind: 'void',
    refund: total,
    penalty: zero(total.currency),
    expiresAt: toInstant(until),
    supplierContext: context,
  }
}

/** Tickets are void until the end of the day on which the office issued them (domain.md 4.8); the office's clock is the
 *  one that TicketIssueDate is written in. Null where a ticket has no such date. */
function voidUntil({ record }: Kept): number | null {
  let earliest: number | null = null
  for (const ticket of record.tickets) {
    const match = /^(\d{4}-\d\d-\d\d)T.*?(Z|[+-]\d\d:\d\d)$/.exec(ticket.issuedAt ?? '')
    const end = match && parseInstant(`${match[1]}T23:59:59${match[2]}`)
    if (!end) return null
    earliest = Math.min(earliest ?? end, end)
  }
  return earliest === null ? null : earliest - voidMarginMs
}

async function quoteRefund(desk: Desk, tickets: readonly string[], call: Call): Promise<QuoteOutcome> {
  const told = await ask(
    desk,
    {
      service: 'AirService',
      body: encodeRefundQuote(tickets, headOf(desk, call)),
      expects: 'AirRefundQuoteRsp',
      changes: false,
      read: readRefundQuote,
    },
    call,
  )
  if (told.kind === 'fault') return { kind: isRefusal(told.fault) ? 'refused' : 'failed', fault: told.fault }
  const bundles = told.value
  const currency = bundles[0]?.refund.currency
  const complete = tickets.every(number => bundles.some(bundle => bundle.ticket === number))
  if (currency === undefined || !complete || bundles.some(bundle => bundle.penalty.currency !== currency))
    return { kind: 'refused', fault: fault('not-cancellable', 'the supplier quotes no refund for these tickets') }
  return {
    kind: 'quoted',
    quote: {
      kind: 'refund',
      refund: sum(
        bundles.map(bundle => bundle.refund),
        currency,
      ),
      penalty: sum(
        bundles.map(bundle => bundle.penalty),
        currency,
      ),
      expiresAt: null,
      supplierContext: { kind: 'refund', bundles },
    },
  }
}

function isRefusal(reason: Fault): boolean {
  return reason.kind === 'not-cancellable' || reason.kind === 'refused' || reason.kind === 'not-found'
}

/** Documents first, then the seats: two operations there (domain.md 4.8), and each may be done already. */
export async function cancelOrder(desk: Desk, request: CancelRequest, call: Call): Promise<CancelOutcome> {
  const key = request.order
  const found = await retrieve(desk, universalLocatorOf(key), key.travellers, call)
  const stop = cannotStart(found, request)
  if (stop) return stop
  const { kept } = found as Extract<Found, { kind: 'found' }>
  const issued = issuedTickets(kept.order)
  if (issued.length > 0) {
    const failed = await giveBack(desk, kept, issued, request.quote, call)
    if (failed) return { kind: failed.mayHaveBooked ? 'unknown' : 'refused', fault: failed }
  }
  const current = issued.length > 0 ? await retrieve(desk, kept.record.locator, key.travellers, call) : found
  if (current.kind !== 'found') return { kind: 'unknown', fault: halfDone }
  if (current.kept.order.status !== 'cancelled') {
    const told = await cancelRecord(desk, current.kept.record, call)
    if (told.kind === 'fault') return { kind: issued.length > 0 ? 'unknown' : undecided(told.fault), fault: told.fault }
    if (!told.value) return { kind: issued.length > 0 ? 'unknown' : 'refused', fault: notReleased }
  }
  return {
    kind: 'cancelled',
    documents: current.kept.order.documents.map(({ number, status }) => ({ number, status })),
  }
}

const halfDone = fault('supplier-error', 'the tickets were given back, the record could not be read', {
  mayHaveBooked: true,
})
const notReleased = fault('not-cancellable', 'the supplier did not release the seats')

function undecided(reason: Fault): 'unknown' | 'refused' {
  return reason.mayHaveBooked ? 'unknown' : 'refused'
}

/** Reading changes nothing, so a failure of it is no refusal: it may be asked again. */
function cannotStart(found: Found, { quote }: CancelRequest): CancelOutcome | undefined {
  if (found.kind === 'failed') return { kind: 'unknown', fault: found.fault }
  if (found.kind === 'absent') return { kind: 'refused', fault: fault('not-found', 'there is no such record') }
  if (quote.kind === 'release' && issuedTickets(found.kept.order).length > 0)
    return { kind: 'refused', fault: fault('not-cancellable', 'tickets were issued since the quote') }
  return undefined
}

/** Undefined when all tickets are void or refunded. */
async function giveBack(
  desk: Desk,
  kept: Kept,
  issued: readonly string[],
  quote: SupplierCancellationQuote,
  call: Call,
): Promise<Fault | undefined> {
  if (quote.kind === 'void') return voidTickets(desk, kept, issued, call)
  const bundles = bundlesIn(quote.supplierContext).filter(bundle => issued.includes(bundle.ticket))
  if (bundles.length < issued.length) return fault('not-cancellable', 'the quote does not cover these tickets')
  const told = await ask(
    desk,
    {
      service: 'AirService',
      body: encodeRefund(bundles, headOf(desk, call)),
      expects: 'AirRefundRsp',
      changes: true,
      read: readTicketingReply,
    },
    call,
  )
  if (told.kind === 'fault') return told.fault
  const failure = told.value.failures[0]
  return failure && { ...toFault(failure), mayHaveBooked: told.value.tickets.length > 0 }
}

async function voidTickets(desk: Desk, kept: Kept, issued: readonly string[], call: Call): Promise<Fault | undefined> {
  const host = kept.record.providers[0]
  if (!host) return fault('malformed-reply', 'the record names no host')
  const told = await ask(
    desk,
    {
      service: 'AirService',
      body: encodeVoid(host.code, host.locator, issued, headOf(desk, call)),
      expects: 'AirVoidDocumentRsp',
      changes: true,
      read: readVoidReply,
    },
    call,
  )
  if (told.kind === 'fault') return told.fault
  const done = told.value.filter(result => result.done)
  const failed = told.value.find(result => !result.done)
  if (!failed && done.length >= issued.length) return undefined
  const text = `the tickets were not voided: ${failed?.remark || 'no reason given'}`
  return fault('not-cancellable', text.slice(0, 240), { mayHaveBooked: done.length > 0 })
}

/** As we wrote them into the quote. */
function bundlesIn(context: SupplierContext): readonly RefundBundle[] {
  return Array.isArray(context.bundles) ? (context.bundles as readonly RefundBundle[]) : []
}

function issuedTickets(order: SupplierOrder): readonly string[] {
  const issued: DocumentStatus = 'issued'
  return order.documents.filter(document => document.status === issued).map(document => document.number)
}
