import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { Redis } from 'ioredis'
import pg from 'pg'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeKey } from '../../src/booking/crypto.ts'
import type { MasterKeys } from '../../src/booking/master-key.ts'
import { migrate } from '../../src/booking/migrate.postgres.ts'
import { type Clock, manualClock, systemClock, toInstant } from '../../src/core/clock.ts'
import { newId } from '../../src/core/ids.ts'
import { type Log, silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { openPostgresMessageStore } from '../../src/messaging/message-store.postgres.ts'
import type { Messaging } from '../../src/messaging/port.ts'
import type { Receiver } from '../../src/messaging/receiver.ts'
import { createMessaging } from '../../src/messaging/service.ts'
import { openKafkaTopic } from '../../src/messaging/stream.kafka.ts'
import { openRedisStream, streamKey } from '../../src/messaging/stream.redis.ts'
import { createTestDatabase, redisUrl, type TestDatabase } from '../support/services.ts'
import { until } from '../support/until.ts'

const masterKeys = [makeKey(new Uint8Array(32).fill(7))] as const
const context = { tenant: 'default', requestId: 'req_test', traceparent: null }
const start = Date.parse('2027-01-05T10:00:00Z')
const hour = 3_600_000

let database: TestDatabase
let owner: pg.Client
const ends: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  await migrate({ url: database.url, serviceRole: null })
  owner = new pg.Client({ connectionString: database.url })
  await owner.connect()
})
afterAll(async () => {
  await owner.end()
  await database.drop()
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  await owner.query('TRUNCATE booking.webhooks, booking.deliveries, booking.outbox')
})

/** Its own timers never fire: rounds are asked for. */
function handClock(): Clock & { advance(ms: number): void } {
  const clock = manualClock(start)
  return {
    ...clock,
    after: (ms, callback, options) => (options?.unref ? { cancel() {} } : systemClock.after(ms, callback)),
    sleep: systemClock.sleep,
  }
}

function open(
  more: {
    readonly clock?: Clock
    readonly streams?: readonly Receiver[]
    readonly allowInward?: boolean
    readonly masterKeys?: MasterKeys
    readonly log?: Log
  } = {},
) {
  const store = openPostgresMessageStore({ url: database.url, log: silentLog })
  const parts = { clock: handClock(), allowInward: true, streams: [], masterKeys, log: silentLog, ...more, store }
  const messaging = createMessaging({ ...parts, metrics: noMetrics })
  ends.push(() => messaging.close())
  return messaging
}

let versions = 0
/** As bookings write it. */
async function announce(type: string, tenant = 'default', bookingId: string = newId('bkg')): Promise<void> {
  const payload = {
    bookingId,
    reference: 'K7M2QX',
    version: ++versions,
    status: 'ticketed',
    previousStatus: 'confirmed',
  }
  await owner.query(
    'INSERT INTO booking.outbox (tenant, booking_id, sequence, type, payload, created_at) VALUES ($1, $2, $3, $4, $5, $6)',
    [tenant, bookingId, versions, type, JSON.stringify(payload), toInstant(start)],
  )
}

type Heard = { readonly headers: IncomingHttpHeaders; readonly body: string; readonly path: string }

/** A receiver of an OTA. */
async function listen(answer: (nth: number) => number | 'silent' = () => 204) {
  const heard: Heard[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    heard.push({ headers: request.headers, body, path: request.url ?? '' })
    const status = answer(heard.length)
    if (status !== 'silent') response.writeHead(status).end('thanks')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  ends.push(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks?shop=1` }
}

/** Rounds until nothing is under way any more. */
async function settle(messaging: Messaging): Promise<void> {
  await until(async () => (await messaging.dispatch()) === 0, 'all that is due is sent')
}

const deliveries = async (messaging: Messaging, id: `whk_${string}`) =>
  (await messaging.listDeliveries(id, { limit: 100 }, context)).deliveries

test('a message reaches the webhook, signed so that the standard library accepts it, once', async () => {
  const receiver = await listen()
  const clock = { ...handClock(), now: () => Date.now() }
  const messaging = open({ clock })
  const webhook = await messaging.createWebhook({ url: receiver.url }, context)
  await announce('booking.ticketed')
  await settle(messaging)
  await settle(messaging)
  expect(receiver.heard).toHaveLength(1)
  const [{ headers, body, path }] = receiver.heard as [Heard]
  expect(path).toBe('/hooks?shop=1')
  const read = new Webhook(webhook.secret).verify(body, headers as Record<string, string>)
  expect(read).toMatchObject({
    type: 'booking.ticketed',
    version: 1,
    data: { status: 'ticketed', reference: 'K7M2QX' },
  })
  expect(headers['webhook-id']).toBe((read as { id: string }).id)
  const other = await messaging.createWebhook({ url: receiver.url }, context)
  expect(() => new Webhook(other.secret).verify(body, headers as Record<string, string>)).toThrow()
  expect(await deliveries(messaging, webhook.id)).toMatchObject([{ status: 'delivered', tries: 1, fault: null }])
})

test('each webhook hears the types that it asked for, of its own tenant', async () => {
  const [all, some, foreign] = [await listen(), await listen(), await listen()]
  const messaging = open()
  await messaging.createWebhook({ url: all.url }, context)
  await messaging.createWebhook({ url: some.url, types: ['booking.failed'] }, context)
  await messaging.createWebhook({ url: foreign.url }, { ...context, tenant: 'other' })
  for (const type of ['booking.ticketed', 'booking.failed']) await announce(type)
  await settle(messaging)
  const types = ({ heard }: { readonly heard: readonly Heard[] }) =>
    heard.map(({ body }) => JSON.parse(body).type).sort()
  expect(types(all)).toEqual(['booking.failed', 'booking.ticketed'])
  expect(types(some)).toEqual(['booking.failed'])
  expect(types(foreign)).toEqual([])
})

describe('a receiver that fails', () => {
  test('is tried again later and later with the same message id, until it takes it', async () => {
    const receiver = await listen(nth => (nth < 4 ? 500 : 200))
    const clock = handClock()
    const messaging = open({ clock })
    const webhook = await messaging.createWebhook({ url: receiver.url }, context)
    await announce('booking.ticketed')
    const pauses: number[] = []
    await settle(messaging)
    while ((await deliveries(messaging, webhook.id))[0]!.status === 'waiting') {
      const [{ nextAt, fault }] = (await deliveries(messaging, webhook.id)) as unknown as [
        { nextAt: string; fault: string },
      ]
      expect(fault).toBe('the receiver answered 500')
      pauses.push(Date.parse(nextAt) - clock.now())
      clock.advance(Date.parse(nextAt) - clock.now())
      await settle(messaging)
    }
    expect(receiver.heard).toHaveLength(4)
    expect(new Set(receiver.heard.map(({ headers }) => headers['webhook-id']))).toHaveLength(1)
    for (const [i, expected] of [5_000, 15_000, 45_000].entries()) {
      expect(pauses[i]).toBeGreaterThanOrEqual(expected * 0.8)
      expect(pauses[i]).toBeLessThanOrEqual(expected * 1.2)
    }
  })

  test('is given up after 72 hours; what is dead can be sent again, one or all', async () => {
    let works = false
    const receiver = await listen(() => (works ? 200 : 503))
    const clock = handClock()
    const messaging = open({ clock })
    const webhook = await messaging.createWebhook({ url: receiver.url }, context)
    for (let i = 0; i < 3; i++) await announce('booking.ticketed')
    for (let hours = 0; hours < 90; hours += 3) {
      await settle(messaging)
      clock.advance(3 * hour)
    }
    const dead = await deliveries(messaging, webhook.id)
    expect(dead.map(({ status }) => status)).toEqual(['dead', 'dead', 'dead'])
    expect(dead.every(({ tries }) => tries >= 10 && tries <= 30)).toBe(true)
    works = true
    expect(await messaging.redeliver(webhook.id, dead[0]!.id, context)).toMatchObject({ status: 'waiting', tries: 0 })
    await settle(messaging)
    expect((await deliveries(messaging, webhook.id)).map(({ status }) => status)).toEqual(['delivered', 'dead', 'dead'])
    expect(await messaging.redeliverDead(webhook.id, context)).toEqual({ count: 2 })
    await settle(messaging)
    expect((await deliveries(messaging, webhook.id)).every(({ status }) => status === 'delivered')).toBe(true)
  })

  test('and its old messages hold up neither another receiver nor a newer message', async () => {
    let works = false
    const [bad, good] = [await listen(() => (works ? 200 : 500)), await listen()]
    const messaging = open()
    await messaging.createWebhook({ url: bad.url }, context)
    await messaging.createWebhook({ url: good.url }, context)
    const bookingId = newId('bkg')
    await announce('booking.confirmed', 'default', bookingId)
    await settle(messaging)
    works = true
    await announce('booking.ticketed', 'default', bookingId)
    await settle(messaging)
    expect(good.heard).toHaveLength(2)
    expect(bad.heard.map(({ body }) => JSON.parse(body).type)).toEqual(['booking.confirmed', 'booking.ticketed'])
    const sequences = bad.heard.map(({ body }) => JSON.parse(body).sequence)
    expect(sequences[1]).toBeGreaterThan(sequences[0])
  })

  test('silent, keeps its own places only: the others are told meanwhile', async () => {
    const [mute, good] = [await listen(() => 'silent'), await listen()]
    const messaging = open()
    await messaging.createWebhook({ url: mute.url }, context)
    await messaging.createWebhook({ url: good.url }, context)
    for (let i = 0; i < 20; i++) await announce('booking.ticketed')
    for (let i = 0; i < 4; i++) await messaging.dispatch()
    expect(mute.heard).toHaveLength(8)
    await until(() => good.heard.length === 20, 'the other is told of all')
  })

  test('silent, keeps nobody waiting who is at the same host', async () => {
    const { heard, url } = await listen(nth => (heard[nth - 1]!.path === '/silent' ? 'silent' : 204))
    const messaging = open()
    await messaging.createWebhook({ url: new URL('/silent', url).href, types: ['booking.failed'] }, context)
    await messaging.createWebhook({ url: new URL('/quick', url).href, types: ['booking.ticketed'] }, context)
    for (let i = 0; i < 8; i++) await announce('booking.failed')
    await messaging.dispatch()
    await until(() => heard.length === 8, 'the silent one has all that it is given at once')
    await announce('booking.ticketed')
    await messaging.dispatch()
    await until(() => heard.at(-1)!.path === '/quick', 'the other is told', 5_000)
  })

  test('that answers 410 is told no more', async () => {
    const receiver = await listen(() => 410)
    const messaging = open()
    const webhook = await messaging.createWebhook({ url: receiver.url }, context)
    await announce('booking.ticketed')
    await settle(messaging)
    await announce('booking.failed')
    await settle(messaging)
    expect(receiver.heard).toHaveLength(1)
    expect(await messaging.getWebhook(webhook.id, context)).toMatchObject({ status: 'disabled' })
    expect(await deliveries(messaging, webhook.id)).toMatchObject([{ status: 'dead', fault: 'the receiver is gone' }])
  })

  test('with a redirect is not followed', async () => {
    const target = await listen()
    const receiver = await listen(() => 302)
    const messaging = open()
    const webhook = await messaging.createWebhook({ url: receiver.url }, context)
    await announce('booking.ticketed')
    await settle(messaging)
    expect(target.heard).toEqual([])
    expect(await deliveries(messaging, webhook.id)).toMatchObject([{ fault: 'the receiver answered 302' }])
  })
})

describe('several processes', () => {
  test('send each message once between them', async () => {
    const receiver = await listen()
    const processes = [open(), open(), open()]
    await processes[0]!.createWebhook({ url: receiver.url }, context)
    for (let i = 0; i < 40; i++) await announce('booking.ticketed')
    await Promise.all(processes.map(settle))
    await until(() => receiver.heard.length >= 40, 'all are told')
    expect(new Set(receiver.heard.map(({ headers }) => headers['webhook-id']))).toHaveLength(40)
    expect(receiver.heard).toHaveLength(40)
  })

  test('what one took and did not finish another one sends when its time is over', async () => {
    const receiver = await listen()
    const clock = handClock()
    const store = openPostgresMessageStore({ url: database.url, log: silentLog })
    ends.push(() => store.close())
    const messaging = open({ clock })
    await messaging.createWebhook({ url: receiver.url }, context)
    await announce('booking.ticketed')
    const died = { owner: 'own_died', perReceiver: 8, busy: [], limit: 10, now: start, until: start + 60_000 }
    await store.fanOut({ now: start, streams: [], limit: 10 })
    const [taken] = await store.claim(died)
    await settle(messaging)
    expect(receiver.heard).toEqual([])
    clock.advance(60_000)
    await settle(messaging)
    expect(receiver.heard).toHaveLength(1)
    // the dead one's late word changes nothing
    const late = { ids: [taken!.id], owner: died.owner, at: start, status: 'dead' as const, fault: 'x', nextAt: start }
    await store.settle(late)
    const { rows } = await owner.query('SELECT status FROM booking.deliveries')
    expect(rows).toEqual([{ status: 'delivered' }])
  })
})

describe('addresses that only we can reach', () => {
  test.each([
    ['http://shop.example/x', 'must begin with https://'],
    ['https://127.0.0.1/x', 'is an address of a private network'],
    ['https://[::1]/x', 'is an address of a private network'],
    ['https://[::ffff:10.0.0.1]/x', 'is an address of a private network'],
    ['https://169.254.169.254/latest/meta-data', 'is an address of a private network'],
    ['https://2130706433/x', 'is an address of a private network'],
    ['https://0x7f.1/x', 'is an address of a private network'],
    ['https://localhost/x', 'is a name of a private network'],
    ['https://redis.internal/x', 'is a name of a private network'],
    ['https://user:pass@shop.example/x', 'must hold no user and password'],
    ['ftp://shop.example/x', 'must begin with https://'],
    ['not a url', 'is no URL'],
    ['https://shop.example/\u0000', 'is no URL'],
    ['https://shop.example/\ud800', 'is no URL'],
    [' https://shop.example/', 'is no URL'],
    ['https://shop.\nexample/', 'is no URL'],
  ])('%s is refused before anything is sent', async (url, why) => {
    const messaging = open({ allowInward: false })
    await expect(messaging.createWebhook({ url }, context)).rejects.toMatchObject({
      type: 'validation',
      errors: [{ pointer: '/url', code: 'not-callable', detail: expect.stringContaining(why) }],
    })
  })

  test('a name that leads inward is not called: its address is looked at when it is', async () => {
    const receiver = await listen()
    const messaging = open({ allowInward: false })
    const webhook = await messaging.createWebhook({ url: 'https://shop.example/hooks' }, context)
    // this machine's own name is none of those that are refused unseen
    const inward = receiver.url.replace('http://127.0.0.1', `https://${hostname()}`)
    await owner.query('UPDATE booking.webhooks SET url = $1', [inward])
    await announce('booking.ticketed')
    await settle(messaging)
    expect(receiver.heard).toEqual([])
    expect(await deliveries(messaging, webhook.id)).toMatchObject([
      { status: 'waiting', fault: `${hostname()} is an address of a private network` },
    ])
  })
})

test('an address that was allowed once is not called after that was switched off', async () => {
  const receiver = await listen()
  const { id } = await open().createWebhook({ url: receiver.url }, context)
  const messaging = open({ allowInward: false })
  await announce('booking.ticketed')
  await settle(messaging)
  expect(receiver.heard).toEqual([])
  expect(await deliveries(messaging, id)).toMatchObject([{ status: 'waiting', fault: 'this must begin with https://' }])
  await owner.query('UPDATE booking.webhooks SET url = $1', [receiver.url.replace('http:', 'https:')])
  await owner.query(`UPDATE booking.deliveries SET next_at = '2027-01-01', fault = NULL`)
  await settle(messaging)
  expect(await deliveries(messaging, id)).toMatchObject([{ fault: 'this is an address of a private network' }])
})

test('a type that is never sent, and one webhook too many, are refused with what there is', async () => {
  const messaging = open()
  const url = 'http://127.0.0.1:1/x'
  await expect(messaging.createWebhook({ url, types: ['booking.paid'] }, context)).rejects.toMatchObject({
    errors: [{ pointer: '/types/0', code: 'unknown-type' }],
  })
  for (let i = 0; i < 20; i++) await messaging.createWebhook({ url }, context)
  await expect(messaging.createWebhook({ url }, context)).rejects.toMatchObject({ errors: [{ code: 'too-many' }] })
})

test('of webhooks that are made at once no more are made than there may be', async () => {
  const messaging = open()
  const url = 'http://127.0.0.1:1/x'
  const made = await Promise.allSettled(Array.from({ length: 30 }, () => messaging.createWebhook({ url }, context)))
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
  expect((await messaging.listWebhooks(context)).webhooks).toHaveLength(20)
})

test('while the database is away, webhooks are not available, and that can be tried again', async () => {
  const elsewhere = openPostgresMessageStore({ url: 'postgres://nobody@127.0.0.1:1/none', log: silentLog })
  const parts = { clock: handClock(), allowInward: true, streams: [], store: elsewhere, masterKeys }
  const messaging = createMessaging({ ...parts, log: silentLog, metrics: noMetrics })
  ends.push(() => messaging.close())
  await expect(messaging.listWebhooks(context)).rejects.toMatchObject({ type: 'unavailable', retryAfterSeconds: 5 })
})

test("another tenant's webhook is not there", async () => {
  const messaging = open()
  const { id } = await messaging.createWebhook({ url: 'http://127.0.0.1:1/x' }, context)
  const other = { ...context, tenant: 'other' }
  for (const ask of [
    () => messaging.getWebhook(id, other),
    () => messaging.deleteWebhook(id, other),
    () => messaging.listDeliveries(id, {}, other),
    () => messaging.redeliver(id, '1', other),
    () => messaging.redeliverDead(id, other),
  ])
    await expect(ask()).rejects.toMatchObject({ type: 'not-found' })
  expect(await messaging.listWebhooks(other)).toEqual({ webhooks: [] })
  await messaging.deleteWebhook(id, context)
  await expect(messaging.getWebhook(id, context)).rejects.toMatchObject({ type: 'not-found' })
})

test('a Redis Stream has every message in order, whoever else listens', async () => {
  const redis = new Redis(redisUrl())
  ends.push(() => redis.quit())
  const last = (await redis.xrevrange(streamKey, '+', '-', 'COUNT', 1))[0]?.[0] ?? '0'
  const messaging = open({ streams: [openRedisStream(redisUrl(), silentLog)] })
  const bookingId = newId('bkg')
  for (const type of ['booking.pending', 'booking.confirmed', 'booking.ticketed'])
    await announce(type, 'default', bookingId)
  await settle(messaging)
  const entries = await redis.xrange(streamKey, `(${last}`, '+')
  const mine = entries
    .map(([, fields]) =>
      Object.fromEntries(Array.from({ length: fields.length / 2 }, (_, i) => [fields[2 * i], fields[2 * i + 1]])),
    )
    .filter(entry => entry.bookingId === bookingId)
  expect(mine.map(({ type }) => type)).toEqual(['booking.pending', 'booking.confirmed', 'booking.ticketed'])
  expect(JSON.parse(mine[0]!.body!)).toMatchObject({ type: 'booking.pending', data: { bookingId } })
})

test('a Redis Stream is not called away before its first connection has been tried', async () => {
  const stream = openRedisStream(redisUrl(), silentLog)
  ends.push(() => stream.close())
  await stream.ping()
  const nobody = openRedisStream('redis://127.0.0.1:1', silentLog)
  ends.push(() => nobody.close())
  await expect(nobody.ping()).rejects.toThrow()
})

test('a stream that is away gets what it missed when it is back', async () => {
  let away = true
  const got: string[] = []
  const stream: Receiver = {
    name: 'redis',
    send: async messages => {
      if (away) throw new Error('away')
      got.push(...messages.map(({ type }) => type))
    },
    ping: async () => {},
    close: () => Promise.resolve(),
  }
  const clock = handClock()
  const messaging = open({ clock, streams: [stream] })
  await announce('booking.ticketed')
  await settle(messaging)
  expect(got).toEqual([])
  away = false
  clock.advance(10_000)
  await settle(messaging)
  expect(got).toEqual(['booking.ticketed'])
})

describe('a webhook whose secret was sealed with a master key that is gone', () => {
  const newKeys: MasterKeys = [makeKey(new Uint8Array(32).fill(8))]

  /** Made under the old key; what was announced since meets the new one. */
  async function orphaned() {
    const receiver = await listen()
    const before = open()
    const { id } = await before.createWebhook({ url: receiver.url }, context)
    await before.close()
    ends.pop()
    await announce('booking.ticketed')
    return { receiver, id }
  }

  test('has dead letters at once that say what to do; with a new secret they are sent again, signed with it', async () => {
    const { receiver, id } = await orphaned()
    const clock = { ...handClock(), now: () => Date.now() }
    const messaging = open({ masterKeys: newKeys, clock })
    await settle(messaging)
    const [dead] = await deliveries(messaging, id)
    expect(dead).toMatchObject({ status: 'dead', tries: 1, nextAt: null })
    expect(dead!.fault).toMatch(/master key.*new secret.*redeliver/)
    expect(receiver.heard).toHaveLength(0)

    const { secret } = await messaging.replaceSecret(id, context)
    expect(await messaging.redeliverDead(id, context)).toEqual({ count: 1 })
    await settle(messaging)
    expect(await deliveries(messaging, id)).toMatchObject([{ status: 'delivered', fault: null }])
    const [{ body, headers }] = receiver.heard as [Heard]
    expect(() => new Webhook(secret).verify(body, headers as Record<string, string>)).not.toThrow()
  })

  test('works again as it was with the former key beside the new one', async () => {
    const { receiver, id } = await orphaned()
    const without = open({ masterKeys: newKeys })
    await settle(without)
    const messaging = open({ masterKeys: [newKeys[0], masterKeys[0]] })
    await messaging.redeliver(id, (await deliveries(messaging, id))[0]!.id, context)
    await settle(messaging)
    expect(receiver.heard).toHaveLength(1)
  })

  test("another tenant replaces nobody's secret", async () => {
    const { id } = await orphaned()
    const messaging = open()
    const other = { ...context, tenant: 'other' }
    await expect(messaging.replaceSecret(id, other)).rejects.toMatchObject({ type: 'not-found' })
  })
})

describe('an outage', () => {
  const listeningLog = () => {
    const lines: string[] = []
    const note = (fields: Readonly<Record<string, unknown>>, text: string) => void lines.push(`${fields.part} ${text}`)
    return { lines, log: { ...silentLog, info: note, warn: note, error: note } satisfies Log }
  }

  test('of a stream is told once, whatever is tried meanwhile, shows in health, and ends with what it missed', async () => {
    const { lines, log } = listeningLog()
    const clock = handClock()
    let away = true
    let sent = 0
    const fail = async (): Promise<void> => {
      if (away) throw new Error('away')
    }
    const send = async (): Promise<void> => {
      await fail()
      sent++
    }
    const kafka: Receiver = { name: 'kafka', send, ping: fail, close: async () => {} }
    const messaging = open({ clock, log, streams: [kafka] })
    expect(messaging.health()).toEqual({ messages: 'ok', kafka: 'ok' })
    await announce('booking.ticketed')
    await settle(messaging)
    // a day of tries: a minute after the last one at most it is told again
    for (let hours = 0; hours < 24; hours++) {
      clock.advance(hour)
      await settle(messaging)
    }
    expect(messaging.health()).toEqual({ messages: 'degraded', kafka: 'degraded' })
    away = false
    clock.advance(73_000)
    await settle(messaging)
    expect(sent).toBe(1)
    expect(messaging.health()).toEqual({ messages: 'ok', kafka: 'ok' })
    expect(lines).toEqual(['kafka is not told of bookings until it is back', 'kafka is told of bookings again'])
  })

  test('of one that answers but takes nothing is one outage', async () => {
    const { lines, log } = listeningLog()
    const clock = handClock()
    const send = () => Promise.reject(new Error('not authorised'))
    const messaging = open({
      clock,
      log,
      streams: [{ name: 'kafka', send, ping: async () => {}, close: async () => {} }],
    })
    await announce('booking.ticketed')
    for (let tries = 0; tries < 60; tries++) {
      await settle(messaging)
      clock.advance(20_000)
    }
    expect(lines).toEqual(['kafka is not told of bookings until it is back'])
    expect(messaging.health().kafka).toBe('degraded')
  })

  test('of a Kafka that nobody is at shows before there is anything to tell', async () => {
    const { lines, log } = listeningLog()
    const messaging = open({ log, streams: [openKafkaTopic(['127.0.0.1:1'], 'fareloom.bookings')] })
    await settle(messaging)
    await until(() => messaging.health().kafka === 'degraded', 'it is missed')
    expect(lines).toEqual(['kafka is not told of bookings until it is back'])
  })

  test('of our own store is told once too, and shows', async () => {
    const { lines, log } = listeningLog()
    const clock = { ...manualClock(start), sleep: systemClock.sleep }
    const store = openPostgresMessageStore({ url: 'postgres://nobody@127.0.0.1:1/none', log: silentLog })
    const parts = { clock, allowInward: true, streams: [], store, masterKeys, metrics: noMetrics }
    const messaging = createMessaging({ ...parts, log })
    ends.push(() => messaging.close())
    let tries = 0
    const { fanOut } = store
    store.fanOut = async query => {
      tries++
      return fanOut(query)
    }
    await until(() => {
      clock.advance(30_000)
      return tries >= 4
    }, 'it is tried some times')
    expect(messaging.health()).toEqual({ messages: 'degraded', kafka: 'off' })
    expect(lines).toEqual(['webhooks is not told of bookings until it is back'])
  })

  test('without Kafka there is none', async () => {
    expect(open().health()).toEqual({ messages: 'ok', kafka: 'off' })
  })
})
