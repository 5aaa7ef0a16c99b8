import { findBreak } from '../../src/booking/audit.ts'
import { stuckReasons } from '../../src/booking/decide-rules.ts'
import { statusOf } from '../../src/booking/status.ts'
import { auditBooking } from './audit-booking.ts'
import { auditTraveller } from './audit-traveller.ts'
import type { BookingFacts, DeliveryRow, Facts, OutboxRow } from './facts.ts'
import type { Receiver } from './receiver.ts'
import type { Traveller } from './traveller.ts'

/** Where two sides do not agree. */
export type Difference = { readonly bookingId: string | null; readonly what: string }
export type OpenWork = { readonly bookingId: string; readonly reference: string; readonly reason: string }
export type Verdict = { readonly differences: readonly Difference[]; readonly work: readonly OpenWork[] }
export type Say = (what: string) => void

const namedReasons: ReadonlySet<string> = new Set(Object.values(stuckReasons))

/** Our tables, the suppliers' PNRs, the gateway's ledger, what front ends were told and what webhooks heard, each against the
 *  others. */
export function audit(facts: Facts, travellers: readonly Traveller[], receiver: Receiver): Verdict {
  const differences: Difference[] = []
  const sayOf =
    (bookingId: string | null): Say =>
    what => {
      differences.push({ bookingId, what })
    }
  const work = facts.bookings.flatMap(workOf)
  for (const { bookingId, reason } of work)
    if (!namedReasons.has(reason)) sayOf(bookingId)(`a work item that no step of the saga names: ${reason}`)
  for (const booking of facts.bookings) {
    const say = sayOf(booking.booking.id)
    auditBooking(booking, facts, say)
    auditChain(booking, facts, say)
  }
  auditOutbox(facts, sayOf)
  auditOrphans(facts, sayOf(null))
  auditDeliveries(facts, receiver, sayOf(null))
  for (const traveller of travellers) auditTraveller(traveller, facts, sayOf(traveller.bookingId))
  return { differences, work }
}

function workOf({ booking }: BookingFacts): readonly OpenWork[] {
  const { id, reference } = booking
  const open = booking.workItems.filter(({ resolvedAt }) => resolvedAt === null)
  return open.map(({ reason }) => ({ bookingId: id, reference, reason }))
}

function auditChain({ booking, audit: records, auditHead }: BookingFacts, { vault }: Facts, say: Say): void {
  const brokenAt = findBreak(booking.id, records, auditHead, vault.auditSeals)
  if (brokenAt !== null) say(`its audit log is not as it was written, from entry ${brokenAt}`)
  if (records.length !== booking.version) say(`${records.length} audit entries, version ${booking.version}`)
  const last = records.at(-1)?.statusAfter
  if (last !== statusOf(booking)) say(`its audit log ends with ${last}, it is ${statusOf(booking)}`)
}

/** Every change of status was announced once, and nothing else. */
function auditOutbox({ bookings, outbox }: Facts, sayOf: (id: string | null) => Say): void {
  const byBooking = Map.groupBy(outbox, row => row.booking_id)
  for (const { booking, audit: records } of bookings) {
    const told = (byBooking.get(booking.id) ?? []).filter(isOfStatus).map(changeOf)
    const changes: string[] = []
    // entries of one write have both statuses in common; the next change begins where this one ends
    for (const { statusBefore, statusAfter } of records) {
      const change = `${statusBefore}>${statusAfter}`
      if (statusBefore !== statusAfter && changes.at(-1) !== change) changes.push(change)
    }
    if (told.join() !== changes.join())
      sayOf(booking.id)(`announced ${told.join()}; the audit log has ${changes.join()}`)
    byBooking.delete(booking.id)
  }
  for (const id of byBooking.keys()) sayOf(null)(`messages of ${id}, which is no booking`)
}

/** Told beside changes of the status. */
const asides: ReadonlySet<string> = new Set([
  'booking.payment-due',
  'booking.work-needed',
  'booking.passengers-cancelled',
])

function isOfStatus({ type }: OutboxRow): boolean {
  return !asides.has(type)
}

function changeOf({ payload }: OutboxRow): string {
  return `${payload.previousStatus ?? null}>${payload.status}`
}

/** Nothing is live or charged that no booking knows of. */
function auditOrphans({ bookings, pnrs, ledger }: Facts, say: Say): void {
  const references = new Set(bookings.map(({ booking }) => booking.reference))
  const payments = new Set(bookings.flatMap(({ booking }) => booking.payments.map(({ id }) => id as string)))
  for (const { provider, locator, reference, status } of pnrs)
    if (!references.has(reference ?? ''))
      say(`${provider} ${locator} (${status}) has reference ${reference}: no booking`)
  for (const { reference, kind } of ledger)
    if (!payments.has(reference)) say(`the gateway has ${kind} of ${reference}: no booking knows this payment`)
}

function auditDeliveries({ outbox, deliveries }: Facts, receiver: Receiver, say: Say): void {
  const byMessage = Map.groupBy(deliveries, ({ message_id }) => message_id)
  for (const { id, dispatched } of outbox) {
    if (!dispatched) say(`message ${id} was never handed out`)
    for (const name of ['redis', 'whk_']) {
      const own = (byMessage.get(id) ?? []).filter(row => row.receiver.startsWith(name))
      if (own.length !== 1 || !isDelivered(own[0]!)) say(`message ${id} for ${name}: ${own.map(row => row.status)}`)
    }
    if (!receiver.told.has(`msg_${id}`)) say(`message ${id} counts as delivered, the receiver never had it`)
  }
  if (receiver.forged.length > 0) say(`${receiver.forged.length} messages were not signed by us`)
}

function isDelivered({ status }: DeliveryRow): boolean {
  return status === 'delivered'
}
