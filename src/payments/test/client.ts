import { Pool } from 'undici'
import { type Fault, fault } from '../../core/fault.ts'
import type { PaymentCall } from '../port.ts'
import { faultOfError, faultOfTransport } from './faults.ts'

/** The gateway over HTTP: one POST or GET, its answer, or why there is none. Never repeats anything by itself. */
export type GatewayClient = {
  post(path: string, body: unknown, idempotencyKey: string, call: PaymentCall): Promise<Reply>
  get(path: string, query: Readonly<Record<string, string>>, call: PaymentCall): Promise<Reply>
  close(): Promise<void>
}

export type Reply =
  | { readonly kind: 'ok'; readonly body: unknown }
  /** A definite no; nothing moved. */
  | { readonly kind: 'refused'; readonly fault: Fault; readonly body: unknown }
  /** No good answer: with `fault.mayHaveBooked` it may have been carried out. */
  | { readonly kind: 'lost'; readonly fault: Fault }

const connectionsMax = 64
const connectMs = 2_000
const replyBytesMax = 256_000

export function openClient(baseUrl: string, apiKey: string): GatewayClient {
  const { origin, pathname } = new URL(baseUrl)
  const prefix = pathname.replace(/\/$/, '')
  const pool = new Pool(origin, {
    connections: connectionsMax,
    connect: { timeout: connectMs },
    keepAliveTimeout: 4_000,
  })

  const send = async (request: SendRequest, call: PaymentCall): Promise<Reply> => {
    const { signal } = call.deadline
    if (signal.aborted) return { kind: 'lost', fault: fault('timeout', 'There was no time left to ask the gateway.') }
    try {
      const { statusCode, headers, body } = await pool.request({
        method: request.method,
        path: prefix + request.path,
        ...(request.query ? { query: { ...request.query } } : {}),
        headers: headersOf(request, apiKey, call),
        ...(request.body ? { body: request.body } : {}),
        signal,
      })
      const text = await readText(body)
      return understand(statusCode, String(headers['content-type'] ?? ''), headers['retry-after'], text)
    } catch (error) {
      return { kind: 'lost', fault: faultOfTransport(error, signal.aborted) }
    }
  }

  return {
    post: (path, body, idempotencyKey, call) =>
      send({ method: 'POST', path, body: JSON.stringify(body), idempotencyKey }, call),
    get: (path, query, call) => send({ method: 'GET', path, query }, call),
    close: () => pool.close(),
  }
}

type SendRequest = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: string
  readonly idempotencyKey?: string
}

function headersOf(request: SendRequest, apiKey: string, call: PaymentCall): Record<string, string> {
  const headers: Record<string, string> = {
    authorization: `Bearer ${apiKey}`,
    accept: 'application/json',
    'x-request-id': call.requestId,
  }
  if (request.body !== undefined) headers['content-type'] = 'application/json'
  if (request.idempotencyKey !== undefined) headers['idempotency-key'] = request.idempotencyKey
  if (call.traceparent !== null) headers.traceparent = call.traceparent
  return headers
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > replyBytesMax) throw new Error('the reply is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function understand(status: number, contentType: string, retryAfter: unknown, text: string): Reply {
  const body = contentType.startsWith('application/json') ? parse(text) : undefined
  if (status >= 200 && status < 300 && body !== undefined) return { kind: 'ok', body }
  const code = errorCode(body)
  if (status >= 400 && status < 500 && code !== undefined) {
    const seconds = Number(retryAfter)
    const retryAfterMs = retryAfter !== undefined && Number.isFinite(seconds) ? seconds * 1000 : null
    return { kind: 'refused', fault: faultOfError(status, code, retryAfterMs), body }
  }
  if (status >= 500) return { kind: 'lost', fault: lost('supplier-error', `The payment gateway failed (${status}).`) }
  return { kind: 'lost', fault: lost('malformed-reply', `The payment gateway's answer (${status}) is not understood.`) }
}

function lost(kind: 'supplier-error' | 'malformed-reply', text: string): Fault {
  return fault(kind, text, { mayHaveBooked: true })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function errorCode(body: unknown): string | undefined {
  const code = (body as { readonly error?: { readonly code?: unknown } } | undefined)?.error?.code
  return typeof code === 'string' ? code : undefined
}
