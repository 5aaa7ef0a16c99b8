import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { endPool, openBookingDatabase } from '../booking-database.ts'
import type { BookingOrder } from '../booking-driver.ts'
import { recordBooking } from '../booking-floor.ts'
import { startBookingBench } from '../booking-service.ts'
import { messageOf } from '../drive.ts'
import { inQuick } from '../effort.ts'
import type { Sheet } from '../row.ts'

const inFlight = 16
/** The compiler is at its busiest from 1,000 to 3,500 bookings (0.5 ms each, in a thread of its own), then has half of that. */
const before = inQuick(600, 3_500)
const measured = inQuick(400, 1_000)

/** Bookings through the whole API on PostgreSQL, beside a bare transaction that inserts the same rows. CPU is that of the
 *  process that talks to PostgreSQL; the server's own is in the last line, which is by the clock. */
export const sheet: Sheet = {
  lines: [
    {
      name: 'bookings through the whole API, on PostgreSQL',
      unit: 'bookings a second of CPU',
      floorIs: 'a bare transaction that inserts the same rows over the same driver',
      aim: { ratioMin: 0.5 },
      better: 'higher',
      note: '0.46 (1.30 ms a booking against 0.60), more where the machine is busy: the floor waits oftener. Was 0.25 and then 0.40: five commits, each an intent or an outcome on disk before the next call, where the floor has one. Changes of bookings that run at the same time are one statement, canonical JSON and flat log lines allocate less; now sealing is one piece, instants are written without Date, texts are looked at instead of written twice, and what a supplier repeats is not sealed again (625 to 710 bookings; 1.08 times within one process, in turn). Tried and lost: two statements under way instead of four (0.99, by the clock 0.81), a claim in four columns instead of eleven (1.00), canonical JSON that knows the order of names by shape, its text used for the row too (1.00), objects by id without a prototype (1.01), keeping maps over collections (no fewer deoptimisations). What is left is spread: the compiler a tenth, hash chain a tenth, HTTP a tenth, JSON and sealing a twentieth each, sending to PostgreSQL a twentieth.',
    },
    {
      name: 'round trips to PostgreSQL a booking, each one statement',
      unit: 'round trips',
      floorIs: 'BEGIN, an INSERT a table, COMMIT',
      aim: { valueMax: 6 },
      better: 'lower',
    },
    {
      name: 'bookings by the clock, all on one machine',
      unit: 'bookings a second',
      floorIs: 'the same bare transaction, as many at once',
      aim: null,
      better: 'higher',
    },
  ],
  roundsMax: 5,
  async floor() {
    const database = await openBookingDatabase()
    try {
      await bookSome(database.url, 1)
      const bare = await recordBooking(database.url)
      const pool = new pg.Pool({ connectionString: database.url, max: 10 })
      const work = async (count: number): Promise<void> => {
        let left = count
        const one = async (): Promise<void> => {
          while (left-- > 0) await bare.insert(pool)
        }
        await Promise.all(Array.from({ length: inFlight }, one))
      }
      await work(before)
      const { cpuMs, elapsedMs } = await timed(() => work(measured))
      await check(database.url, 1 + before + measured)
      await endPool(pool)
      return [measured / (cpuMs / 1000), bare.roundTrips, measured / (elapsedMs / 1000)]
    } finally {
      await database.close()
    }
  },
  async value() {
    const database = await openBookingDatabase()
    try {
      const { cpuMs, elapsedMs, statements } = await bookSome(database.url, measured, before)
      await check(database.url, before + measured)
      return [measured / (cpuMs / 1000), statements / measured, measured / (elapsedMs / 1000)]
    } finally {
      await database.close()
    }
  },
}

type Spent = { readonly cpuMs: number; readonly elapsedMs: number }

async function bookSome(url: string, count: number, warmUp = 0): Promise<Spent & { readonly statements: number }> {
  const service = await startBookingBench(url)
  const driver = fork(fileURLToPath(new URL('../booking-driver.ts', import.meta.url)))
  try {
    const { port, body } = service
    await drive(driver, { port, body, count: warmUp, inFlight })
    const statements = service.statements()
    const spent = await timed(() => drive(driver, { port, body, count, inFlight }))
    return { ...spent, statements: service.statements() - statements }
  } finally {
    driver.disconnect()
    await service.close()
  }
}

async function drive(driver: ChildProcess, order: BookingOrder): Promise<void> {
  driver.send(order)
  const answer = await messageOf<{ readonly error?: string }>(driver)
  if (answer.error !== undefined) throw new Error(answer.error)
}

async function timed(work: () => Promise<void>): Promise<Spent> {
  const cpu = process.cpuUsage()
  const start = performance.now()
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return { cpuMs: (user + system) / 1000, elapsedMs: performance.now() - start }
}

/** A booking without all of its rows has no speed. */
async function check(url: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(
    `SELECT count(*)::integer AS bookings, sum((SELECT count(*) FROM booking.audit_log a WHERE a.booking_id = b.id))::integer AS audit
      FROM booking.bookings b WHERE status = 'ticketed'`,
  )
  await client.end()
  const { bookings, audit } = rows[0] as { readonly bookings: number; readonly audit: number }
  if (bookings !== count || audit < count * 8)
    throw new Error(`${bookings} bookings of ${count}, ${audit} audit entries`)
}
