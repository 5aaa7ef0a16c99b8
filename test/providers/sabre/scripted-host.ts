import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A host that answers each method of Booking Management as a test says, gives tokens, and keeps what it was asked. */
export type ScriptedHost = {
  readonly settings: Readonly<Record<string, string>>
  /** Last part of the path, body. */
  readonly asked: { readonly method: string; readonly headers: IncomingMessage['headers']; readonly body: unknown }[]
  answer(method: string, ...replies: Reply[]): void
  close(): Promise<void>
}

/** `cut`: the connection breaks without an answer. */
export type Reply =
  | { readonly status?: number; readonly headers?: Record<string, string>; readonly body: unknown }
  | 'cut'

export async function startScriptedHost(): Promise<ScriptedHost> {
  const replies = new Map<string, Reply[]>()
  const asked: ScriptedHost['asked'] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const method = request.url!.split('/').at(-1)!
      const text = Buffer.concat(chunks).toString()
      asked.push({ method, headers: request.headers, body: method === 'token' ? text : JSON.parse(text) })
      const list = replies.get(method)
      give(response, (list && list.length > 1 ? list.shift() : list?.[0]) ?? standard(method, asked.length))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    settings: {
      baseUrl: `http://127.0.0.1:${port}`,
      userId: '1',
      password: 'p',
      pcc: 'ABCD',
      officeZone: 'Europe/London',
    },
    asked,
    answer(method, ...given) {
      replies.set(method, given)
    },
    close() {
      server.closeAllConnections()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}

function standard(method: string, count: number): Reply {
  if (method === 'token') return { body: { access_token: `t${count}`, token_type: 'bearer', expires_in: 604_800 } }
  return { status: 404, body: { errorCode: 'ERR.2SG.CLIENT.RESOURCE_NOT_FOUND', message: 'nothing here' } }
}

function give(response: ServerResponse, reply: Reply): void {
  if (reply === 'cut') {
    response.destroy()
    return
  }
  const isText = typeof reply.body === 'string'
  response.writeHead(reply.status ?? 200, {
    'content-type': isText ? 'text/html' : 'application/json',
    ...reply.headers,
  })
  response.end(isText ? reply.body : JSON.stringify(reply.body))
}
