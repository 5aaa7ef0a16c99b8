import type { Clock, EpochMs } from '../../core/clock.ts'
import { type Deadline, startDeadline } from '../../core/deadline.ts'
import { type Fault, fault } from '../../core/fault.ts'
import {
  faultOfAbort,
  type HttpCall,
  HttpClient,
  type HttpReply,
  type HttpRequest,
  headerOf,
} from '../../core/http-client.ts'
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

const tokenMs = 10_000
/** Renewed so long before its end that no call leaves with one that lapses on the way. */
const tokenMarginMs = 60_000

export class SabreClient {
  readonly #http: HttpClient
  readonly #settings: SabreSettings
  readonly #clock: Clock
  #token: Token | undefined
  /** Everybody who needs a token waits for the one request. */
  #asking: Promise<Token | Fault> | undefined

  constructor(settings: SabreSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
    this.#http = new HttpClient({ baseUrl: settings.baseUrl, name: 'Sabre', replyBytesMax: replyMaxBytes })
  }

  /** A 401 was not acted on: it gets a new token and one more try, whatever was asked. */
  async post(path: string, body: JsonObject, call: Call): Promise<ClientReply> {
    const text = JSON.stringify(body)
    const first = await this.#postOnce(path, text, call)
    if (first.kind === 'failed' || first.status !== 401) return first
    return this.#postOnce(path, text, call)
  }

  async close(): Promise<void> {
    await this.#http.close()
  }

  async #postOnce(path: string, text: string, call: Call): Promise<ClientReply> {
    const token = await this.#validToken(call.deadline)
    if ('kind' in token) return { kind: 'failed', fault: token }
    const headers = {
      authorization: `Bearer ${token.value}`,
      'content-type': 'application/json',
      accept: 'application/json',
    }
    const reply = await this.#request({ method: 'POST', path, headers, body: text }, call)
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
      const reply = await this.#request(
        { method: 'POST', path: '/v2/auth/token', headers, body: tokenRequestBody },
        { deadline, traceparent: null },
      )
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

  async #request(request: HttpRequest, call: HttpCall): Promise<ClientReply> {
    const reply = await this.#http.request(request, call)
    return reply.kind === 'failed' ? reply : judge(reply, readRetryAfter(reply.headers, this.#clock.now()))
  }
}

/** What is no JSON goes no further: a proxy's page under any status says nothing about what Sabre did. */
function judge(reply: Extract<HttpReply, { kind: 'reply' }>, retryAfterMs: number | null): ClientReply {
  const { status, headers, bytes } = reply
  const isJson = /\bjson\b/i.test(headerOf(headers, 'content-type'))
  if (status === 429 || (!isJson && status >= 400)) return { kind: 'failed', fault: statusFault(status, retryAfterMs) }
  if (isJson) return { kind: 'reply', status, bytes, retryAfterMs }
  const said = 'Sabre answered something other than JSON'
  return { kind: 'failed', fault: fault('malformed-reply', said, { mayHaveBooked: true }) }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | Fault> {
  if (signal.aborted) return Promise.resolve(faultOfAbort(signal, false))
  return new Promise(resolve => {
    const onAbort = (): void => resolve(faultOfAbort(signal, false))
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
