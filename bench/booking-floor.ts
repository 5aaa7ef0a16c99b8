import pg from 'pg'

/** The rows of one booking as they are at its end, and a bare transaction that inserts as many with the same contents under
 *  other ids: one INSERT a table, prepared, over the driver that we use. */
export type BareBooking = {
  /** Statements that go to the server, each waited for: BEGIN, the tables, COMMIT. */
  readonly roundTrips: number
  insert(pool: pg.Pool): Promise<void>
}

type Table = {
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

/** In the order of their foreign keys. */
const tables = [
  'bookings',
  'sales',
  'passengers',
  'segments',
  'supplier_orders',
  'documents',
  'payments',
  'attempts',
  'data_keys',
  'personal_data',
  'audit_log',
  'outbox',
  'idempotency_keys',
]

export async function recordBooking(url: string): Promise<BareBooking> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query(`SELECT id, reference FROM booking.bookings WHERE status = 'ticketed' LIMIT 1`)
    const { id, reference } = rows[0] as { readonly id: string; readonly reference: string }
    const { rows: keys } = await client.query('SELECT key FROM booking.idempotency_keys WHERE booking_id = $1', [id])
    const { rows: payments } = await client.query('SELECT id FROM booking.payments WHERE booking_id = $1', [id])
    const found: Table[] = []
    for (const name of tables) found.push(await readTable(client, name, id))
    if (found.some(table => table.rows.length === 0)) throw new Error('a booking without rows in one of the tables')
    return bareBooking(found, [id, reference, keys[0].key, payments[0].id])
  } finally {
    await client.end()
  }
}

async function readTable(client: pg.Client, name: string, id: string): Promise<Table> {
  const { rows: columns } = await client.query<{ column_name: string }>(
    `SELECT column_name FROM information_schema.columns WHERE table_schema = 'booking' AND table_name = $1
      AND is_generated = 'NEVER' AND is_identity = 'NO' ORDER BY ordinal_position`,
    [name],
  )
  const names = columns.map(({ column_name }) => column_name)
  // bytes as they are, everything else as the text that the server would read
  const shown = names.map(column => (isBytes(column) ? column : asText(column))).join(', ')
  const own = name === 'bookings' ? 'id' : 'booking_id'
  const { rows } = await client.query({
    text: `SELECT ${shown} FROM booking.${name} WHERE ${own} = $1`,
    values: [id],
    rowMode: 'array',
  })
  return { name, columns: names, rows }
}

function isBytes(column: string): boolean {
  return column === 'payload' || column === 'wrapped'
}

function asText(column: string): string {
  return `"${column}"::text`
}

function bareBooking(found: readonly Table[], [id, reference, key, payment]: readonly string[]): BareBooking {
  let serial = 0
  const statements = found.map(({ name, columns, rows }) => ({
    name: `floor ${name}`,
    text: `INSERT INTO booking.${name} (${columns.map(column => `"${column}"`).join(', ')}) VALUES ${places(rows.length, columns.length)}`,
    values: rows.flat(),
  }))
  return {
    roundTrips: statements.length + 2,
    async insert(pool) {
      const n = String(serial++).padStart(8, '0')
      const others = new Map([
        [id!, id!.slice(0, -8) + n],
        [reference!, `F${n}`],
        [key!, key!.slice(0, -8) + n],
        [payment!, payment!.slice(0, -8) + n],
      ])
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        for (const { name, text, values } of statements)
          await client.query({ name, text, values: values.map(value => others.get(value as string) ?? value) })
        await client.query('COMMIT')
      } finally {
        client.release()
      }
    },
  }
}

function places(rows: number, columns: number): string {
  let next = 1
  const row = (): string => `(${Array.from({ length: columns }, () => `$${next++}`).join(', ')})`
  return Array.from({ length: rows }, row).join(', ')
}
