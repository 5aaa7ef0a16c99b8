import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Hono } from 'hono'
import { afterEach, expect, test } from 'vitest'
import { type Clock, manualClock, systemClock } from '../../src/core/clock.ts'
import { type HttpServer, startServer } from '../../src/http/server.ts'
import { until } from '../support/until.ts'

/** Real sockets against the real server. */
const sockets: Socket[] = []
let server: HttpServer | undefined
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await server?.close(100)
  server = undefined
})

const large = new Uint8Array(64 * 1024 * 1024)
/** An answer that is being worked on until it is told. */
const slow = Promise.withResolvers<Response>()
let slowOnes = 0

async function start(connectionsMax: number, perAddressMax: number, clock: Clock = systemClock): Promise<number> {
  const app = new Hono()
    .get('/', c => c.text('here'))
    .get('/large', () => new Response(large, { headers: { 'content-length': String(large.byteLength) } }))
    .get('/slow', () => {
      slowOnes++
      return slow.promise.then(answer => answer.clone())
    })
  const limits = { connectionsMax, perAddressMax }
  server = await startServer(app, { host: '127.0.0.1', port: 0, clock, limits })
  return server.port
}

async function open(port: number, from = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from })
  socket.on('error', () => {})
  sockets.push(socket)
  await once(socket, 'connect')
  return socket
}

async function get(port: number, path = '/', from?: string): Promise<string> {
  const socket = await open(port, from)
  socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`)
  let text = ''
  socket.setEncoding('utf8').on('data', chunk => {
    text += chunk
  })
  await once(socket, 'close')
  return text
}

test('2,000 connections that say nothing keep nobody out, and are bounded', async () => {
  const port = await start(1_000, 0)
  const silent = await Promise.all(Array.from({ length: 2_000 }, () => open(port)))
  await until(() => silent.filter(({ closed }) => closed).length >= 1_000, 'the oldest have gone')
  expect(silent.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(1_000)
  expect(await get(port)).toContain('here')
}, 30_000)

test('one address pushes out its own connections, not those of another', async () => {
  const port = await start(1_000, 50)
  const other = await open(port, '127.0.0.2')
  const silent = await Promise.all(Array.from({ length: 200 }, () => open(port)))
  await until(() => silent.filter(({ closed }) => closed).length >= 150, 'the oldest have gone')
  expect(other.closed).toBe(false)
  expect(await get(port, '/', '127.0.0.2')).toContain('here')
  expect(await get(port)).toContain('here')
})

test('a connection with a request under way is not pushed out: the newcomer is refused', async () => {
  const port = await start(2, 0)
  const busy = [await open(port), await open(port)]
  for (const socket of busy) socket.write('GET /slow HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
  const answers = busy.map(socket => once(socket, 'data').then(([data]) => String(data)))
  await until(() => slowOnes === 2, 'both requests are under way')
  const newcomer = await open(port)
  await once(newcomer, 'close')
  slow.resolve(new Response('at last'))
  for (const answer of answers) expect(await answer).toMatch(/^HTTP\/1.1 200/)
})

test('a reader that never reads is cut off after fifteen seconds, one that reads is not', async () => {
  const clock = manualClock(0)
  const port = await start(100, 0, clock)
  const never = await open(port)
  never.pause()
  never.write('GET /large HTTP/1.1\r\nhost: a\r\n\r\n')
  const steady = await open(port)
  steady.write('GET /large HTTP/1.1\r\nhost: a\r\n\r\n')
  let read = 0
  steady.on('data', chunk => {
    read += chunk.length
    steady.pause()
  })
  const ended = new Promise<void>(resolve => never.once('close', () => resolve()))
  for (let look = 0; look < 6; look++) {
    const before = read
    await until(() => read > before, 'some of it has come')
    clock.advance(5_000)
    steady.resume()
  }
  never.resume()
  await ended
  expect(steady.closed).toBe(false)
  const before = read
  await until(() => {
    steady.resume()
    return read > before
  }, 'and more of it comes')
})
