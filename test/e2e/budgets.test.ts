import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, daysAhead, searchFor, send } from '../support/front-end.ts'
import { type Recorder, startRecorder } from '../support/recorder.ts'
import { type RunningSandbox, startSandbox } from '../support/sandbox.ts'
import { newDataDir, type RunningService, removeDataDir, startAndFail, startService } from '../support/service.ts'
import { redisUrl } from '../support/services.ts'
import { until } from '../support/until.ts'

/** Two services that share suppliers and a Redis, and what the suppliers see of them. */
let sandbox: RunningSandbox
const services: RunningService[] = []
const recorders = new Map<string, Recorder>()
const sandboxDir = newDataDir()

/** Number 10: other suites use other ones. */
const ownRedis = new URL(redisUrl())
ownRedis.pathname = '/10'

const budgets = {
  PROVIDER_DUFFEL_RATE_PER_SECOND: '10',
  PROVIDER_SABRE_LOOKS_PER_DAY: '6',
  PROVIDER_SABRE_DAY_ZONE: 'America/Chicago',
  PROVIDER_NDC_LOOK_TO_BOOK: '3',
  PROVIDER_TRAVELPORT_CONCURRENCY: '6',
}

beforeAll(async () => {
  const redis = new Redis(ownRedis.href)
  await redis.flushdb()
  redis.disconnect()
  sandbox = await startSandbox(sandboxDir)
  const env: Record<string, string> = { ...sandbox.settings, ...budgets, REDIS_URL: ownRedis.href }
  for (const [name, url] of Object.entries(sandbox.settings)) {
    if (!/^PROVIDER_.*_BASE_URL$/.test(name)) continue
    const recorder = await startRecorder(url)
    recorders.set(name.replace(/^PROVIDER_|_BASE_URL$/g, '').toLowerCase(), recorder)
    env[name] = recorder.url
  }
  services.push(await startService(env), await startService(env))
}, 90_000)
afterAll(async () => {
  for (const service of services) {
    await service.stop()
    await removeDataDir(service.dataDir)
  }
  for (const recorder of recorders.values()) await recorder.close()
  await sandbox?.stop()
  await removeDataDir(sandboxDir)
})

let asked = 0
/** Never asked before, so that suppliers are. */
function search(index: number, providers: readonly string[], more: Record<string, unknown> = {}): Promise<Answer> {
  asked++
  const destinations = ['JFK', 'BOS', 'ORD', 'MIA', 'SFO']
  const slices = [
    {
      origin: 'LHR',
      destination: destinations[asked % destinations.length]!,
      departureDate: daysAhead(30 + Math.floor(asked / destinations.length)),
    },
  ]
  return send(services[index % 2]!.baseUrl, 'POST', '/v1/searches', {
    ...searchFor('LHR', 'JFK', { slices, providers, ...more }),
  })
}

const statusOf = ({ body }: Answer, code: string): Answer['body'] =>
  body.providers.find((one: Answer['body']) => one.code === code)

async function budgetOf(index: number, code: string): Promise<Answer['body']> {
  const { body } = await send(services[index]!.baseUrl, 'GET', '/v1/providers')
  return body.providers.find((one: Answer['body']) => one.code === code).budget
}

describe('two processes', () => {
  test('together keep the rate that a supplier allows, and say what did not get a turn', async () => {
    const from = recorders.get('duffel')!.requests.length
    const start = performance.now()
    const answers: Answer[] = []
    while (performance.now() - start < 3_000) {
      answers.push(
        ...(await Promise.all(Array.from({ length: 16 }, (_, n) => search(n, ['duffel'], { deadlineMs: 1_500 })))),
      )
    }
    const seconds = (performance.now() - start) / 1_000
    const calls = recorders.get('duffel')!.requests.length - from
    expect(calls).toBeLessThanOrEqual(Math.ceil(seconds * 10 * 1.02) + 1)
    expect(calls).toBeGreaterThan(seconds * 5)
    const kinds = new Set(answers.map(answer => statusOf(answer, 'duffel').status))
    expect(kinds).toContain('ok')
    expect(kinds).toContain('rate-limited')
    expect(await budgetOf(0, 'duffel')).toMatchObject({ rate: { perSecond: 10, burst: 1, pausedForMs: 0 } })
  }, 30_000)

  test('share the looks of a day; when they are spent the supplier is skipped and says why', async () => {
    const answers: Answer[] = []
    for (let n = 0; n < 16; n++) answers.push(await search(n, ['sabre', 'amadeus']))
    const ok = answers.filter(answer => statusOf(answer, 'sabre').status === 'ok')
    expect(ok.length).toBe(6)
    const last = statusOf(answers.at(-1)!, 'sabre')
    expect(last).toMatchObject({ status: 'skipped', offers: 0 })
    expect(last.fault.text).toMatch(
      /^the 6 looks a day of sabre are used up for 20\d\d-\d\d-\d\d \(America\/Chicago\)$/,
    )
    expect(answers.at(-1)!.body).toMatchObject({ status: 'complete' })
    for (const index of [0, 1])
      expect((await budgetOf(index, 'sabre')).looks).toMatchObject({ count: 6, perDay: 6, usedShare: 1 })
    const alone = await search(0, ['sabre'])
    expect(alone.status).toBe(503)
    expect(alone.body.providers[0]).toMatchObject({ code: 'sabre', status: 'rate-limited' })
  }, 30_000)

  test('divide a cap that was set, and count together how many looks bookings have earned', async () => {
    await until(
      async () =>
        (await budgetOf(0, 'travelport')).concurrency.cap === 6 && (await budgetOf(0, 'ndc')).processShare === 0.5,
      'each knows of the other',
    )
    await search(0, ['travelport'])
    expect((await budgetOf(0, 'travelport')).concurrency).toMatchObject({ cap: 6, limit: 3 })
    const said: string[] = []
    for (let n = 0; n < 6; n++) said.push(statusOf(await search(n, ['ndc', 'amadeus']), 'ndc').status)
    expect(said.slice(0, 3)).toEqual(['ok', 'ok', 'ok'])
    expect(said.slice(3)).not.toContain('ok')
    expect((await budgetOf(1, 'ndc')).looks).toMatchObject({ toBook: 3, bookings: 0, allowed: 3, count: 3 })
  }, 30_000)

  test('both stay away from a supplier that said 429 until the moment that it named, then come back', async () => {
    const code = 'amadeus'
    const struck = await send(services[0]!.baseUrl, 'POST', '/v1/searches', searchFor('GVA', 'KRK'))
    expect(statusOf(struck, code)).toMatchObject({ status: 'rate-limited' })
    const before = recorders.get(code)!.requests.length
    const answers = await Promise.all([0, 1].map(index => search(index, [code, 'travelport'], { deadlineMs: 500 })))
    for (const answer of answers) {
      expect(statusOf(answer, code)).toMatchObject({ status: 'rate-limited' })
      expect(statusOf(answer, code).fault.text).toMatch(/asked for fewer requests: none for another [\d.]+ s/)
    }
    expect(recorders.get(code)!.requests.length).toBe(before)
    expect((await budgetOf(1, code)).rate.pausedForMs).toBeGreaterThan(0)
    const patient = await search(1, [code, 'travelport'], { deadlineMs: 8_000 })
    expect(statusOf(patient, code).status).toBe('ok')
  }, 30_000)

  test('show it in /metrics', async () => {
    const { body } = await send(services[0]!.baseUrl, 'GET', '/metrics')
    for (const line of [
      /^fareloom_supplier_budget_refusals_total\{provider="duffel",reason="rate"\} [1-9]/m,
      /^fareloom_supplier_skips_total\{provider="sabre",reason="spent"\} [1-9]/m,
      /^fareloom_supplier_looks_used_ratio\{provider="sabre"\} 1$/m,
      /^fareloom_supplier_concurrency_limit\{provider="travelport"\} 3$/m,
      /^fareloom_supplier_token_wait_seconds_count\{provider="duffel"\} [1-9]/m,
      /^fareloom_supplier_pauses_total\{provider="\w+"\} 1$/m,
    ])
      expect(body).toMatch(line)
  })
})

describe('a budget that makes no sense', () => {
  test.each([
    [{ PROVIDER_SABRE_RATE_PER_SECOND: 'fast' }, /PROVIDER_SABRE_RATE_PER_SECOND is "fast": it takes a number/],
    [{ PROVIDER_SABRE_BURST: '5' }, /PROVIDER_SABRE_BURST needs a rate/],
    [{ PROVIDER_SABRE_HEDGE: 'yes' }, /PROVIDER_SABRE_HEDGE is "yes": it takes off, reads or on/],
  ])('is refused at the start: %o', async (env, reason) => {
    const dataDir = newDataDir()
    const { code, output } = await startAndFail(env, dataDir)
    await removeDataDir(dataDir)
    expect(code).toBe(1)
    expect(output).toMatch(reason)
    expect(output.trim().split('\n')).toHaveLength(1)
  })
})
