import { toInstant } from '../core/clock.ts'
import type { BookedOrder, Booking } from './booking.ts'
import type { Change } from './booking-store.ts'
import {
  deleteDocuments,
  insertAudit,
  insertOutbox,
  insertPassengers,
  insertPrivate,
  type Statement,
  type StateTable,
  stateTables,
  upsertDocuments,
  upsertSegments,
  upsertStates,
  Values,
} from './sql-statements.ts'

/** A change as one statement of only those parts that it touches; `written` of its row is 1, or 0 where the version seen was
 *  not the last, or a key to be bound is no longer ours. evolve.ts keeps what an event does not touch, so documents are
 *  compared by identity. */
export function changeStatement(change: Change): Statement {
  const values = new Values()
  const at = values.add(toInstant(change.at), 'timestamptz')
  const parts: Part[] = [...keyBinding(change, values), booking(change, values, at)]
  if (!change.before) parts.push(...firstParts(change, values))
  parts.push(...documentParts(change, values))
  parts.push(...logParts(change, values, at))
  parts.push(...keyAnswer(change, values))
  if (change.forget) parts.push(...forgetting)
  return {
    // the same parts give the same text
    name: `change ${parts.map(part => part.name).join(' ')}`,
    text: `WITH ${parts.map(({ alias, sql }) => `${alias} AS (${sql})`).join(',\n')}\nSELECT count(*)::integer AS written FROM b`,
    values: values.list,
  }
}

/** In backups too: what was sealed cannot be opened any more. */
const forgetting: readonly Part[] = [
  { name: 'forget', alias: 'gone', sql: 'DELETE FROM booking.data_keys d USING b WHERE d.booking_id = b.id' },
  { name: '', alias: 'gone_data', sql: 'DELETE FROM booking.personal_data d USING b WHERE d.booking_id = b.id' },
  {
    name: '',
    alias: 'gone_names',
    sql: `UPDATE booking.passengers p SET last_name_hashes = '{}' FROM b WHERE p.booking_id = b.id`,
  },
]

type Part = { readonly name: string; readonly alias: string; readonly sql: string }

/** A part that changes a table is run whatever becomes of the others: the row is locked as it was seen first, so that whoever
 *  lost to another write binds no key to what was never written. */
function keyBinding({ key, before, after }: Change, values: Values): readonly Part[] {
  if (!key || key.answer) return []
  const { tenant, scope, key: name, owner } = key.name
  const bind = `UPDATE booking.idempotency_keys SET booking_id = ${values.add(after.id)}, subject = ${values.add(key.subject)}
    WHERE tenant = ${values.add(tenant)} AND scope = ${values.add(scope)} AND key = ${values.add(name)}
      AND owner = ${values.add(owner)}`
  if (!before) return [{ name: 'bind', alias: 'bound', sql: `${bind} RETURNING key` }]
  const seen = `SELECT id FROM booking.bookings WHERE id = ${values.add(after.id, 'text')}
    AND version = ${values.add(before.version, 'integer')} FOR UPDATE`
  return [
    { name: 'seen', alias: 'seen', sql: seen },
    { name: 'bind-seen', alias: 'bound', sql: `${bind} AND EXISTS (SELECT FROM seen) RETURNING key` },
  ]
}

function booking(change: Change, values: Values, at: string): Part {
  const { before, after, status, wakeAt, key, audit } = change
  const bound = key && !key.answer
  const goal = values.add(JSON.stringify(after.goal), 'jsonb')
  const version = values.add(after.version, 'integer')
  const now = values.add(status.after, 'text')
  const wake = values.add(wakeAt === null ? null : toInstant(wakeAt), 'timestamptz')
  const id = values.add(after.id, 'text')
  const tenant = values.add(after.tenant, 'text')
  const head = values.add(audit.at(-1)?.hash ?? null, 'text')
  if (before) {
    const seen = values.add(before.version, 'integer')
    const sql = `UPDATE booking.bookings SET goal = ${goal}, version = ${version}, status = ${now}, wake_at = ${wake},
      audit_head = coalesce(${head}, audit_head), updated_at = ${at} WHERE id = ${id} AND tenant = ${tenant} AND version = ${seen}
      ${bound ? 'AND EXISTS (SELECT FROM bound)' : ''} RETURNING id, tenant`
    return { name: bound ? 'update-bound' : 'update', alias: 'b', sql }
  }
  const created = values.add(toInstant(after.createdAt), 'timestamptz')
  const reference = values.add(after.reference, 'text')
  const sql = `INSERT INTO booking.bookings
      (id, tenant, reference, version, status, goal, created_at, updated_at, wake_at, audit_head)
    SELECT ${id}, ${tenant}, ${reference}, ${version}, ${now}, ${goal}, ${created}, ${at}, ${wake}, ${head}
    ${bound ? 'FROM bound' : ''} RETURNING id, tenant`
  return { name: bound ? 'insert-bound' : 'insert', alias: 'b', sql }
}

function firstParts({ after, newPrivate }: Change, values: Values): readonly Part[] {
  const passengers = after.passengers.map((passenger, position) => ({
    id: passenger.id,
    position,
    type: passenger.type,
    adult_id: passenger.adultId,
    last_name_hashes: newPrivate?.lastNameHashes[passenger.id] ?? [],
  }))
  const sale = `INSERT INTO booking.sales (booking_id, tenant, sale)
    SELECT b.id, b.tenant, ${values.add(JSON.stringify(after.sale), 'json')} FROM b`
  const parts: Part[] = [
    { name: 'sale', alias: 'sale', sql: sale },
    { name: 'passengers', alias: 'passengers', sql: insertPassengers(values.add(JSON.stringify(passengers), 'jsonb')) },
  ]
  if (!newPrivate) return parts
  const wrapped = values.add(Buffer.from(newPrivate.wrappedKey), 'bytea')
  const sql = `INSERT INTO booking.data_keys (booking_id, tenant, wrapped) SELECT b.id, b.tenant, ${wrapped} FROM b`
  return [...parts, { name: 'key', alias: 'data_key', sql }]
}

function documentParts({ before, after }: Change, values: Values): readonly Part[] {
  const parts: Part[] = []
  if (before?.segments !== after.segments) {
    const rows = values.add(JSON.stringify(segmentRows(before, after)), 'jsonb')
    parts.push({ name: 'segments', alias: 'segments', sql: upsertSegments(rows) })
  }
  const then = before && statesOf(before)
  const now = statesOf(after)
  for (const table of stateTables) {
    const rows = changedRows(then?.[table], now[table])
    if (rows.length === 0) continue
    const sql = upsertStates(table, 'b', values.add(JSON.stringify(rows), 'jsonb'))
    parts.push({ name: table, alias: table, sql })
  }
  const gone = goneDocuments(before, after)
  if (gone.length > 0) {
    const sql = deleteDocuments(values.add(gone, 'text[]'))
    parts.push({ name: 'documents-gone', alias: 'documents_gone', sql })
  }
  const documents = changedDocuments(before, after)
  if (documents.length > 0) {
    const sql = upsertDocuments(values.add(JSON.stringify(documents), 'jsonb'))
    parts.push({ name: 'documents', alias: 'documents', sql })
  }
  return parts
}

function segmentRows(before: Booking | undefined, after: Booking): readonly object[] {
  const flights = new Map(after.sale.net.slices.flatMap(slice => slice.segments).map(segment => [segment.id, segment]))
  return after.segments.flatMap((segment, position) => {
    if (before?.segments.includes(segment)) return []
    const flight = flights.get(segment.id)
    return {
      id: segment.id,
      position,
      carrier: flight?.marketing.carrier ?? null,
      number: flight?.marketing.number ?? null,
      origin: flight?.origin ?? null,
      destination: flight?.destination ?? null,
      departure: flight?.departure ?? null,
      departure_zone: flight?.departureZone ?? null,
      status: segment.status,
    }
  })
}

type Identified = { readonly id: string }

function statesOf(booking: Booking): Readonly<Record<StateTable, readonly Identified[]>> {
  return {
    supplier_orders: booking.orders,
    payments: booking.payments,
    refunds: booking.refunds,
    cancellation_quotes: booking.quotes,
    attempts: booking.attempts,
    work_items: booking.workItems,
  }
}

function changedRows(then: readonly Identified[] | undefined, now: readonly Identified[]): readonly object[] {
  if (then === now) return []
  return now.flatMap((item, position) =>
    then?.includes(item) ? [] : { id: item.id, position, state: withoutDocuments(item) },
  )
}

/** Documents have a table of their own. */
function withoutDocuments(item: Identified): object {
  if (!('documents' in item)) return item
  const { documents: _, ...state } = item as BookedOrder
  return state
}

function changedDocuments(before: Booking | undefined, after: Booking): readonly object[] {
  const known = new Set(before?.orders.flatMap(order => order.documents) ?? [])
  // a number that a supplier lists twice is one document
  const rows = new Map<string, object>()
  for (const order of after.orders) {
    for (const [position, document] of order.documents.entries()) {
      if (known.has(document)) continue
      const { number, kind, status, passengerId: passenger_id } = document
      rows.set(`${order.id} ${number}`, { order_id: order.id, number, position, kind, passenger_id, status })
    }
  }
  return [...rows.values()]
}

/** Numbers that were replaced by others. */
function goneDocuments(before: Booking | undefined, after: Booking): readonly string[] {
  if (!before || before.orders === after.orders) return []
  const now = new Set(after.orders.flatMap(order => order.documents.map(({ number }) => number)))
  return before.orders.flatMap(order => order.documents.map(({ number }) => number)).filter(number => !now.has(number))
}

function logParts(change: Change, values: Values, at: string): readonly Part[] {
  const parts: Part[] = []
  const { sealed, audit, announcements, after } = change
  if (sealed.length > 0) {
    const kinds = values.add(
      sealed.map(record => record.kind),
      'text[]',
    )
    const payloads = values.add(
      sealed.map(record => Buffer.from(record.payload)),
      'bytea[]',
    )
    parts.push({ name: 'private', alias: 'private', sql: insertPrivate(kinds, payloads) })
  }
  if (audit.length > 0) {
    const rows = audit.map(({ kind, sequence, data, hash }) => ({ kind, sequence, data, hash }))
    // one write: the same for all of its entries
    const { actor, requestId, statusBefore, statusAfter } = audit[0]!
    const common = {
      at,
      actor: values.add(actor, 'text'),
      requestId: values.add(requestId, 'text'),
      statusBefore: values.add(statusBefore, 'text'),
      statusAfter: values.add(statusAfter, 'text'),
    }
    const sql = insertAudit(values.add(JSON.stringify(rows), 'jsonb'), common)
    parts.push({ name: 'audit', alias: 'audit', sql })
  }
  if (announcements.length > 0) {
    const rows = announcements.map(({ type, payload }) => ({ sequence: after.version, type, payload }))
    const sql = insertOutbox(values.add(JSON.stringify(rows), 'jsonb'), at)
    parts.push({ name: 'outbox', alias: 'outbox', sql })
  }
  return parts
}

/** Where the key went to somebody else meanwhile, they answer from the booking. */
function keyAnswer({ key, after }: Change, values: Values): readonly Part[] {
  if (!key?.answer) return []
  const { tenant, scope, key: name, owner } = key.name
  const { status, contentType, answerKind } = key.answer
  const sql = `UPDATE booking.idempotency_keys
    SET booking_id = ${values.add(after.id)}, subject = ${values.add(key.subject)}, status = ${values.add(status)},
      content_type = ${values.add(contentType)}, answer_kind = ${values.add(answerKind)}
    WHERE tenant = ${values.add(tenant)} AND scope = ${values.add(scope)} AND key = ${values.add(name)}
      AND owner = ${values.add(owner)} AND EXISTS (SELECT FROM b)`
  return [{ name: 'answer', alias: 'answered', sql }]
}
