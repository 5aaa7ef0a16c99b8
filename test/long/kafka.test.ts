import { Consumer, stringDeserializers } from '@platformatic/kafka'
import pg from 'pg'
import { expect, test } from 'vitest'
import { makeKey } from '../../src/booking/crypto.ts'
import { migrate } from '../../src/booking/migrate.postgres.ts'
import { systemClock } from '../../src/core/clock.ts'
import { newId } from '../../src/core/ids.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { openPostgresMessageStore } from '../../src/messaging/message-store.postgres.ts'
import { createMessaging } from '../../src/messaging/service.ts'
import { openKafkaTopic } from '../../src/messaging/stream.kafka.ts'
import { createTestDatabase, kafkaBrokers, uniqueName } from '../support/services.ts'
import { until } from '../support/until.ts'

test('a real broker has the messages of each booking in one partition, in order', async () => {
  const database = await createTestDatabase()
  await migrate({ url: database.url, serviceRole: null })
  const topic = uniqueName()
  const kafka = openKafkaTopic([kafkaBrokers()], topic)
  // before there is a topic
  await kafka.ping()
  const messaging = createMessaging({
    clock: systemClock,
    log: silentLog,
    metrics: noMetrics,
    store: openPostgresMessageStore({ url: database.url, log: silentLog }),
    masterKeys: [makeKey(new Uint8Array(32).fill(7))],
    streams: [kafka],
    allowInward: false,
  })
  const owner = new pg.Client({ connectionString: database.url })
  await owner.connect()
  const bookings = Array.from({ length: 5 }, () => newId('bkg'))
  const types = ['booking.pending', 'booking.confirmed', 'booking.ticketed']
  for (const [i, type] of types.entries())
    for (const bookingId of bookings)
      await owner.query(
        `INSERT INTO booking.outbox (tenant, booking_id, sequence, type, payload, created_at)
         VALUES ('default', $1, $2, $3, '{}', now())`,
        [bookingId, i + 1, type],
      )
  await until(async () => (await messaging.dispatch()) === 0, 'all that is due is sent')
  await until(
    async () => {
      const { rows } = await owner.query(
        "SELECT count(*)::integer AS n FROM booking.deliveries WHERE status <> 'delivered'",
      )
      return rows[0].n === 0
    },
    'all is delivered',
    60_000,
  )

  await kafka.ping()
  expect(messaging.health()).toEqual({ messages: 'ok', kafka: 'ok' })
  const consumer = new Consumer({
    groupId: uniqueName(),
    clientId: 'test',
    bootstrapBrokers: [kafkaBrokers()],
    deserializers: stringDeserializers,
  })
  const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false })
  const got = new Map<string, { readonly type: string; readonly partition: number; readonly tenant: string }[]>()
  let count = 0
  for await (const message of stream) {
    const body = JSON.parse(message.value!)
    const tenant = String(message.headers.get('tenant'))
    got.set(message.key!, [...(got.get(message.key!) ?? []), { type: body.type, partition: message.partition, tenant }])
    if (++count === bookings.length * types.length) break
  }
  await consumer.close(true)
  for (const bookingId of bookings) {
    const mine = got.get(bookingId)!
    expect(mine.map(({ type }) => type)).toEqual(types)
    expect(new Set(mine.map(({ partition }) => partition))).toHaveLength(1)
    expect(mine[0]!.tenant).toBe('default')
  }
  await messaging.close()
  await owner.end()
  await database.drop()
}, 120_000)
