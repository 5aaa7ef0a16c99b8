import { sha256Hex } from '../core/ids.ts'
import { type StateTable, stateTables } from './sql-statements.ts'

/** The SQL of changes of bookings: any number of them in one statement, and so in one transaction and one round trip. $1 has a
 *  row a change, the others a row for each row of their table. Everything hangs on the row of its booking, which is written
 *  under the version that was seen: `b` are the changes that were. Lost: BEGIN, one statement per table and COMMIT took 9 to
 *  14 round trips for the same change.
 *  Three tiers, each with the parts of the one before. */
export type Tier = 'next' | 'first' | 'rare'
export const tiers: readonly Tier[] = ['next', 'first', 'rare']

export type PartName =
  | StateTable
  | 'changes'
  | 'sales'
  | 'passengers'
  | 'data_keys'
  | 'segments'
  | 'documents'
  | 'documents_gone'
  | 'personal_data'
  | 'audit_log'
  | 'outbox'

type Part = { readonly alias: string; readonly tier: Tier; readonly rows?: PartName; readonly sql: string }

/** `kind`, `move` and `forget` are compared with words: where one row of a hundred is expected, what it joins is looked up by
 *  its index, also while the tables are small. */
const changeColumns = `kind text, id text, tenant text, seen integer, version integer, status text, goal jsonb,
  wake_at timestamptz, audit_head text, created_at timestamptz, reference text, at timestamptz, actor text, request_id text,
  status_before text, move text, scope text, key text, owner text, subject text, answer_status integer, content_type text,
  answer_kind text, forget text`

const changes: Part = {
  ...{ alias: 'c', tier: 'next', rows: 'changes' },
  sql: `SELECT * FROM jsonb_to_recordset($rows::jsonb) AS c(${changeColumns})`,
}

const isMyKey = (row: string): string =>
  `k.tenant = ${row}.tenant AND k.scope = ${row}.scope AND k.key = ${row}.key AND k.owner = ${row}.owner`

const isBound = `(c.move IS DISTINCT FROM 'bind' OR EXISTS (SELECT FROM bound WHERE bound.id = c.id))`

/** A part that changes a table is run whatever becomes of the others: the row is locked as it was seen first, so that whoever
 *  lost to another write binds no key to what was never written. */
const keyBinding: readonly Part[] = [
  {
    ...{ alias: 'seen', tier: 'first' },
    sql: `SELECT t.id FROM c JOIN booking.bookings t ON t.id = c.id AND t.version = c.seen
      WHERE c.kind = 'next' AND c.move = 'bind' FOR UPDATE OF t`,
  },
  {
    ...{ alias: 'bound', tier: 'first' },
    sql: `UPDATE booking.idempotency_keys k SET booking_id = c.id, subject = c.subject FROM c
      WHERE c.move = 'bind' AND ${isMyKey('c')}
        AND (c.kind = 'new' OR EXISTS (SELECT FROM seen WHERE seen.id = c.id)) RETURNING c.id`,
  },
]

const insertBooking: Part = {
  ...{ alias: 'i', tier: 'first' },
  sql: `INSERT INTO booking.bookings
      (id, tenant, reference, version, status, goal, created_at, updated_at, wake_at, audit_head)
    SELECT c.id, c.tenant, c.reference, c.version, c.status, c.goal, c.created_at, c.at, c.wake_at, c.audit_head
    FROM c WHERE c.kind = 'new' AND ${isBound} RETURNING id`,
}

const updateBooking = (tier: Tier): Part => ({
  ...{ alias: 'u', tier: 'next' },
  sql: `UPDATE booking.bookings t SET goal = c.goal, version = c.version, status = c.status, wake_at = c.wake_at,
      audit_head = coalesce(c.audit_head, t.audit_head), updated_at = c.at
    FROM c WHERE c.kind = 'next' AND t.id = c.id AND t.tenant = c.tenant AND t.version = c.seen
      ${tier === 'next' ? '' : `AND ${isBound}`} RETURNING t.id`,
})

const written = (tier: Tier): Part => ({
  ...{ alias: 'b', tier: 'next' },
  sql: `SELECT c.* FROM c
    WHERE c.id IN (SELECT id FROM u${tier === 'next' ? '' : ' UNION ALL SELECT id FROM i'})`,
})

const rowsOf = (columns: string, json = 'jsonb'): string =>
  `FROM b JOIN ${json}_to_recordset($rows::${json}) AS r(booking_id text, ${columns}) ON r.booking_id = b.id`

/** One document's row per element. */
const states = stateTables.map((table): Part => {
  const isUsual = table === 'supplier_orders' || table === 'payments' || table === 'attempts'
  return {
    ...{ alias: table, tier: isUsual ? 'next' : 'rare', rows: table },
    sql: `INSERT INTO booking.${table} (booking_id, tenant, id, position, state)
      SELECT b.id, b.tenant, r.id, r.position, r.state ${rowsOf('id text, position integer, state jsonb')}
      ON CONFLICT (booking_id, id) DO UPDATE SET state = EXCLUDED.state`,
  }
})

const documents: readonly Part[] = [
  {
    ...{ alias: 'sales', tier: 'first', rows: 'sales' },
    sql: `INSERT INTO booking.sales (booking_id, tenant, sale)
      SELECT b.id, b.tenant, r.sale ${rowsOf('sale json', 'json')}`,
  },
  {
    ...{ alias: 'passengers', tier: 'first', rows: 'passengers' },
    sql: `INSERT INTO booking.passengers (booking_id, tenant, id, position, type, adult_id, last_name_hashes)
      SELECT b.id, b.tenant, r.id, r.position, r.type, r.adult_id, r.last_name_hashes
      ${rowsOf('id text, position integer, type text, adult_id text, last_name_hashes text[]')}`,
  },
  {
    ...{ alias: 'data_keys', tier: 'first', rows: 'data_keys' },
    sql: `INSERT INTO booking.data_keys (booking_id, tenant, wrapped)
      SELECT b.id, b.tenant, decode(r.wrapped, 'base64') ${rowsOf('wrapped text')}`,
  },
  {
    ...{ alias: 'segments', tier: 'next', rows: 'segments' },
    sql: `INSERT INTO booking.segments
        (booking_id, tenant, id, position, carrier, number, origin, destination, departure, departure_zone, status)
      SELECT b.id, b.tenant, r.id, r.position, r.carrier, r.number, r.origin, r.destination, r.departure,
        r.departure_zone, r.status
      ${rowsOf(`id text, position integer, carrier text, number text, origin text, destination text, departure text,
        departure_zone text, status text`)}
      ON CONFLICT (booking_id, id) DO UPDATE SET status = EXCLUDED.status`,
  },
  ...states,
  {
    ...{ alias: 'documents_gone', tier: 'rare', rows: 'documents_gone' },
    sql: `DELETE FROM booking.documents d USING (SELECT b.id, r.number ${rowsOf('number text')}) gone
      WHERE d.booking_id = gone.id AND d.number = gone.number`,
  },
  {
    ...{ alias: 'documents', tier: 'next', rows: 'documents' },
    sql: `INSERT INTO booking.documents (booking_id, tenant, order_id, number, position, kind, passenger_id, status)
      SELECT b.id, b.tenant, r.order_id, r.number, r.position, r.kind, r.passenger_id, r.status
      ${rowsOf('order_id text, number text, position integer, kind text, passenger_id text, status text')}
      ON CONFLICT (booking_id, order_id, number) DO UPDATE SET status = EXCLUDED.status, position = EXCLUDED.position`,
  },
  {
    ...{ alias: 'personal_data', tier: 'next', rows: 'personal_data' },
    sql: `INSERT INTO booking.personal_data (booking_id, tenant, kind, payload)
      SELECT b.id, b.tenant, r.kind, decode(r.payload, 'base64') ${rowsOf('kind text, payload text')}
      ON CONFLICT (booking_id, kind) DO UPDATE SET payload = EXCLUDED.payload`,
  },
]

const log: readonly Part[] = [
  {
    ...{ alias: 'audit_log', tier: 'next', rows: 'audit_log' },
    sql: `INSERT INTO booking.audit_log
        (booking_id, sequence, tenant, at, actor, request_id, kind, status_before, status_after, data, hash)
      SELECT b.id, r.sequence, b.tenant, b.at, b.actor, b.request_id, r.kind, b.status_before, b.status, r.data, r.hash
      ${rowsOf('sequence integer, kind text, data jsonb, hash text')}`,
  },
  {
    ...{ alias: 'outbox', tier: 'next', rows: 'outbox' },
    sql: `INSERT INTO booking.outbox (tenant, booking_id, sequence, type, payload, created_at)
      SELECT b.tenant, b.id, b.version, r.type, r.payload, b.at ${rowsOf('type text, payload jsonb')}`,
  },
]

/** Where the key went to somebody else meanwhile, they answer from the booking. */
const keyAnswer: Part = {
  ...{ alias: 'answered', tier: 'next' },
  sql: `UPDATE booking.idempotency_keys k SET booking_id = b.id, subject = b.subject, status = b.answer_status,
      content_type = b.content_type, answer_kind = b.answer_kind
    FROM b WHERE b.move = 'answer' AND ${isMyKey('b')}`,
}

/** In backups too: what was sealed cannot be opened any more. */
const forgetting: readonly Part[] = [
  {
    ...{ alias: 'gone', tier: 'rare' },
    sql: `DELETE FROM booking.data_keys d USING b WHERE b.forget = 'yes' AND d.booking_id = b.id`,
  },
  {
    ...{ alias: 'gone_data', tier: 'rare' },
    sql: `DELETE FROM booking.personal_data d USING b WHERE b.forget = 'yes' AND d.booking_id = b.id`,
  },
  {
    ...{ alias: 'gone_names', tier: 'rare' },
    sql: `UPDATE booking.passengers p SET last_name_hashes = '{}' FROM b WHERE b.forget = 'yes' AND p.booking_id = b.id`,
  },
]

export type ChangeText = { readonly name: string; readonly text: string; readonly parameters: readonly PartName[] }

const wholeTexts: Readonly<Record<Tier, ChangeText>> = {
  next: changeText('next', undefined),
  first: changeText('first', undefined),
  rare: changeText('rare', undefined),
}

/** By the parts in them: as many as there are kinds of changes, some dozens. */
const ownTexts = new Map<string, ChangeText>()

/** Of several changes, with all parts of the tier: each combination of theirs would be a plan more. */
export function sharedText(tier: Tier): ChangeText {
  return wholeTexts[tier]
}

/** Of a single change, without the parts that it has no rows for: they are started all the same, a third of the work. */
export function ownText(tier: Tier, parts: ReadonlyMap<PartName, unknown>): ChangeText {
  const key = `${tier} ${[...parts.keys()].join(' ')}`
  const known = ownTexts.get(key)
  if (known) return known
  const made = changeText(tier, parts)
  ownTexts.set(key, made)
  return made
}

function changeText(tier: Tier, wanted: ReadonlyMap<PartName, unknown> | undefined): ChangeText {
  const all = [
    ...[changes, ...keyBinding, insertBooking, updateBooking(tier), written(tier)],
    ...[...documents, ...log, keyAnswer, ...forgetting],
  ]
  const parameters: PartName[] = []
  const parts = all
    .filter(part => tiers.indexOf(part.tier) <= tiers.indexOf(tier))
    .filter(({ rows }) => !rows || !wanted || wanted.has(rows))
    .map(({ alias, rows, sql }) => {
      if (rows) parameters.push(rows)
      return `${alias} AS (${sql.replaceAll('$rows', () => `$${parameters.length}`)})`
    })
  const text = `WITH ${parts.join(',\n')}\nSELECT id FROM b`
  // PostgreSQL cuts names after 63 bytes
  return { name: `change ${tier}${wanted ? ` ${sha256Hex(text).slice(0, 16)}` : ''}`, text, parameters }
}
