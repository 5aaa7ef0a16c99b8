import { toInstant } from '../core/clock.ts'
import type { BookedOrder, Booking } from './booking.ts'
import type { Change } from './booking-store.ts'
import { ownText, type PartName, sharedText, type Tier, tiers } from './sql-change.ts'
import { type Statement, type StateTable, stateTables } from './sql-statements.ts'

/** Changes of different bookings as one statement, whose rows are the ids of those that were written: not of one whose version
 *  seen was not the last, or whose key to be bound is no longer ours. evolve.ts keeps what an event does not touch, so
 *  documents are compared by identity. */
export function changeStatement(changes: readonly Change[]): Statement {
  // whoever writes the same ones meanwhile locks them in the same order
  const inOrder = changes.length === 1 ? changes : [...changes].sort((a, b) => (a.after.id < b.after.id ? -1 : 1))
  const rows: Rows = new Map()
  let tier: Tier = 'next'
  for (const change of inOrder) {
    addRows(rows, change)
    const own = tierOf(change, rows)
    if (tiers.indexOf(own) > tiers.indexOf(tier)) tier = own
  }
  const { name, text, parameters } = changes.length === 1 ? ownText(tier, rows) : sharedText(tier)
  const values = parameters.map(part => {
    const list = rows.get(part)
    return list ? JSON.stringify(list) : '[]'
  })
  return { name, text, values }
}

type Rows = Map<PartName, object[]>

const rareParts: readonly PartName[] = ['refunds', 'cancellation_quotes', 'work_items', 'documents_gone']

function tierOf({ before, key, forget }: Change, rows: Rows): Tier {
  if (forget || rareParts.some(part => rows.has(part))) return 'rare'
  return before && (!key || key.answer) ? 'next' : 'first'
}

function addRows(rows: Rows, change: Change): void {
  const add = (part: PartName, made: readonly object[]): void => {
    if (made.length === 0) return
    const list = rows.get(part)
    if (list) list.push(...made)
    else rows.set(part, [...made])
  }
  add('changes', [changeRow(change)])
  if (!change.before) addFirst(change, add)
  addDocuments(change, add)
  const { sealed, audit, announcements, after } = change
  const booking_id = after.id
  add(
    'personal_data',
    sealed.map(({ kind, payload }) => ({ booking_id, kind, payload: base64(payload) })),
  )
  add(
    'audit_log',
    audit.map(({ kind, sequence, data, hash }) => ({ booking_id, kind, sequence, data, hash })),
  )
  add(
    'outbox',
    announcements.map(({ type, payload }) => ({ booking_id, type, payload })),
  )
}

type Add = (part: PartName, made: readonly object[]) => void

/** One literal: spread together it took three times as long. */
function changeRow(change: Change): object {
  const { before, after, status, wakeAt, audit, key, forget } = change
  // one write: the same for all of its entries
  const first = audit[0]
  const answer = key?.answer
  return {
    kind: before ? 'next' : 'new',
    id: after.id,
    tenant: after.tenant,
    seen: before?.version,
    version: after.version,
    status: status.after,
    goal: after.goal,
    wake_at: wakeAt === null ? undefined : toInstant(wakeAt),
    audit_head: audit.at(-1)?.hash,
    created_at: before ? undefined : toInstant(after.createdAt),
    reference: before ? undefined : after.reference,
    at: toInstant(change.at),
    actor: first?.actor,
    request_id: first?.requestId,
    status_before: status.before ?? undefined,
    move: key ? (answer ? 'answer' : 'bind') : undefined,
    scope: key?.name.scope,
    key: key?.name.key,
    owner: key?.name.owner,
    subject: key?.subject ?? undefined,
    answer_status: answer?.status,
    content_type: answer?.contentType,
    answer_kind: answer?.answerKind,
    forget: forget ? 'yes' : undefined,
  }
}

function addFirst({ after, newPrivate }: Change, add: Add): void {
  const booking_id = after.id
  const passengers = after.passengers.map((passenger, position) => ({
    booking_id,
    id: passenger.id,
    position,
    type: passenger.type,
    adult_id: passenger.adultId,
    last_name_hashes: newPrivate?.lastNameHashes[passenger.id] ?? [],
  }))
  add('sales', [{ booking_id, sale: after.sale }])
  add('passengers', passengers)
  if (newPrivate) add('data_keys', [{ booking_id, wrapped: base64(newPrivate.wrappedKey) }])
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

function addDocuments({ before, after }: Change, add: Add): void {
  if (before?.segments !== after.segments) add('segments', segmentRows(before, after))
  const then = before && statesOf(before)
  const now = statesOf(after)
  for (const table of stateTables) add(table, changedRows(after.id, then?.[table], now[table]))
  if (before?.orders === after.orders) return
  add('documents_gone', goneDocuments(before, after))
  add('documents', changedDocuments(before, after))
}

function segmentRows(before: Booking | undefined, after: Booking): readonly object[] {
  const flights = new Map(after.sale.net.slices.flatMap(slice => slice.segments).map(segment => [segment.id, segment]))
  return after.segments.flatMap((segment, position) => {
    if (before?.segments.includes(segment)) return []
    const flight = flights.get(segment.id)
    return {
      booking_id: after.id,
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

const nothing: readonly object[] = []

function changedRows(
  booking_id: string,
  then: readonly Identified[] | undefined,
  now: readonly Identified[],
): readonly object[] {
  if (then === now || now.length === 0) return nothing
  return now.flatMap((item, position) =>
    then?.includes(item) ? [] : { booking_id, id: item.id, position, state: withoutDocuments(item) },
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
      const row = { booking_id: after.id, order_id: order.id, number, position, kind, passenger_id, status }
      rows.set(`${order.id} ${number}`, row)
    }
  }
  return [...rows.values()]
}

/** Numbers that were replaced by others. */
function goneDocuments(before: Booking | undefined, after: Booking): readonly object[] {
  if (!before) return nothing
  const now = new Set(after.orders.flatMap(order => order.documents.map(({ number }) => number)))
  return before.orders
    .flatMap(order => order.documents.map(({ number }) => number))
    .filter(number => !now.has(number))
    .map(number => ({ booking_id: after.id, number }))
}
