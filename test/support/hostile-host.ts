import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

/** A supplier's host that gives out tokens and then does what it can to hurt: in turn, one attack for each question. */
export type HostileHost = { readonly baseUrl: string; close(): Promise<void> }

const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024, ' '))
const json = { 'content-type': 'application/json' }

export const attacks: Readonly<Record<string, (response: ServerResponse) => void>> = {
  'a body that never ends': response => {
    response.writeHead(200, json)
    const chunk = Buffer.alloc(1024 * 1024, ' ')
    const more = (): void => {
      if (!response.destroyed) response.write(chunk) ? setImmediate(more) : response.once('drain', more)
    }
    more()
  },
  'a byte now and then': response => {
    response.writeHead(200, json)
    const timer = setInterval(() => response.write(' '), 50)
    response.on('close', () => clearInterval(timer))
  },
  'a gzip bomb': response => {
    response.writeHead(200, { ...json, 'content-encoding': 'gzip', 'content-length': bomb.length })
    response.end(bomb)
  },
  'a length that is not kept': response => {
    response.socket?.write(
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n{"data":[]}',
    )
  },
  'a redirect into the house': response => {
    response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
  },
  'half a million offers': response => {
    response.writeHead(200, json).end(`{"data":[${Array(500_000).fill('{}').join()}]}`)
  },
  'endless nesting': response => {
    response.writeHead(200, json).end(`{"data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
  },
  'no JSON': response => {
    response.writeHead(200, json).end('<html>java.lang.NullPointerException at Foo.java:12</html>')
  },
}

export async function startHostileHost(): Promise<HostileHost> {
  const turns = Object.values(attacks)
  let turn = 0
  const server = createServer((request, response) => {
    request.resume()
    response.on('error', () => {})
    request.on('end', () => {
      if (request.url?.includes('oauth2'))
        response.writeHead(200, json).end('{"access_token":"t","expires_in":1799,"token_type":"Bearer"}')
      else turns[turn++ % turns.length]!(response)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
