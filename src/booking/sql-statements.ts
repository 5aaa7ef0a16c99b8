/** The SQL of booking-store.postgres.ts. A change is one statement, and so one transaction and one round trip: everything else
 *  in it hangs on the row of the booking that is written under the version that was seen. Lost: BEGIN, one statement per table
 *  and COMMIT took 9 to 14 round trips for the same change.
 *  Named: each text is prepared once a connection. */

export type Statement = { readonly name: string; readonly text: string; readonly values: readonly unknown[] }

/** Hands out $1, $2 … */
export class Values {
  readonly list: unknown[] = []

  add(value: unknown, type?: string): string {
    this.list.push(value)
    return type ? `$${this.list.length}::${type}` : `$${this.list.length}`
  }
}

/** One document's row per element: `{id, position, state}`. */
export function upsertStates(table: string, booking: string, rows: string): string {
  return `INSERT INTO booking.${table} (booking_id, tenant, id, position, state)
    SELECT b.id, b.tenant, r.id, r.position, r.state FROM ${booking} b,
      jsonb_to_recordset(${rows}) AS r(id text, position integer, state jsonb)
    ON CONFLICT (booking_id, id) DO UPDATE SET state = EXCLUDED.state`
}

export const stateTables = [
  'supplier_orders',
  'payments',
  'refunds',
  'cancellation_quotes',
  'attempts',
  'work_items',
] as const
export type StateTable = (typeof stateTables)[number]

export const insertPassengers = (rows: string): string =>
  `INSERT INTO booking.passengers (booking_id, tenant, id, position, type, adult_id, last_name_hashes)
    SELECT b.id, b.tenant, r.id, r.position, r.type, r.adult_id, r.last_name_hashes FROM b,
      jsonb_to_recordset(${rows}) AS r(id text, position integer, type text, adult_id text, last_name_hashes text[])`

export const upsertSegments = (rows: string): string =>
  `INSERT INTO booking.segments
      (booking_id, tenant, id, position, carrier, number, origin, destination, departure, departure_zone, status)
    SELECT b.id, b.tenant, r.id, r.position, r.carrier, r.number, r.origin, r.destination, r.departure,
      r.departure_zone, r.status
    FROM b, jsonb_to_recordset(${rows}) AS r(id text, position integer, carrier text, number text, origin text,
      destination text, departure text, departure_zone text, status text)
    ON CONFLICT (booking_id, id) DO UPDATE SET status = EXCLUDED.status`

export const upsertDocuments = (rows: string): string =>
  `INSERT INTO booking.documents (booking_id, tenant, order_id, number, position, kind, passenger_id, status)
    SELECT b.id, b.tenant, r.order_id, r.number, r.position, r.kind, r.passenger_id, r.status
    FROM b, jsonb_to_recordset(${rows}) AS r(order_id text, number text, position integer, kind text,
      passenger_id text, status text)
    ON CONFLICT (booking_id, order_id, number) DO UPDATE SET status = EXCLUDED.status, position = EXCLUDED.position`

export const deleteDocuments = (numbers: string): string =>
  `DELETE FROM booking.documents d USING b WHERE d.booking_id = b.id AND d.number = ANY(${numbers})`

export const insertPrivate = (kinds: string, payloads: string): string =>
  `INSERT INTO booking.personal_data (booking_id, tenant, kind, payload)
    SELECT b.id, b.tenant, r.kind, r.payload FROM b, unnest(${kinds}, ${payloads}) AS r(kind, payload)
    ON CONFLICT (booking_id, kind) DO UPDATE SET payload = EXCLUDED.payload`

export const insertAudit = (rows: string, common: { readonly [name: string]: string }): string =>
  `INSERT INTO booking.audit_log
      (booking_id, sequence, tenant, at, actor, request_id, kind, status_before, status_after, data, hash)
    SELECT b.id, r.sequence, b.tenant, ${common.at}, ${common.actor}, ${common.requestId}, r.kind,
      ${common.statusBefore}, ${common.statusAfter}, r.data, r.hash
    FROM b, jsonb_to_recordset(${rows}) AS r(sequence integer, kind text, data jsonb, hash text)`

export const insertOutbox = (rows: string, at: string): string =>
  `INSERT INTO booking.outbox (tenant, booking_id, sequence, type, payload, created_at)
    SELECT b.tenant, b.id, r.sequence, r.type, r.payload, ${at}
    FROM b, jsonb_to_recordset(${rows}) AS r(sequence integer, type text, payload jsonb)`

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

/** Takes the key, or reads who has it. No row at all: it was taken between the two halves, ask again. */
export const claimKey = `WITH taken AS (
    INSERT INTO booking.idempotency_keys AS k
      (tenant, scope, key, owner, fingerprint, lease_until, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (tenant, scope, key) DO UPDATE SET
      owner = EXCLUDED.owner, fingerprint = EXCLUDED.fingerprint, lease_until = EXCLUDED.lease_until,
      created_at = CASE WHEN k.expires_at <= $7 THEN EXCLUDED.created_at ELSE k.created_at END,
      booking_id = CASE WHEN k.expires_at <= $7 THEN NULL ELSE k.booking_id END,
      subject = CASE WHEN k.expires_at <= $7 THEN NULL ELSE k.subject END,
      expires_at = EXCLUDED.expires_at, status = NULL, content_type = NULL, answer_kind = NULL
    WHERE k.expires_at <= $7
      OR (k.status IS NULL AND k.lease_until <= $7 AND k.fingerprint = EXCLUDED.fingerprint)
    RETURNING k.booking_id, k.subject
  )
  SELECT true AS claimed, t.booking_id, t.subject, NULL::text AS fingerprint, NULL::timestamptz AS lease_until,
    NULL::integer AS status, NULL::text AS content_type, NULL::text AS answer_kind, NULL::bytea AS wrapped_key,
    NULL::bytea AS payload
  FROM taken t
  UNION ALL
  SELECT false, k.booking_id, k.subject, k.fingerprint, k.lease_until, k.status, k.content_type, k.answer_kind,
    d.wrapped, p.payload
  FROM booking.idempotency_keys k
    LEFT JOIN booking.data_keys d ON d.booking_id = k.booking_id
    LEFT JOIN booking.personal_data p ON p.booking_id = k.booking_id AND p.kind = k.answer_kind
  WHERE k.tenant = $1 AND k.scope = $2 AND k.key = $3 AND NOT EXISTS (SELECT FROM taken)`

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
  FROM booking.audit_log WHERE tenant = $1 AND booking_id = $2 ORDER BY sequence LIMIT $3`

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
