import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningService, removeDataDir, startService } from '../support/service.ts'
import { createTestDatabase, type TestDatabase } from '../support/services.ts'

/** Who sends a byte now and then holds a connection for a bounded time only. */
let database: TestDatabase
let service: RunningService
beforeAll(async () => {
  database = await createTestDatabase()
  service = await startService({ DATABASE_URL: database.url })
})
afterAll(async () => {
  await service.stop()
  await removeDataDir(service.dataDir)
  await database.drop()
})

/** Sends `start`, then a byte each second; what came back, and after how long it was over. */
async function trickle(start: string): Promise<{ readonly text: string; readonly seconds: number }> {
  const { hostname, port } = new URL(service.baseUrl)
  const socket: Socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  await once(socket, 'connect')
  const startedAt = performance.now()
  let text = ''
  socket.setEncoding('utf8').on('data', chunk => {
    text += chunk
  })
  if (start !== '') socket.write(start)
  const dripping = setInterval(() => {
    if (start !== '') socket.write('a')
  }, 1_000)
  await once(socket, 'close')
  clearInterval(dripping)
  return { text, seconds: (performance.now() - startedAt) / 1000 }
}

test.concurrent.each<readonly [string, string, number, RegExp]>([
  ['nothing at all', '', 10, /^HTTP\/1.1 408 |^$/],
  ['headers without end', 'GET / HTTP/1.1\r\nhost: a\r\nx-slow: ', 10, /^HTTP\/1.1 408 /],
  [
    'a body without end',
    'POST /v1/searches HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{',
    30,
    /^HTTP\/1.1 408 /,
  ],
])('%s', async (_, start, limit, answer) => {
  const { text, seconds } = await trickle(start)
  expect(seconds).toBeGreaterThan(limit - 1)
  expect(seconds).toBeLessThan(limit + 4)
  expect(text).toMatch(answer)
  expect(service.log().filter(({ msg }) => msg === 'request failed')).toEqual([])
})
