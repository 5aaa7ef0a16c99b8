import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { hasRedis } from '../../bench/own-redis.ts'
import { type OwnServer, startOwnRedis } from '../../test/support/own-servers.ts'
import { startSandbox } from '../../test/support/sandbox.ts'
import { freePort, newDataDir } from '../../test/support/service.ts'
import { makeCaller } from './caller.ts'
import { openDatabase, type TortureDatabase } from './database.ts'
import type { Places } from './facts.ts'
import { type Receiver, startReceiver } from './receiver.ts'
import { makeService, type TortureService } from './service.ts'

/** Everything real: PostgreSQL, Redis, suppliers and gateway each in a process of its own, and the service with two workers
 *  over them. Suppliers and gateway are never killed: they are other people's. */
export type Stage = {
  readonly baseUrl: string
  readonly service: TortureService
  readonly database: TortureDatabase
  /** Comes back with nothing. */
  readonly redis: OwnServer
  readonly receiver: Receiver
  readonly places: Places
  close(): Promise<void>
  /** Ends everything by SIGKILL, in one turn: for the end of this process. */
  readonly abandon: () => void
}

const webhookWithinMs = 30_000

export async function openStage({ seed }: { readonly seed: string }): Promise<Stage> {
  if (!hasRedis()) throw new Error('two workers need Redis: there is no redis-server on this machine')
  const dir = newDataDir()
  const closing: (() => unknown)[] = [() => rmSync(dir, { recursive: true, force: true })]
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end()
  }
  try {
    const redis = await startOwnRedis()
    closing.push(() => redis.close())
    const sandbox = await startSandbox(join(dir, 'suppliers'))
    closing.push(() => sandbox.stop())
    const database = await openDatabase(join(dir, 'postgres'))
    closing.push(() => database.stop())
    const receiver = await startReceiver(seed)
    closing.push(() => receiver.close())
    const masterKey = createHash('sha256').update(seed).digest('hex')
    const port = await freePort()
    const service = makeService({
      ...sandbox.settings,
      PORT: String(port),
      WORKERS: '2',
      DATA_DIR: join(dir, 'service'),
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      MASTER_KEY: masterKey,
      WEBHOOKS_ALLOW_PRIVATE: '1',
      ...unlimited,
    })
    closing.push(() => service.stop())
    await service.start()
    const baseUrl = `http://127.0.0.1:${port}`
    receiver.secret = await register(baseUrl, receiver.url)
    const places = { databaseUrl: database.url, masterKey, ...addressesIn(sandbox.settings) }
    const abandon = (): void => {
      void service.killAll()
      void database.kill()
      for (const end of closing.splice(0)) void end()
    }
    return { baseUrl, service, database, redis, receiver, places, close, abandon }
  } catch (error) {
    await close()
    throw error
  }
}

/** One client stands for many. */
const unlimited = {
  RATE_LIMIT_SEARCHES_PER_MINUTE: '0',
  RATE_LIMIT_BOOKINGS_PER_MINUTE: '0',
  RATE_LIMIT_READS_PER_MINUTE: '0',
}

async function register(baseUrl: string, url: string): Promise<string> {
  const caller = makeCaller(baseUrl)
  const request = { method: 'POST', path: '/v1/webhooks', body: { url } } as const
  const made = await caller.send(request, performance.now() + webhookWithinMs)
  await caller.close()
  if (made?.status !== 201) throw new Error(`the webhook was not taken: ${made?.text}`)
  return made.body.secret
}

function addressesIn(settings: Readonly<Record<string, string>>): Pick<Places, 'suppliers' | 'gateway'> {
  const suppliers = Object.entries(settings).flatMap(([name, value]) => {
    const code = /^PROVIDER_(.+)_BASE_URL$/.exec(name)?.[1]
    return code ? [[code.toLowerCase().replaceAll('_', '-'), new URL(value).origin] as const] : []
  })
  return { suppliers: Object.fromEntries(suppliers), gateway: new URL(settings.GATEWAY_TEST_BASE_URL!).origin }
}
