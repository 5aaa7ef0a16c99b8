import { promisify } from 'node:util'
import { gunzip, gunzipSync } from 'node:zlib'
import { type Dispatcher, Pool } from 'undici'
import type { Clock, EpochMs } from '../../core/clock.ts'
import { DeadlineError, startDeadline } from '../../core/deadline.ts'
import { type Fault, fault } from '../../core/fault.ts'
import { readRetryAfter } from '../../core/retry-after.ts'
import { WireError } from '../../core/wire-error.ts'
import type { Call } from '../port.ts'
import { faultOf } from './faults.ts'
import { type FetchedToken, TokenSource } from './token.ts'
import { isErrorBody, readComplaints } from './wire/errors.ts'
import { parseJson, replyBytesMax } from './wire/json.ts'
import { rawOf } from './wire/read.ts'
import { decodeToken, encodeTokenRequest } from './wire/token.ts'

export type ClientSettings = { readonly baseUrl: URL; readonly clientId: string; readonly clientSecret: string }

export type Ask = {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly body?: string
  /** A POST that only asks: the gateway wants to be told. */
  readonly reads?: boolean
}

/** A fault with mayHaveBooked: the request may have been carried out. */
export type Answer =
  | { readonly kind: 'answer'; readonly status: number; readonly bytes: Uint8Array }
  | { readonly kind: 'failed'; readonly fault: Fault }

const connectTimeoutMs = 5_000
/** Beyond every deadline: the call's own signal ends it earlier. */
const silenceTimeoutMs = 120_000
const tokenDeadlineMs = 10_000
const connectionsMax = 64
/** Unpacked at once up to here, on another thread above: a megabyte takes milliseconds. */
const gunzipSyncBytesMax = 32_768
const mediaType = 'application/vnd.amadeus+json'

/** Transport: one pool, one token, every failure as a fault. */
export class AmadeusClient {
  private readonly pool: Pool
  private readonly settings: ClientSettings
  private readonly clock: Clock
  private readonly prefix: string
  private readonly tokens: TokenSource

  constructor(settings: ClientSettings, clock: Clock) {
    this.settings = settings
    this.clock = clock
    this.prefix = settings.baseUrl.pathname.replace(/\/+$/, '')
    this.tokens = new TokenSource(clock, () => this.fetchToken())
    this.pool = new Pool(settings.baseUrl.origin, {
      connections: connectionsMax,
      connect: { timeout: connectTimeoutMs },
      headersTimeout: silenceTimeoutMs,
      bodyTimeout: silenceTimeoutMs,
      maxResponseSize: replyBytesMax,
    })
  }

  /** A token that is refused is renewed once; nothing else is ever repeated here. */
  async ask(ask: Ask, call: Call): Promise<Answer> {
    const { signal } = call.deadline
    for (let attempt = 1; ; attempt++) {
      const held = await call.mayLeave?.()
      if (held) return { kind: 'failed', fault: held }
      let accessToken: string
      try {
        const token = await this.tokens.get(signal)
        if (token.kind === 'failed') return token
        accessToken = token.accessToken
      } catch (error) {
        return { kind: 'failed', fault: transportFault(error, signal, false) }
      }
      const answer = await this.send(requestOf(ask, this.prefix, accessToken, call), signal)
      if (attempt > 1 || answer.kind !== 'failed' || !refusesToken(answer.fault)) return answer
      this.tokens.discard(accessToken)
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy()
  }

  private async send(request: Dispatcher.RequestOptions, signal: AbortSignal): Promise<Answer> {
    try {
      const { statusCode, headers, body } = await this.pool.request({ ...request, signal })
      const bytes = await unpack(await body.bytes(), text(headers['content-encoding']))
      return answerOf(statusCode, headers, bytes, this.clock.now())
    } catch (error) {
      return { kind: 'failed', fault: transportFault(error, signal, true) }
    }
  }

  private async fetchToken(): Promise<FetchedToken> {
    const { clientId, clientSecret } = this.settings
    const deadline = startDeadline(this.clock, tokenDeadlineMs)
    const answer = await this.send(
      {
        method: 'POST',
        path: `${this.prefix}/v1/security/oauth2/token`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: encodeTokenRequest({ clientId, clientSecret }),
      },
      deadline.signal,
    )
    deadline.dispose()
    // no order was in this request
    if (answer.kind === 'failed') return { kind: 'failed', fault: { ...answer.fault, mayHaveBooked: false } }
    const token = readToken(answer.bytes)
    return token
      ? { kind: 'fetched', token }
      : { kind: 'failed', fault: fault('malformed-reply', 'Amadeus answered a token request without a token') }
  }
}

function requestOf(ask: Ask, prefix: string, accessToken: string, call: Call): Dispatcher.RequestOptions {
  const headers: Record<string, string> = {
    authorization: `Bearer ${accessToken}`,
    accept: `${mediaType}, application/json`,
    'accept-encoding': 'gzip',
  }
  if (ask.body !== undefined) headers['content-type'] = mediaType
  if (ask.reads) headers['x-http-method-override'] = 'GET'
  if (call.traceparent !== null) headers.traceparent = call.traceparent
  return { method: ask.method, path: `${prefix}${ask.path}`, headers, body: ask.body ?? null }
}

const gunzipAsync = promisify(gunzip)

async function unpack(bytes: Uint8Array, encoding: string): Promise<Uint8Array> {
  if (encoding === '' || encoding === 'identity') return bytes
  if (encoding !== 'gzip' && encoding !== 'x-gzip') throw new WireError(`content encoding ${encoding}`, 'headers')
  const limit = { maxOutputLength: replyBytesMax }
  return bytes.length <= gunzipSyncBytesMax ? gunzipSync(bytes, limit) : gunzipAsync(bytes, limit)
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

function answerOf(status: number, headers: Headers, bytes: Uint8Array, now: EpochMs): Answer {
  const isJson = /^application\/(?:[\w.-]+\+)?json\b/i.test(text(headers['content-type']))
  if (status >= 200 && status < 300) {
    if (status === 204 || isJson) return { kind: 'answer', status, bytes }
    const type = text(headers['content-type']) || 'an unnamed type'
    const said = `Amadeus answered with ${type.slice(0, 60)} where JSON was expected`
    return { kind: 'failed', fault: fault('malformed-reply', said, { mayHaveBooked: true }) }
  }
  return { kind: 'failed', fault: failureOf(status, headers, isJson ? bytes : undefined, now) }
}

/** The supplier's own words, where it has some; what is no JSON (a gateway's page) has only its status. */
function failureOf(status: number, headers: Headers, bytes: Uint8Array | undefined, now: EpochMs): Fault {
  const retryAfterMs = status === 429 || status === 503 ? readRetryAfter(headers, now) : null
  const said = bytes && readFirstComplaint(bytes)
  if (said) return faultOf({ ...said, status, retryAfterMs })
  return faultOf({ status, code: null, title: `HTTP ${status}`, detail: null, source: null, retryAfterMs })
}

function readFirstComplaint(bytes: Uint8Array): ReturnType<typeof readComplaints>[number] | undefined {
  try {
    const raw = rawOf(parseJson(bytes))
    return raw !== null && isErrorBody(raw) ? readComplaints(raw)[0] : undefined
  } catch {
    return undefined
  }
}

function readToken(bytes: Uint8Array): ReturnType<typeof decodeToken> {
  try {
    const raw = rawOf(parseJson(bytes))
    return raw === null ? null : decodeToken(raw)
  } catch {
    return null
  }
}

function refusesToken({ code }: Fault): boolean {
  return code === '38190' || code === '38192'
}

function text(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value)?.trim() ?? ''
}

/** Errors before a connection stands: nothing left us. */
const unsent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

function transportFault(error: unknown, signal: AbortSignal, sent: boolean): Fault {
  if (signal.aborted) {
    const { reason } = signal
    if (reason instanceof DeadlineError) return fault('timeout', reason.message, { mayHaveBooked: sent })
    return fault('cancelled', 'The caller left before Amadeus answered', { mayHaveBooked: sent })
  }
  if (error instanceof WireError) return fault('malformed-reply', error.message, { mayHaveBooked: sent })
  const code = codeOf(error)
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || code === 'ERR_BUFFER_TOO_LARGE') {
    return fault('malformed-reply', `a reply over ${replyBytesMax} bytes`, { mayHaveBooked: sent })
  }
  if (/^Z_/.test(code)) return fault('malformed-reply', 'a reply that cannot be unpacked', { mayHaveBooked: sent })
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return fault('timeout', 'Amadeus went silent', { mayHaveBooked: sent })
  }
  const text = `The connection to Amadeus failed (${code || 'unknown'})`
  return fault('connection', text, { mayHaveBooked: sent && !unsent.has(code) })
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}
