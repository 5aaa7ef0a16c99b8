import pg from 'pg'
import { toInstant } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { inBatches } from './batches.ts'
import {
  auditMax,
  type BookingStore,
  type Change,
  type FoundPayment,
  type KeyClaim,
  type KeyName,
  type KeyState,
  ReferenceTaken,
  StoreUnavailable,
  VersionConflict,
} from './booking-store.ts'
import { changeStatement } from './change-statement.ts'
import { isDatabaseAway, isUndone } from './sql-away.ts'
import {
  claimDue,
  claimKeys,
  dropExpiredKeys,
  noteSightings,
  selectAudit,
  selectBooking,
  selectWorkItems,
  type Statement,
} from './sql-statements.ts'
import {
  type AuditRow,
  type BookingRow,
  type KeyOwner,
  type KeyRow,
  recordOf,
  stateOf,
  storedOf,
  type WorkItemRow,
  workItemOf,
} from './stored-rows.ts'

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

/** Of each kind, while so many statements are under way the others gather. 16 bookings at a time, by the clock: 1: 105 a second,
 *  2: 150, 4: 155; the CPU is the same. */
const together = {
  underWayMax: 4,
  itemsMax: 64,
  waitingMax: 10_000,
  tooMany: () => new StoreUnavailable('too much waits for the booking store'),
  isUndone,
}

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
      const result = await pool.query({ name, text, values: [...values] })
      return result.rows as readonly Row[]
    } catch (error) {
      throw understood(error)
    }
  }

  const write = inBatches<Change, boolean>({
    ...together,
    names: ({ after, key }) => (key ? [after.id, nameOf(key.name)] : [after.id]),
    async send(changes) {
      const rows = await query<{ id: string }>(changeStatement(changes))
      const written = new Set(rows.map(({ id }) => id))
      return changes.map(({ after }) => written.has(after.id))
    },
  })

  const claim = inBatches<KeyClaim, KeyRow | undefined>({
    ...together,
    names: claimed => [nameOf(claimed)],
    async send(claims) {
      const rows = await query<KeyRow>({ name: 'claim-key', text: claimKeys, values: [claimRows(claims)] })
      const byPosition = new Map(rows.map(row => [row.position, row]))
      return claims.map((_, position) => byPosition.get(position))
    },
  })

  return {
    async save(change) {
      if (!(await write(change))) throw new VersionConflict(change.after.id)
    },

    async claimKey(wanted): Promise<KeyState> {
      for (let tried = 1; tried <= claimsTried; tried++) {
        const row = await claim(wanted)
        if (row) return stateOf(row, wanted)
      }
      return { kind: 'in-progress', leaseUntil: wanted.now }
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

    async listAudit(tenant, id, after = 0) {
      const values = [tenant, id, after, auditMax]
      const rows = await query<AuditRow>({ name: 'list-audit', text: selectAudit, values })
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

function nameOf({ tenant, scope, key }: KeyName): string {
  return `${tenant} ${scope} ${key}`
}

/** Whoever claims the same ones meanwhile takes them in the same order. */
function claimRows(claims: readonly KeyClaim[]): string {
  const rows = claims.map(({ tenant, scope, key, owner, fingerprint, ...times }, position) => ({
    ...{ position, tenant, scope, key, owner, fingerprint },
    lease_until: toInstant(times.leaseUntil),
    now: toInstant(times.now),
    expires_at: toInstant(times.expiresAt),
  }))
  return JSON.stringify(rows.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)))
}

function understood(error: unknown): unknown {
  const { code, constraint } = error as { readonly code?: unknown; readonly constraint?: unknown }
  if (code === '23505' && constraint === 'bookings_reference_unique') return new ReferenceTaken('', { cause: error })
  return isDatabaseAway(error) ? new StoreUnavailable('the booking store cannot be reached', { cause: error }) : error
}
