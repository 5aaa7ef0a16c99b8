import { AsyncLocalStorage } from 'node:async_hooks'
import Stripe from 'stripe'
import { Pool } from 'undici'
import type { EpochMs } from '../../core/clock.ts'
import { type Fault, fault } from '../../core/fault.ts'
import type { PaymentCall } from '../port.ts'
import type { ApiError } from './faults.ts'
import { faultOfTransport } from './faults.ts'

export type PaymentIntent = Stripe.PaymentIntent
export type PaymentIntentParams = Stripe.PaymentIntentCreateParams
export type Refund = Stripe.Refund
export type PaymentMethod = Stripe.PaymentMethod
export type StripeEvent = Stripe.Event

/** Stripe's own SDK, each call with an idempotency key of ours and under our deadline. It never repeats anything by itself. */
export type StripeClient = {
  create(params: PaymentIntentParams, key: string, call: PaymentCall): Promise<Reply<PaymentIntent>>
  capture(id: string, amount: number, key: string, call: PaymentCall): Promise<Reply<PaymentIntent>>
  cancel(id: string, key: string, call: PaymentCall): Promise<Reply<PaymentIntent>>
  refund(params: Stripe.RefundCreateParams, key: string, call: PaymentCall): Promise<Reply<Refund>>
  retrieve(id: string, call: PaymentCall): Promise<Reply<PaymentIntent>>
  list(params: Stripe.PaymentIntentListParams, call: PaymentCall): Promise<Reply<Stripe.ApiList<PaymentIntent>>>
  retrieveMethod(id: string, call: PaymentCall): Promise<Reply<PaymentMethod>>
  /** Undefined where the signature is not ours, or too old. */
  readEvent(body: Uint8Array, signature: string, receivedAt: EpochMs): StripeEvent | undefined
  close(): Promise<void>
}

export type Reply<T> =
  | { readonly kind: 'ok'; readonly body: T }
  /** Stripe answered with an error; faults.ts says what it means. */
  | { readonly kind: 'error'; readonly error: ApiError }
  /** No answer: with `fault.mayHaveBooked` it may have been carried out. */
  | { readonly kind: 'lost'; readonly fault: Fault }

export type ClientSettings = { readonly baseUrl: string; readonly secretKey: string; readonly webhookSecret: string }

const connectionsMax = 64
const connectMs = 2_000
const replyBytesMax = 1_000_000
/** As Stripe's libraries have it. */
const toleranceSeconds = 300

export function openClient({ baseUrl, secretKey, webhookSecret }: ClientSettings): StripeClient {
  const { origin, protocol, hostname, port } = new URL(baseUrl)
  const pool = new Pool(origin, {
    connections: connectionsMax,
    connect: { timeout: connectMs },
    keepAliveTimeout: 4_000,
  })
  // the SDK's calls take no signal: which call a request belongs to goes beside it
  const calls = new AsyncLocalStorage<PaymentCall>()
  const stripe = new Stripe(secretKey, {
    host: hostname,
    port: port || (protocol === 'https:' ? 443 : 80),
    protocol: protocol === 'https:' ? 'https' : 'http',
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: transport(pool, calls),
  })
  const ask = async <T>(call: PaymentCall, work: () => Promise<T>): Promise<Reply<T>> => {
    if (call.deadline.signal.aborted)
      return { kind: 'lost', fault: fault('timeout', 'There was no time left to ask the gateway.') }
    try {
      return { kind: 'ok', body: await calls.run(call, work) }
    } catch (error) {
      return failed(error, call.deadline.signal.aborted)
    }
  }
  const intents = stripe.paymentIntents
  return {
    create: (params, idempotencyKey, call) => ask(call, () => intents.create(params, { idempotencyKey })),
    capture: (id, amount, idempotencyKey, call) =>
      ask(call, () => intents.capture(id, { amount_to_capture: amount }, { idempotencyKey })),
    cancel: (id, idempotencyKey, call) => ask(call, () => intents.cancel(id, {}, { idempotencyKey })),
    refund: (params, idempotencyKey, call) => ask(call, () => stripe.refunds.create(params, { idempotencyKey })),
    retrieve: (id, call) => ask(call, () => intents.retrieve(id, { expand: ['latest_charge'] })),
    list: (params, call) => ask(call, async () => intents.list(params)),
    retrieveMethod: (id, call) => ask(call, () => stripe.paymentMethods.retrieve(id)),
    readEvent: (body, signature, receivedAt) => readEvent(stripe, { body, signature, webhookSecret, receivedAt }),
    close: () => pool.close(),
  }
}

function readEvent(
  stripe: Stripe,
  letter: {
    readonly body: Uint8Array
    readonly signature: string
    readonly webhookSecret: string
    readonly receivedAt: EpochMs
  },
): StripeEvent | undefined {
  const { signature, webhookSecret, receivedAt } = letter
  try {
    const body = Buffer.from(letter.body)
    return stripe.webhooks.constructEvent(body, signature, webhookSecret, toleranceSeconds, undefined, receivedAt)
  } catch {
    return undefined
  }
}

function failed(error: unknown, aborted: boolean): { readonly kind: 'error'; readonly error: ApiError } | Lost {
  if (error instanceof Stripe.errors.StripeConnectionError) return lost(causeOf(error), aborted)
  if (!(error instanceof Stripe.errors.StripeError) || error.statusCode === undefined) return lost(error, aborted)
  const seconds = Number(error.headers?.['retry-after'])
  return {
    kind: 'error',
    error: {
      type: error.rawType ?? 'api_error',
      code: error.code ?? null,
      declineCode: error.decline_code ?? null,
      param: error.param ?? null,
      status: error.statusCode,
      requestId: error.requestId ?? null,
      payment: (error.payment_intent as PaymentIntent | undefined) ?? null,
      retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null,
    },
  }
}

type Lost = { readonly kind: 'lost'; readonly fault: Fault }

function lost(error: unknown, aborted: boolean): Lost {
  return { kind: 'lost', fault: faultOfTransport(error, aborted) }
}

/** Behind the SDK's words for it and our wrapping. */
function causeOf(error: Stripe.errors.StripeConnectionError): unknown {
  const wrapped = (error as { readonly detail?: unknown }).detail
  return wrapped instanceof Error ? (wrapped.cause ?? wrapped) : error
}

/** undici instead of node:http: the call's own signal ends a request, a reply has a largest size, and a broken connection does
 *  not show its code, for the SDK repeats those (ECONNRESET, EPIPE) once even with maxNetworkRetries: 0. */
function transport(pool: Pool, calls: AsyncLocalStorage<PaymentCall>): Stripe.HttpClient {
  return {
    getClientName: () => 'undici',
    async makeRequest(_host, _port, path, method, headers, body) {
      try {
        const reply = await pool.request({
          method: method as 'GET' | 'POST',
          path,
          headers: headers as Record<string, string>,
          ...(method === 'GET' ? {} : { body }),
          signal: calls.getStore()!.deadline.signal,
        })
        return response(reply.statusCode, reply.headers, await readText(reply.body))
      } catch (error) {
        throw new Error('no answer', { cause: error })
      }
    },
  }
}

function response(status: number, headers: Readonly<Record<string, unknown>>, text: string) {
  const raw = { headers, statusCode: status }
  return {
    getStatusCode: () => status,
    getHeaders: () => headers as Record<string, string>,
    getRawResponse: () => raw,
    toStream: () => undefined,
    async toJSON(): Promise<unknown> {
      const body: unknown = JSON.parse(text)
      if (typeof body !== 'object' || body === null) throw new Error('the reply is no object')
      // the SDK takes whatever has no `error` in it for success
      return status >= 400 && !('error' in body) ? { error: { type: 'api_error' } } : body
    },
  }
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > replyBytesMax) throw new Error('the reply is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
