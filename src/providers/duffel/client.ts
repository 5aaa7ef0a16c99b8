import type { Clock } from '../../core/clock.ts'
import { type Fault, fault } from '../../core/fault.ts'
import { type HttpCall, HttpClient, type HttpHeaders, type HttpReply, headerOf } from '../../core/http-client.ts'
import { freeReply } from '../../core/reply-memory.ts'
import { readRetryAfter } from '../../core/retry-after.ts'
import { inTurns } from '../../core/turns.ts'
import { WireError } from '../../core/wire-error.ts'
import { faultOf, statusFault } from './faults.ts'
import { isErrorBody, readComplaints } from './wire/errors.ts'
import { parseJson, parseSteps, replyBytesMax } from './wire/json.ts'

export type ClientSettings = { readonly baseUrl: URL; readonly accessToken: string }

export type Ask = {
  readonly method: 'GET' | 'POST'
  /** With its query. */
  readonly path: string
  readonly body?: unknown
  /** Refuse names that stand twice in an object: for everything but searches (wire/json.ts). */
  readonly strict?: boolean
}

export type Answer =
  | { readonly kind: 'answer'; readonly status: number; readonly root: unknown }
  /** `mayHaveBooked`: the request may have been carried out. */
  | { readonly kind: 'failed'; readonly fault: Fault }

const version = 'v2'

/** Transport: every failure as a fault, nothing ever repeated. */
export class DuffelClient {
  private readonly http: HttpClient
  private readonly clock: Clock
  private readonly headers: Readonly<Record<string, string>>

  constructor({ baseUrl, accessToken }: ClientSettings, clock: Clock) {
    this.clock = clock
    this.headers = { authorization: `Bearer ${accessToken}`, 'duffel-version': version, accept: 'application/json' }
    this.http = new HttpClient({ baseUrl, name: 'Duffel', replyBytesMax })
  }

  async ask({ method, path, body, strict }: Ask, call: HttpCall): Promise<Answer> {
    const headers = body === undefined ? this.headers : { ...this.headers, 'content-type': 'application/json' }
    const text = body === undefined ? null : JSON.stringify(body)
    const reply = await this.http.request({ method, path, headers, body: text }, call)
    if (reply.kind === 'failed') return reply
    try {
      return await this.answerOf(reply, strict !== false)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      return failed(fault('malformed-reply', `Duffel sent ${error.message}`, { mayHaveBooked: true }))
    }
  }

  async close(): Promise<void> {
    await this.http.close()
  }

  private async answerOf({ status, headers, bytes }: Reply, strict: boolean): Promise<Answer> {
    const type = headerOf(headers, 'content-type')
    const isJson = /^application\/(?:[\w.-]+\+)?json\b/i.test(type)
    if (status < 200 || status > 299) return failed(this.failureOf(status, headers, isJson ? bytes : undefined))
    if (bytes.length === 0) return { kind: 'answer', status, root: null }
    if (!isJson) throw new WireError(`${type.slice(0, 60) || 'an unnamed type'} where JSON was expected`, 'headers')
    const root = await inTurns(parseSteps(bytes, strict))
    freeReply(bytes)
    return { kind: 'answer', status, root }
  }

  /** Duffel's own words where it has some; a gateway's page has its status only. */
  private failureOf(status: number, headers: HttpHeaders, json: Uint8Array | undefined): Fault {
    const retryAfterMs = status === 429 ? readRetryAfter(headers, this.clock.now()) : null
    const complaint = json && readComplaint(json)
    return complaint ? faultOf(complaint, retryAfterMs) : statusFault(status, retryAfterMs)
  }
}

type Reply = Extract<HttpReply, { kind: 'reply' }>

function failed(reason: Fault): Answer {
  return { kind: 'failed', fault: reason }
}

function readComplaint(bytes: Uint8Array): ReturnType<typeof readComplaints>[number] | undefined {
  try {
    const root = parseJson(bytes, false)
    return isErrorBody(root) ? readComplaints(root)[0] : undefined
  } catch {
    return undefined
  }
}
