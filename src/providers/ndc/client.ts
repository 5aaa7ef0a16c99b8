import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Pool } from 'undici'
import type { Clock, EpochMs } from '../../core/clock.ts'
import { DeadlineError } from '../../core/deadline.ts'
import { type Fault, fault } from '../../core/fault.ts'
import { readRetryAfter } from '../../core/retry-after.ts'
import type { Call } from '../port.ts'
import type { NdcSettings } from './settings.ts'

export type Answer =
  /** XML, whatever it says: airlines send errors with HTTP 200, 400 and 500 alike. */
  | { readonly kind: 'reply'; readonly bytes: Uint8Array }
  /** `reached`: the request may have got there, and done what it asked. */
  | { readonly kind: 'failed'; readonly fault: Fault; readonly reached: boolean }

export interface Client {
  /** `message`: `AirShopping`, `OrderCreate` … */
  send(message: string, body: string, call: Call): Promise<Answer>
  close(): Promise<void>
}

/** Packed and unpacked: the largest shopping replies seen have 2 MB. */
const replyBytesMax = 64 * 1024 * 1024
const connectionsMax = 64
const connectTimeoutMs = 5_000

const unpack = promisify(gunzip)

export function openClient(settings: NdcSettings, clock: Clock): Client {
  const urlOf = (message: string): URL => new URL(settings.baseUrl.replace('{message}', message))
  const pool = new Pool(urlOf('AirShopping').origin, {
    connections: connectionsMax,
    connect: { timeout: connectTimeoutMs },
  })
  return {
    async send(message, body, call) {
      if (call.deadline.signal.aborted) return lost(undefined, call, false)
      const held = await call.mayLeave?.()
      if (held) return failed(held, false)
      const { pathname, search } = urlOf(message)
      try {
        const response = await pool.request({
          method: 'POST',
          path: pathname + search,
          headers: {
            [settings.apiKeyHeader]: settings.apiKey,
            'content-type': 'application/xml; charset=UTF-8',
            accept: 'application/xml, text/xml',
            'accept-encoding': 'gzip',
            ...(call.traceparent === null ? {} : { traceparent: call.traceparent }),
          },
          body,
          signal: call.deadline.signal,
        })
        const bytes = await readBody(response.body, response.headers['content-encoding'])
        return judge(response.statusCode, response.headers, bytes, clock.now())
      } catch (error) {
        return lost(error, call, true)
      }
    },
    close: () => pool.destroy(),
  }
}

class ReplyError extends Error {
  override readonly name = 'ReplyError'
}

async function readBody(body: AsyncIterable<Uint8Array>, encoding: unknown): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > replyBytesMax) throw new ReplyError(`a reply of more than ${replyBytesMax} bytes`)
    chunks.push(chunk)
  }
  const packed = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
  if (encoding === undefined || encoding === 'identity') return packed
  if (encoding !== 'gzip') throw new ReplyError(`an encoding that was not asked for: ${String(encoding)}`)
  try {
    return await unpack(packed, { maxOutputLength: replyBytesMax })
  } catch {
    throw new ReplyError('a body that does not unpack')
  }
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

function judge(status: number, headers: Headers, bytes: Uint8Array, now: EpochMs): Answer {
  if (status === 401 || status === 403)
    return failed(fault('authentication', `the supplier refused our credentials (HTTP ${status})`), false)
  if (status === 429)
    return failed(fault('rate-limited', 'too many requests', { retryAfterMs: readRetryAfter(headers, now) }), false)
  if (/\b(text|application)\/([a-z]+\+)?xml\b/i.test(contentType(headers)) && bytes.length > 0)
    return { kind: 'reply', bytes }
  if (status >= 500) return failed(fault('supplier-error', `the supplier is failing (HTTP ${status})`), true)
  if (status >= 400) return failed(fault('invalid-request', `the supplier refused the request (HTTP ${status})`), false)
  const said = contentType(headers).split(';')[0]!.slice(0, 60) || 'nothing'
  return failed(fault('malformed-reply', `no XML but ${said} (HTTP ${status})`), true)
}

function contentType(headers: Headers): string {
  return String(headers['content-type'] ?? '')
}

function failed(reason: Fault, reached: boolean): Answer {
  return { kind: 'failed', fault: reason, reached }
}

/** Errors before a connection stood: nothing was sent. */
const unsent: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

function lost(error: unknown, call: Call, sent: boolean): Answer {
  if (error instanceof ReplyError) return failed(fault('malformed-reply', error.message), true)
  const { signal } = call.deadline
  if (signal.aborted) {
    if (signal.reason instanceof DeadlineError) return failed(fault('timeout', signal.reason.message), sent)
    return failed(fault('cancelled', 'nobody waits for the answer any more'), sent)
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  return failed(fault('connection', `the connection failed (${code})`, { code }), !unsent.has(code))
}
