import { toInstant } from '../core/clock.ts'
import type { BookingId } from '../core/ids.ts'
import type { TravelDocument } from '../core/order.ts'
import type { AuditRecord } from './audit.ts'
import type { BookedOrder, Booking, WorkItem } from './booking.ts'
import type { FoundWorkItem, KeyClaim, KeyState, StoredBooking } from './booking-store.ts'

/** What sql-statements.ts selects, and what it means. */

export type BookingRow = {
  readonly tenant: string
  readonly id: BookingId
  readonly reference: string
  readonly version: number
  readonly goal: Booking['goal']
  readonly created_at: Date
  readonly audit_head: string
  readonly sale: Booking['sale']
  readonly passengers: Booking['passengers']
  readonly segments: Booking['segments']
  readonly documents: readonly (TravelDocument & { readonly orderId: string })[]
  readonly supplier_orders: readonly Omit<BookedOrder, 'documents'>[]
  readonly payments: Booking['payments']
  readonly refunds: Booking['refunds']
  readonly cancellation_quotes: Booking['quotes']
  readonly attempts: Booking['attempts']
  readonly work_items: Booking['workItems']
  readonly wrapped_key: Buffer | null
  readonly private_kinds: readonly string[] | null
  readonly private_payloads: readonly Buffer[] | null
}

export function storedOf(row: BookingRow): StoredBooking {
  return {
    booking: {
      id: row.id,
      tenant: row.tenant,
      reference: row.reference,
      version: row.version,
      createdAt: row.created_at.getTime(),
      goal: row.goal,
      sale: row.sale,
      passengers: row.passengers,
      segments: row.segments,
      orders: row.supplier_orders.map(order => ({ ...order, documents: documentsOf(row, order.id) })),
      payments: row.payments,
      refunds: row.refunds,
      quotes: row.cancellation_quotes,
      attempts: row.attempts,
      workItems: row.work_items,
    },
    wrappedKey: row.wrapped_key,
    auditHead: row.audit_head,
    sealed: (row.private_kinds ?? []).map((kind, i) => ({ kind, payload: row.private_payloads![i]! })),
  }
}

function documentsOf(row: BookingRow, orderId: string): readonly TravelDocument[] {
  return row.documents
    .filter(document => document.orderId === orderId)
    .map(({ kind, number, passengerId, status }) => ({ kind, number, passengerId, status }))
}

export type AuditRow = {
  readonly sequence: number
  readonly at: Date
  readonly actor: string
  readonly request_id: string
  readonly kind: AuditRecord['kind']
  readonly status_before: AuditRecord['statusBefore']
  readonly status_after: AuditRecord['statusAfter']
  readonly data: AuditRecord['data']
  readonly hash: string
}

export function recordOf({ sequence, at, actor, kind, data, hash, ...row }: AuditRow): AuditRecord {
  const status = { statusBefore: row.status_before, statusAfter: row.status_after }
  return { sequence, at: toInstant(at.getTime()), actor, requestId: row.request_id, kind, ...status, data, hash }
}

export type WorkItemRow = { readonly booking_id: BookingId; readonly state: WorkItem }

export function workItemOf({ booking_id, state }: WorkItemRow): FoundWorkItem {
  return { bookingId: booking_id, item: state }
}

export type KeyOwner = { readonly tenant: string; readonly booking_id: BookingId; readonly wrapped: Buffer }

export type KeyRow = {
  /** Among the claims. */
  readonly position: number
  readonly claimed: boolean
  readonly booking_id: BookingId | null
  readonly subject: string | null
  readonly fingerprint: string | null
  readonly lease_until: Date | null
  readonly status: number | null
  readonly content_type: string | null
  readonly answer_kind: string | null
  readonly wrapped_key: Buffer | null
  readonly payload: Buffer | null
}

export function stateOf(row: KeyRow, { fingerprint, now }: KeyClaim): KeyState {
  if (row.claimed) return { kind: 'claimed', bookingId: row.booking_id, subject: row.subject }
  if (row.fingerprint !== fingerprint) return { kind: 'conflict' }
  if (row.status === null || row.booking_id === null)
    return { kind: 'in-progress', leaseUntil: row.lease_until?.getTime() ?? now }
  const record = row.payload && row.answer_kind ? { kind: row.answer_kind, payload: row.payload } : null
  const body = { bookingId: row.booking_id, wrappedKey: row.wrapped_key, record }
  return { kind: 'answered', status: row.status, contentType: row.content_type ?? '', body }
}
