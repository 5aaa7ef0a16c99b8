import type { Clock, EpochMs } from '../../core/clock.ts'
import { startDeadline } from '../../core/deadline.ts'
import { type Fault, fault } from '../../core/fault.ts'
import {
  faultOfAbort,
  type HttpCall,
  HttpClient,
  type HttpHeaders,
  type HttpReply,
  type HttpRequest,
  headerOf,
} from '../../core/http-client.ts'
import { readRetryAfter } from '../../core/retry-after.ts'
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

const tokenDeadlineMs = 10_000
const mediaType = 'application/vnd.amadeus+json'

/** Transport: one token, every failure as a fault. */
export class AmadeusClient {
  private readonly http: HttpClient
  private readonly settings: ClientSettings
  private readonly clock: Clock
  private readonly tokens: TokenSource

  constructor(settings: ClientSettings, clock: Clock) {
    this.settings = settings
    this.clock = clock
    this.tokens = new TokenSource(clock, () => this.fetchToken())
    this.http = new HttpClient({ baseUrl: settings.baseUrl, name: 'Amadeus', replyBytesMax })
  }

  /** A token that is refused is renewed once; nothing else is ever repeated here. */
  async ask(ask: Ask, call: Call): Promise<Answer> {
    const { signal } = call.deadline
    for (let attempt = 1; ; attempt++) {
      let accessToken: string
      try {
        const token = await this.tokens.get(signal)
        if (token.kind === 'failed') return token
        accessToken = token.accessToken
      } catch (error) {
        if (!signal.aborted) throw error
        return { kind: 'failed', fault: faultOfAbort(signal, false) }
      }
      const answer = await this.send(requestOf(ask, accessToken), call)
      if (attempt > 1 || answer.kind !== 'failed' || !refusesToken(answer.fault)) return answer
      this.tokens.discard(accessToken)
    }
  }

  async close(): Promise<void> {
    await this.http.close()
  }

  private async send(request: HttpRequest, call: HttpCall): Promise<Answer> {
    const reply = await this.http.request(request, call)
    return reply.kind === 'failed' ? reply : answerOf(reply, this.clock.now())
  }

  private async fetchToken(): Promise<FetchedToken> {
    const { clientId, clientSecret } = this.settings
    const deadline = startDeadline(this.clock, tokenDeadlineMs)
    const answer = await this.send(
      {
        method: 'POST',
        path: '/v1/security/oauth2/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: encodeTokenRequest({ clientId, clientSecret }),
      },
      { deadline, traceparent: null },
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

function requestOf({ method, path, body, reads }: Ask, accessToken: string): HttpRequest {
  const headers: Record<string, string> = {
    authorization: `Bearer ${accessToken}`,
    accept: `${mediaType}, application/json`,
  }
  if (body !== undefined) headers['content-type'] = mediaType
  if (reads) headers['x-http-method-override'] = 'GET'
  return { method, path, headers, body: body ?? null }
}

function answerOf({ status, headers, bytes }: Extract<HttpReply, { kind: 'reply' }>, now: EpochMs): Answer {
  const type = headerOf(headers, 'content-type')
  const isJson = /^application\/(?:[\w.-]+\+)?json\b/i.test(type)
  if (status >= 200 && status < 300) {
    if (status === 204 || isJson) return { kind: 'answer', status, bytes }
    const said = `Amadeus answered with ${type.slice(0, 60) || 'an unnamed type'} where JSON was expected`
    return { kind: 'failed', fault: fault('malformed-reply', said, { mayHaveBooked: true }) }
  }
  return { kind: 'failed', fault: failureOf(status, headers, isJson ? bytes : undefined, now) }
}

/** The supplier's own words, where it has some; what is no JSON (a gateway's page) has only its status. */
function failureOf(status: number, headers: HttpHeaders, bytes: Uint8Array | undefined, now: EpochMs): Fault {
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
