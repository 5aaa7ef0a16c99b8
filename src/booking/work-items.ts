import { toInstant } from '../core/clock.ts'
import { fault } from '../core/fault.ts'
import type { PassengerId } from '../core/ids.ts'
import { moneyJson } from '../core/money.ts'
import { ProblemError } from '../core/problem.ts'
import {
  type BookedOrder,
  type BookedPayment,
  type Booking,
  type CancellationQuote,
  findQuote,
  getOrder,
  type Matter,
  type Resolution,
  type WorkItem,
} from './booking.ts'
import { partUnderWay } from './cancelled-parts.ts'
import { allCancelled, orderCancelled } from './decide-cancellation.ts'
import { decideGiveUp } from './decide-rules.ts'
import type { BookingEvent } from './events.ts'
import { failureOf } from './failures.ts'
import type { Party } from './private-data.ts'
import type { StepName } from './saga.ts'
import { bookingJson } from './view.ts'

/** What a person may say of each thing that no machine can finish. Nothing is guessed: `retry` looks at the supplier or the
 *  gateway again, the others are that person's word. */
const resolutions: Readonly<Record<string, readonly Resolution['kind'][]>> = {
  'create-order': ['found', 'retry', 'not-done'],
  'issue-tickets': ['retry', 'not-done'],
  'cancel-order': ['retry', 'done'],
  authorise: ['retry', 'not-done'],
  capture: ['retry', 'done', 'not-done'],
  void: ['retry', 'done'],
  refund: ['retry', 'done'],
  dispute: ['done', 'not-done'],
  /** `done`: it is approved. `not-done`: it is refused, and the money let go. */
  'fraud-review': ['done', 'not-done'],
}

/** What a person may be needed for: a step of the saga, a suspicious payment, or the answer to a dispute. */
type Work = StepName | 'fraud-review' | 'dispute'

/** What it is about. */
export function stepOf(booking: Booking, { target }: WorkItem): Work {
  const order = booking.orders.find(({ id }) => id === target)
  if (order) return orderStep(booking, order)
  const payment = booking.payments.find(({ id }) => id === target)
  if (payment) return paymentStep(booking, payment)
  if (booking.payments.some(({ risk }) => risk?.id === target)) return 'fraud-review'
  return booking.refunds.some(({ id }) => id === target) ? 'refund' : 'dispute'
}

function matterOf(booking: Booking, item: WorkItem): Matter {
  if (item.was) return item.was
  const step = stepOf(booking, item)
  return { step, passengerIds: (step === 'cancel-order' && partUnderWay(booking)?.passengerIds) || null }
}

function orderStep({ goal }: Booking, { status, doubt }: BookedOrder): StepName {
  if (status === 'pending' || doubt === 'create') return 'create-order'
  const isOver = goal.kind === 'hold' && status === 'held' && doubt === null
  if (isOver || doubt === 'cancel' || goal.kind === 'undo' || goal.kind === 'cancel') return 'cancel-order'
  return 'issue-tickets'
}

function paymentStep({ goal }: Booking, { doubt, status }: BookedPayment): StepName {
  if (doubt) return doubt
  if (status === 'pending') return 'authorise'
  return goal.kind === 'book' ? 'capture' : 'void'
}

export function allowedResolutions(booking: Booking, item: WorkItem): readonly Resolution['kind'][] {
  if (item.resolvedAt !== null) return []
  const step = stepOf(booking, item)
  const may = resolutions[step] ?? []
  const isPaidPart = step === 'cancel-order' && (partUnderWay(booking)?.kind ?? 'release') !== 'release'
  return isPaidPart ? [...may, 'all-gone'] : may
}

/** Pure: what a person's word means for the booking. Throws `work-item-closed` and `validation`. */
export function decideResolution(
  booking: Booking,
  item: WorkItem,
  resolution: Resolution,
  now: number,
): readonly BookingEvent[] {
  if (item.resolvedAt !== null) throw new ProblemError('work-item-closed', 'This work item was resolved before.')
  const allowed = allowedResolutions(booking, item)
  if (!allowed.includes(resolution.kind)) {
    const detail = `of this one: ${allowed.join(', ')}`
    const errors = [{ pointer: '/resolution', code: 'not-possible', detail }]
    throw new ProblemError('validation', `/resolution: ${detail}`, { errors })
  }
  const { id: workItemId, target } = item
  const was = matterOf(booking, item)
  const resolved: BookingEvent = { kind: 'work-item-resolved', workItemId, target, resolution, was, at: now }
  return [resolved, ...consequences(booking, item, resolution, now)]
}

/** Of a step that stands undone for good; `retry` and `found` leave it to the machine to look. */
function consequences(booking: Booking, item: WorkItem, { kind }: Resolution, now: number): readonly BookingEvent[] {
  const step = stepOf(booking, item)
  const done = kind === 'done'
  const orderId = item.target as BookedOrder['id']
  // some tickets may have come meanwhile
  if (kind === 'retry' && step === 'issue-tickets')
    return [{ kind: 'order-in-doubt', orderId, doubt: 'ticket', since: now }]
  if (kind === 'retry' || kind === 'found') return []
  const paymentId = item.target as BookedPayment['id']
  switch (step) {
    case 'create-order':
      return [{ kind: 'order-absent', orderId, fault: sayPerson }, giveUp('create-order')]
    case 'issue-tickets':
      return [giveUp('issue-tickets')]
    case 'cancel-order':
      return cancelledByPerson(booking, getOrder(booking, orderId), kind === 'all-gone')
    case 'authorise':
      return [
        { kind: 'payment-failed', paymentId, fault: sayPerson },
        ...decideGiveUp(booking, failureOf('authorise', sayPerson)),
      ]
    case 'capture':
      return done ? [{ kind: 'payment-captured', paymentId }] : [giveUp('capture')]
    case 'void':
      return [{ kind: 'payment-voided', paymentId }]
    case 'refund':
      return [{ kind: 'refund-paid', refundId: item.target as `rfd_${string}` }]
    case 'fraud-review':
      return reviewEvents(booking, item.target, done)
    default:
      return []
  }
}

/** Of a payment that has come to nothing meanwhile, there is nothing to decide. */
function reviewEvents(booking: Booking, riskId: string, approved: boolean): readonly BookingEvent[] {
  const payment = booking.payments.find(({ risk }) => risk?.id === riskId)
  if (payment?.status !== 'authorised' || booking.goal.kind !== 'book') return []
  const reviewed: BookingEvent = { kind: 'payment-reviewed', paymentId: payment.id, approved }
  return approved ? [reviewed] : [reviewed, ...decideGiveUp(booking, failureOf('authorise', refusedPayment))]
}

const refusedPayment = fault('payment-declined', 'The payment was declined.', { code: 'fraud-review' })

const sayPerson = fault('refused', 'A person has looked into it: it was not done.')

function giveUp(step: StepName): BookingEvent {
  return { kind: 'goal-changed', goal: { kind: 'undo', failure: failureOf(step, sayPerson) } }
}

/** Its tickets, of a part the part's, are gone as the quote has it, else void. */
function cancelledByPerson(booking: Booking, order: BookedOrder, isAll: boolean): readonly BookingEvent[] {
  const quote = booking.goal.kind === 'cancel' ? findQuote(booking, booking.goal.quoteId) : undefined
  const part = partUnderWay(booking)
  const status = quote?.kind === 'refund' ? ('refunded' as const) : ('void' as const)
  const documents = order.documents
    .filter(({ passengerId, status: now }) => now === 'issued' && (isAll || isFor(quote, passengerId)))
    .map(({ number }) => ({ number, status }))
  return isAll && part ? allCancelled(booking, order, part, documents) : orderCancelled(booking, order, { documents })
}

function isFor(quote: CancellationQuote | undefined, passengerId: PassengerId | null): boolean {
  return !quote?.passengerIds || (passengerId !== null && quote.passengerIds.includes(passengerId))
}

/** All that a person needs to find out, and the words that they may say. */
export function workItemJson(
  booking: Booking,
  item: WorkItem,
  party: Party | null,
  note: string | null,
): Readonly<Record<string, unknown>> & { readonly id: string } {
  const { step, passengerIds } = matterOf(booking, item)
  const attempts = booking.attempts.filter(({ target }) => target === item.target)
  return {
    id: item.id,
    status: item.resolvedAt === null ? 'open' : 'resolved',
    openedAt: toInstant(item.openedAt),
    resolvedAt: item.resolvedAt === null ? null : toInstant(item.resolvedAt),
    reason: item.reason,
    step,
    target: item.target,
    resolutions: allowedResolutions(booking, item),
    resolution: item.resolution,
    passengerIds,
    note,
    provider: booking.sale.provider,
    attempts: attempts.map(({ step: name, startedAt, outcome, fault: why }) => ({
      step: name,
      startedAt: toInstant(startedAt),
      outcome,
      fault: why && { kind: why.kind, code: why.code, text: why.text },
    })),
    gatewayPayments: booking.payments.map(({ id, gateway, gatewayPaymentId, status, amount, risk }) => ({
      id,
      gateway,
      gatewayPaymentId,
      status,
      amount: moneyJson(amount),
      ...(risk ? { fraud: { score: risk.score, verdict: risk.verdict, factors: risk.factors } } : {}),
    })),
    booking: bookingJson(booking, party),
  }
}
