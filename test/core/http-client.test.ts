import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { type Deadline, startDeadline } from '../../src/core/deadline.ts'
import { fault } from '../../src/core/fault.ts'
import { HttpClient, type HttpReply, mayHaveLeft } from '../../src/core/http-client.ts'
import { freeReply } from '../../src/core/reply-memory.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function serve(
  answer: RequestListener,
  replyBytesMax = 1_000,
): Promise<{ readonly client: HttpClient; readonly server: Server }> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = new HttpClient({
    baseUrl: new URL(`http://127.0.0.1:${port}/v9/`),
    name: 'Host',
    replyBytesMax,
  })
  cleanUps.push(() => {
    server.closeAllConnections()
    server.close()
  })
  cleanUps.push(() => client.close())
  return { client, server }
}

function within(ms: number): Deadline {
  const deadline = startDeadline(systemClock, ms)
  cleanUps.push(() => deadline.dispose())
  return deadline
}

const get = { method: 'GET', path: '/x?y=1', headers: {}, body: null } as const
const ask = (client: HttpClient, deadline = within(5_000)): Promise<HttpReply> =>
  client.request(get, { deadline, traceparent: null })

/** Of bytes that repeat late, so that it is nearly as long when packed. */
const megabyte = Buffer.from(Uint32Array.from({ length: 2 ** 18 }, (_, i) => Math.imul(i, 2_654_435_761)).buffer)

/** The server is in this process: what it made for each answer would count. */
const packedMegabyte = gzipSync(megabyte)

describe('HttpClient', () => {
  it('asks below the path of its address, with the trace, and gives the reply whole, whatever its status', async () => {
    const asked: unknown[] = []
    const { client } = await serve(({ url, headers }, response) => {
      asked.push(url, headers.traceparent)
      response.writeHead(503, { 'content-encoding': 'gzip', 'retry-after': '7' })
      response.end(gzipSync('later'))
    })
    const reply = await client.request(get, { deadline: within(5_000), traceparent: '00-a-b-01' })
    expect(asked).toEqual(['/v9/x?y=1', '00-a-b-01'])
    expect(reply).toMatchObject({ kind: 'reply', status: 503, headers: { 'retry-after': '7' } })
    expect(String(reply.kind === 'reply' && reply.bytes)).toBe('later')
  })

  it.each<readonly [string, RequestListener]>([
    ['more than the limit', (_, response) => response.end('x'.repeat(1_001))],
    ['more than the limit once unpacked', (_, response) => packed(response, gzipSync('x'.repeat(1_001)))],
    ['what does not unpack', (_, response) => packed(response, Buffer.from('no gzip'))],
    ['an encoding nobody asked for', (_, response) => response.setHeader('content-encoding', 'br').end('x')],
  ])('%s is a malformed reply to a request that was carried out', async (_, answer) => {
    const { client } = await serve(answer)
    expect(await ask(client)).toMatchObject({
      kind: 'failed',
      fault: { kind: 'malformed-reply', mayHaveBooked: true },
    })
  })

  it.each([
    ['in two members', Buffer.concat([gzipSync('a'.repeat(70_000)), gzipSync('b')]), `${'a'.repeat(70_000)}b`],
    ['with nothing in it', gzipSync(''), ''],
    ['many times as long as it came', gzipSync('x'.repeat(90_000)), 'x'.repeat(90_000)],
    ['that says it is longer', Buffer.concat([gzipSync('lie'), Buffer.from([0, 255, 255, 255, 255])]), 'lie'],
    ['that says it is empty', Buffer.concat([gzipSync('y'.repeat(80_000)), Buffer.alloc(4)]), 'y'.repeat(80_000)],
  ])('unpacks a reply %s, into no more memory than it needs', async (_, body, text) => {
    const { client } = await serve((_, response) => packed(response, body), 1_000_000)
    const reply = await ask(client)
    if (reply.kind === 'failed') throw new Error(reply.fault.text)
    expect(String(reply.bytes)).toBe(text)
    expect(reply.bytes.buffer.byteLength).toBeLessThanOrEqual(Math.max(Buffer.poolSize, 2 * text.length))
  })

  it.each<readonly [string, RequestListener]>([
    ['of a length told before', (_, response) => response.setHeader('content-length', megabyte.length).end(megabyte)],
    ['in chunks', (_, response) => void response.write(megabyte, () => response.end())],
    ['packed', (_, response) => packed(response, packedMegabyte)],
  ])('keeps no memory of replies %s that have been read', async (_, answer) => {
    const { client } = await serve(answer, 2 * megabyte.length)
    const before = process.memoryUsage().arrayBuffers
    let most = before
    for (let i = 0; i < 20; i++) {
      const reply = await ask(client)
      if (reply.kind === 'failed') throw new Error(reply.fault.text)
      expect(reply.bytes.equals(megabyte)).toBe(true)
      freeReply(reply.bytes)
      expect(reply.bytes.length).toBe(0)
      most = Math.max(most, process.memoryUsage().arrayBuffers)
    }
    // one's own and the server's, which is in this process; before anything is collected
    expect(most - before).toBeLessThan(8 * megabyte.length)
  })

  it('never gives back memory that others look into', () => {
    const bytes = Buffer.from('a part of the pool')
    freeReply(bytes)
    expect(String(bytes)).toBe('a part of the pool')
  })

  it('a connection that breaks after the request may have booked, one that never stood has not', async () => {
    const { client, server } = await serve(request => request.socket.destroy())
    expect(await ask(client)).toMatchObject({ fault: { kind: 'connection', mayHaveBooked: true } })
    server.close()
    await once(server, 'close')
    const refused = await ask(client)
    expect(refused).toMatchObject({ fault: { kind: 'connection', code: 'ECONNREFUSED', mayHaveBooked: false } })
    expect(mayHaveLeft('ECONNRESET')).toBe(true)
  })

  it('tells a deadline that passed from a caller who left', async () => {
    const { client, server } = await serve(() => {})
    expect(await ask(client, within(50))).toMatchObject({ fault: { kind: 'timeout', mayHaveBooked: true } })
    const deadline = within(5_000)
    const asked = ask(client, deadline)
    await once(server, 'request')
    deadline.cancel(new Error('left'))
    expect(await asked).toMatchObject({ fault: { kind: 'cancelled', mayHaveBooked: true } })
  })

  it('nothing leaves after the deadline, or where the budget says no', async () => {
    let requests = 0
    const { client } = await serve((_, response) => {
      requests++
      response.end()
    })
    const passed = within(5_000)
    passed.cancel()
    expect(await ask(client, passed)).toMatchObject({ fault: { kind: 'timeout', mayHaveBooked: false } })
    const limited = fault('rate-limited', 'enough for today')
    const call = { deadline: within(5_000), traceparent: null, mayLeave: async () => limited }
    expect(await client.request(get, call)).toEqual({ kind: 'failed', fault: limited })
    expect(requests).toBe(0)
  })
})

function packed(response: Parameters<RequestListener>[1], body: Buffer): void {
  response.setHeader('content-encoding', 'gzip').end(body)
}
