import pg from 'pg'
import { toInstant } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { ClaimedDelivery, MessageStore, StoredDelivery, StoredWebhook } from './message-store.ts'
import type { DeliveryStatus, WebhookId } from './port.ts'

const connectionsMaxDefault = 3
const connectMs = 3_000
const statementMs = 10_000

/** In the tables of migrations/0003-messages.sql, with connections of its own: bookings never wait for messages. */
export function openPostgresMessageStore(options: {
  readonly url: string
  readonly connectionsMax?: number
  readonly log: Log
}): MessageStore {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connectionsMax ?? connectionsMaxDefault,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    application_name: 'fareloom messages',
  })
  pool.on('error', error => {
    if (!pool.ending) options.log.warn({ err: error }, 'a connection of the message store was lost')
  })
  const query = async <Row extends object>(name: string, text: string, values: readonly unknown[]): Promise<Row[]> =>
    (await pool.query<Row>({ name: `messages ${name}`, text, values: [...values] })).rows

  return {
    async addWebhook({ id, tenant, url, types, secret, createdAt }, max) {
      const values = [id, tenant, url, types, Buffer.from(secret), toInstant(createdAt), max]
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        // one after the other: who counts at once with another does not see the other's
        await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('webhooks of ' || $1, 0))`, [tenant])
        const { rows } = await client.query(addWebhook, values)
        await client.query('COMMIT')
        return rows.length > 0
      } catch (error) {
        await client.query('ROLLBACK').catch(() => {})
        throw error
      } finally {
        client.release()
      }
    },
    async listWebhooks(tenant, limit) {
      const text = `SELECT * FROM booking.webhooks WHERE tenant = $1 ORDER BY created_at, id LIMIT $2`
      return (await query<WebhookRow>('list-webhooks', text, [tenant, limit])).map(webhookOf)
    },
    async findWebhook(id, tenant) {
      const text = `SELECT * FROM booking.webhooks WHERE id = $1 AND ($2::text IS NULL OR tenant = $2)`
      const [row] = await query<WebhookRow>('find-webhook', text, [id, tenant ?? null])
      return row && webhookOf(row)
    },
    async dropWebhook(tenant, id) {
      return (await query('drop-webhook', dropWebhook, [tenant, id])).length > 0
    },
    async replaceSecret({ id, tenant, secret }) {
      const text = `UPDATE booking.webhooks SET secret = $3 WHERE id = $1 AND tenant = $2 RETURNING id`
      return (await query('replace-secret', text, [id, tenant, Buffer.from(secret)])).length > 0
    },
    async disableWebhook(id, at) {
      const text = `UPDATE booking.webhooks SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL`
      await query('disable-webhook', text, [id, toInstant(at)])
    },
    async fanOut({ now, streams, limit }) {
      const [row] = await query<{ count: number }>('fan-out', fanOut, [toInstant(now), streams, limit])
      return row?.count ?? 0
    },
    async claim({ now, until, owner, perReceiver, busy, limit }) {
      const values = [toInstant(now), toInstant(until), owner, perReceiver, busy, limit]
      return (await query<ClaimedRow>('claim', claim, values)).map(claimedOf)
    },
    async settle({ ids, owner, at, status, fault, nextAt }) {
      const values = [ids, owner, status, fault, toInstant(nextAt), status === 'waiting' ? null : toInstant(at)]
      await query('settle', settle, values)
    },
    async listDeliveries({ receiver, status, limit, before }) {
      const text = `${selectDeliveries} WHERE d.receiver = $1 AND ($2::text IS NULL OR d.status = $2)
        AND ($3::bigint IS NULL OR d.id < $3) ORDER BY d.id DESC LIMIT $4`
      return (await query<DeliveryRow>('list-deliveries', text, [receiver, status, before, limit])).map(deliveryOf)
    },
    async redeliver(receiver, deliveryId, now) {
      const changed = await query('redeliver', `${again} AND id = $3 RETURNING id`, [
        receiver,
        toInstant(now),
        deliveryId,
      ])
      if (changed.length === 0) return undefined
      const text = `${selectDeliveries} WHERE d.id = $1`
      const [row] = await query<DeliveryRow>('find-delivery', text, [deliveryId])
      return row && deliveryOf(row)
    },
    async redeliverDead(receiver, now) {
      const text = `${again} AND status = 'dead' RETURNING id`
      return (await query('redeliver-dead', text, [receiver, toInstant(now)])).length
    },
    async dropOld(before, limit) {
      return (await query('drop-old', dropOld, [toInstant(before), limit])).length
    },
    close: () => pool.end(),
  }
}

const addWebhook = `INSERT INTO booking.webhooks (id, tenant, url, types, secret, created_at)
  SELECT $1, $2::text, $3, $4::text[], $5::bytea, $6::timestamptz
  WHERE (SELECT count(*) FROM booking.webhooks WHERE tenant = $2) < $7 RETURNING id`

const dropWebhook = `WITH gone AS (DELETE FROM booking.webhooks WHERE tenant = $1 AND id = $2 RETURNING id),
    d AS (DELETE FROM booking.deliveries WHERE receiver IN (SELECT id FROM gone))
  SELECT id FROM gone`

/** One statement, so that no crash leaves a message with some of its receivers. SKIP LOCKED: processes share the work. */
const fanOut = `WITH fresh AS (
    SELECT id, tenant, type FROM booking.outbox WHERE dispatched_at IS NULL ORDER BY id LIMIT $3
    FOR UPDATE SKIP LOCKED
  ), wanted AS (
    SELECT f.id, f.tenant, w.id AS receiver FROM fresh f
      JOIN booking.webhooks w ON w.tenant = f.tenant AND w.disabled_at IS NULL
        AND (cardinality(w.types) = 0 OR f.type = ANY (w.types))
    UNION ALL
    SELECT f.id, f.tenant, s.receiver FROM fresh f CROSS JOIN unnest($2::text[]) AS s(receiver)
  ), made AS (
    INSERT INTO booking.deliveries (message_id, tenant, receiver, status, tries, since, next_at)
    SELECT id, tenant, receiver, 'waiting', 0, $1, $1 FROM wanted ORDER BY id
    ON CONFLICT (message_id, receiver) DO NOTHING
  ), marked AS (
    UPDATE booking.outbox o SET dispatched_at = $1 FROM fresh f WHERE o.id = f.id RETURNING o.id
  )
  SELECT count(*)::integer AS count FROM marked`

/** A skip scan finds the receivers that have something due, so that one with a million deliveries hides nobody's; then the
 *  oldest of each. */
const claim = `WITH RECURSIVE receivers AS (
    (SELECT receiver FROM booking.deliveries WHERE status = 'waiting' ORDER BY receiver LIMIT 1)
    UNION ALL
    SELECT (SELECT d.receiver FROM booking.deliveries d WHERE d.status = 'waiting' AND d.receiver > r.receiver
      ORDER BY d.receiver LIMIT 1)
    FROM receivers r WHERE r.receiver IS NOT NULL
  ), due AS (
    SELECT d.id FROM receivers r CROSS JOIN LATERAL (
      SELECT id FROM booking.deliveries
      WHERE receiver = r.receiver AND status = 'waiting' AND next_at <= $1
      ORDER BY next_at, id LIMIT $4 FOR UPDATE SKIP LOCKED
    ) d
    WHERE r.receiver IS NOT NULL AND r.receiver <> ALL ($5::text[])
    LIMIT $6
  ), taken AS (
    UPDATE booking.deliveries d SET next_at = $2, owner = $3 FROM due WHERE d.id = due.id
    RETURNING d.id, d.message_id, d.receiver, d.tries, d.since
  )
  SELECT t.id::text, t.receiver, t.tries, t.since, o.id::text AS message_id, o.tenant, o.booking_id, o.sequence, o.type,
    o.payload, o.created_at
  FROM taken t JOIN booking.outbox o ON o.id = t.message_id ORDER BY o.id`

const settle = `UPDATE booking.deliveries SET status = $3, tries = tries + 1, fault = $4, next_at = $5, settled_at = $6,
    owner = NULL
  WHERE id = ANY ($1::bigint[]) AND owner = $2`

const again = `UPDATE booking.deliveries SET status = 'waiting', tries = 0, since = $2, next_at = $2, owner = NULL,
    fault = NULL, settled_at = NULL
  WHERE receiver = $1`

const dropOld = `DELETE FROM booking.outbox WHERE id IN (
    SELECT o.id FROM booking.outbox o WHERE o.dispatched_at < $1
      AND NOT EXISTS (SELECT FROM booking.deliveries d WHERE d.message_id = o.id AND d.status = 'waiting')
    ORDER BY o.dispatched_at LIMIT $2
  ) RETURNING id`

const selectDeliveries = `SELECT d.id::text, d.message_id::text, o.type, o.booking_id, o.sequence, d.status, d.tries, d.next_at,
    d.fault
  FROM booking.deliveries d JOIN booking.outbox o ON o.id = d.message_id`

type WebhookRow = {
  readonly id: WebhookId
  readonly tenant: string
  readonly url: string
  readonly types: readonly string[]
  readonly secret: Buffer
  readonly created_at: Date
  readonly disabled_at: Date | null
}

function webhookOf({ id, tenant, url, types, secret, created_at, disabled_at }: WebhookRow): StoredWebhook {
  const disabledAt = disabled_at === null ? null : disabled_at.getTime()
  return { id, tenant, url, types, secret, createdAt: created_at.getTime(), disabledAt }
}

type ClaimedRow = {
  readonly id: string
  readonly receiver: string
  readonly tries: number
  readonly since: Date
  readonly message_id: string
  readonly tenant: string
  readonly booking_id: string
  readonly sequence: number
  readonly type: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly created_at: Date
}

function claimedOf(row: ClaimedRow): ClaimedDelivery {
  const { id, receiver, tries, since, tenant, sequence, type, payload } = row
  const message = { id: row.message_id, tenant, bookingId: row.booking_id, sequence, type, payload }
  return { id, receiver, tries, since: since.getTime(), message: { ...message, createdAt: row.created_at.getTime() } }
}

type DeliveryRow = {
  readonly id: string
  readonly message_id: string
  readonly type: string
  readonly booking_id: string
  readonly sequence: number
  readonly status: DeliveryStatus
  readonly tries: number
  readonly next_at: Date
  readonly fault: string | null
}

function deliveryOf({ id, message_id, type, booking_id, sequence, status, tries, next_at, fault }: DeliveryRow) {
  const delivery: StoredDelivery = {
    id,
    messageId: message_id,
    type,
    bookingId: booking_id,
    sequence,
    status,
    tries,
    nextAt: next_at.getTime(),
    fault,
  }
  return delivery
}
