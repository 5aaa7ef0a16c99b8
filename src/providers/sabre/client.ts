import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Pool } from 'undici'
import type { Clock, EpochMs } from '../../core/clock.ts'
import { type Deadline, DeadlineError, startDeadline } from '../../core/deadline.ts'
import { type Fault, fault } from '../../core/fault.ts'
import { readRetryAfter } from '../../core/retry-after.ts'
import type { Call } from '../port.ts'
import { statusFault } from './faults.ts'
import type { SabreSettings } from './settings.ts'
import { platformError } from './wire/errors.ts'
import { isObject, type JsonObject, parseJson, replyMaxBytes } from './wire/json.ts'
import { basicCredentials, readToken, tokenRequestBody } from './wire/token.ts'

/** A reply with a JSON body, whatever its status; or what went wrong, `mayHaveBooked` where it may have been done. */
export type ClientReply =
  | { readonly kind: 'reply'; readonly status: number; readonly bytes: Buffer; readonly retryAfterMs: number | null }
  | { readonly kind: 'failed'; readonly fault: Fault }

type Token = { readonly value: string; readonly until: EpochMs }

/** A supplier's concurrency cap is below this; more sockets would only wait. */
const connectionsMax = 64
const connectMs = 5_000
const tokenMs = 10_000
/** Renewed so long before its end that no call leaves with one that lapses on the way. */
const tokenMarginMs = 60_000

const inflate = promisify(gunzip)

export class SabreClient {
  readonly #pool: Pool
  readonly #settings: SabreSettings
  readonly #clock: Clock
  #token: Token | undefined
  /** Everybody who needs a token waits for the one request. */
  #asking: Promise<Token | Fault> | undefined

  constructor(settings: SabreSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
    this.#pool = new Pool(settings.baseUrl.origin, {
      connections: connectionsMax,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: connectMs },
    })
  }

  /** A 401 was not acted on: it gets a new token and one more try, whatever was asked. */
  async post(path: string, body: JsonObject, call: Call): Promise<ClientReply> {
    const text = JSON.stringify(body)
    const first = await this.#postOnce(path, text, call)
    if (first.kind === 'failed' || first.status !== 401) return first
    return this.#postOnce(path, text, call)
  }

  async close(): Promise<void> {
    await this.#pool.destroy()
  }

  async #postOnce(path: string, text: string, call: Call): Promise<ClientReply> {
    const held = await call.mayLeave?.()
    if (held) return { kind: 'failed', fault: held }
    const token = await this.#validToken(call.deadline)
    if ('kind' in token) return { kind: 'failed', fault: token }
    const headers: Record<string, string> = {
      authorization: `Bearer ${token.value}`,
      'content-type': 'application/json',
      accept: 'application/json',
      'accept-encoding': 'gzip',
    }
    if (call.traceparent !== null) headers.traceparent = call.traceparent
    const reply = await this.#request(path, headers, text, call.deadline.signal)
    if (reply.kind === 'reply' && reply.status === 401 && this.#token === token) this.#token = undefined
    return reply
  }

  async #validToken(deadline: Deadline): Promise<Token | Fault> {
    const token = this.#token
    if (token && token.until > this.#clock.now()) return token
    this.#asking ??= this.#askToken().finally(() => {
      this.#asking = undefined
    })
    return unlessAborted(this.#asking, deadline.signal)
  }

  /** On a deadline of its own: the caller that happens to ask first may leave. */
  async #askToken(): Promise<Token | Fault> {
    const deadline = startDeadline(this.#clock, tokenMs)
    try {
      const headers = {
        authorization: `Basic ${basicCredentials(this.#settings)}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      }
      const reply = await this.#request('/v2/auth/token', headers, tokenRequestBody, deadline.signal)
      if (reply.kind === 'failed') return { ...reply.fault, mayHaveBooked: false }
      if (reply.status !== 200) return { ...faultOf(reply), mayHaveBooked: false }
      const { value, seconds } = readToken(reply.bytes)
      this.#token = { value, until: this.#clock.now() + Math.max(0, seconds * 1000 - tokenMarginMs) }
      return this.#token
    } catch {
      return fault('malformed-reply', 'the token that Sabre sent cannot be read')
    } finally {
      deadline.dispose()
    }
  }

  async #request(
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ): Promise<ClientReply> {
    const base = this.#settings.baseUrl.pathname.replace(/\/$/, '')
    try {
      const answer = await this.#pool.request({ method: 'POST', path: base + path, headers, body, signal })
      const bytes = await collect(answer.body)
      if (!bytes) return failed('malformed-reply', `Sabre's reply is larger than ${replyMaxBytes} bytes`)
      const retryAfterMs = readRetryAfter(answer.headers, this.#clock.now())
      return await checked(answer.statusCode, answer.headers, bytes, retryAfterMs)
    } catch (error) {
      return { kind: 'failed', fault: networkFault(error, signal) }
    }
  }
}

function failed(kind: Fault['kind'], text: string): ClientReply {
  return { kind: 'failed', fault: fault(kind, text, { mayHaveBooked: true }) }
}

async function collect(body: AsyncIterable<Buffer>): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > replyMaxBytes) return undefined
    chunks.push(chunk)
  }
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** What is no JSON goes no further: a proxy's page under any status says nothing about what Sabre did. */
async function checked(
  status: number,
  headers: Headers,
  bytes: Buffer,
  retryAfterMs: number | null,
): Promise<ClientReply> {
  const isJson = /\bjson\b/i.test(String(headers['content-type'] ?? ''))
  if (!isJson) {
    if (status >= 400) return { kind: 'failed', fault: statusFault(status, retryAfterMs) }
    return failed('malformed-reply', 'Sabre answered something other than JSON')
  }
  if (status === 429) return { kind: 'failed', fault: statusFault(status, retryAfterMs) }
  if (String(headers['content-encoding'] ?? '') !== 'gzip') return { kind: 'reply', status, bytes, retryAfterMs }
  try {
    const plain = await inflate(bytes, { maxOutputLength: replyMaxBytes })
    return { kind: 'reply', status, bytes: plain, retryAfterMs }
  } catch {
    return failed('malformed-reply', "Sabre's compressed reply is broken or too large")
  }
}

/** Nothing was sent where no connection came about. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

function networkFault(error: unknown, signal: AbortSignal): Fault {
  if (signal.aborted) return abortFault(signal)
  const code = error instanceof Error && 'code' in error ? String(error.code) : null
  const sent = code === null || !neverSent.has(code)
  return fault('connection', 'the connection to Sabre failed', { code, mayHaveBooked: sent })
}

function abortFault(signal: AbortSignal): Fault {
  const { reason } = signal
  if (reason instanceof DeadlineError) return fault('timeout', reason.message, { mayHaveBooked: true })
  return fault('cancelled', 'nobody waits for the answer any more', { mayHaveBooked: true })
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | Fault> {
  if (signal.aborted) return Promise.resolve({ ...abortFault(signal), mayHaveBooked: false })
  return new Promise(resolve => {
    const onAbort = (): void => resolve({ ...abortFault(signal), mayHaveBooked: false })
    signal.addEventListener('abort', onAbort, { once: true })
    const settle = (value: T): void => {
      signal.removeEventListener('abort', onAbort)
      resolve(value)
    }
    promise.then(settle, () => onAbort())
  })
}

/** Of a reply whose status is no success: by its body where that says something, else by the status. */
export function faultOf(reply: Extract<ClientReply, { kind: 'reply' }>): Fault {
  const byStatus = statusFault(reply.status, reply.retryAfterMs)
  try {
    const body = parseJson(reply.bytes)
    const said = isObject(body) ? platformError(body) : null
    if (!said) return byStatus
    const kind = reply.status === 401 || reply.status === 403 ? 'authentication' : said.kind
    return { ...said, kind, mayHaveBooked: byStatus.mayHaveBooked, retryAfterMs: reply.retryAfterMs }
  } catch {
    return byStatus
  }
}
