import type { Clock, EpochMs } from 'fareloom/core/clock.ts'
import { type Fault, fault } from 'fareloom/core/fault.ts'
import { readRetryAfter } from 'fareloom/core/retry-after.ts'
import { WireError } from 'fareloom/core/wire-error.ts'
import type { Call } from 'fareloom/providers/port.ts'
import { Pool } from 'undici'
import { complaintFault, statusFault } from './faults.ts'
import { decodeComplaint } from './wire/complaint.ts'
import { parseReply, replyBytesMax } from './wire/read.ts'

export type Ask = { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: unknown }

export type Answer =
  | { readonly kind: 'answer'; readonly root: unknown }
  /** `mayHaveBooked`: the request left us and may have been carried out. */
  | { readonly kind: 'failed'; readonly fault: Fault }

const connectTimeoutMs = 5_000
/** The call's own deadline ends it earlier. */
const silenceTimeoutMs = 120_000

/** Transport: one pool, every failure as a fault, nothing ever repeated. */
export class AcmeClient {
  readonly clock: Clock
  private readonly pool: Pool
  private readonly prefix: string
  private readonly headers: Readonly<Record<string, string>>

  constructor({ baseUrl, token }: { readonly baseUrl: URL; readonly token: string }, clock: Clock) {
    this.clock = clock
    this.prefix = baseUrl.pathname.replace(/\/+$/, '')
    this.headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
    this.pool = new Pool(baseUrl.origin, {
      connections: 64,
      connect: { timeout: connectTimeoutMs },
      headersTimeout: silenceTimeoutMs,
      bodyTimeout: silenceTimeoutMs,
      maxResponseSize: replyBytesMax,
    })
  }

  async ask({ method, path, body }: Ask, { deadline, traceparent, mayLeave }: Call): Promise<Answer> {
    const { signal } = deadline
    const held = await mayLeave?.()
    if (held) return { kind: 'failed', fault: held }
    try {
      const reply = await this.pool.request({
        method,
        path: this.prefix + path,
        headers: {
          ...this.headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(traceparent === null ? {} : { traceparent }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal,
      })
      const bytes = await reply.body.bytes()
      return answerOf(reply.statusCode, reply.headers, bytes, this.clock.now())
    } catch (error) {
      return { kind: 'failed', fault: transportFault(error, signal) }
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy()
  }
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

function answerOf(status: number, headers: Headers, bytes: Uint8Array, now: EpochMs): Answer {
  const isJson = /^application\/json\b/i.test(String(headers['content-type']))
  const retryAfterMs = status === 429 ? readRetryAfter(headers, now) : null
  if (status < 200 || status > 299) {
    const complaint = isJson ? decodeComplaint(bytes) : undefined
    return { kind: 'failed', fault: complaint ? complaintFault(complaint, retryAfterMs) : statusFault(status, retryAfterMs) }
  }
  if (!isJson) throw new WireError(`${String(headers['content-type']).slice(0, 60)} where JSON was expected`, 'headers')
  return { kind: 'answer', root: parseReply(bytes) }
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
  if (error instanceof WireError) return fault('malformed-reply', `Acme sent ${error.message}`, sent)
  if (signal.aborted) {
    const isLate = signal.reason instanceof Error && signal.reason.name === 'DeadlineError'
    return isLate
      ? fault('timeout', signal.reason.message, sent)
      : fault('cancelled', 'the caller left before Acme answered', sent)
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return fault('malformed-reply', 'Acme sent too much', sent)
  return fault('connection', `the connection to Acme failed (${code})`, { mayHaveBooked: !unsent.has(code) })
}
