import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, book, bookingOf, searchFor, send } from '../support/front-end.ts'
import { parentOf, processesOver } from '../support/processes.ts'
import { newDataDir, type RunningService, removeDataDir, startAndFail, startService } from '../support/service.ts'
import { createTestDatabase, elasticsearchUrl, redisUrl, type TestDatabase } from '../support/services.ts'
import { until } from '../support/until.ts'

/** How the service starts, and how it says that it cannot. */
const dirs: string[] = []
const services: RunningService[] = []

function dataDir(): string {
  const dir = newDataDir()
  dirs.push(dir)
  return dir
}

async function start(env: Readonly<Record<string, string>> = {}, dir = dataDir()): Promise<RunningService> {
  const service = await startService(env, dir)
  services.push(service)
  return service
}

afterAll(async () => {
  await Promise.all(services.map(service => service.stop()))
  for (const dir of dirs) {
    await removeDataDir(dir)
  }
})

/** Exit code 1 after one sentence, and no process left behind. */
async function refusal(env: Readonly<Record<string, string>>, dir = dataDir()): Promise<string> {
  const before = processesOver(dir)
  const { code, output } = await startAndFail(env, dir)
  // the PostgreSQL of a service that was there before starts and ends processes as it needs them
  const isKnown = (pid: number): boolean => before.includes(pid) || before.includes(parentOf(pid))
  expect(processesOver(dir).filter(pid => !isKnown(pid))).toEqual([])
  expect(output).toMatch(/^fareloom cannot start: [^\n]+\n$/)
  expect(output).not.toMatch(/\n\s+at /)
  expect(code).toBe(1)
  return output
}

describe('a start that cannot be', () => {
  const nothing = '127.0.0.1:1'
  // so that those which are found late do not each make a database first
  let database: TestDatabase
  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(() => database.drop())

  test.concurrent.each<readonly [string, Readonly<Record<string, string>>, RegExp]>([
    ['PORT is a word', { PORT: 'http' }, /PORT is "http"/],
    ['PORT is too large', { PORT: '65536' }, /PORT is "65536"/],
    ['HOST is no name', { HOST: 'nowhere.invalid' }, /HOST nowhere\.invalid/],
    ['HOST is another machine', { HOST: '192.0.2.1' }, /HOST 192\.0\.2\.1/],
    ['DATA_DIR is a file', { DATA_DIR: '/dev/null/data' }, /\/dev\/null\/data.*DATA_DIR/],
    ['LOG_LEVEL is unknown', { LOG_LEVEL: 'loud' }, /LOG_LEVEL is "loud".*debug, info/],
    ['API_KEYS has no keys', { API_KEYS: 'acme' }, /API_KEYS/],
    ['API_KEYS has a short key', { API_KEYS: 'acme=short' }, /API_KEYS.*16/],
    ['MASTER_KEY is too short', { MASTER_KEY: 'c2hvcnQ=' }, /MASTER_KEY.*32 bytes/],
    ['REDIS_URL is no address', { REDIS_URL: 'localhost' }, /REDIS_URL/],
    ['REDIS_URL has another protocol', { REDIS_URL: 'http://127.0.0.1' }, /REDIS_URL.*redis:\/\//],
    ['ELASTICSEARCH_URL is no address', { ELASTICSEARCH_URL: 'elastic' }, /ELASTICSEARCH_URL/],
    ['DATABASE_URL has another protocol', { DATABASE_URL: 'mysql://127.0.0.1/x' }, /DATABASE_URL.*postgres:\/\//],
    ['nobody listens at REDIS_URL', { REDIS_URL: `redis://${nothing}` }, /REDIS_URL.*127\.0\.0\.1:1/],
    ['nobody listens at ELASTICSEARCH_URL', { ELASTICSEARCH_URL: `http://${nothing}` }, /ELASTICSEARCH_URL.*:1/],
    ['nobody listens at DATABASE_URL', { DATABASE_URL: `postgres://a:b@${nothing}/c` }, /DATABASE_URL.*:1/],
    ['a supplier is switched to maybe', { PROVIDER_SABRE: 'maybe' }, /PROVIDER_SABRE is "maybe"/],
    ['a supplier has no host', { PROVIDER_SABRE_PASSWORD: 'x' }, /PROVIDER_SABRE_BASE_URL is missing/],
    ['a supplier has no credentials', { PROVIDER_AMADEUS_BASE_URL: 'http://127.0.0.1:1' }, /AMADEUS_CLIENT_ID/],
    ['a supplier lives at no address', { PROVIDER_AMADEUS_BASE_URL: 'ftp://x' }, /PROVIDER_AMADEUS_BASE_URL/],
    ['the gateway has no host', { GATEWAY_TEST_API_KEY: 'x' }, /GATEWAY_TEST_BASE_URL/],
    ['nobody knows the gateway', { GATEWAY: 'acme' }, /GATEWAY is "acme": it takes stripe or test/],
    ['Stripe lacks a key', { GATEWAY: 'stripe', GATEWAY_STRIPE_SECRET_KEY: 'x' }, /GATEWAY_STRIPE_WEBHOOK_SECRET/],
    ['there are no fraud rules', { FRAUD_RULES_FILE: '/nowhere.json' }, /\/nowhere\.json cannot be read/],
    ['WORKERS is a word', { WORKERS: 'many' }, /WORKERS is "many".*1 to 32/],
    ['WORKERS is no decimal number', { WORKERS: '0x2', REDIS_URL: `redis://${nothing}` }, /WORKERS is "0x2".*1 to 32/],
    [
      'API_KEYS has one key for two tenants',
      { API_KEYS: `a=${'k'.repeat(16)},b=${'k'.repeat(16)}` },
      /API_KEYS gives b/,
    ],
    ['KAFKA_BROKERS has no such port', { KAFKA_BROKERS: 'a:99999' }, /KAFKA_BROKERS has "a:99999"/],
    ['KAFKA_TOPIC is no name of a topic', { KAFKA_TOPIC: 'my topic' }, /KAFKA_TOPIC takes/],
    ['WORKERS is over 1 without Redis', { WORKERS: '2' }, /WORKERS is 2.*REDIS_URL/],
    ['WORKERS is too many', { WORKERS: '33', REDIS_URL: 'redis://127.0.0.1:1' }, /WORKERS is "33".*1 to 32/],
    ['KAFKA_BROKERS has no port', { KAFKA_BROKERS: 'a:9092, kafka' }, /KAFKA_BROKERS has "kafka".*host:port/],
    ['WEBHOOKS_ALLOW_PRIVATE is a word', { WEBHOOKS_ALLOW_PRIVATE: 'yes' }, /WEBHOOKS_ALLOW_PRIVATE is "yes".*1 or 0/],
    ['WARM_SEARCHES_PER_MINUTE is a word', { WARM_SEARCHES_PER_MINUTE: 'on' }, /WARM_SEARCHES_PER_MINUTE is "on"/],
    ['MARKET_RETENTION_DAYS is negative', { MARKET_RETENTION_DAYS: '-1' }, /MARKET_RETENTION_DAYS is "-1"/],
    ['MAX_CONNECTIONS is a word', { MAX_CONNECTIONS: 'few' }, /MAX_CONNECTIONS is "few"/],
    ['a budget is no number', { PROVIDER_SABRE_RATE_PER_SECOND: 'fast' }, /PROVIDER_SABRE_RATE_PER_SECOND/],
    ['TRUST_PROXY is a word', { TRUST_PROXY: 'yes' }, /TRUST_PROXY is "yes"/],
    ['a limit is negative', { RATE_LIMIT_SEARCHES_PER_MINUTE: '-1' }, /RATE_LIMIT_SEARCHES_PER_MINUTE is "-1"/],
    [
      'PRICING_RULES_FILE is not there',
      { PRICING_RULES_FILE: '/no/rules.json' },
      /PRICING_RULES_FILE: \/no\/rules\.json.*ENOENT/,
    ],
    ['RATES_FILE is not there', { RATES_FILE: '/no/rates.json' }, /RATES_FILE: \/no\/rates\.json.*ENOENT/],
  ])('%s: one sentence, exit 1', async (_, env, sentence) => {
    expect(await refusal({ DATABASE_URL: database.url, ...env })).toMatch(sentence)
  })

  test.concurrent.each([
    ['PRICING_RULES_FILE', 'not JSON', '{\n  "markups": [,]\n}', /rules\.json.*line 2/],
    [
      'PRICING_RULES_FILE',
      'a wrong value',
      '{\n "markups": [\n  {"id":"a","when":{},"add":{"percent":"two","of":"base"}}],\n "fees": []\n}',
      /rules\.json.*line 3.*percent/,
    ],
    [
      'RATES_FILE',
      'a negative rate',
      '{\n "id":"a","date":"2027-01-01","base":"EUR",\n "rates":{\n  "USD":"-1"}\n}',
      /rules\.json.*line 4/,
    ],
  ] as const)('%s with %s: the sentence names file and line', async (name, _, text, sentence) => {
    const dir = dataDir()
    const file = join(dir, 'rules.json')
    writeFileSync(file, text)
    expect(await refusal({ [name]: file }, dir)).toMatch(sentence)
  })

  test.concurrent('something else answers at REDIS_URL or ELASTICSEARCH_URL', async () => {
    const { host } = new URL(elasticsearchUrl())
    const env = { DATABASE_URL: database.url }
    expect(await refusal({ ...env, REDIS_URL: `redis://${host}` })).toMatch(/REDIS_URL.*no Redis/)
    const redisHost = new URL(redisUrl()).host
    expect(await refusal({ ...env, ELASTICSEARCH_URL: `http://${redisHost}` })).toMatch(
      /ELASTICSEARCH_URL.*no Elasticsearch/,
    )
  })

  test.concurrent('the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const dir = dataDir()
    expect(await refusal({ PORT: String(port) }, dir)).toMatch(new RegExp(`port ${port} is in use`))
    other.close()
  })
})

describe('a start', () => {
  test('says in one line which back end each store has, and no password', async () => {
    const database = await createTestDatabase()
    const service = await start({
      DATABASE_URL: database.url,
      REDIS_URL: redisUrl(),
      ELASTICSEARCH_URL: elasticsearchUrl(),
    })
    const lines = service.log().filter(({ msg }) => msg === 'stores')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({
      bookings: `PostgreSQL at ${new URL(database.url).host}`,
      offers: `memory and Redis at ${new URL(redisUrl()).host}`,
      market: `Elasticsearch at ${new URL(elasticsearchUrl()).host}`,
    })
    expect(service.output()).not.toContain(new URL(database.url).password)
    expect(await service.stop()).toBe(0)
    await database.drop()
  })

  test('without any server keeps bookings in the embedded PostgreSQL and offers in memory', async () => {
    const service = await start()
    expect(service.log().filter(({ msg }) => msg === 'stores')).toEqual([
      expect.objectContaining({
        bookings: `embedded PostgreSQL in ${join(service.dataDir, 'postgres')}`,
        offers: 'memory',
        market: 'off',
      }),
    ])
    const second = await refusal({}, service.dataDir)
    expect(second).toContain(`${service.dataDir} is in use by another process (pid ${service.process.pid})`)
    expect((await send(service.baseUrl, 'GET', '/health/ready')).body).toMatchObject({ status: 'ok', bookings: 'ok' })
  })

  test('leaves out a supplier that is switched off, and warns of one that it does not know', async () => {
    const service = await start({ PROVIDER_SABRE: 'off', PROVIDER_SABER: 'off' })
    const { providers } = (await send(service.baseUrl, 'GET', '/v1/providers')).body
    const codes = providers.map(({ code }: { code: string }) => code)
    expect(codes).toContain('amadeus')
    expect(codes).not.toContain('sabre')
    expect(service.log()).toContainEqual(
      expect.objectContaining({ level: 'warn', variable: 'PROVIDER_SABER', meant: 'PROVIDER_SABRE' }),
    )
  })
})

describe('a data directory', () => {
  const sabre = searchFor('LHR', 'JFK', { providers: ['sabre'] })

  async function ticketed(service: RunningService): Promise<Answer['body']> {
    const { offers } = (await send(service.baseUrl, 'POST', '/v1/searches', sabre)).body
    const booked = await book(service.baseUrl, bookingOf(offers[0]))
    expect(booked).toMatchObject({ status: 201, body: { status: 'ticketed' } })
    return booked.body
  }

  async function ordersOf(service: RunningService, reference: string): Promise<readonly Answer['body'][]> {
    const { simulators } = (await send(service.baseUrl, 'GET', '/v1/sandbox')).body
    const { baseUrl } = simulators.find(({ code }: { code: string }) => code === 'sabre')
    const { orders } = (await send(baseUrl, 'GET', '/_sandbox/orders')).body
    return orders.filter((order: Answer['body']) => order.reference === reference)
  }

  test('left by kill -9 just works: no process stays, bookings and orders are there, another key is refused', async () => {
    const dir = dataDir()
    const first = await start({}, dir)
    const booking = await ticketed(first)
    const orders = await ordersOf(first, booking.reference)
    expect(orders).toHaveLength(1)
    expect(processesOver(dir).length).toBeGreaterThan(2)

    const killedAt = performance.now()
    await first.stop('SIGKILL')
    await until(() => processesOver(dir).length === 0, 'sandbox and PostgreSQL end', 5_000)
    const goneMs = performance.now() - killedAt

    const otherKey = { MASTER_KEY: Buffer.alloc(32, 7).toString('base64') }
    expect(await refusal(otherKey, dir)).toMatch(/master key is not the one/)

    const startedAt = performance.now()
    const second = await start({}, dir)
    const startMs = performance.now() - startedAt
    expect((await send(second.baseUrl, 'GET', `/v1/bookings/${booking.id}`)).body).toEqual(booking)
    expect(await ordersOf(second, booking.reference)).toEqual(orders)
    await ticketed(second)
    console.log(`after kill -9 all gone in ${Math.round(goneMs)} ms; second start ${Math.round(startMs)} ms`)
    // 3 s is the promise on an idle machine; other suites run beside this one
    expect(startMs).toBeLessThan(10_000)
  })

  test('is taken over at once by a start that comes while the killed one is still going down', async () => {
    const dir = dataDir()
    const first = await start({}, dir)
    const booking = await ticketed(first)
    first.process.kill('SIGKILL')
    const second = await start({}, dir)
    expect((await send(second.baseUrl, 'GET', `/v1/bookings/${booking.id}`)).body).toEqual(booking)
    expect(await ordersOf(second, booking.reference)).toHaveLength(1)
  })

  test('whose first start was killed or ended half way is started again without a trace', async () => {
    const dir = join(dataDir(), 'new')
    mkdirSync(dir)
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const cut = startAndFail({}, dir, child => {
        void until(() => processesOver(dir).length > 2, 'it is in the midst of starting').then(() => child.kill(signal))
      })
      expect(await cut).toMatchObject({ code: signal === 'SIGKILL' ? null : 0 })
      await until(() => processesOver(dir).length === 0, 'what it had started ends', 5_000)
    }
    const service = await start({}, dir)
    expect((await send(service.baseUrl, 'GET', '/health/ready')).body.status).toBe('ok')
  })
})
