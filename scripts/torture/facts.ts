import pg from 'pg'
import { openPostgresBookingStore } from '../../src/booking/booking-store.postgres.ts'
import type { AuditRecord } from '../../src/booking/audit.ts'
import type { StoredBooking } from '../../src/booking/booking-store.ts'
import { openMasterKeys } from '../../src/booking/master-key.ts'
import { createVault, type Vault } from '../../src/booking/private-data.ts'
import type { EpochMs } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'

/** All that there is when the dust has settled: our tables, the suppliers' PNRs, the gateway's ledger. */
export type Facts = {
  readonly bookings: readonly BookingFacts[]
  readonly pnrs: readonly Pnr[]
  readonly ledger: readonly LedgerEntry[]
  readonly outbox: readonly OutboxRow[]
  readonly deliveries: readonly DeliveryRow[]
  readonly keys: readonly KeyRow[]
  readonly vault: Vault
}

export type BookingFacts = StoredBooking & {
  readonly audit: readonly AuditRecord[]
  /** The idempotency key that it was made under, as its maker wrote it into the metadata. */
  readonly madeUnder: string
}

export type Pnr = {
  readonly provider: string
  readonly locator: string
  readonly reference: string | null
  readonly status: 'live' | 'cancelled'
  readonly tickets: readonly { readonly number: string; readonly status: string }[]
  readonly seats: readonly { readonly flight: string; readonly count: number }[]
}
export type LedgerEntry = {
  readonly reference: string
  readonly kind: 'authorise' | 'capture' | 'void' | 'refund'
  readonly amount: { readonly amount: string; readonly currency: string }
}
export type OutboxRow = {
  readonly id: string
  readonly booking_id: string
  readonly sequence: number
  readonly type: string
  readonly payload: { readonly status: string; readonly previousStatus?: string | null }
  readonly dispatched: boolean
}
export type DeliveryRow = { readonly message_id: string; readonly receiver: string; readonly status: string }
export type KeyRow = {
  readonly scope: string
  readonly key: string
  readonly booking_id: string | null
  readonly status: number | null
}

export type Places = {
  readonly databaseUrl: string
  readonly masterKey: string
  readonly suppliers: Readonly<Record<string, string>>
  readonly gateway: string
}

const pageMax = 200

export async function gatherFacts(places: Places): Promise<Facts> {
  const client = new pg.Client({ connectionString: places.databaseUrl })
  await client.connect()
  const rows = async <T>(sql: string): Promise<readonly T[]> => (await client.query(sql)).rows as T[]
  try {
    const vault = createVault(openMasterKeys(places.masterKey, ''))
    return {
      vault,
      bookings: await readBookings(places.databaseUrl, vault),
      pnrs: await readPnrs(places.suppliers),
      ledger: (await readJson<{ entries: LedgerEntry[] }>(`${places.gateway}/_sandbox/ledger`)).entries,
      outbox: await rows(`SELECT id::text, booking_id, sequence, type, payload, dispatched_at IS NOT NULL AS dispatched
        FROM booking.outbox o ORDER BY o.id`),
      deliveries: await rows('SELECT message_id::text, receiver, status FROM booking.deliveries'),
      keys: await rows('SELECT scope, key, booking_id, status FROM booking.idempotency_keys'),
    }
  } finally {
    await client.end()
  }
}

async function readBookings(url: string, vault: Vault): Promise<readonly BookingFacts[]> {
  const store = openPostgresBookingStore({ url, log: silentLog })
  const found: BookingFacts[] = []
  try {
    for (let after: { createdAt: EpochMs; id: StoredBooking['booking']['id'] } | null = null; ; ) {
      const page = await store.list({ tenant: 'default', status: null, limit: pageMax, after })
      for (const stored of page) {
        const { id } = stored.booking
        const key = stored.wrappedKey && vault.openKey(id, stored.wrappedKey)
        const { party } = vault.read(key, stored.sealed)
        const audit = await store.listAudit('default', id)
        found.push({ ...stored, audit, madeUnder: party?.metadata.key ?? '' })
      }
      const last = page.at(-1)?.booking
      if (!last || page.length < pageMax) return found
      after = { createdAt: last.createdAt, id: last.id }
    }
  } finally {
    await store.close()
  }
}

async function readPnrs(suppliers: Readonly<Record<string, string>>): Promise<readonly Pnr[]> {
  const lists = await Promise.all(
    Object.entries(suppliers).map(async ([provider, baseUrl]) => {
      const { orders } = await readJson<{ orders: Omit<Pnr, 'provider'>[] }>(`${baseUrl}/_sandbox/orders`)
      return orders.map(order => ({ provider, ...order }))
    }),
  )
  return lists.flat()
}

async function readJson<T>(url: string): Promise<T> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`)
  return (await answer.json()) as T
}

/** What is still on its way; empty: nothing will move any more unless somebody asks. Work items wait for a person. */
export async function readPending(databaseUrl: string): Promise<Readonly<Record<string, number>>> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 3_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query<{ what: string; count: number }>(pendingSql)
    return Object.fromEntries(rows.filter(({ count }) => count > 0).map(({ what, count }) => [what, count]))
  } finally {
    await client.end()
  }
}

const pendingSql = `
  SELECT b.status AS what, count(*)::integer AS count FROM booking.bookings b
    WHERE b.status IN ('pending', 'confirmed', 'action-required', 'outcome-unknown')
      AND NOT EXISTS (SELECT FROM booking.work_items w WHERE w.booking_id = b.id AND w.is_open) GROUP BY b.status
  UNION ALL SELECT 'calls open', count(*) FROM booking.attempts WHERE outcome = 'started'
  UNION ALL SELECT 'messages not handed out', count(*) FROM booking.outbox WHERE dispatched_at IS NULL
  UNION ALL SELECT 'deliveries', count(*) FROM booking.deliveries WHERE status = 'waiting'`
