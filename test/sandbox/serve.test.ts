import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import { type SimulatorProtocol, type SimulatorReply, serveSimulator } from '../../src/sandbox/serve.ts'
import type { Effect, RunningSimulator, World } from '../../src/sandbox/world.ts'
import { booked, openTestWorld, request, testClock } from './world-helpers.ts'

const long = JSON.stringify({ text: 'offers '.repeat(2000) })
const handled: string[] = []

/** Does what its path says: `/shop/silent`, `/book/answer-lost`, `/echo`. */
const protocol: SimulatorProtocol = {
  code: 'sabre',
  settings: baseUrl => ({ baseUrl, clientId: 'id' }),
  handle({ path, body, headers, query }) {
    handled.push(path)
    const [, moment, effect] = path.split('/')
    if (moment === 'broken') throw new Error('a bug')
    if (moment === 'empty') return { status: 204, headers: {}, body: '' }
    if (moment === 'echo') {
      const text = JSON.stringify({ body: String(body), header: headers['x-one'], q: query.get('q') })
      return reply(200, text)
    }
    return {
      ...reply(200, long),
      effect: { name: (effect ?? null) as Effect | null, moment: moment as 'shop' | 'book' },
    }
  },
  serverError: () => reply(500, '{"errorCode":"SYSTEM ERROR"}'),
  rateLimited: seconds => ({ ...reply(429, '{}'), headers: { 'retry-after': String(seconds) } }),
}

function reply(status: number, body: string): SimulatorReply {
  return { status, headers: { 'content-type': 'application/json' }, body }
}

let clock: ReturnType<typeof testClock>
let world: World
let running: RunningSimulator
beforeEach(async () => {
  handled.length = 0
  clock = testClock()
  world = await openTestWorld(clock)
  running = await serveSimulator(
    { view: world.view('sabre'), host: '127.0.0.1', port: 0, clock, log: silentLog },
    protocol,
  )
})
afterEach(async () => {
  await running.close()
  await world.close()
})

type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }

function send(path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
  return new Promise<Answer>((resolve, reject) => {
    const sent = httpRequest(
      running.baseUrl + path,
      { method: options.method ?? 'POST', headers: options.headers },
      got => {
        const chunks: Buffer[] = []
        got.on('data', chunk => chunks.push(chunk))
        got.on('error', reject)
        got.on('end', () => resolve({ status: got.statusCode!, headers: got.headers, body: Buffer.concat(chunks) }))
      },
    )
    sent.on('error', reject)
    sent.end(options.body)
  })
}

/** Until the simulator has the request in hand. */
async function arrived(path: string): Promise<void> {
  while (!handled.includes(path)) await new Promise(resolve => setImmediate(resolve))
  await new Promise(resolve => setImmediate(resolve))
}

describe('a simulator server', () => {
  test('hands the request to the protocol and sends its reply', async () => {
    const got = await send('/echo?q=1%2B1', { headers: { 'x-one': 'two' }, body: 'hello' })
    expect(JSON.parse(String(got.body))).toEqual({ body: 'hello', header: 'two', q: '1+1' })
    expect(got.headers['content-length']).toBe(String(got.body.length))
    expect((await send('/empty')).status).toBe(204)
    expect(running.settings).toEqual({ baseUrl: running.baseUrl, clientId: 'id' })
  })

  test('packs long replies for who takes them packed', async () => {
    const packed = await send('/shop', { headers: { 'accept-encoding': 'gzip, deflate' } })
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(String(gunzipSync(packed.body))).toBe(long)
    expect((await send('/shop')).headers['content-encoding']).toBeUndefined()
    expect(
      (await send('/echo', { headers: { 'accept-encoding': 'gzip' } })).headers['content-encoding'],
    ).toBeUndefined()
  })

  test('refuses a body that no request of these formats has', async () => {
    expect((await send('/echo', { body: 'x'.repeat(4_000_001) })).status).toBe(413)
    expect(handled).toEqual([])
  })

  test('answers a bug of the protocol in the supplier’s own words', async () => {
    const got = await send('/broken')
    expect([got.status, String(got.body)]).toEqual([500, '{"errorCode":"SYSTEM ERROR"}'])
  })

  test('keeps connections alive and closes them when it is closed', async () => {
    const socket = connect(Number(new URL(running.baseUrl).port), '127.0.0.1')
    const closed = new Promise(resolve => socket.on('close', resolve))
    socket.write('GET /echo HTTP/1.1\r\nhost: x\r\n\r\n')
    await new Promise(resolve => socket.once('data', resolve))
    expect(socket.destroyed).toBe(false)
    await running.close()
    await closed
  })
})

describe('effects on the transport', () => {
  test('slow: the answer comes after two and a half seconds', async () => {
    let done = false
    const answer = send('/shop/slow').then(got => {
      done = true
      return got
    })
    await arrived('/shop/slow')
    clock.advance(2_499)
    await new Promise(resolve => setImmediate(resolve))
    expect(done).toBe(false)
    clock.advance(1)
    expect((await answer).status).toBe(200)
  })

  test('silent: the socket is held and broken after a minute', async () => {
    const answer = send('/shop/silent')
    const broken = expect(answer).rejects.toThrow()
    await arrived('/shop/silent')
    clock.advance(60_000)
    await broken
  })

  test('silent: a client that leaves is let go', async () => {
    const sent = httpRequest(`${running.baseUrl}/shop/silent`, { method: 'POST' })
    const failed = new Promise(resolve => sent.on('error', resolve))
    sent.end()
    await arrived('/shop/silent')
    sent.destroy()
    await failed
    expect((await send('/echo')).status).toBe(200)
  })

  test('server-error, rate-limited with its reset, html under 200', async () => {
    expect((await send('/shop/server-error')).status).toBe(500)
    const limited = await send('/shop/rate-limited')
    expect([limited.status, limited.headers['retry-after']]).toEqual([429, '2'])
    const page = await send('/shop/html')
    expect(page.status).toBe(200)
    expect(page.headers['content-type']).toContain('text/html')
    expect(String(page.body)).toContain('<html>')
  })

  test('cut-off: the length of the whole, half of the bytes, then nothing', async () => {
    const got = await new Promise<{ bytes: number; length: number }>(resolve => {
      httpRequest(`${running.baseUrl}/shop/cut-off`, { method: 'POST' }, answer => {
        let bytes = 0
        answer.on('data', chunk => (bytes += chunk.length))
        answer.on('error', () => resolve({ bytes, length: Number(answer.headers['content-length']) }))
        answer.on('end', () => resolve({ bytes: -1, length: 0 }))
      }).end()
    })
    expect(got).toEqual({ bytes: Math.floor(long.length / 2), length: long.length })
  })

  test('answer-lost: the work is done and no answer comes', async () => {
    await expect(send('/book/answer-lost')).rejects.toThrow()
    expect(handled).toEqual(['/book/answer-lost'])
  })

  test('an effect strikes at its own moment only', async () => {
    for (const path of ['/shop/answer-lost', '/book/silent', '/book/html', '/shop/price-up', '/book/cut-off']) {
      const got = await send(path)
      expect([got.status, String(got.body)], path).toEqual([200, long])
    }
  })
})

test('what a simulator holds is listed for audits', async () => {
  const view = world.view('sabre')
  const passengers = [
    { type: 'ADT', age: null },
    { type: 'INF', age: 1 },
  ] as const
  const offer = view.shop(request(['LHR-JFK 2027-03-10'], { passengers, maxConnections: 0 }))[0]!
  const live = await booked(view, offer, passengers, { reference: 'LIVE01' })
  await view.issueTickets(live.locator)
  const gone = await booked(view, offer, passengers, { reference: null })
  await view.cancel(gone.locator)
  const got = await send('/_sandbox/orders', { method: 'GET' })
  const segment = offer.slices[0]!.segments[0]!
  expect(JSON.parse(String(got.body))).toEqual({
    orders: [
      {
        locator: live.locator,
        reference: 'LIVE01',
        status: 'live',
        tickets: view.findPnr(live.locator)!.tickets.map(({ number }) => ({ number, status: 'issued' })),
        seats: [
          {
            flight: segment.carrier + segment.number,
            date: '2027-03-10',
            bookingClass: segment.bookingClass,
            count: 1,
          },
        ],
        createdAt: '2026-11-21T09:00:00Z',
      },
      {
        locator: gone.locator,
        reference: null,
        status: 'cancelled',
        tickets: [],
        seats: [],
        createdAt: '2026-11-21T09:00:00Z',
      },
    ],
  })
  expect((await send('/_sandbox/orders', { method: 'POST' })).status).toBe(405)
})
