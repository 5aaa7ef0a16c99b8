import { toInstant } from '../core/clock.ts'
import { formatAmount, type Money } from '../core/money.ts'
import type { BookedOrder, BookedPayment, Booking, Progress, WorkItem } from './booking.ts'
import { isCancelled } from './cancelled-parts.ts'
import type { TimelineEvent, TimelineJson } from './port.ts'
import type { BookedTraveller, PrivateData } from './private-data.ts'
import { segmentStatuses } from './segment-statuses.ts'
import { statusOf, uncertainty } from './status.ts'
import { allowedResolutions, stepOf } from './work-items.ts'

/** A booking as a support agent reads it at the terminal. `personal` null: ids only; what is left of a forgotten one has no
 *  `party`. */
export function bookingReport(booking: Booking, timeline: TimelineJson, personal: PrivateData | null): string {
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['Flights', flightLines(booking)],
    ['Passengers', passengerLines(booking, personal)],
    ['Orders', booking.orders.map(orderLine)],
    ['Documents', documentLines(booking)],
    ['Payments', booking.payments.map(paymentLine)],
    ['Refunds', booking.refunds.map(refund => line(refund.status, amount(refund.amount), refund.id, state(refund)))],
    ['Open work items', openItems(booking).flatMap(item => workItemLines(booking, item))],
    [`What happened: ${auditWords(timeline)}`, eventLines(timeline.events)],
  ]
  const parts = sections.map(([title, lines]) => `${title}\n${(lines.length > 0 ? lines : ['  none']).join('\n')}`)
  return `${[headLines(booking).join('\n'), ...parts].map(printable).join('\n\n')}\n`
}

/** What came from suppliers cannot steer the terminal. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n]|\p{Cf}/gu, ' ')
}

function headLines(booking: Booking): readonly string[] {
  const { sale, goal } = booking
  const why = goal.kind === 'undo' ? `, ${goal.failure.problem}: ${goal.failure.detail}` : ''
  const doubt = uncertainty(booking)
  const rate = sale.rate ? `, rate ${sale.rate.value} of ${sale.rate.date}` : ''
  return [
    `Booking ${booking.reference}: ${statusOf(booking)}${why}`,
    ...(doubt ? [`  ${doubt}`] : []),
    `  ${booking.id} of tenant ${booking.tenant}, made ${toInstant(booking.createdAt)}, version ${booking.version}`,
    `  sold for ${amount(sale.total)} from ${sale.provider} at ${amount(sale.net.total)}${rate}`,
    `  offer ${sale.offerId}, first departure ${toInstant(sale.departsAt)}${sale.hold ? ', held to be paid later' : ''}`,
  ]
}

function line(...parts: readonly string[]): string {
  return `  ${parts.filter(part => part !== '').join('  ')}`
}

function amount(money: Money): string {
  return `${formatAmount(money)} ${money.currency}`
}

/** What keeps it from going on. */
function state({ doubt, doubtSince, stuck, notBefore, tries }: Progress<string>): string {
  const words: string[] = []
  if (doubt) words.push(`nobody knows about ${doubt}${doubtSince === null ? '' : ` since ${toInstant(doubtSince)}`}`)
  if (stuck) words.push(`stuck: ${stuck}`)
  if (notBefore !== null && !stuck) words.push(`looked at again after ${toInstant(notBefore)} (tries: ${tries})`)
  return words.length > 0 ? `[${words.join('; ')}]` : ''
}

function orderLine(order: BookedOrder): string {
  const locators = order.locators.map(({ owner, locator }) => `${owner} ${locator}`).join(', ')
  const limit = order.status === 'held' && order.ticketBy ? `ticket by ${order.ticketBy}` : ''
  const total = order.total ? amount(order.total) : ''
  return line(order.status, order.provider, locators || 'no locator', total, limit, order.id, state(order))
}

function documentLines({ orders }: Booking): readonly string[] {
  return orders.flatMap(({ documents }) =>
    documents.map(({ status, kind, number, passengerId }) => line(status, kind, number, passengerId ?? 'nobody named')),
  )
}

function paymentLine(payment: BookedPayment): string {
  const { status, gateway, gatewayPaymentId, refunded, fault } = payment
  const back = refunded.amountMinor > 0 ? `${amount(refunded)} paid back` : ''
  const why = fault ? `${fault.kind}: ${fault.text}` : ''
  const at = `${gateway} ${gatewayPaymentId ?? '(no id there)'}`
  return line(status, amount(payment.amount), back, at, payment.id, why, state(payment))
}

function openItems({ workItems }: Booking): readonly WorkItem[] {
  return workItems.filter(({ resolvedAt }) => resolvedAt === null)
}

function workItemLines(booking: Booking, item: WorkItem): readonly string[] {
  const calls = booking.attempts.filter(({ target }) => target === item.target)
  return [
    line(item.id, `since ${toInstant(item.openedAt)}`, `${stepOf(booking, item)} of ${item.target}`),
    `    ${item.reason}`,
    `    may be resolved as ${allowedResolutions(booking, item).join(', ')}`,
    ...calls.map(({ step, startedAt, outcome, fault }) => {
      const why = fault ? `: ${fault.kind}, ${fault.text}` : ''
      return `    called ${toInstant(startedAt)} to ${step}: ${outcome}${why}`
    }),
  ]
}

type ShownSegment = {
  readonly id: string
  readonly marketing?: { readonly carrier?: string; readonly number?: string }
  readonly origin?: string
  readonly destination?: string
  readonly departure?: string
}

/** As shown when sold, each with its status now. */
function flightLines(booking: Booking): readonly string[] {
  const slices = (booking.sale.shown.slices ?? []) as readonly { readonly segments?: readonly ShownSegment[] }[]
  const statuses = segmentStatuses(booking)
  return slices
    .flatMap(slice => slice.segments ?? [])
    .map(({ id, marketing, origin, destination, departure }) =>
      line(
        statuses.get(id) ?? '--',
        `${marketing?.carrier ?? '??'} ${marketing?.number ?? ''}`,
        `${origin}-${destination}`,
        `leaves ${departure} there`,
        id,
      ),
    )
}

function passengerLines(booking: Booking, personal: PrivateData | null): readonly string[] {
  const party = personal?.party
  const people = booking.passengers.map(({ id, type, adultId }) => {
    const traveller = party?.travellers.find(one => one.id === id)
    const state = isCancelled(booking, id) ? 'cancelled' : ''
    return line(id, type, state, adultId ? `with ${adultId}` : '', traveller ? personWords(traveller) : '')
  })
  if (!personal) return people
  if (!party) return [...people, '  their names and contacts were deleted']
  const notes = Object.entries(personal.notes).map(([item, note]) => line(`note on ${item}: ${note}`))
  return [...people, line(`contact ${party.contact.email}, ${party.contact.phone}`), ...notes]
}

/** Of a document its last characters, as the API shows it. */
function personWords({ title, given, birthDate, gender, document }: BookedTraveller): string {
  const paper = document ? `${document.type} …${document.number.slice(-Math.min(4, document.number.length >> 1))}` : ''
  const name = [title, given.givenNames, given.surname].filter(Boolean).join(' ')
  return [name, birthDate, gender, paper].filter(Boolean).join(', ')
}

function auditWords({ events, audit }: TimelineJson): string {
  if (audit.intact) return `${events.length} entries, the audit log is as it was written`
  return `THE AUDIT LOG WAS CHANGED: entry ${audit.brokenAt} is not as it was written, or is missing`
}

/** Together what one request, or one turn of the background work, did. */
function eventLines(events: readonly TimelineEvent[]): readonly string[] {
  return events.flatMap(({ sequence, at, actor, requestId, status, text }, i) => {
    const entry = `  ${String(sequence).padStart(4)}  ${at}  ${status}  ${text}`
    const before = events[i - 1]
    return before?.requestId === requestId && before.actor === actor ? [entry] : [`  ${actor}, ${requestId}`, entry]
  })
}
