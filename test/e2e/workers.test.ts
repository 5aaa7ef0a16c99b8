import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { book, bookingOf, searchFor, send } from '../support/front-end.ts'
import { isRunning, processesOver } from '../support/processes.ts'
import { newDataDir, type RunningService, removeDataDir, startAndFail, startService } from '../support/service.ts'
import { redisUrl } from '../support/services.ts'
import { until } from '../support/until.ts'

/** Several processes behind one port, over one embedded database and one sandbox. */
const env = { WORKERS: '2', REDIS_URL: redisUrl() }
const sabre = (day: number) => searchFor('LHR', 'JFK', { providers: ['sabre'], maxConnections: day })

/** By worker number, the newest. */
function workerPids(service: RunningService): ReadonlyMap<number, number> {
  const lines = service.log().filter(({ msg }) => msg === 'worker serves')
  return new Map(lines.map(({ worker, pid }) => [worker as number, pid as number]))
}

/** One request on a connection of its own: any worker may get it. */
async function ask(service: RunningService, method: string, path: string, body?: unknown) {
  return send(service.baseUrl, method, path, body, { connection: 'close' })
}

/** Which worker answered: it is in its log line. */
async function workerOf(service: RunningService, requestId: string): Promise<unknown> {
  const line = () => service.log().find(one => one.requestId === requestId && one.msg === 'request')
  await until(() => line() !== undefined, 'the request is in the log')
  return line()!.worker
}

async function counted(service: RunningService, route: string): Promise<number> {
  const { body } = await ask(service, 'GET', '/metrics')
  const lines = String(body)
    .split('\n')
    .filter(line => line.startsWith('fareloom_http_requests_total') && line.includes(route))
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

describe('two workers', () => {
  let service: RunningService
  const dir = newDataDir()
  beforeAll(async () => {
    service = await startService(env, dir)
  }, 60_000)
  afterAll(async () => {
    await service.stop()
    await removeDataDir(dir)
  })

  test('share one database and one sandbox', () => {
    expect(workerPids(service).size).toBe(2)
    expect(service.log().filter(({ msg }) => msg === 'listening')).toHaveLength(1)
    const parents = processesOver(dir).map(commandOf)
    expect(parents.filter(command => command.includes('src/main.ts'))).toHaveLength(3)
    expect(parents.filter(command => command.includes('src/sandbox-main.ts'))).toHaveLength(1)
    expect(parents.filter(command => command.includes('bin/postgres'))).toHaveLength(1)
  })

  test('a search made by one is paged by the other, and booked by whoever is asked', async () => {
    const search = await ask(service, 'POST', '/v1/searches', sabre(1))
    expect(search.status).toBe(201)
    const maker = await workerOf(service, search.headers.get('x-request-id')!)
    const pagers = new Set<unknown>()
    await until(async () => {
      const page = await ask(service, 'GET', `/v1/searches/${search.body.id}/offers?sort=price&limit=5`)
      expect(page).toMatchObject({ status: 200, body: { page: { limit: 5 } } })
      pagers.add(await workerOf(service, page.headers.get('x-request-id')!))
      return pagers.size === 2
    }, 'both have given a page')
    expect([1, 2]).toContain(maker)
    const bookings = await Promise.all(
      search.body.offers.slice(0, 2).map((offer: never) => book(service.baseUrl, bookingOf(offer))),
    )
    for (const booking of bookings) expect(booking).toMatchObject({ status: 201, body: { status: 'ticketed' } })
    for (let each = 0; each < 4; each++) {
      const seen = await ask(service, 'GET', `/v1/bookings/${bookings[0].body.id}`)
      expect(seen.body.status).toBe('ticketed')
    }
  })

  test('/metrics adds up both, and keeps what a dead one had counted; the dead one is replaced', async () => {
    const route = 'route="/v1/airlines"'
    for (let each = 0; each < 20; each++) await ask(service, 'GET', '/v1/airlines')
    expect(await counted(service, route)).toBe(20)
    const [number, pid] = [...workerPids(service)][0]!
    process.kill(pid, 'SIGKILL')
    await until(() => !isRunning(pid), 'it is dead')
    // a connection that was kept alive to the dead one breaks: the next one goes to the other
    await until(
      async () => (await ask(service, 'GET', '/health/ready').catch(() => undefined))?.status === 200,
      'the other one answers',
    )
    await until(() => workerPids(service).get(number) !== pid, 'another takes its place')
    const ready = async () => (await ask(service, 'GET', '/health/ready')).body
    await until(async () => (await ready()).workers === 'ok', 'readiness tells it')
    expect(await ready()).toMatchObject({ status: 'ok', sandbox: 'ok', redis: 'ok' })
    expect(await counted(service, route)).toBe(20)
    expect(isRunning([...workerPids(service)][1]![1])).toBe(true)
  })

  test('a worker told to end by itself answers what it has and is replaced', async () => {
    const [number, pid] = [...workerPids(service)][1]!
    process.kill(pid, 'SIGTERM')
    await until(() => workerPids(service).get(number) !== pid, 'another takes its place')
    expect((await ask(service, 'GET', '/health/live')).status).toBe(200)
  })

  test('signals to all processes at once, twice: all drain, exit 0, nothing stays', async () => {
    const search = ask(service, 'POST', '/v1/searches', sabre(0))
    search.catch(() => undefined)
    const code = service.stop('SIGINT')
    for (const pid of workerPids(service).values()) process.kill(pid, 'SIGINT')
    service.process.kill('SIGINT')
    expect(await code).toBe(0)
    // it came before or after the last connection was let in: answered or not let in, never cut off with half an answer
    await search.then(
      ({ status }) => expect(status).toBe(201),
      error => expect(String(error)).toMatch(/ECONNREFUSED|ECONNRESET|fetch failed/),
    )
    expect(processesOver(dir)).toEqual([])
  })
})

describe('the first process', () => {
  test('killed outright takes everything with it', async () => {
    const dir = newDataDir()
    const service = await startService(env, dir)
    await service.stop('SIGKILL')
    await until(() => processesOver(dir).length === 0, 'workers, sandbox and PostgreSQL end', 5_000)
    await removeDataDir(dir)
  }, 60_000)

  test('a worker that cannot start says why, in one sentence', async () => {
    const dir = newDataDir()
    const wrong = { ...env, PROVIDER_AMADEUS_BASE_URL: 'http://127.0.0.1:1' }
    const { code, output } = await startAndFail(wrong, dir)
    expect(output.match(/^fareloom cannot start: PROVIDER_AMADEUS_CLIENT_ID .+$/gm)).toHaveLength(1)
    expect(output).not.toMatch(/takes its place|\n\s+at /)
    expect(code).toBe(1)
    expect(processesOver(dir)).toEqual([])
    await removeDataDir(dir)
  })

  test('gives up with a sentence where workers die again and again and none serves', async () => {
    const dir = newDataDir()
    const service = await startService(env, dir)
    const ended = new Promise<number | null>(resolve => service.process.once('exit', code => resolve(code)))
    let code: number | null | undefined
    void ended.then(value => {
      code = value
    })
    await until(
      () => {
        for (const pid of processesOver(dir)) if (isWorker(pid, service)) kill(pid)
        return code !== undefined
      },
      'it stops',
      40_000,
    )
    expect(code).toBe(1)
    expect(service.output()).toMatch(/fareloom stops: worker \d ended 5 times right after its start/)
    await removeDataDir(dir)
  }, 90_000)
})

const isWorker = (pid: number, service: RunningService): boolean =>
  pid !== service.process.pid && commandOf(pid).includes('src/main.ts')

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // ended meanwhile
  }
}
