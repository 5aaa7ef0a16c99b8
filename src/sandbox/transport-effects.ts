import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Clock } from '../core/clock.ts'
import type { SimulatorProtocol, SimulatorReply } from './serve.ts'

/** Longer than any deadline that a client may give (30 s), so that a silent supplier is silent to everybody. */
const silentMs = 60_000
/** Inside the default deadline of a search, late enough to be the last supplier. */
const slowMs = 2_500
/** Short: the client must stay away so long, on every route. */
const rateLimitSeconds = 2

/** What goes out instead of the reply, or undefined when the socket has been dealt with here. */
export async function applyEffect(
  reply: SimulatorReply,
  protocol: SimulatorProtocol,
  clock: Clock,
  response: ServerResponse,
): Promise<SimulatorReply | undefined> {
  const { name, moment } = reply.effect ?? { name: null, moment: 'other' }
  if (moment === 'book' && name === 'answer-lost') {
    response.destroy()
    return undefined
  }
  if (moment !== 'shop') return reply
  switch (name) {
    case 'silent':
      await whileOpen(clock, silentMs, response)
      response.destroy()
      return undefined
    case 'slow':
      await whileOpen(clock, slowMs, response)
      return reply
    case 'server-error':
      return protocol.serverError()
    case 'rate-limited':
      return protocol.rateLimited(rateLimitSeconds)
    case 'html':
      return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: maintenancePage }
    case 'cut-off':
      cutOff(reply, response)
      return undefined
    default:
      return reply
  }
}

const maintenancePage = `<!DOCTYPE html>
<html><head><title>Scheduled maintenance</title></head>
<body><h1>We will be back soon</h1><p>This service is being maintained. Please try again later.</p></body></html>
`

/** Ends early when the client leaves. */
async function whileOpen(clock: Clock, ms: number, response: ServerResponse): Promise<void> {
  const left = new AbortController()
  if (response.destroyed) return
  const closed = once(response, 'close').then(() => left.abort())
  await Promise.race([clock.sleep(ms, left.signal).catch(() => undefined), closed])
}

/** The length of the whole, half of the bytes, then the connection breaks. */
function cutOff(reply: SimulatorReply, response: ServerResponse): void {
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body
  response.writeHead(reply.status, { ...reply.headers, 'content-length': body.length })
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy())
}
