/** Bookings, a key each, from a process of its own: what is measured is then the service alone. Started with fork(); takes
 *  `{port, body, count, inFlight}`, sends `{done}`. An answer that is no ticketed booking is an error. */
import { randomUUID } from 'node:crypto'
import { Pool } from 'undici'

export type BookingOrder = {
  readonly port: number
  readonly body: string
  readonly count: number
  readonly inFlight: number
}

let pool: Pool | undefined

process.on('disconnect', () => process.exit(0))
process.on('message', (order: BookingOrder) => {
  drive(order).then(
    done => process.send!({ done }),
    (error: Error) => process.send!({ error: error.message }),
  )
})

async function drive({ port, body, count, inFlight }: BookingOrder): Promise<number> {
  pool ??= new Pool(`http://127.0.0.1:${port}`, { connections: inFlight })
  let left = count
  const one = async (to: Pool): Promise<void> => {
    while (left-- > 0) {
      const answer = await to.request({
        method: 'POST',
        path: '/v1/bookings',
        headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        body,
      })
      const text = await answer.body.text()
      if (answer.statusCode !== 201 || !text.includes('"status":"ticketed"'))
        throw new Error(`${answer.statusCode}: ${text.slice(0, 300)}`)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, () => one(pool!)))
  return count
}
