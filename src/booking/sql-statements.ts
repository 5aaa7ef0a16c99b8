/** The SQL of booking-store.postgres.ts but for changes (sql-change.ts). Named: each text is prepared once a connection. */

export type Statement = { readonly name: string; readonly text: string; readonly values: readonly unknown[] }

export const stateTables = [
  'supplier_orders',
  'payments',
  'refunds',
  'cancellation_quotes',
  'attempts',
  'work_items',
] as const
export type StateTable = (typeof stateTables)[number]

/** A booking whole, in one round trip. */
export const selectBooking = `SELECT b.tenant, b.id, b.reference, b.version, b.goal, b.created_at, b.audit_head, s.sale, ${[
  documents('passengers', `jsonb_build_object('id', d.id, 'type', d.type, 'adultId', d.adult_id)`),
  documents('segments', `jsonb_build_object('id', d.id, 'status', d.status)`),
  documents(
    'documents',
    `jsonb_build_object('orderId', d.order_id, 'kind', d.kind, 'number', d.number, 'passengerId', d.passenger_id,
      'status', d.status)`,
  ),
  ...stateTables.map(table => documents(table, 'd.state')),
].join(', ')},
    k.wrapped AS wrapped_key,
    (SELECT array_agg(d.kind ORDER BY d.kind) FROM booking.personal_data d
      WHERE d.booking_id = b.id AND d.kind NOT LIKE 'answer:%') AS private_kinds,
    (SELECT array_agg(d.payload ORDER BY d.kind) FROM booking.personal_data d
      WHERE d.booking_id = b.id AND d.kind NOT LIKE 'answer:%') AS private_payloads
  FROM booking.bookings b
    JOIN booking.sales s ON s.booking_id = b.id
    LEFT JOIN booking.data_keys k ON k.booking_id = b.id`

function documents(table: string, shape: string): string {
  return `(SELECT coalesce(jsonb_agg(${shape} ORDER BY d.position), '[]') FROM booking.${table} d
    WHERE d.booking_id = b.id) AS ${table}`
}

/** Takes the keys, or reads who has them, each by its position. No row at all for one: it was taken between the two halves, ask
 *  again. Looked up one by one (LIMIT): the planner knows nothing of how many there are. */
export const claimKeys = `WITH c AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS c(position integer, tenant text, scope text, key text, owner text,
      fingerprint text, lease_until timestamptz, now timestamptz, expires_at timestamptz)
  ), taken AS (
    INSERT INTO booking.idempotency_keys AS k
      (tenant, scope, key, owner, fingerprint, lease_until, created_at, expires_at)
    SELECT c.tenant, c.scope, c.key, c.owner, c.fingerprint, c.lease_until, c.now, c.expires_at FROM c
    ON CONFLICT (tenant, scope, key) DO UPDATE SET
      owner = EXCLUDED.owner, fingerprint = EXCLUDED.fingerprint, lease_until = EXCLUDED.lease_until,
      created_at = CASE WHEN k.expires_at <= EXCLUDED.created_at THEN EXCLUDED.created_at ELSE k.created_at END,
      booking_id = CASE WHEN k.expires_at <= EXCLUDED.created_at THEN NULL ELSE k.booking_id END,
      subject = CASE WHEN k.expires_at <= EXCLUDED.created_at THEN NULL ELSE k.subject END,
      expires_at = EXCLUDED.expires_at, status = NULL, content_type = NULL, answer_kind = NULL
    WHERE k.expires_at <= EXCLUDED.created_at
      OR (k.status IS NULL AND k.lease_until <= EXCLUDED.created_at AND k.fingerprint = EXCLUDED.fingerprint)
    RETURNING k.tenant, k.scope, k.key, k.booking_id, k.subject
  )
  SELECT c.position, true AS claimed, t.booking_id, t.subject, NULL::text AS fingerprint,
    NULL::timestamptz AS lease_until, NULL::integer AS status, NULL::text AS content_type, NULL::text AS answer_kind,
    NULL::bytea AS wrapped_key, NULL::bytea AS payload
  FROM c JOIN taken t USING (tenant, scope, key)
  UNION ALL
  SELECT c.position, false, k.booking_id, k.subject, k.fingerprint, k.lease_until, k.status, k.content_type,
    k.answer_kind, k.wrapped, k.payload
  FROM c CROSS JOIN LATERAL (
    SELECT k.*, d.wrapped, p.payload FROM booking.idempotency_keys k
      LEFT JOIN booking.data_keys d ON d.booking_id = k.booking_id
      LEFT JOIN booking.personal_data p ON p.booking_id = k.booking_id AND p.kind = k.answer_kind
    WHERE k.tenant = c.tenant AND k.scope = c.scope AND k.key = c.key LIMIT 1
  ) k
  WHERE NOT EXISTS (SELECT FROM taken t WHERE t.tenant = c.tenant AND t.scope = c.scope AND t.key = c.key)`

/** SKIP LOCKED: processes that look at the same moment get different ones and do not wait for each other. */
export const claimDue = `UPDATE booking.bookings b SET wake_at = $2
  WHERE b.id IN (
    SELECT id FROM booking.bookings WHERE wake_at <= $1 ORDER BY wake_at LIMIT $3 FOR UPDATE SKIP LOCKED
  )
  RETURNING b.tenant, b.id`

export const dropExpiredKeys = `DELETE FROM booking.idempotency_keys WHERE ctid IN (
    SELECT ctid FROM booking.idempotency_keys WHERE expires_at <= $1 LIMIT $2
  )`

export const selectAudit = `SELECT sequence, at, actor, request_id, kind, status_before, status_after, data, hash
  FROM booking.audit_log WHERE tenant = $1 AND booking_id = $2 AND sequence > $3 ORDER BY sequence LIMIT $4`

export const selectWorkItems = 'SELECT w.booking_id, w.state FROM booking.work_items w'

/** Counted up to `count_max`, in what was there before. */
export const noteSightings = `WITH seen AS (
    SELECT * FROM jsonb_to_recordset($2::jsonb) AS s(position integer, hash text, since timestamptz, count_max integer)
  ), noted AS (
    INSERT INTO booking.payment_sightings (tenant, hash, at) SELECT $1, hash, $3::timestamptz FROM seen
  )
  SELECT (SELECT count(*)::integer FROM (SELECT FROM booking.payment_sightings p
    WHERE p.tenant = $1 AND p.hash = seen.hash AND p.at >= seen.since LIMIT seen.count_max) few) AS count
  FROM seen ORDER BY position`
