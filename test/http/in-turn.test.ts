import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { inTurn } from '../../src/http/in-turn.ts'
import { until } from '../support/until.ts'

let server: Server | undefined
let client: Socket | undefined
afterEach(async () => {
  client?.destroy()
  server?.closeAllConnections()
  if (server) await once(server.close(), 'close')
})

/** Sends so many requests in one go, and reads nothing yet. */
async function sendTogether(count: number, listener: RequestListener): Promise<Socket> {
  server = createServer(inTurn(listener)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause()
  const requests = Array.from({ length: count }, (_, index) => {
    return `POST /${index} HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nbody.`
  })
  client.write(requests.join(''))
  return client
}

describe('requests sent together on one connection', () => {
  test('are not begun while the answer before them is not read', async () => {
    const begun: string[] = []
    // more than the kernel takes from us
    const large = Buffer.alloc(32 * 2 ** 20, 'a')
    const socket = await sendTogether(3, ({ url = '' }, response) => {
      begun.push(url)
      response.end(large)
    })
    await until(() => begun.length > 0, 'the first is begun')
    // Node begins all that one packet brings in the same turn
    await new Promise(resolve => setImmediate(resolve))
    expect(begun).toEqual(['/0'])
    let read = 0
    socket.resume().on('data', chunk => {
      read += chunk.length
    })
    await until(() => read > 3 * large.length, 'all are read')
    expect(begun).toEqual(['/0', '/1', '/2'])
  })

  test('are answered in order, each with its own body', async () => {
    let underWay = 0
    let most = 0
    const socket = await sendTogether(50, async (request, response) => {
      most = Math.max(most, ++underWay)
      let body = ''
      for await (const chunk of request) body += chunk
      underWay--
      response.end(`<${request.url} ${body}>`)
    })
    let text = ''
    socket.resume().on('data', chunk => {
      text += chunk
    })
    await until(() => text.includes('</49 body.>'), 'the last answer')
    const answers = [...text.matchAll(/<\/(\d+) body\.>/g)].map(match => Number(match[1]))
    expect(answers).toEqual(Array.from({ length: 50 }, (_, index) => index))
    expect(most).toBe(1)
  })

  test('end the connection where they are more than anybody needs', async () => {
    let begun = 0
    const socket = await sendTogether(500, () => {
      begun++
    })
    socket.resume().on('error', () => {})
    await once(socket, 'close')
    expect(begun).toBe(1)
  })
})
