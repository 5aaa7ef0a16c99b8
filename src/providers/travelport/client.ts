import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Pool } from 'undici'
import type { Clock, EpochMs } from '../../core/clock.ts'
import { DeadlineError } from '../../core/deadline.ts'
import { type Fault, fault } from '../../core/fault.ts'
import { readRetryAfter } from '../../core/retry-after.ts'
import type { Call } from '../port.ts'
import type { TravelportSettings } from './settings.ts'

export type Service = 'AirService' | 'UniversalRecordService'

export type Answer =
  /** XML, whatever it says; HTTP 500 is how faults come. */
  | { readonly kind: 'reply'; readonly bytes: Uint8Array; readonly status: number }
  /** `reached`: the request may have got there, and done what it asked. */
  | { readonly kind: 'failed'; readonly fault: Fault; readonly reached: boolean }

export interface Client {
  send(service: Service, body: string, call: Call): Promise<Answer>
  close(): Promise<void>
}

/** On the wire and unpacked: replies are a few megabytes at most. */
const replyBytesMax = 64 * 1024 * 1024
const connectionsMax = 64
const connectTimeoutMs = 5_000

const gunzipAsync = promisify(gunzip)

export function openClient(settings: TravelportSettings, clock: Clock): Client {
  const base = new URL(settings.baseUrl)
  const path = base.pathname.replace(/\/$/, '')
  const pool = new Pool(base.origin, { connections: connectionsMax, connect: { timeout: connectTimeoutMs } })
  const authorization = `Basic ${Buffer.from(`${settings.username}:${settings.password}`).toString('base64')}`
  return {
    async send(service, body, call) {
      if (call.deadline.signal.aborted) return lost(undefined, call, false)
      const held = await call.mayLeave?.()
      if (held) return failed(held, false)
      try {
        const response = await pool.request({
          method: 'POST',
          path: `${path}/${service}`,
          headers: {
            authorization,
            'content-type': 'text/xml; charset=UTF-8',
            accept: 'text/xml',
            'accept-encoding': 'gzip',
            soapaction: '""',
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

async function readBody(body: AsyncIterable<Uint8Array>, encoding: unknown): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > replyBytesMax) throw new ReplyError(`more than ${replyBytesMax} bytes`)
    chunks.push(chunk)
  }
  const packed = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
  if (encoding === undefined || encoding === 'identity') return packed
  if (encoding !== 'gzip') throw new ReplyError(`a content encoding that was not asked for: ${String(encoding)}`)
  try {
    return await gunzipAsync(packed, { maxOutputLength: replyBytesMax })
  } catch {
    throw new ReplyError('a body that is not what its content encoding says')
  }
}

class ReplyError extends Error {
  override readonly name = 'ReplyError'
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

function judge(status: number, headers: Headers, bytes: Uint8Array, now: EpochMs): Answer {
  if (status === 401 || status === 403)
    return failed(fault('authentication', `the supplier refused our credentials (HTTP ${status})`), false)
  if (status === 429 || status === 420)
    return failed(fault('rate-limited', 'too many requests', { retryAfterMs: readRetryAfter(headers, now) }), false)
  const isXml = /\b(text|application)\/(soap\+)?xml\b/i.test(String(headers['content-type'] ?? ''))
  if (isXml && (status === 200 || status === 500)) return { kind: 'reply', bytes, status }
  if (status >= 500) return failed(fault('supplier-error', `the supplier is failing (HTTP ${status})`), true)
  if (status >= 400) return failed(fault('invalid-request', `the supplier refused the request (HTTP ${status})`), false)
  return failed(fault('malformed-reply', `no XML but ${contentName(headers)} (HTTP ${status})`), true)
}

function contentName(headers: Headers): string {
  return String(headers['content-type'] ?? 'an unknown content')
    .split(';')[0]!
    .slice(0, 60)
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
  if (call.deadline.signal.aborted) {
    const { reason } = call.deadline.signal
    if (reason instanceof DeadlineError) return failed(fault('timeout', reason.message), sent)
    return failed(fault('cancelled', 'nobody waits for the answer any more'), sent)
  }
  const code = codeOf(error)
  return failed(fault('connection', `the connection failed (${code})`, { code }), !unsent.has(code))
}

function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code)
  return error instanceof Error ? error.name : 'unknown'
}
