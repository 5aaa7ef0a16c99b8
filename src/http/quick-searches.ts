import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Context } from 'hono'
import { LRUCache } from 'lru-cache'
import type { EpochMs } from '../core/clock.ts'
import type { TenantId } from '../core/tenant.ts'
import type { RecalledAnswer, SearchRequest } from '../shopping/port.ts'
import { addressOfSocket } from './client-address.ts'
import { makeHitLog } from './hit-log.ts'
import type { HttpParts } from './parts.ts'
import { type PlainSearch, plainSearchOf } from './plain-search.ts'
import { record } from './record.ts'
import { refuseOverload, refuseRate } from './refusals.ts'
import { jsonType } from './reply.ts'
import { harmlessRequestId } from './request-id.ts'
import type { AnswerContext } from './route.ts'
import { canSendWhole, connectionHeaders, sendWhole } from './send-whole.ts'

/** The way of most requests: POST /v1/searches with a body that has been answered before, and an answer that lies ready, in
 *  memory or in the store that processes share. Nothing is parsed, checked or encoded again, no Request and Response are made,
 *  and what is sent is one piece of memory. All else, and whatever is out of the ordinary, goes to `next`. Keys, limits,
 *  admission, metrics and labels are the same on both ways. Decision 0007 has what was tried and what it cost. */
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
  /** Let in already, and then found to have no ready answer anywhere. */
  letIn?: LetIn
}
export type LetIn = { readonly context: AnswerContext; readonly startMs: number }

/** As it was left in front of the application. */
export function readRequestOf(c: Context): ReadRequest | undefined {
  return (c.env as { readonly incoming?: ReadRequest } | undefined)?.incoming
}

const path = '/v1/searches'
const labels = { method: 'POST', route: path }
const knownBytesMax = 16 * 2 ** 20

export function quickSearches(parts: HttpParts, next: RequestListener): QuickSearches {
  const { shopping, clock, log } = parts
  // by the bytes themselves (a character each), not by a hash of them; parsed they are some four times as large
  const known = new LRUCache<string, SearchRequest>({
    maxSize: knownBytesMax,
    sizeCalculation: (_, key) => 5 * key.length + 500,
  })
  const hits = makeHitLog(labels, parts)

  const say = (answer: RecalledAnswer, { context, startMs }: LetIn, outgoing: ServerResponse): void => {
    if (canSendWhole(outgoing)) {
      const { bytes, giveBack } = answer.lend(headOf(context, answer, clock.now()))
      sendWhole(outgoing, bytes, giveBack)
    } else {
      const { bytes, giveBack } = answer.lend('')
      outgoing.once('close', giveBack)
      outgoing.writeHead(201, [...headersOf(context, answer)])
      outgoing.end(bytes)
    }
    hits.note(context, 201, clock.monotonicMs() - startMs)
  }

  const sayShared = async (request: SearchRequest, letIn: LetIn, read: ReadRequest, outgoing: ServerResponse) => {
    const { tenant, requestId } = letIn.context
    const recalled = await shopping.recallShared(request, tenant).catch((error: Error): undefined => {
      log.error({ tenant, requestId, err: error }, 'a ready answer could not be read')
    })
    if (recalled) say(recalled(letIn.context), letIn, outgoing)
    else {
      read.letIn = letIn
      next(read, outgoing)
    }
  }

  const note = (read: ReadRequest, body: Buffer, text: string): void => {
    read.rawBody = body
    read.remember = asked => known.set(text, asked)
  }

  const answer = (
    plain: PlainSearch,
    read: ReadRequest,
    outgoing: ServerResponse,
    body: Buffer,
    startMs: number,
  ): void => {
    const text = body.toString('latin1')
    const request = known.get(text)
    const caller = request && callerOf(plain, read, parts)
    if (!caller) {
      note(read, body, text)
      next(read, outgoing)
      return
    }
    const recalled = shopping.recall(request, caller.tenant)
    const letIn = admit(caller, outgoing, startMs, parts)
    if (!letIn) return
    if (recalled) say(recalled(letIn.context), letIn, outgoing)
    else {
      note(read, body, text)
      void sayShared(request, letIn, read, outgoing)
    }
  }

  return {
    listener(incoming, outgoing) {
      const plain = plainSearchOf(incoming, path)
      if (plain) {
        const startMs = clock.monotonicMs()
        readBody(incoming, body => answer(plain, incoming, outgoing, body, startMs))
        return
      }
      // whoever reads the metrics finds all that was answered before
      hits.flush()
      next(incoming, outgoing)
    },
    close: () => hits.flush(),
  }
}

/** Whoever leaves before the end of it is not answered. */
function readBody(incoming: IncomingMessage, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = []
  incoming.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
  })
  incoming.once('end', () => done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
}

type Caller = { readonly tenant: TenantId; readonly client: string; readonly requestId: string }

/** Undefined: with a key that is none, which is told elsewhere. */
function callerOf(
  { authorization, requestId, forwarded }: PlainSearch,
  { socket }: IncomingMessage,
  { keys, trustedHops }: HttpParts,
): Caller | undefined {
  try {
    const { tenant, keyId } = keys.identify(authorization)
    const client = keyId ?? addressOfSocket(socket, forwarded, trustedHops)
    return { tenant, client, requestId: harmlessRequestId(requestId) }
  } catch {
    return undefined
  }
}

/** Undefined: refused, and told so. */
function admit(
  { tenant, client, requestId }: Caller,
  outgoing: ServerResponse,
  startMs: number,
  parts: HttpParts,
): LetIn | undefined {
  if (!parts.admission.admits('search', client, startMs)) {
    parts.metrics.count('fareloom_http_requests_total', { ...labels, status: '503' })
    void send(outgoing, refuseOverload(path, requestId))
    return undefined
  }
  const rate = parts.rateLimits.take('searches', client)
  const context = { tenant, requestId, traceparent: null, client, rate }
  if (!rate || rate.allowed) return { context, startMs }
  record(labels, context, { status: 429, elapsedMs: parts.clock.monotonicMs() - startMs }, parts)
  void send(outgoing, refuseRate(path, requestId, rate))
  return undefined
}

function headersOf({ requestId, rate }: AnswerContext, { id, length }: RecalledAnswer): readonly string[] {
  const always = ['content-type', jsonType, 'content-length', String(length), 'x-request-id', requestId]
  if (rate) always.push('ratelimit', rate.limit, 'ratelimit-policy', rate.policy)
  always.push('location', `${path}/${id}`)
  return always
}

/** The same as it goes out, written down in one go. */
function headOf({ requestId, rate }: AnswerContext, { id, length }: RecalledAnswer, now: EpochMs): string {
  const limits = rate ? `ratelimit: ${rate.limit}\r\nratelimit-policy: ${rate.policy}\r\n` : ''
  return `HTTP/1.1 201 Created\r\ncontent-type: ${jsonType}\r\ncontent-length: ${length}\r\nx-request-id: ${requestId}\r\n${limits}location: ${path}/${id}\r\n${connectionHeaders(now)}\r\n`
}

async function send(outgoing: ServerResponse, response: Response): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  outgoing.end(new Uint8Array(await response.arrayBuffer()))
}
