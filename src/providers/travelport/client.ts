import type { Clock, EpochMs } from '../../core/clock.ts'
import { type Fault, fault } from '../../core/fault.ts'
import { HttpClient, type HttpReply, headerOf } from '../../core/http-client.ts'
import { readRetryAfter } from '../../core/retry-after.ts'
import type { Call } from '../port.ts'
import type { TravelportSettings } from './settings.ts'

export type Service = 'AirService' | 'UniversalRecordService'

export type Answer =
  /** XML, whatever it says; HTTP 500 is how faults come. */
  | { readonly kind: 'reply'; readonly bytes: Uint8Array; readonly status: number }
  /** `mayHaveBooked`: the request may have got there, and done what it asked. */
  | { readonly kind: 'failed'; readonly fault: Fault }

export interface Client {
  send(service: Service, body: string, call: Call): Promise<Answer>
  close(): Promise<void>
}

/** Replies are a few megabytes at most. */
const replyBytesMax = 64 * 1024 * 1024

export function openClient(settings: TravelportSettings, clock: Clock): Client {
  const http = new HttpClient({ baseUrl: new URL(settings.baseUrl), name: 'Travelport', replyBytesMax })
  const credentials = Buffer.from(`${settings.username}:${settings.password}`).toString('base64')
  const headers = {
    authorization: `Basic ${credentials}`,
    'content-type': 'text/xml; charset=UTF-8',
    accept: 'text/xml',
    soapaction: '""',
  }
  return {
    async send(service, body, call) {
      const reply = await http.request({ method: 'POST', path: `/${service}`, headers, body }, call)
      return reply.kind === 'failed' ? reply : judge(reply, clock.now())
    },
    close: () => http.close(),
  }
}

function judge({ status, headers, bytes }: Extract<HttpReply, { kind: 'reply' }>, now: EpochMs): Answer {
  if (status === 401 || status === 403)
    return failed(fault('authentication', `the supplier refused our credentials (HTTP ${status})`))
  if (status === 429 || status === 420)
    return failed(fault('rate-limited', 'too many requests', { retryAfterMs: readRetryAfter(headers, now) }))
  const type = headerOf(headers, 'content-type')
  const isXml = /\b(text|application)\/(soap\+)?xml\b/i.test(type)
  if (isXml && (status === 200 || status === 500)) return { kind: 'reply', bytes, status }
  const sent = { mayHaveBooked: true }
  if (status >= 500) return failed(fault('supplier-error', `the supplier is failing (HTTP ${status})`, sent))
  if (status >= 400) return failed(fault('invalid-request', `the supplier refused the request (HTTP ${status})`))
  const said = type.split(';')[0]!.slice(0, 60) || 'an unknown content'
  return failed(fault('malformed-reply', `no XML but ${said} (HTTP ${status})`, sent))
}

function failed(reason: Fault): Answer {
  return { kind: 'failed', fault: reason }
}
