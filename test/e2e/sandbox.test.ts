import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, book, bookingOf, searchFor, send } from '../support/front-end.ts'
import { processesOver } from '../support/processes.ts'
import { parseSettings } from '../support/sandbox.ts'
import { cleanEnvironment, newDataDir, type RunningService, removeDataDir, startService } from '../support/service.ts'
import { until } from '../support/until.ts'

/** The sandbox as a process of its own: watched by the service, or alone. */
const root = new URL('../../', import.meta.url).pathname

function sandboxPid(dataDir: string): number {
  return Number(readFileSync(`${dataDir}/sandbox/sandbox.pid`, 'utf8'))
}

describe('the sandbox beside the service', () => {
  let service: RunningService
  const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
    send(service.baseUrl, method, path, body)

  beforeAll(async () => {
    service = await startService()
  })
  afterAll(async () => {
    await service.stop()
    await removeDataDir(service.dataDir)
  })

  const orders = async (baseUrl: string, reference: string): Promise<readonly Answer['body'][]> =>
    (await send(baseUrl, 'GET', '/_sandbox/orders')).body.orders.filter(
      (order: Answer['body']) => order.reference === reference,
    )

  test('killed, it is started again on the same ports with its PNRs and money, and searches and bookings go on', async () => {
    const sabre = searchFor('LHR', 'JFK', { providers: ['sabre'] })
    const { body } = await call('POST', '/v1/searches', sabre)
    const booked = (await book(service.baseUrl, bookingOf(body.offers[0]))).body
    expect(booked.status).toBe('ticketed')
    const before = (await call('GET', '/v1/sandbox')).body
    const { baseUrl } = before.simulators.find(({ code }: { code: string }) => code === 'sabre')
    const held = await orders(baseUrl, booked.reference)
    expect(held).toHaveLength(1)
    const { entries } = (await send(before.gateway.baseUrl, 'GET', '/_sandbox/ledger')).body

    const pid = sandboxPid(service.dataDir)
    process.kill(pid, 'SIGKILL')
    await until(async () => (await call('GET', '/health/ready')).body.sandbox === 'degraded', 'health tells it')
    expect((await call('GET', '/health/ready')).status).toBe(200)
    const killedAt = performance.now()
    await until(async () => (await call('GET', '/health/ready')).body.sandbox === 'ok', 'it is back')
    console.log(`the sandbox was away for ${Math.round(performance.now() - killedAt)} ms`)

    expect((await call('GET', '/v1/sandbox')).body).toEqual(before)
    expect(sandboxPid(service.dataDir)).not.toBe(pid)
    expect(await orders(baseUrl, booked.reference)).toEqual(held)
    expect((await send(before.gateway.baseUrl, 'GET', '/_sandbox/ledger')).body.entries).toEqual(entries)
    // searches in between may have opened a breaker
    await until(async () => {
      const search = searchFor('LHR', 'JFK', { cabin: 'business' })
      return (await call('POST', '/v1/searches', search)).body.status === 'complete'
    }, 'every supplier answers again')
    const quote = await call('POST', `/v1/bookings/${booked.id}/cancellation-quotes`)
    expect(quote.status).toBe(201)
    const confirm = `/v1/bookings/${booked.id}/cancellation-quotes/${quote.body.id}/confirm`
    expect((await call('POST', confirm)).body.status).toBe('cancelled')
  })
})

describe('npm run sandbox', () => {
  let dataDir: string
  let npm: ChildProcess
  let output = ''

  beforeAll(async () => {
    dataDir = newDataDir()
    npm = spawn('npm', ['run', '--silent', 'sandbox'], {
      cwd: root,
      env: { ...cleanEnvironment(), DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    })
    npm.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
    await until(() => output.includes('GATEWAY_TEST_API_KEY='), 'it prints its addresses', 30_000)
  })
  afterAll(async () => {
    if (npm.exitCode === null) process.kill(-npm.pid!, 'SIGKILL')
    await removeDataDir(dataDir)
  })

  test('prints what a service elsewhere needs to use it, and that service then has no sandbox of its own', async () => {
    const settings = parseSettings(output)
    expect(Object.keys(settings)).toEqual(
      expect.arrayContaining(['PROVIDER_AMADEUS_BASE_URL', 'PROVIDER_SABRE_BASE_URL', 'PROVIDER_TRAVELPORT_BASE_URL']),
    )
    const service = await startService(settings)
    expect((await send(service.baseUrl, 'GET', '/v1/sandbox')).status).toBe(404)
    expect((await send(service.baseUrl, 'GET', '/health/ready')).body).toMatchObject({ status: 'ok', sandbox: 'off' })
    const search = searchFor('LHR', 'JFK', { providers: ['travelport'] })
    const { body } = await send(service.baseUrl, 'POST', '/v1/searches', search)
    expect((await book(service.baseUrl, bookingOf(body.offers[0]))).body.status).toBe('ticketed')
    expect(await service.stop()).toBe(0)
    await removeDataDir(service.dataDir)
  })

  test('ends with SIGTERM to npm, exit 0', async () => {
    const ended = once(npm, 'exit')
    npm.kill('SIGTERM')
    expect((await ended)[0]).toBe(0)
    expect(processesOver(dataDir)).toEqual([])
  })
})
