import { Redis } from 'ioredis'
import { afterEach, describe, expect, test } from 'vitest'
import { type Clock, systemClock } from '../../src/core/clock.ts'
import { fault } from '../../src/core/fault.ts'
import { silentLog } from '../../src/core/log.ts'
import { noMetrics } from '../../src/core/metrics.ts'
import { openSharedLedgers } from '../../src/providers/budget-ledger.redis.ts'
import { type BudgetSettings, noBudget } from '../../src/providers/budget-settings.ts'
import { defaultLimits, type GuardedProvider, guard } from '../../src/providers/guard.ts'
import type { CreateOrderOutcome, Provider, ShopOutcome, ShopQuery } from '../../src/providers/port.ts'
import { RedisLink } from '../../src/shopping/redis-link.redis.ts'
import { callWithin, fakeProvider } from '../support/fake-provider.ts'
import { startOwnRedis } from '../support/own-servers.ts'
import { redisUrl, uniqueName } from '../support/services.ts'
import { startTunnel } from '../support/tunnel.ts'
import { until } from '../support/until.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const query = {} as ShopQuery
const empty: ShopOutcome = { kind: 'offers', offers: [], partial: false, warnings: [] }

type Process = { readonly provider: GuardedProvider; readonly isShared: () => boolean }

/** What one process has of its own: a connection, ledgers and a guard. */
async function openProcess(
  keyPrefix: string,
  given: Partial<BudgetSettings>,
  methods: Partial<Provider> = { shop: () => Promise.resolve(empty) },
  url = redisUrl(),
  clock: Clock = systemClock,
): Promise<Process> {
  const connection = new RedisLink(url, systemClock, silentLog)
  await connection.ready(5_000)
  const ledgers = openSharedLedgers({ connection, keyPrefix, clock, log: silentLog })
  const provider = guard(
    fakeProvider('fake', methods),
    { clock, log: silentLog, metrics: noMetrics, openLedger: ledgers.open },
    { ...defaultLimits, concurrencyMax: 200 },
    { ...noBudget, ...given },
  )
  closers.push(
    () => connection.close(),
    () => ledgers.close(),
    () => provider.close(),
  )
  return { provider, isShared: ledgers.isShared }
}

/** Each process asks as soon as it has been answered, with several callers. Gives when calls left. */
async function press(processes: readonly Process[], forMs: number, callers = 8): Promise<void> {
  const end = performance.now() + forMs
  const caller = async ({ provider }: Process): Promise<void> => {
    while (performance.now() < end) {
      const { kind } = await provider.shop(query, callWithin(1_000))
      // refused at once: the other callers must have their turn
      if (kind === 'failed') await systemClock.sleep(5)
    }
  }
  await Promise.all(processes.flatMap(one => Array.from({ length: callers }, () => caller(one))))
}

const keyPrefixes = () => `${uniqueName()}:`

describe('budgets shared through Redis', () => {
  test('two processes together keep the rate to within 2 %, and use it', async () => {
    const left: number[] = []
    const shop: Provider['shop'] = () => {
      left.push(performance.now())
      return Promise.resolve(empty)
    }
    const keyPrefix = keyPrefixes()
    const settings = { ratePerSecond: 25 }
    const processes = [
      await openProcess(keyPrefix, settings, { shop }),
      await openProcess(keyPrefix, settings, { shop }),
    ]
    // never more; all of it unless the machine is too busy to take its turns, so that one of three tries must
    let most = 0
    for (let attempt = 0; attempt < 3 && most <= 25 * 0.98; attempt++) {
      left.length = 0
      await press(processes, 4_000)
      const perSecond = (left.length - 1) / ((left.at(-1)! - left[0]!) / 1_000)
      expect(perSecond).toBeLessThan(25 * 1.02)
      most = Math.max(most, perSecond)
    }
    expect(most).toBeGreaterThan(25 * 0.98)
  }, 30_000)

  test('the looks of a day are counted once for all, exactly', async () => {
    const keyPrefix = keyPrefixes()
    const processes = [
      await openProcess(keyPrefix, { looksPerDay: 150 }),
      await openProcess(keyPrefix, { looksPerDay: 150 }),
    ]
    const answers: ShopOutcome[] = []
    const ask = (n: number): Promise<ShopOutcome> => processes[n % 2]!.provider.shop(query, callWithin(5_000))
    // of more at once some would wait over 15 ms for their turn on a busy machine, and go on from memory
    while (answers.length < 200) answers.push(...(await Promise.all(Array.from({ length: 20 }, (_, n) => ask(n)))))
    expect(answers.filter(({ kind }) => kind === 'offers')).toHaveLength(150)
    const third = await openProcess(keyPrefix, { looksPerDay: 150 })
    expect(await third.provider.shop(query, callWithin(1_000))).toMatchObject({
      kind: 'failed',
      fault: { kind: 'rate-limited', text: expect.stringContaining('150 looks a day') },
    })
    expect(third.provider.budget()).toMatchObject({ looks: 150, looksUsed: 1 })
  })

  test('a booking made by one process earns looks for another, whatever the first does next', async () => {
    const keyPrefix = keyPrefixes()
    const created = { createOrder: () => Promise.resolve({ kind: 'created', order: {} as never } as const) }
    const one = await openProcess(keyPrefix, { lookToBook: 2 }, created)
    const other = await openProcess(keyPrefix, { lookToBook: 2 })
    const look = async (): Promise<string> => (await other.provider.shop(query, callWithin(1_000))).kind
    expect([await look(), await look(), await look()]).toEqual(['offers', 'offers', 'failed'])
    for (let n = 0; n < 2; n++) await one.provider.createOrder({} as never, callWithin(1_000))
    await until(() => other.provider.budget().bookings === 2, 'the other one knows of both')
    expect([await look(), await look(), await look()]).toEqual(['offers', 'offers', 'failed'])
  })

  test('what one process was told by a 429 holds for the other', async () => {
    const keyPrefix = keyPrefixes()
    const limited = { kind: 'failed', fault: fault('rate-limited', 'slow down', { retryAfterMs: 60_000 }) } as const
    const one = await openProcess(keyPrefix, {}, { shop: () => Promise.resolve(limited) })
    const other = await openProcess(keyPrefix, {})
    expect((await other.provider.shop(query, callWithin(1_000))).kind).toBe('offers')
    await one.provider.shop(query, callWithin(1_000))
    await until(
      async () => (await other.provider.shop(query, callWithin(1_000))).kind === 'failed',
      'the other stays away too',
    )
    const answer = await other.provider.shop(query, callWithin(1_000))
    expect(answer).toMatchObject({ fault: { kind: 'rate-limited', text: expect.stringMatching(/fewer requests/) } })
    expect(other.provider.budget().pausedForMs).toBeGreaterThan(50_000)
  })

  test('a waiting booking gets the next token although other processes search without end', async () => {
    const keyPrefix = keyPrefixes()
    const settings = { ratePerSecond: 10 }
    const searching = await Promise.all(Array.from({ length: 4 }, () => openProcess(keyPrefix, settings)))
    const booking = await openProcess(keyPrefix, settings, { retrieveOrder: async () => absent })
    const pressed = press(searching, 1_500)
    const waits: number[] = []
    for (let n = 0; n < 6; n++) {
      const from = performance.now()
      expect((await booking.provider.retrieveOrder({} as never, callWithin(5_000))).kind).toBe('absent')
      waits.push(performance.now() - from)
    }
    await pressed
    // a token each 100 ms, the one taken ahead before it, and a busy machine
    expect(Math.max(...waits)).toBeLessThan(300)
  })

  test('keys of a supplier share a hash tag and none lives for ever', async () => {
    const keyPrefix = keyPrefixes()
    const { provider } = await openProcess(keyPrefix, { ratePerSecond: 5, looksPerDay: 9 })
    await provider.shop(query, callWithin(1_000))
    const redis = new Redis(redisUrl())
    closers.push(() => redis.disconnect())
    const keys = (await redis.keys(`${keyPrefix}*`)).filter(key => !key.endsWith(':processes'))
    expect(keys.sort()).toEqual([`${keyPrefix}{budget:fake}:days`, `${keyPrefix}{budget:fake}:rate`])
    for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0)
  })

  test('a process that does nothing knows what the others have used and what they were told', async () => {
    const keyPrefix = keyPrefixes()
    const limited = fault('rate-limited', 'too many requests', { retryAfterMs: 60_000 })
    let answer: ShopOutcome = empty
    const busy = await openProcess(keyPrefix, { looksPerDay: 9 }, { shop: async () => answer })
    const idle = await openProcess(keyPrefix, { looksPerDay: 9 })
    await busy.provider.shop(query, callWithin(1_000))
    answer = { kind: 'failed', fault: limited }
    await busy.provider.shop(query, callWithin(1_000))
    await until(() => idle.provider.budget().looks === 2, 'the looks of the other are seen')
    await until(() => idle.provider.budget().pausedForMs > 50_000, 'and its silence')
    const begun = await openProcess(keyPrefix, { looksPerDay: 9 })
    await until(() => begun.provider.budget().looks === 2, 'one that has just begun sees them too')
  })

  test('days that have gone by are forgotten with the first look of a day', async () => {
    const keyPrefix = keyPrefixes()
    const redis = new Redis(redisUrl())
    closers.push(() => redis.disconnect())
    const key = `${keyPrefix}{budget:fake}:days`
    const dayAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
    await redis.hset(key, { [`looks ${dayAgo(2)}`]: 7, [`bookings ${dayAgo(2)}`]: 1, [`bookings ${dayAgo(1)}`]: 3 })
    const { provider } = await openProcess(keyPrefix, { lookToBook: 9 })
    await provider.shop(query, callWithin(1_000))
    expect(Object.keys(await redis.hgetall(key)).sort()).toEqual([`bookings ${dayAgo(1)}`, `looks ${dayAgo(0)}`])
    expect(provider.budget().looksAllowed).toBe(27)
  })

  test('nobody waits until a clock that went back has caught up', async () => {
    const keyPrefix = keyPrefixes()
    const redis = new Redis(redisUrl())
    closers.push(() => redis.disconnect())
    const tomorrow = Date.now() + 86_400_000
    await redis.hset(`${keyPrefix}{budget:fake}:rate`, { full1: tomorrow, paused: tomorrow, urgent: tomorrow })
    const { provider } = await openProcess(keyPrefix, { ratePerSecond: 20 })
    expect(provider.budget().pausedForMs).toBe(0)
    expect(await provider.shop(query, callWithin(1_000))).toEqual(empty)
  })
})

describe('without Redis on the way', () => {
  test('a Redis that comes back empty gives nobody the looks of a day again, nor takes what bookings earned', async () => {
    const server = await startOwnRedis()
    closers.push(() => server.close())
    const keyPrefix = keyPrefixes()
    const created: CreateOrderOutcome = { kind: 'created', order: {} as never }
    const methods: Partial<Provider> = { shop: async () => empty, createOrder: async () => created }
    const { provider, isShared } = await openProcess(keyPrefix, { lookToBook: 20 }, methods, server.url)
    const look = async (): Promise<string> => (await provider.shop(query, callWithin(1_000))).kind
    await provider.createOrder({ offer: {} } as never, callWithin(1_000))
    await provider.createOrder({ offer: {} } as never, callWithin(1_000))
    for (let n = 0; n < 25; n++) expect(await look()).toBe('offers')
    await server.kill()
    let looks = 25
    for (; looks < 30; looks++) expect(await look()).toBe('offers')
    await server.start()
    await until(async () => {
      if ((await look()) === 'offers') looks++
      return isShared()
    }, 'Redis is used again')
    expect(provider.budget()).toMatchObject({ looks, bookings: 2, looksAllowed: 40 })
    while ((await look()) === 'offers') looks++
    expect(looks).toBe(40)
    const redis = new Redis(server.url)
    closers.push(() => redis.disconnect())
    expect(await redis.pttl(`${keyPrefix}{budget:fake}:days`)).toBeGreaterThan(0)
  }, 30_000)

  test('a search goes on within milliseconds, each process with its share; back again they share', async () => {
    const tunnel = await startTunnel(redisUrl())
    closers.push(() => tunnel.close())
    const keyPrefix = keyPrefixes()
    const settings = { looksPerDay: 100 }
    const open = () => openProcess(keyPrefix, settings, undefined, tunnel.url)
    const processes = [await open(), await open()]
    const look = async (one: Process): Promise<string> => (await one.provider.shop(query, callWithin(1_000))).kind
    for (let n = 0; n < 10; n++) expect(await look(processes[n % 2]!)).toBe('offers')
    const redis = new Redis(redisUrl())
    closers.push(() => redis.disconnect())
    await until(async () => (await redis.zcard(`${keyPrefix}budget:processes`)) === 2, 'both say that they live')
    // each counts the living every two seconds
    await until(() => processes.every(({ provider }) => provider.budget().share === 0.5), 'each knows of the other')
    tunnel.stall()
    const from = performance.now()
    expect(await look(processes[0]!)).toBe('offers')
    expect(performance.now() - from).toBeLessThan(60)
    const taken = [1, 0]
    for (const [index, one] of processes.entries()) while ((await look(one)) === 'offers') taken[index]!++
    for (const count of taken) expect(count).toBeLessThanOrEqual(46)
    for (const count of taken) expect(count).toBeGreaterThanOrEqual(44)
    await tunnel.restore()
    await until(async () => {
      await look(processes[0]!)
      await look(processes[1]!)
      return processes.every(({ isShared }) => isShared())
    }, 'Redis is used again')
    expect(
      Number(await redis.hget(`${keyPrefix}{budget:fake}:days`, `looks ${new Date().toISOString().slice(0, 10)}`)),
    ).toBeGreaterThanOrEqual(98)
  }, 30_000)

  test('half-open costs each search a few milliseconds at first, and then nothing', async () => {
    const tunnel = await startTunnel(redisUrl())
    closers.push(() => tunnel.close())
    const { provider } = await openProcess(
      keyPrefixes(),
      { ratePerSecond: 10_000, burst: 1_000 },
      undefined,
      tunnel.url,
    )
    tunnel.freeze()
    const times: number[] = []
    for (let n = 0; n < 50; n++) {
      const from = performance.now()
      await provider.shop(query, callWithin(1_000))
      times.push(performance.now() - from)
    }
    const sorted = times.toSorted((a, b) => a - b)
    expect(sorted[40]!).toBeLessThan(5)
    expect(sorted.at(-1)!).toBeLessThan(60)
  })
})

const absent = { kind: 'absent' } as const
