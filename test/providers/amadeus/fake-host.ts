import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Received = {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}
export type Respond = (request: Received, response: ServerResponse) => void

export type FakeHost = {
  readonly baseUrl: string
  readonly received: readonly Received[]
  readonly tokensGiven: () => number
  close(): Promise<void>
}

/** A host of our own that speaks what a test says; tokens are `token-1`, `token-2` … */
export async function startFakeHost(
  respond: Respond,
  tokenReply: (n: number) => { readonly status: number; readonly body: unknown } = n => ({
    status: 200,
    body: { type: 'amadeusOAuth2Token', state: 'approved', access_token: `token-${n}`, expires_in: 1799 },
  }),
): Promise<FakeHost> {
  const received: Received[] = []
  let tokens = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const got = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body }
      received.push(got)
      if (!got.path.endsWith('/v1/security/oauth2/token')) return respond(got, response)
      const reply = tokenReply(++tokens)
      json(response, reply.status, reply.body)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    tokensGiven: () => tokens,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/vnd.amadeus+json', ...headers })
  response.end(JSON.stringify(body))
}
