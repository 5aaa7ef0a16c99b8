import pg from 'pg'
import { toInstant } from '../core/clock.ts'
import { type BookingId, sha256Hex } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { TravelDocument } from '../core/order.ts'
import type { AuditRecord } from './audit.ts'
import type { BookedOrder, Booking, WorkItem } from './booking.ts'
import {
  auditMax,
  type BookingStore,
  type FoundPayment,
  type FoundWorkItem,
  type KeyClaim,
  type KeyState,
  ReferenceTaken,
  type StoredBooking,
  StoreUnavailable,
  VersionConflict,
} from './booking-store.ts'
import { changeStatement } from './change-statement.ts'
import { isDatabaseAway } from './sql-away.ts'
import {
  claimDue,
  claimKey,
  dropExpiredKeys,
  noteSightings,
  selectAudit,
  selectBooking,
  selectWorkItems,
  type Statement,
} from './sql-statements.ts'

/** Bookings in PostgreSQL. The tables must be there: migrate.postgres.ts. */
export type PostgresBookingStoreOptions = {
  /** Of the role that the service works as. */
  readonly url: string
  /** Connections at most. */
  readonly connectionsMax?: number
  readonly log: Log
  /** For counting in tests and benches. */
  readonly onStatement?: (name: string) => void
}

const connectionsMaxDefault = 10
const connectMs = 3_000
const statementMs = 10_000
const claimsTried = 5

export function openPostgresBookingStore(options: PostgresBookingStoreOptions): BookingStore {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connectionsMax ?? connectionsMaxDefault,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    application_name: 'fareloom',
  })
  pool.on('error', error => {
    // a server that is stopped after us may be faster than our farewell
    if (!pool.ending) options.log.warn({ err: error }, 'a connection of the booking store was lost')
  })

  const query = async <Row>({ name, text, values }: Statement): Promise<readonly Row[]> => {
    options.onStatement?.(name)
    try {
      const result = await pool.query({ name: shortName(name), text, values: [...values] })
      return result.rows as readonly Row[]
    } catch (error) {
      throw understood(error)
    }
  }

  const claim = async (wanted: KeyClaim): Promise<KeyState> => {
    const { tenant, scope, key, owner, fingerprint } = wanted
    const times = [wanted.leaseUntil, wanted.now, wanted.expiresAt].map(toInstant)
    const values = [tenant, scope, key, owner, fingerprint, ...times]
    for (let tried = 1; tried <= claimsTried; tried++) {
      const [row] = await query<KeyRow>({ name: 'claim-key', text: claimKey, values })
      if (row) return stateOf(row, wanted)
    }
    return { kind: 'in-progress', leaseUntil: wanted.now }
  }

  return {
    async save(change) {
      const [row] = await query<{ written: number }>(changeStatement(change))
      if (row?.written !== 1) throw new VersionConflict(change.after.id)
    },

    async find(tenant, id) {
      const text = `${selectBooking} WHERE b.tenant = $1 AND b.id = $2`
      const [row] = await query<BookingRow>({ name: 'find', text, values: [tenant, id] })
      return row && storedOf(row)
    },

    async findByReference(tenant, reference) {
      const text = `${selectBooking} WHERE b.tenant = $1 AND b.reference = $2`
      const [row] = await query<BookingRow>({ name: 'find-by-reference', text, values: [tenant, reference] })
      if (!row) return undefined
      const hashes = `SELECT unnest(last_name_hashes) AS hash FROM booking.passengers WHERE booking_id = $1`
      const found = await query<{ hash: string }>({ name: 'last-name-hashes', text: hashes, values: [row.id] })
      return { stored: storedOf(row), lastNameHashes: found.map(({ hash }) => hash) }
    },

    async list({ tenant, status, limit, after }) {
      const values: unknown[] = [tenant, limit]
      let where = 'WHERE b.tenant = $1'
      if (status !== null) where += ` AND b.status = $${values.push(status)}`
      if (after !== null) {
        const createdAt = values.push(toInstant(after.createdAt))
        where += ` AND (b.created_at, b.id) < ($${createdAt}::timestamptz, $${values.push(after.id)})`
      }
      const name = `list${status === null ? '' : ' status'}${after === null ? '' : ' after'}`
      const text = `${selectBooking} ${where} ORDER BY b.created_at DESC, b.id DESC LIMIT $2`
      return (await query<BookingRow>({ name, text, values })).map(storedOf)
    },

    claimDue({ now, until, limit }) {
      const values = [toInstant(now), toInstant(until), limit]
      return query({ name: 'claim-due', text: claimDue, values })
    },

    claimKey: claim,

    async noteSightings(tenant, sightings, now) {
      const rows = sightings.map(({ hash, withinMs, countMax }, position) => ({
        position,
        hash,
        since: toInstant(now - withinMs),
        count_max: countMax,
      }))
      const values = [tenant, JSON.stringify(rows), toInstant(now)]
      const counts = await query<{ count: number }>({ name: 'note-sightings', text: noteSightings, values })
      return counts.map(({ count }) => count)
    },

    async dropSightings(before, limit) {
      const text = `DELETE FROM booking.payment_sightings WHERE id IN
        (SELECT id FROM booking.payment_sightings WHERE at < $1 ORDER BY at LIMIT $2) RETURNING id`
      return (await query({ name: 'drop-sightings', text, values: [toInstant(before), limit] })).length
    },

    async findPayment(at) {
      const [name, column, id] =
        'paymentId' in at
          ? ['find-payment', 'id', at.paymentId]
          : ['find-gateway-payment', 'gateway_payment_id', at.gatewayPaymentId]
      const text = `SELECT tenant, booking_id AS "bookingId", id AS "paymentId" FROM booking.payments
        WHERE gateway = $1 AND ${column} = $2`
      const [row] = await query<FoundPayment>({ name, text, values: [at.gateway, id] })
      return row
    },

    async hasNews({ gateway, id }) {
      const text = 'SELECT FROM booking.gateway_news WHERE gateway = $1 AND id = $2'
      return (await query({ name: 'has-news', text, values: [gateway, id] })).length > 0
    },

    async noteNews({ gateway, id }, now) {
      const text = `INSERT INTO booking.gateway_news (gateway, id, received_at) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING`
      await query({ name: 'note-news', text, values: [gateway, id, toInstant(now)] })
    },

    async dropNews(before, limit) {
      const text = `DELETE FROM booking.gateway_news WHERE (gateway, id) IN
        (SELECT gateway, id FROM booking.gateway_news WHERE received_at < $1 ORDER BY received_at LIMIT $2) RETURNING id`
      return (await query({ name: 'drop-news', text, values: [toInstant(before), limit] })).length
    },

    async freeKey({ tenant, scope, key, owner }) {
      const text = `DELETE FROM booking.idempotency_keys
        WHERE tenant = $1 AND scope = $2 AND key = $3 AND owner = $4 AND status IS NULL`
      await query({ name: 'free-key', text, values: [tenant, scope, key, owner] })
    },

    async releaseKey({ tenant, scope, key, owner }, now) {
      const text = `WITH freed AS (
          DELETE FROM booking.idempotency_keys WHERE tenant = $1 AND scope = $2 AND key = $3 AND owner = $4
            AND booking_id IS NULL RETURNING key
        )
        UPDATE booking.idempotency_keys SET lease_until = $5 WHERE tenant = $1 AND scope = $2 AND key = $3
          AND owner = $4 AND status IS NULL AND NOT EXISTS (SELECT FROM freed)`
      await query({ name: 'release-key', text, values: [tenant, scope, key, owner, toInstant(now)] })
    },

    async listAudit(tenant, id) {
      const rows = await query<AuditRow>({ name: 'list-audit', text: selectAudit, values: [tenant, id, auditMax] })
      return rows.map(recordOf)
    },

    async listWorkItems({ tenant, open, limit, after }) {
      const values: unknown[] = [tenant, open, limit]
      let where = 'WHERE w.tenant = $1 AND w.is_open = $2'
      if (after !== null)
        where += ` AND (w.opened_at_ms, w.id) > ($${values.push(after.openedAt)}::bigint, $${values.push(after.id)})`
      const name = `list-work-items${after === null ? '' : ' after'}`
      const text = `${selectWorkItems} ${where} ORDER BY w.opened_at_ms, w.id LIMIT $3`
      return (await query<WorkItemRow>({ name, text, values })).map(workItemOf)
    },

    async findWorkItem(tenant, id) {
      const text = `${selectWorkItems} WHERE w.tenant = $1 AND w.id = $2`
      const [row] = await query<WorkItemRow>({ name: 'find-work-item', text, values: [tenant, id] })
      return row && workItemOf(row)
    },

    async dropExpiredKeys(now, limit) {
      const text = `WITH dropped AS (${dropExpiredKeys} RETURNING 1) SELECT count(*)::integer AS dropped FROM dropped`
      const values = [toInstant(now), limit]
      const [row] = await query<{ dropped: number }>({ name: 'drop-expired-keys', text, values })
      return row?.dropped ?? 0
    },

    async findAnyWrappedKey() {
      // the last by its primary key: one row of an index, however many there are
      const text = 'SELECT tenant, booking_id, wrapped FROM booking.data_keys ORDER BY booking_id DESC LIMIT 1'
      const [row] = await query<KeyOwner>({ name: 'find-any-key', text, values: [] })
      return row && { tenant: row.tenant, bookingId: row.booking_id, wrappedKey: row.wrapped }
    },

    async ping() {
      await query({ name: 'ping', text: 'SELECT 1', values: [] })
    },

    close: () => pool.end(),
  }
}

/** PostgreSQL cuts names after 63 bytes, which would make two of them one. */
function shortName(name: string): string {
  if (name.length < 64) return name
  const known = shortNames.get(name)
  if (known) return known
  const short = `${name.slice(0, 20)} ${sha256Hex(name).slice(0, 32)}`
  shortNames.set(name, short)
  return short
}

/** As many as there are kinds of changes: some dozens. */
const shortNames = new Map<string, string>()

type BookingRow = {
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

function storedOf(row: BookingRow): StoredBooking {
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

type AuditRow = {
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

function recordOf({ sequence, at, actor, kind, data, hash, ...row }: AuditRow): AuditRecord {
  const status = { statusBefore: row.status_before, statusAfter: row.status_after }
  return { sequence, at: toInstant(at.getTime()), actor, requestId: row.request_id, kind, ...status, data, hash }
}

type WorkItemRow = { readonly booking_id: BookingId; readonly state: WorkItem }

function workItemOf({ booking_id, state }: WorkItemRow): FoundWorkItem {
  return { bookingId: booking_id, item: state }
}

type KeyOwner = { readonly tenant: string; readonly booking_id: BookingId; readonly wrapped: Buffer }

type KeyRow = {
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

function stateOf(row: KeyRow, { fingerprint, now }: KeyClaim): KeyState {
  if (row.claimed) return { kind: 'claimed', bookingId: row.booking_id, subject: row.subject }
  if (row.fingerprint !== fingerprint) return { kind: 'conflict' }
  if (row.status === null || row.booking_id === null)
    return { kind: 'in-progress', leaseUntil: row.lease_until?.getTime() ?? now }
  const record = row.payload && row.answer_kind ? { kind: row.answer_kind, payload: row.payload } : null
  const body = { bookingId: row.booking_id, wrappedKey: row.wrapped_key, record }
  return { kind: 'answered', status: row.status, contentType: row.content_type ?? '', body }
}

function understood(error: unknown): unknown {
  const { code, constraint } = error as { readonly code?: unknown; readonly constraint?: unknown }
  if (code === '23505' && constraint === 'bookings_reference_unique') return new ReferenceTaken('', { cause: error })
  return isDatabaseAway(error) ? new StoreUnavailable('the booking store cannot be reached', { cause: error }) : error
}
