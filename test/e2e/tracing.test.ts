import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, bookingOf, daysAhead, searchFor, send } from '../support/front-end.ts'
import { type Recorder, startRecorder } from '../support/recorder.ts'
import { type RunningSandbox, startSandbox } from '../support/sandbox.ts'
import { newDataDir, type RunningService, removeDataDir, startService } from '../support/service.ts'
import { until } from '../support/until.ts'

/** Request ids and trace contexts: in every answer, in the log, and on the wire to suppliers and gateway. */
let sandbox: RunningSandbox
let service: RunningService
const recorders = new Map<string, Recorder>()
const sandboxDir = newDataDir()

beforeAll(async () => {
  sandbox = await startSandbox(sandboxDir)
  const env: Record<string, string> = { ...sandbox.settings }
  for (const [name, url] of Object.entries(sandbox.settings)) {
    if (!name.endsWith('_BASE_URL')) continue
    const recorder = await startRecorder(url)
    recorders.set(name.replace(/^PROVIDER_|_BASE_URL$/g, '').toLowerCase(), recorder)
    env[name] = recorder.url
  }
  service = await startService(env)
})
afterAll(async () => {
  await service?.stop()
  if (service) await removeDataDir(service.dataDir)
  for (const recorder of recorders.values()) await recorder.close()
  await sandbox?.stop()
  await removeDataDir(sandboxDir)
})

const ownId = /^req_[0-9a-z]{20,}$/
const json = { 'content-type': 'application/json' }

describe('x-request-id', () => {
  test.each<readonly [number, string, string, RequestInit]>([
    [200, 'GET', '/health/live', {}],
    [200, 'HEAD', '/health/live', {}],
    [200, 'GET', '/metrics', {}],
    [200, 'GET', '/openapi.json', {}],
    [200, 'GET', '/docs', {}],
    [200, 'GET', '/docs/swagger-ui.css', {}],
    [200, 'GET', '/v1/places?query=lon', {}],
    [404, 'GET', '/nothing/here', {}],
    [404, 'GET', '/v1/offers/off_unknown', {}],
    [404, 'GET', '/v1/offers/%E0%A4%A', {}],
    [405, 'PUT', '/v1/searches', {}],
    [405, 'OPTIONS', '/v1/bookings', {}],
    [400, 'POST', '/v1/searches', { body: '{"slices":', headers: json }],
    [413, 'POST', '/v1/searches', { body: `{"x":"${'x'.repeat(300_000)}"}`, headers: json }],
    [415, 'POST', '/v1/searches', { body: 'x=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    [422, 'POST', '/v1/searches', { body: '{}', headers: json }],
    [422, 'POST', '/v1/bookings', { body: '{}', headers: json }],
  ])('is on %i %s %s, and in the problem', async (status, method, path, init) => {
    const response = await fetch(`${service.baseUrl}${path}`, { method, ...init })
    expect(response.status).toBe(status)
    const id = response.headers.get('x-request-id')
    expect(id).toMatch(ownId)
    if (status >= 400) {
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
      expect(await response.json()).toMatchObject({ status, requestId: id })
    } else await response.arrayBuffer()
  })

  test('given by the caller it is kept; what could break a header or a log line is not', async () => {
    const ask = async (id: string): Promise<Answer> =>
      send(service.baseUrl, 'GET', '/v1/places?query=lon', undefined, { 'x-request-id': id })
    expect((await ask('front-end-4711')).headers.get('x-request-id')).toBe('front-end-4711')
    const logged = (): boolean => service.log().some(({ requestId }) => requestId === 'front-end-4711')
    await until(logged, 'it is in the log')
    for (const id of ['a b', 'a"b', 'x'.repeat(65), '<script>'])
      expect((await ask(id)).headers.get('x-request-id')).toMatch(ownId)
  })

  test.each([
    ['a request line that is none', 'NONSENSE\r\n\r\n', 400],
    ['a header without a colon', 'GET /health/live HTTP/1.1\r\nhost: x\r\nbroken\r\n\r\n', 400],
    ['headers over 16 kB', `GET /health/live HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('is on the answer to %s, which is a problem too', async (_, bytes, status) => {
    const { hostname, port } = new URL(service.baseUrl)
    const socket = connect(Number(port), hostname)
    socket.end(bytes)
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    await once(socket, 'close')
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    const id = /^x-request-id: (\S+)\r$/im.exec(text)?.[1]
    expect(id).toMatch(ownId)
    expect(text).toMatch(/^content-type: application\/problem\+json/im)
    expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).toMatchObject({ status, requestId: id })
  })
})

describe('traceparent', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const traced = { traceparent }

  test('goes to every supplier and to the gateway with every call of a journey, and into the log', async () => {
    const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
      send(service.baseUrl, method, path, body, traced)
    const { body } = await call('POST', '/v1/searches', searchFor('LHR', 'JFK'))
    expect(body.status).toBe('complete')
    for (const { code } of body.providers) {
      const path = `/v1/searches/${body.id}/offers?sort=price&limit=1&providers=${code}`
      const [offer] = (await call('GET', path)).body.offers
      await call('POST', `/v1/offers/${offer.id}/price`)
      const key = { 'idempotency-key': `trace-${code}`, ...traced }
      const booked = await send(service.baseUrl, 'POST', '/v1/bookings', bookingOf(offer), key)
      expect([code, booked.status]).toEqual([code, 201])
      const quote = await call('POST', `/v1/bookings/${booked.body.id}/cancellation-quotes`)
      if (quote.status === 201)
        await call('POST', `/v1/bookings/${booked.body.id}/cancellation-quotes/${quote.body.id}/confirm`)
    }
    for (const [name, { requests }] of recorders) {
      // the gateway that is not chosen takes no payment
      if (name === 'gateway_stripe') continue
      // tokens are fetched for all who come after, not for one request
      const calls = requests.filter(({ path }) => !/token/.test(path))
      expect(calls.length, name).toBeGreaterThan(1)
      for (const { method, path, headers } of calls)
        expect(`${name} ${method} ${path} ${headers.traceparent}`).toBe(`${name} ${method} ${path} ${traceparent}`)
    }
    const routes = [
      '/v1/searches',
      '/v1/searches/{id}/offers',
      '/v1/offers/{id}/price',
      '/v1/bookings',
      '/v1/bookings/{id}/cancellation-quotes',
      '/v1/bookings/{id}/cancellation-quotes/{quoteId}/confirm',
    ]
    const logged = (route: string): boolean =>
      service.log().some(line => line.traceparent === traceparent && line.route === route)
    await until(() => routes.every(logged), 'every request is in the log')
  })

  test('that is none is not sent on, and none is made up', async () => {
    const sent = (): number => [...recorders.values()].reduce((sum, { requests }) => sum + requests.length, 0)
    for (const broken of ['00-xyz', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, 'traceparent']) {
      const before = sent()
      const slices = [{ origin: 'LHR', destination: 'JFK', departureDate: daysAhead(before) }]
      const search = searchFor('LHR', 'JFK', { slices })
      await send(service.baseUrl, 'POST', '/v1/searches', search, { traceparent: broken })
      expect(sent()).toBeGreaterThan(before)
    }
    const all = [...recorders.values()].flatMap(({ requests }) => requests)
    expect(all.map(({ headers }) => headers.traceparent).filter(text => text && text !== traceparent)).toEqual([])
  })
})
