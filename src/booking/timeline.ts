import type { RequestContext } from '../core/context.ts'
import type { BookingId } from '../core/ids.ts'
import { formatAmount, type Money } from '../core/money.ts'
import { ProblemError } from '../core/problem.ts'
import { type AuditRecord, startChain } from './audit.ts'
import type { CancellationQuote } from './booking.ts'
import type { BookingStore } from './booking-store.ts'
import type { BookingEvent } from './events.ts'
import { readEventCursor, writeEventCursor } from './list-cursor.ts'
import type { EventsQuery, TimelineEvent, TimelineJson } from './port.ts'
import type { Vault } from './private-data.ts'

export type TimelineParts = {
  readonly tools: { readonly store: Pick<BookingStore, 'find' | 'listAudit'> }
  readonly vault: Pick<Vault, 'auditSeals'>
}

const limitMax = 5_000

/** GET /v1/bookings/{id}/events: a page of the audit log in words that a support agent can read, and whether the whole of it is
 *  as it was written. */
export async function listEvents(
  { tools: { store }, vault }: TimelineParts,
  id: BookingId,
  { tenant }: Pick<RequestContext, 'tenant'>,
  query: EventsQuery = {},
): Promise<TimelineJson> {
  const from = query.cursor === undefined ? 0 : readEventCursor(query.cursor)
  const limit = Math.min(limitMax, Math.max(1, query.limit ?? limitMax))
  // the head first: what is written in between only makes the log longer
  const stored = await store.find(tenant, id)
  if (!stored) throw new ProblemError('not-found', 'There is no such booking.')
  const { version } = stored.booking
  const chain = startChain(id, vault.auditSeals)
  const shown: AuditRecord[] = []
  for (let read = 0; read < version; ) {
    const records = (await store.listAudit(tenant, id, read)).filter(({ sequence }) => sequence <= version)
    if (records.length === 0) break
    chain.follow(records)
    for (const record of records) if (record.sequence > from && shown.length <= limit) shown.push(record)
    read = records.at(-1)!.sequence
  }
  const page = shown.slice(0, limit)
  const next = shown.length > limit ? writeEventCursor(page.at(-1)!.sequence) : null
  const brokenAt = chain.findBreak(stored.auditHead)
  return { events: page.map(eventJson), audit: { intact: brokenAt === null, brokenAt }, page: { limit, next } }
}

/** All pages in one. */
export async function wholeTimeline(
  parts: TimelineParts,
  id: BookingId,
  context: Pick<RequestContext, 'tenant'>,
): Promise<TimelineJson> {
  let page = await listEvents(parts, id, context)
  const events = [...page.events]
  while (page.page.next !== null) {
    page = await listEvents(parts, id, context, { cursor: page.page.next })
    events.push(...page.events)
  }
  return { ...page, events }
}

function eventJson(record: AuditRecord): TimelineEvent {
  const { sequence, at, actor, requestId, kind, statusAfter, data } = record
  const event = { kind, ...data } as unknown as BookingEvent
  return { sequence, at, actor, requestId, kind, status: statusAfter, text: wordsFor(event) }
}

const stepWords: Readonly<Record<string, string>> = {
  authorise: 'reserve the payment',
  'create-order': 'make the order',
  'issue-tickets': 'issue the tickets',
  capture: 'collect the payment',
  'cancel-order': 'cancel the order',
  void: 'let the payment go',
  refund: 'pay the refund',
}
const outcomeWords = { done: 'It was done', refused: 'It was refused', unknown: 'No answer came' } as const
const disputeWords = {
  opened: "The card's holder disputes the payment",
  won: 'The dispute was won',
  lost: 'The dispute was lost',
} as const
const doubtWords: Readonly<Record<string, string>> = {
  create: 'whether the order was made',
  ticket: 'whether the tickets were issued',
  cancel: 'whether the order was cancelled',
  authorise: 'whether the payment was reserved',
  capture: 'whether the payment was collected',
  void: 'whether the payment was let go',
}

function amount(money: Money): string {
  return `${formatAmount(money)} ${money.currency}`
}

function because(fault: { readonly text: string } | null): string {
  return fault ? `: ${fault.text}` : ''
}

/** The event as it was kept: ids, amounts, statuses and faults only. */
function wordsFor(event: BookingEvent): string {
  switch (event.kind) {
    case 'booking-started':
      return `Booking ${event.reference} of ${amount(event.sale.total)} at ${event.sale.provider} was begun.`
    case 'attempt-started':
      return `Asked to ${stepWords[event.attempt.step] ?? event.attempt.step}.`
    case 'attempt-ended':
      return `${outcomeWords[event.outcome]}${because(event.fault)}.`
    case 'goal-changed':
      return event.goal.kind === 'undo'
        ? `Given up, to be undone: ${event.goal.failure.detail}`
        : `From here on to ${event.goal.kind}.`
    case 'cancellation-quoted':
      return `A ${event.quote.kind}${whom(event.quote)} was quoted: ${amount(event.quote.refund)} back, ${amount(event.quote.penalty)} kept.`
    case 'cancellation-confirmed':
      return 'The cancellation was confirmed.'
    case 'cancellation-refused':
      return `The cancellation was refused${because(event.fault)}.`
    case 'work-item-resolved':
      return `A person looked into it: ${event.resolution.kind}.`
    case 'personal-data-forgotten':
      return 'The personal data were deleted.'
    default:
      return documentWords(event)
  }
}

type Documents = Extract<BookingEvent, { readonly kind: `${'order' | 'payment' | 'refund'}-${string}` }>

function documentWords(event: Documents): string {
  switch (event.kind) {
    case 'order-seen':
      return `The order ${event.facts.locators.map(({ locator }) => locator).join(', ')} is ${event.facts.status}${tickets(event.facts.documents)}.`
    case 'order-absent':
      return `There is no order${because(event.fault)}.`
    case 'order-cancelled':
      return `The order is cancelled${tickets(event.documents)}.`
    case 'order-passengers-cancelled':
      return `${event.passengerIds.join(', ')} cancelled in the order, the others stay${tickets(event.documents)}.`
    case 'order-in-doubt':
    case 'payment-in-doubt':
      return `Nobody knows yet ${doubtWords[event.doubt]}; finding out.`
    case 'refund-in-doubt':
      return 'Nobody knows yet whether the refund was paid; finding out.'
    case 'order-reminded':
      return `Told that it must be paid by ${event.ticketBy}.`
    case 'order-postponed':
    case 'payment-postponed':
    case 'refund-postponed':
      return `To be tried again${because(event.fault)}.`
    case 'order-checked':
    case 'payment-checked':
    case 'refund-checked':
      return `Looked, and found nothing new${because(event.fault)}.`
    case 'payment-doubt-cleared':
    case 'refund-doubt-cleared':
      return 'It had not been done; to be asked again.'
    case 'order-stuck':
    case 'payment-stuck':
    case 'refund-stuck':
      return `For a person to look into: ${event.reason}`
    default:
      return moneyWords(event)
  }
}

type MoneyMoves = Extract<
  Documents,
  {
    readonly kind:
      | 'payment-requested'
      | 'payment-authorised'
      | 'payment-action-required'
      | 'payment-failed'
      | 'payment-captured'
      | 'payment-voided'
      | 'payment-scored'
      | 'payment-reviewed'
      | 'payment-disputed'
      | 'refund-requested'
      | 'refund-paid'
  }
>

function moneyWords(event: MoneyMoves): string {
  switch (event.kind) {
    case 'payment-requested':
      return `A payment of ${amount(event.payment.amount)} was asked for.`
    case 'payment-authorised':
      return 'The payment is reserved.'
    case 'payment-action-required':
      return 'The payment waits for the traveller.'
    case 'payment-failed':
      return `The payment failed${because(event.fault)}.`
    case 'payment-captured':
      return 'The payment is collected.'
    case 'payment-voided':
      return 'The payment was let go.'
    case 'payment-scored': {
      const { score, verdict, factors } = event.risk
      const rules = factors.map(({ rule, points }) => `${rule} ${points}`).join(', ') || 'nothing'
      return `The payment has a fraud score of ${score} (${rules}): ${verdict}.`
    }
    case 'payment-reviewed':
      return event.approved ? 'A person approved the payment.' : 'A person refused the payment.'
    case 'payment-disputed':
      return `${disputeWords[event.dispute.status]}: ${amount(event.dispute.amount)} (${event.dispute.reason}).`
    case 'refund-requested':
      return `A refund of ${amount(event.refund.amount)} is to be paid.`
    case 'refund-paid':
      return 'The refund was paid.'
  }
}

function whom({ passengerIds }: CancellationQuote): string {
  return passengerIds ? ` of ${passengerIds.join(', ')} alone` : ''
}

function tickets(documents: readonly { readonly number: string; readonly status: string }[]): string {
  if (documents.length === 0) return ''
  return `, ${documents.map(({ number, status }) => `${number} ${status}`).join(', ')}`
}
