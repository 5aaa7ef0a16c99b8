import pg from 'pg'
import type { BookingId } from '../core/ids.ts'
import type { TenantId } from '../core/tenant.ts'

/** Its message is one sentence for the terminal. */
export class UnreadableBookings extends Error {
  override readonly name = 'UnreadableBookings'
}

const connectMs = 3_000
const statementMs = 10_000

/** Whose booking it is: references and ids are unique over all tenants. For people at the server only; the service always knows
 *  who asks. Throws UnreadableBookings. */
export async function findTenant(
  url: string,
  word: string,
): Promise<{ readonly tenant: TenantId; readonly id: BookingId } | undefined> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    application_name: 'fareloom booking show',
  })
  try {
    await client.connect()
    const text = 'SELECT tenant, id FROM booking.bookings WHERE reference = $1 OR id = $2'
    const { rows } = await client.query<{ tenant: string; id: BookingId }>(text, [word.toUpperCase(), word])
    return rows[0]
  } catch (error) {
    throw new UnreadableBookings(sentenceOf(error, url), { cause: error })
  } finally {
    // the farewell of a connection that never stood
    await client.end().catch(() => {})
  }
}

/** SQLSTATE 42P01 no such table, 3F000 no such schema. */
function sentenceOf(error: unknown, url: string): string {
  const host = URL.parse(url)?.host ?? ''
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  if (code === '42P01' || code === '3F000') return `the database at ${host} holds no bookings of Fareloom`
  return `the database at ${host} cannot be read: ${String(message || code)}`
}
