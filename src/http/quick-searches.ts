import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { LRUCache } from 'lru-cache'
import type { RequestContext } from '../core/context.ts'
import type { SearchRequest } from '../shopping/port.ts'
import { addressOf } from './client-address.ts'
import { makeHitLog } from './hit-log.ts'
import type { HttpParts } from './parts.ts'
import type { RateVerdict } from './rate-limits.ts'
import { record } from './record.ts'
import { refuseOverload, refuseRate } from './refusals.ts'
import { jsonType } from './reply.ts'
import { harmlessRequestId } from './request-id.ts'

/** The way of most requests: POST /v1/searches with a body that has been answered before, and an answer that lies ready in
 *  memory. Nothing is parsed, looked up or encoded again, and no Request and Response are made. All else, and whatever is out
 *  of the ordinary, goes to `next`. Keys, limits, admission, metrics and labels are the same on both ways. Tried before:
 *  the same through Hono with parsing and checks, a fresh buffer each time (0.15 to 0.25 of bare node:http). */
export interface QuickSearches {
  readonly listener: RequestListener
  /** Writes out what is not logged yet. */
  close(): void
}

/** A request whose body has been read already; @hono/node-server takes `rawBody` from here. */
export type ReadRequest = IncomingMessage & {
  rawBody?: Buffer
  /** To be called with what the body said, once it has been answered: whoever sends the same bytes asks the same. */
  remember?: (request: SearchRequest) => void
}

const path = '/v1/searches'
const labels = { method: 'POST', route: path }
const plainTypes = new Set<string | undefined>(['application/json', jsonType])
/** A longer one is read by whoever checks it. */
const lengthMax = 4_096
const knownBytesMax = 16 * 2 ** 20

export function quickSearches(parts: HttpParts, next: RequestListener): QuickSearches {
  // by the bytes themselves (a character each), not by a hash of them; parsed they are some four times as large
  const known = new LRUCache<string, SearchRequest>({
    maxSize: knownBytesMax,
    sizeCalculation: (_, key) => 5 * key.length + 500,
  })
  const hits = makeHitLog(labels, parts)

  const answer = (incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer, startMs: number): boolean => {
    const request = known.get(body.toString('latin1'))
    const caller = request && callerOf(incoming, parts)
    const recall = caller && parts.shopping.recall(request, caller.tenant)
    if (!recall) return false
    const context = {
      ...caller,
      requestId: harmlessRequestId(incoming.headers['x-request-id'] as string),
    }
    const refusal = refuse(context, startMs, parts)
    if (refusal instanceof Response) {
      void send(outgoing, refusal)
      return true
    }
    const { id, body: bytes, giveBack } = recall(context)
    outgoing.once('finish', giveBack)
    outgoing.writeHead(201, headersOf(context.requestId, bytes.length, id, refusal))
    outgoing.end(bytes)
    hits.note(context, 201, parts.clock.monotonicMs() - startMs)
    return true
  }

  return {
    listener(incoming, outgoing) {
      if (!isPlainSearch(incoming)) {
        // whoever reads the metrics finds all that was answered before
        hits.flush()
        next(incoming, outgoing)
        return
      }
      const startMs = parts.clock.monotonicMs()
      readBody(incoming, body => {
        if (answer(incoming, outgoing, body, startMs)) return
        const read: ReadRequest = incoming
        read.rawBody = body
        read.remember = request => known.set(body.toString('latin1'), request)
        next(read, outgoing)
      })
    },
    close: () => hits.flush(),
  }
}

/** Nothing asked for but an answer: no preference, no trace, nothing about caches, encodings or transfer. */
function isPlainSearch({ method, url, headers }: IncomingMessage): boolean {
  if (method !== 'POST' || url !== path || !plainTypes.has(headers['content-type'])) return false
  const length = headers['content-length']
  return (
    length !== undefined &&
    Number(length) <= lengthMax &&
    headers['transfer-encoding'] === undefined &&
    headers['content-encoding'] === undefined &&
    headers['cache-control'] === undefined &&
    headers.prefer === undefined &&
    headers.traceparent === undefined &&
    headers.expect === undefined
  )
}

/** Whoever leaves before the end of it is not answered. */
function readBody(incoming: IncomingMessage, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = []
  incoming.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
  })
  incoming.once('end', () => done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
}

type Caller = Pick<RequestContext, 'tenant' | 'traceparent'> & { readonly client: string }

/** Undefined: with a key that is none, which is told elsewhere. */
function callerOf({ headers, socket }: IncomingMessage, { keys, trustedHops }: HttpParts): Caller | undefined {
  try {
    const { tenant, keyId } = keys.identify(headers.authorization)
    const forwarded = headers['x-forwarded-for'] as string | undefined
    return { tenant, traceparent: null, client: keyId ?? addressOf(socket.remoteAddress, forwarded, trustedHops) }
  } catch {
    return undefined
  }
}

/** The refusal, else what the client may still ask (undefined: as much as it likes). */
function refuse(
  context: RequestContext & Caller,
  startMs: number,
  parts: HttpParts,
): Response | RateVerdict | undefined {
  const { client, requestId } = context
  if (!parts.admission.admits('search', client, startMs)) {
    parts.metrics.count('fareloom_http_requests_total', { ...labels, status: '503' })
    return refuseOverload(path, requestId)
  }
  const rate = parts.rateLimits.take('searches', client)
  if (!rate || rate.allowed) return rate
  record(labels, { ...context, rate }, { status: 429, elapsedMs: parts.clock.monotonicMs() - startMs }, parts)
  return refuseRate(path, requestId, rate)
}

function headersOf(requestId: string, length: number, id: string, rate: RateVerdict | undefined): string[] {
  const always = ['content-type', jsonType, 'content-length', String(length), 'x-request-id', requestId]
  if (rate) always.push('ratelimit', rate.limit, 'ratelimit-policy', rate.policy)
  always.push('location', `${path}/${id}`)
  return always
}

async function send(outgoing: ServerResponse, response: Response): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  outgoing.end(new Uint8Array(await response.arrayBuffer()))
}
