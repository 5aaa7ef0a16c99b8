import { promisify } from 'node:util'
import { gunzip, gunzipSync } from 'node:zlib'
import { Pool } from 'undici'
import { type Deadline, DeadlineError } from './deadline.ts'
import { type Fault, fault } from './fault.ts'
import { wholeReply } from './http-reply-client.ts'
import { freeReply } from './reply-memory.ts'
import { ownTurn } from './turns.ts'

export type HttpRequest = {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Below the address of the host, with its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Null: none. */
  readonly body: string | null
}

export type HttpHeaders = Readonly<Record<string, string | string[] | undefined>>

export type HttpReply =
  /** Whole and unpacked, whatever its status and type. Who has read a large one says so (reply-memory.ts). */
  | { readonly kind: 'reply'; readonly status: number; readonly headers: HttpHeaders; readonly bytes: Buffer }
  /** `mayHaveBooked`: the request may have been carried out. */
  | { readonly kind: 'failed'; readonly fault: Fault }

export type HttpOptions = {
  /** Its path is put before that of every request. */
  readonly baseUrl: URL
  /** As it is called in the text of a fault. */
  readonly name: string
  /** On the wire, and unpacked. */
  readonly replyBytesMax: number
}

/** What of a supplier's `Call` is needed here. */
export type HttpCall = {
  readonly deadline: Pick<Deadline, 'signal'>
  readonly traceparent: string | null
  /** Awaited before the request leaves; a fault holds it back. */
  readonly mayLeave?: (() => Promise<Fault | null>) | undefined
}

/** Its guard decides how many requests there are at once; this only bounds what a mistake could open. */
const connectionsMax = 1_024
const connectTimeoutMs = 5_000
/** Unpacked at once up to here, on another thread above: a megabyte takes milliseconds. */
const gunzipSyncBytesMax = 32_768
/** Of what is unpacked. */
const deflateRatioMax = 1_032
const pieceBytesMin = 16_384
const pieceBytesMax = 8 * 1024 * 1024
/** Reading so much takes long enough to wait for a turn of its own. */
const largeBytes = 32_768
/** The call's own deadline ends it, and there is none longer than this. */
const silenceTimeoutMs = 140_000

const gunzipAsync = promisify(gunzip)

/** Connections to one host. Every failure is a fault, and nothing is ever repeated. */
export class HttpClient {
  readonly #pool: Pool
  readonly #prefix: string
  readonly #name: string
  readonly #bytesMax: number

  constructor({ baseUrl, name, replyBytesMax }: HttpOptions) {
    this.#name = name
    this.#bytesMax = replyBytesMax
    this.#prefix = baseUrl.pathname.replace(/\/+$/, '')
    this.#pool = new Pool(baseUrl.origin, {
      connections: connectionsMax,
      connect: { timeout: connectTimeoutMs },
      headersTimeout: silenceTimeoutMs,
      bodyTimeout: silenceTimeoutMs,
      maxResponseSize: replyBytesMax,
    })
  }

  async request({ method, path, headers, body }: HttpRequest, call: HttpCall): Promise<HttpReply> {
    const held = await call.mayLeave?.()
    if (held) return { kind: 'failed', fault: held }
    const { signal } = call.deadline
    if (signal.aborted) return { kind: 'failed', fault: faultOfAbort(signal, false) }
    const { traceparent } = call
    const packed = { ...headers, 'accept-encoding': 'gzip' }
    try {
      const head = traceparent === null ? packed : { ...packed, traceparent }
      const options = { method, path: this.#prefix + path, headers: head, body }
      const answer = await wholeReply(this.#pool, options, signal)
      const plain = await this.#unpack(answer.bytes, headerOf(answer.headers, 'content-encoding'))
      if (!(plain instanceof Uint8Array)) return { kind: 'failed', fault: plain }
      if (plain.length > largeBytes) {
        await ownTurn()
        // it was there in time and we were late: not a fault of theirs, and nothing to read for anybody
        if (signal.aborted) return { kind: 'failed', fault: unwanted(true) }
      }
      return { kind: 'reply', status: answer.status, headers: answer.headers, bytes: plain }
    } catch (error) {
      return { kind: 'failed', fault: this.#faultOf(error, signal) }
    }
  }

  /** Requests under way fail. */
  async close(): Promise<void> {
    await this.#pool.destroy()
  }

  async #unpack(bytes: Buffer, encoding: string): Promise<Buffer | Fault> {
    if (encoding === '' || encoding === 'identity') return bytes
    if (encoding !== 'gzip' && encoding !== 'x-gzip') return this.#malformed('an encoding that was not asked for')
    const options = { maxOutputLength: this.#bytesMax, chunkSize: Math.min(unpackedBytes(bytes), this.#bytesMax) }
    const plain = bytes.length <= gunzipSyncBytesMax ? gunzipSync(bytes, options) : await gunzipAsync(bytes, options)
    freeReply(bytes)
    return plain.buffer.byteLength > Math.max(Buffer.poolSize, 2 * plain.length) ? copied(plain) : plain
  }

  #faultOf(error: unknown, signal: AbortSignal): Fault {
    if (signal.aborted) return faultOfAbort(signal, true)
    const code = codeOf(error)
    if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || code === 'ERR_BUFFER_TOO_LARGE')
      return this.#malformed(`more than ${this.#bytesMax} bytes`)
    if (code?.startsWith('Z_')) return this.#malformed('what cannot be unpacked')
    if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
      return fault('timeout', `${this.#name} went silent`, { code, mayHaveBooked: true })
    const text = `the connection to ${this.#name} failed (${code ?? 'unknown'})`
    return fault('connection', text, { code, mayHaveBooked: mayHaveLeft(code) })
  }

  #malformed(what: string): Fault {
    return fault('malformed-reply', `${this.#name} sent ${what}`, { mayHaveBooked: true })
  }
}

/** As gzip says at its end (RFC 1952), and one more, so that zlib needs no second piece: only as much is believed as can be. */
function unpackedBytes(bytes: Buffer): number {
  const said = bytes.length < 4 ? 0 : bytes.readUInt32LE(bytes.length - 4) + 1
  return Math.max(pieceBytesMin, Math.min(said, pieceBytesMax, deflateRatioMax * bytes.length))
}

/** What lies in much more memory than it needs: a length may have been a lie. */
function copied(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  freeReply(bytes)
  return copy
}

/** `sent`: the request may have got there. */
export function faultOfAbort({ reason }: AbortSignal, sent: boolean): Fault {
  return reason instanceof DeadlineError ? fault('timeout', reason.message, { mayHaveBooked: sent }) : unwanted(sent)
}

function unwanted(sent: boolean): Fault {
  return fault('cancelled', 'nobody waits for the answer any more', { mayHaveBooked: sent })
}

/** Codes of Node and undici for failures before a connection stands. */
const unsent: ReadonlySet<string | null> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Of a connection that failed: whether a byte of the request may have got there. */
export function mayHaveLeft(code: string | null): boolean {
  return !unsent.has(code)
}

/** Of what the transport threw. */
export function codeOf(error: unknown): string | null {
  const code = (error as { readonly code?: unknown } | null)?.code
  return typeof code === 'string' ? code : null
}

/** The first of its name; empty where there is none. */
export function headerOf(headers: HttpHeaders, name: string): string {
  const value = headers[name]
  return (Array.isArray(value) ? value[0] : value)?.trim() ?? ''
}
