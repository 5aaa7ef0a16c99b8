import type { Clock, EpochMs } from 'fareloom/core/clock.ts'
import { type Fault, fault } from 'fareloom/core/fault.ts'
import { HttpClient, type HttpReply, headerOf } from 'fareloom/core/http-client.ts'
import { readRetryAfter } from 'fareloom/core/retry-after.ts'
import { WireError } from 'fareloom/core/wire-error.ts'
import type { Call } from 'fareloom/providers/port.ts'
import { complaintFault, statusFault } from './faults.ts'
import { decodeComplaint } from './wire/complaint.ts'
import { parseReply, replyBytesMax } from './wire/read.ts'

export type Ask = { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: unknown }

export type Answer =
  | { readonly kind: 'answer'; readonly root: unknown }
  /** `mayHaveBooked`: the request left us and may have been carried out. */
  | { readonly kind: 'failed'; readonly fault: Fault }

/** Authentication, and what Acme's statuses and types mean. Connections, limits and deadlines are the engine's. */
export class AcmeClient {
  readonly clock: Clock
  private readonly http: HttpClient
  private readonly headers: Readonly<Record<string, string>>

  constructor({ baseUrl, token }: { readonly baseUrl: URL; readonly token: string }, clock: Clock) {
    this.clock = clock
    this.headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
    this.http = new HttpClient({ baseUrl, name: 'Acme', replyBytesMax })
  }

  async ask({ method, path, body }: Ask, call: Call): Promise<Answer> {
    const headers = body === undefined ? this.headers : { ...this.headers, 'content-type': 'application/json' }
    const text = body === undefined ? null : JSON.stringify(body)
    const reply = await this.http.request({ method, path, headers, body: text }, call)
    if (reply.kind === 'failed') return reply
    try {
      return answerOf(reply, this.clock.now())
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      return failed(fault('malformed-reply', `Acme sent ${error.message}`, { mayHaveBooked: true }))
    }
  }

  async close(): Promise<void> {
    await this.http.close()
  }
}

function answerOf({ status, headers, bytes }: Extract<HttpReply, { kind: 'reply' }>, now: EpochMs): Answer {
  const type = headerOf(headers, 'content-type')
  const isJson = /^application\/json\b/i.test(type)
  if (status < 200 || status > 299) {
    const retryAfterMs = status === 429 ? readRetryAfter(headers, now) : null
    const complaint = isJson ? decodeComplaint(bytes) : undefined
    return failed(complaint ? complaintFault(complaint, retryAfterMs) : statusFault(status, retryAfterMs))
  }
  if (!isJson) throw new WireError(`${type.slice(0, 60)} where JSON was expected`, 'headers')
  return { kind: 'answer', root: parseReply(bytes) }
}

function failed(reason: Fault): Answer {
  return { kind: 'failed', fault: reason }
}
