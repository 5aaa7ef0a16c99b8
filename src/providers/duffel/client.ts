import { promisify } from 'node:util'
import { gunzip, gunzipSync } from 'node:zlib'
import { Pool } from 'undici'
import type { Clock } from '../../core/clock.ts'
import { DeadlineError } from '../../core/deadline.ts'
import { type Fault, fault } from '../../core/fault.ts'
import { readRetryAfter } from '../../core/retry-after.ts'
import { WireError } from '../../core/wire-error.ts'
import { faultOf, statusFault } from './faults.ts'
import { isErrorBody, readComplaints } from './wire/errors.ts'
import { parseJson, replyBytesMax } from './wire/json.ts'

export type ClientSettings = { readonly baseUrl: URL; readonly accessToken: string }

export type Ask = {
  readonly method: 'GET' | 'POST'
  /** With its query. */
  readonly path: string
  readonly body?: unknown
  /** Refuse names that stand twice in an object: for everything but searches (wire/json.ts). */
  readonly strict?: boolean
}

export type Asking = {
  readonly signal: AbortSignal
  readonly traceparent: string | null
  readonly mayLeave?: (() => Promise<Fault | null>) | undefined
}

export type Answer =
  | { readonly kind: 'answer'; readonly status: number; readonly root: unknown }
  /** `mayHaveBooked`: the request may have been carried out. */
  | { readonly kind: 'failed'; readonly fault: Fault }

const version = 'v2'
const connectTimeoutMs = 5_000
/** The vendor asks for at least 130 s; the call's own deadline ends it earlier. */
const silenceTimeoutMs = 140_000
const connectionsMax = 64
/** Above this another thread unpacks: a megabyte takes milliseconds. */
const gunzipSyncBytesMax = 32_768

/** Transport: one pool, every failure as a fault, nothing ever repeated. */
export class DuffelClient {
  private readonly pool: Pool
  private readonly prefix: string
  private readonly clock: Clock
  private readonly headers: Readonly<Record<string, string>>

  constructor(settings: ClientSettings, clock: Clock) {
    this.clock = clock
    this.prefix = settings.baseUrl.pathname.replace(/\/+$/, '')
    this.headers = {
      authorization: `Bearer ${settings.accessToken}`,
      'duffel-version': version,
      accept: 'application/json',
      'accept-encoding': 'gzip',
    }
    this.pool = new Pool(settings.baseUrl.origin, {
      connections: connectionsMax,
      connect: { timeout: connectTimeoutMs },
      headersTimeout: silenceTimeoutMs,
      bodyTimeout: silenceTimeoutMs,
      maxResponseSize: replyBytesMax,
    })
  }

  async ask(ask: Ask, { signal, traceparent, mayLeave }: Asking): Promise<Answer> {
    const held = await mayLeave?.()
    if (held) return { kind: 'failed', fault: held }
    try {
      const { statusCode, headers, body } = await this.pool.request({
        method: ask.method,
        path: `${this.prefix}${ask.path}`,
        headers: {
          ...this.headers,
          ...(ask.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(traceparent === null ? {} : { traceparent }),
        },
        body: ask.body === undefined ? null : JSON.stringify(ask.body),
        signal,
      })
      const bytes = await unpack(await body.bytes(), first(headers['content-encoding']))
      return this.answerOf(statusCode, headers, bytes, ask.strict !== false)
    } catch (error) {
      return { kind: 'failed', fault: transportFault(error, signal) }
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy()
  }

  private answerOf(status: number, headers: Headers, bytes: Uint8Array, strict: boolean): Answer {
    const isJson = /^application\/(?:[\w.-]+\+)?json\b/i.test(first(headers['content-type']))
    if (status < 200 || status > 299) return { kind: 'failed', fault: this.failureOf(status, headers, isJson, bytes) }
    if (bytes.length === 0) return { kind: 'answer', status, root: null }
    if (!isJson) {
      const type = first(headers['content-type']).slice(0, 60) || 'an unnamed type'
      throw new WireError(`${type} where JSON was expected`, 'headers')
    }
    return { kind: 'answer', status, root: parseJson(bytes, strict) }
  }

  /** Duffel's own words where it has some; a gateway's page has its status only. */
  private failureOf(status: number, headers: Headers, isJson: boolean, bytes: Uint8Array): Fault {
    const retryAfterMs = status === 429 ? readRetryAfter(headers, this.clock.now()) : null
    const complaint = isJson ? readComplaint(bytes) : undefined
    return complaint ? faultOf(complaint, retryAfterMs) : statusFault(status, retryAfterMs)
  }
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

function first(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value)?.trim() ?? ''
}

const gunzipAsync = promisify(gunzip)

async function unpack(bytes: Uint8Array, encoding: string): Promise<Uint8Array> {
  if (encoding === '' || encoding === 'identity') return bytes
  if (encoding !== 'gzip' && encoding !== 'x-gzip') throw new WireError(`content encoding ${encoding}`, 'headers')
  const limit = { maxOutputLength: replyBytesMax }
  return bytes.length <= gunzipSyncBytesMax ? gunzipSync(bytes, limit) : gunzipAsync(bytes, limit)
}

function readComplaint(bytes: Uint8Array): ReturnType<typeof readComplaints>[number] | undefined {
  try {
    const root = parseJson(bytes, false)
    return isErrorBody(root) ? readComplaints(root)[0] : undefined
  } catch {
    return undefined
  }
}

/** Errors before a connection stands: nothing left us. */
const unsent: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

function transportFault(error: unknown, signal: AbortSignal): Fault {
  const sent = { mayHaveBooked: true }
  if (error instanceof WireError) return fault('malformed-reply', `Duffel sent ${error.message}`, sent)
  if (signal.aborted) {
    return signal.reason instanceof DeadlineError
      ? fault('timeout', signal.reason.message, sent)
      : fault('cancelled', 'the caller left before Duffel answered', sent)
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || code === 'ERR_BUFFER_TOO_LARGE') {
    return fault('malformed-reply', `Duffel sent more than ${replyBytesMax} bytes`, sent)
  }
  if (code.startsWith('Z_')) return fault('malformed-reply', 'Duffel sent what cannot be unpacked', sent)
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return fault('timeout', 'Duffel went silent', sent)
  }
  return fault('connection', `the connection to Duffel failed (${code})`, { mayHaveBooked: !unsent.has(code) })
}
