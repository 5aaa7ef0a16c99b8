import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Something that answers like a service, as fast or as badly as a test wants. */
export type FakeTarget = {
  readonly url: string
  /** What was asked, as `POST /v1/searches`. */
  readonly asked: readonly string[]
  readonly keys: readonly string[]
  close(): Promise<void>
}

export type Answer = { readonly status: number; readonly body?: unknown } | 'cut'
/** Undefined: as a good service would. A promise may keep the request waiting. */
export type Behaviour = (method: string, path: string, body: string) => Answer | undefined | Promise<Answer | undefined>

export async function startFakeTarget(behaviour: Behaviour = () => undefined): Promise<FakeTarget> {
  const asked: string[] = []
  const keys: string[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = ''
    for await (const chunk of request) body += chunk
    const [method = '', path = ''] = [request.method, request.url]
    asked.push(`${method} ${path}`)
    if (path === '/v1/bookings') keys.push(String(request.headers['idempotency-key']))
    const reply = (await behaviour(method, path, body)) ?? goodAnswer(method, path)
    if (reply === 'cut') {
      response.destroy()
      return
    }
    const text = reply.body === undefined ? '' : JSON.stringify(reply.body)
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(text)
  }
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, keys },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export const offer = { id: 'off_1', passengers: [{ ids: ['pax_1', 'pax_2'], type: 'ADT' }] }

let bookings = 0

function goodAnswer(method: string, path: string): Exclude<Answer, 'cut'> {
  if (method === 'POST' && path === '/v1/searches')
    return {
      status: 201,
      body: {
        ...{ id: 'src_1', status: 'complete', cache: { status: 'hit', ageSeconds: 1 } },
        providers: [
          { code: 'sabre', status: 'ok' },
          { code: 'ndc', status: 'timeout' },
        ],
        ...{ page: { next: 'more' }, offers: [offer] },
      },
    }
  if (path.startsWith('/v1/searches/')) return { status: 200, body: { offers: [offer], page: { next: null } } }
  if (path.endsWith('/price')) return { status: 200, body: { kind: 'unchanged', offer } }
  if (method === 'POST' && path === '/v1/bookings') return { status: 201, body: bookingOf(`bkg_${++bookings}`) }
  if (path.startsWith('/v1/bookings/')) return { status: 200, body: bookingOf(path.slice('/v1/bookings/'.length)) }
  return { status: 404, body: { type: '/problems/not-found' } }
}

export function bookingOf(id: string, status = 'ticketed') {
  const total = { amount: '10.00', currency: 'EUR' }
  return { id, reference: `R${id}`, status, provider: 'sabre', price: { total }, payments: [{ id: `pay_${id}` }] }
}
