import { connect } from 'node:net'
import { Hono } from 'hono'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { type HttpServer, startServer } from '../../src/http/server.ts'

let server: HttpServer
beforeAll(async () => {
  const app = new Hono().get('/', c => c.text('here'))
  server = await startServer(app, {
    ...{ host: '127.0.0.1', port: 0, clock: systemClock },
    limits: { connectionsMax: 100, perAddressMax: 100 },
  })
})
afterAll(() => server.close(100))

/** Everything that comes back until the other side closes. */
function exchange(sent: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(server.port, '127.0.0.1', () => socket.write(sent))
    socket.setEncoding('utf8')
    socket.on('data', chunk => {
      text += chunk
    })
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })
}

test.each([
  ['no HTTP at all', 'hello\r\n\r\n', 400],
  ['headers without end', `GET / HTTP/1.1\r\nhost: a\r\nx-long: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ['two lengths', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\na', 400],
])('%s is refused with a problem and a request id', async (_, sent, status) => {
  const answer = await exchange(sent)
  const [head, body] = answer.split('\r\n\r\n')
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(head).toContain('content-type: application/problem+json')
  const problem = JSON.parse(body!)
  expect(problem).toMatchObject({ type: '/problems/validation', status, retry: 'never' })
  expect(head).toContain(`x-request-id: ${problem.requestId}`)
})
