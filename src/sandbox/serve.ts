import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import { listen, readBody } from './listening.ts'
import { ordersReport } from './orders-report.ts'
import { applyEffect } from './transport-effects.ts'
import type { Effect, RunningSimulator, SimulatorOptions } from './world.ts'

/** What a simulator must do to be served: its own format only. Transport effects of magic routes (silent, slow,
 *  server-error, rate-limited, html, cut-off, answer-lost) and `GET /_sandbox/orders` are added here, the same for all. */
export type SimulatorProtocol = {
  readonly code: string
  readonly settings: (baseUrl: string) => Readonly<Record<string, string>>
  handle(request: SimulatorRequest): Promise<SimulatorReply> | SimulatorReply
  /** Bodies in the supplier's own words. */
  serverError(): SimulatorReply
  rateLimited(resetSeconds: number): SimulatorReply
}

export type SimulatorRequest = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

export type SimulatorReply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
  /** The effect in force on the route that the request was about (view.effect of its first slice), and at what moment:
   *  shop suffers silent, slow, server-error, rate-limited, html and cut-off; book suffers answer-lost. */
  readonly effect?: { readonly name: Effect | null; readonly moment: 'shop' | 'price' | 'book' | 'ticket' | 'other' }
}

/** Requests of these formats are small; a multi-city search with nine passengers has some 20 kB. */
const bodyBytesMax = 4_000_000
/** Below this a compressed body saves nothing. */
const gzipBytesMin = 1024

/** Listens on options.host and options.port and answers with the protocol. */
export async function serveSimulator(
  options: SimulatorOptions,
  protocol: SimulatorProtocol,
): Promise<RunningSimulator> {
  const { baseUrl, close } = await listen(options, protocol.code, (request, response) =>
    answer(options, protocol, request, response),
  )
  return { code: protocol.code, baseUrl, settings: protocol.settings(baseUrl), close }
}

async function answer(
  options: SimulatorOptions,
  protocol: SimulatorProtocol,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, bodyBytesMax)
  if (body === 'too-large') {
    response.writeHead(413, { connection: 'close' }).end()
    return
  }
  if (body === 'aborted') return
  const url = new URL(request.url ?? '/', 'http://simulator')
  if (url.pathname === '/_sandbox/orders') {
    await send(request, response, ordersReport(request.method ?? 'GET', options.view))
    return
  }
  const reply = await ask(options, protocol, {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: flatHeaders(request),
    body,
  })
  const outcome = await applyEffect(reply, protocol, options.clock, response)
  if (outcome) await send(request, response, outcome)
}

async function ask(
  options: SimulatorOptions,
  protocol: SimulatorProtocol,
  request: SimulatorRequest,
): Promise<SimulatorReply> {
  try {
    return await protocol.handle(request)
  } catch (error) {
    options.log.error(
      { simulator: protocol.code, path: request.path, error: error instanceof Error ? error.stack : String(error) },
      'a simulator failed',
    )
    return protocol.serverError()
  }
}

async function send(request: IncomingMessage, response: ServerResponse, reply: SimulatorReply): Promise<void> {
  if (response.destroyed) return
  const plain = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body
  const packed = await pack(request, plain)
  const headers: Record<string, string | number> = { ...reply.headers }
  if (packed !== plain) {
    headers['content-encoding'] = 'gzip'
    headers.vary = 'accept-encoding'
  }
  if (reply.status !== 204 && reply.status !== 304) headers['content-length'] = packed.length
  response.writeHead(reply.status, headers)
  response.end(request.method === 'HEAD' ? undefined : packed)
}

const gzipAsync = promisify(gzip)

/** Level 1: a simulator must not hide the engine's own cost. */
async function pack(request: IncomingMessage, body: Buffer): Promise<Buffer> {
  const accepted = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  if (!accepted || body.length < gzipBytesMin) return body
  return gzipAsync(body, { level: constants.Z_BEST_SPEED })
}

function flatHeaders(request: IncomingMessage): Record<string, string | undefined> {
  const flat: Record<string, string | undefined> = {}
  for (const [name, value] of Object.entries(request.headers))
    flat[name] = Array.isArray(value) ? value.join(', ') : value
  return flat
}
