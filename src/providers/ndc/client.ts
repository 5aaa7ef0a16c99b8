import type { Clock, EpochMs } from '../../core/clock.ts'
import { type Fault, fault } from '../../core/fault.ts'
import { HttpClient, type HttpReply, headerOf } from '../../core/http-client.ts'
import { readRetryAfter } from '../../core/retry-after.ts'
import type { Call } from '../port.ts'
import type { NdcSettings } from './settings.ts'

export type Answer =
  /** XML, whatever it says: airlines send errors with HTTP 200, 400 and 500 alike. */
  | { readonly kind: 'reply'; readonly bytes: Uint8Array }
  /** `mayHaveBooked`: the request may have got there, and done what it asked. */
  | { readonly kind: 'failed'; readonly fault: Fault }

export interface Client {
  /** `message`: `AirShopping`, `OrderCreate` … */
  send(message: string, body: string, call: Call): Promise<Answer>
  close(): Promise<void>
}

/** The largest shopping replies seen have 2 MB. */
const replyBytesMax = 64 * 1024 * 1024

export function openClient(settings: NdcSettings, clock: Clock): Client {
  const urlOf = (message: string): URL => new URL(settings.baseUrl.replace('{message}', message))
  const http = new HttpClient({ baseUrl: new URL(urlOf('AirShopping').origin), name: 'the airline', replyBytesMax })
  const headers = {
    [settings.apiKeyHeader]: settings.apiKey,
    'content-type': 'application/xml; charset=UTF-8',
    accept: 'application/xml, text/xml',
  }
  return {
    async send(message, body, call) {
      const { pathname, search } = urlOf(message)
      const reply = await http.request({ method: 'POST', path: pathname + search, headers, body }, call)
      return reply.kind === 'failed' ? reply : judge(reply, clock.now())
    },
    close: () => http.close(),
  }
}

function judge({ status, headers, bytes }: Extract<HttpReply, { kind: 'reply' }>, now: EpochMs): Answer {
  if (status === 401 || status === 403)
    return failed(fault('authentication', `the supplier refused our credentials (HTTP ${status})`))
  if (status === 429)
    return failed(fault('rate-limited', 'too many requests', { retryAfterMs: readRetryAfter(headers, now) }))
  const type = headerOf(headers, 'content-type')
  if (/\b(text|application)\/([a-z]+\+)?xml\b/i.test(type) && bytes.length > 0) return { kind: 'reply', bytes }
  const sent = { mayHaveBooked: true }
  if (status >= 500) return failed(fault('supplier-error', `the supplier is failing (HTTP ${status})`, sent))
  if (status >= 400) return failed(fault('invalid-request', `the supplier refused the request (HTTP ${status})`))
  const said = type.split(';')[0]!.slice(0, 60) || 'nothing'
  return failed(fault('malformed-reply', `no XML but ${said} (HTTP ${status})`, sent))
}

function failed(reason: Fault): Answer {
  return { kind: 'failed', fault: reason }
}
