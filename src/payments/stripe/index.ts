import { type Fault, fault } from '../../core/fault.ts'
import type { PaymentId } from '../../core/ids.ts'
import type { Money } from '../../core/money.ts'
import type {
  AuthoriseOutcome,
  CreateGateway,
  FindPaymentOutcome,
  IdentifyOutcome,
  KnownPayment,
  MoveOutcome,
  PaymentCall,
} from '../port.ts'
import { GatewaySettingsError } from '../port.ts'
import { stripeAmount } from './amount.ts'
import { type ClientSettings, openClient, type PaymentIntent, type Reply, type StripeClient } from './client.ts'
import { faultOfError, malformed, notChargeable } from './faults.ts'
import { readNews } from './news.ts'
import { actionOf, declineOf, gatewayPayment } from './payment-intent.ts'

/** Stripe: payment intents that are confirmed at once and captured later. Settings: secretKey, webhookSecret, returnUrl (where
 *  the traveller's bank sends them back to), baseUrl (https://api.stripe.com). */
export const create: CreateGateway = (given, { log }) => {
  const settings = checked(given)
  const client = openClient(settings)
  const tell = <T>(operation: string, reply: Reply<T>): Reply<T> => {
    if (reply.kind === 'error' && reply.error.type !== 'card_error') {
      const { type, code, param, status, requestId } = reply.error
      log.warn(
        { gateway: 'stripe', operation, type, code, param, status, stripeRequestId: requestId },
        'Stripe refused',
      )
    }
    return reply
  }

  return {
    code: 'stripe',
    async authorise({ paymentId, amount: asked, methodToken, idempotencyKey, description }, call) {
      const amount = stripeAmount(asked)
      if (amount === undefined) return { kind: 'declined', fault: notChargeable, gatewayPaymentId: null }
      const params = {
        amount,
        currency: asked.currency.toLowerCase(),
        capture_method: 'manual',
        confirm: true,
        payment_method: methodToken,
        payment_method_types: ['card'],
        return_url: settings.returnUrl,
        description,
        metadata: { paymentId },
      } as const
      const reply = await client.create(params, `authorise:${paymentId}:${idempotencyKey}`, call)
      return authorised(tell('authorise', reply), paymentId, asked)
    },

    async capture({ gatewayPaymentId: id, amount: asked, idempotencyKey }, call) {
      const amount = stripeAmount(asked)
      if (amount === undefined) return { kind: 'refused', fault: notChargeable }
      const reply = await client.capture(id, amount, `capture:${id}:${idempotencyKey}`, call)
      return moved(tell('capture', reply), { status: 'succeeded', received: amount })
    },

    async void({ gatewayPaymentId: id, idempotencyKey }, call) {
      const reply = await client.cancel(id, `void:${id}:${idempotencyKey}`, call)
      return moved(tell('void', reply), { status: 'canceled', received: null })
    },

    async refund({ gatewayPaymentId, amount: asked, idempotencyKey }, call) {
      const amount = stripeAmount(asked)
      if (amount === undefined) return { kind: 'refused', fault: notChargeable }
      const params = { payment_intent: gatewayPaymentId, amount, metadata: { refundId: idempotencyKey } }
      const reply = tell('refund', await client.refund(params, `refund:${gatewayPaymentId}:${idempotencyKey}`, call))
      if (reply.kind !== 'ok') return movedNot(reply)
      switch (reply.body.status) {
        case 'succeeded':
        case 'pending':
          return { kind: 'done', gatewayEntryId: reply.body.id }
        case 'failed':
        case 'canceled':
          return { kind: 'refused', fault: fault('refused', 'The refund could not be paid to the card.') }
        default:
          return { kind: 'unknown', fault: malformed() }
      }
    },

    find: (paymentId, call, known) => find(client, { paymentId, call, known }),

    async identify(methodToken, call): Promise<IdentifyOutcome> {
      const reply = await client.retrieveMethod(methodToken, call)
      if (reply.kind !== 'ok') return { kind: 'failed', fault: { ...faultOf(reply), mayHaveBooked: false } }
      const { card, billing_details: billing } = reply.body
      return { kind: 'identified', fingerprint: card?.fingerprint ?? null, holderName: billing?.name ?? null }
    },

    readNews: ({ body, header, receivedAt }) =>
      readNews(client.readEvent(body, header('stripe-signature') ?? '', receivedAt)),
    close: () => client.close(),
  }
}

function checked(given: Readonly<Record<string, string>>): ClientSettings & { readonly returnUrl: string } {
  const { baseUrl = 'https://api.stripe.com', secretKey, webhookSecret, returnUrl } = given
  const url = URL.parse(baseUrl)
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/')
    throw new GatewaySettingsError('GATEWAY_STRIPE_BASE_URL is no http or https address of a host')
  if (!secretKey) throw new GatewaySettingsError('GATEWAY_STRIPE_SECRET_KEY is missing')
  if (!webhookSecret) throw new GatewaySettingsError('GATEWAY_STRIPE_WEBHOOK_SECRET is missing')
  if (!returnUrl || !/^https?:$/.test(URL.parse(returnUrl)?.protocol ?? ''))
    throw new GatewaySettingsError('GATEWAY_STRIPE_RETURN_URL is missing, or no http or https address')
  return { baseUrl, secretKey, webhookSecret, returnUrl }
}

function authorised(reply: Reply<PaymentIntent>, paymentId: PaymentId, asked: Money): AuthoriseOutcome {
  if (reply.kind !== 'ok') {
    const why = faultOf(reply)
    const gatewayPaymentId = reply.kind === 'error' ? (reply.error.payment?.id ?? null) : null
    return why.mayHaveBooked ? { kind: 'unknown', fault: why } : { kind: 'declined', fault: why, gatewayPaymentId }
  }
  const intent = reply.body
  const { id } = intent
  const isIt =
    intent.metadata?.paymentId === paymentId &&
    intent.amount === stripeAmount(asked) &&
    intent.currency === asked.currency.toLowerCase()
  if (!isIt) return { kind: 'unknown', fault: malformed() }
  const action = actionOf(intent)
  switch (intent.status) {
    case 'requires_capture':
      return { kind: 'authorised', gatewayPaymentId: id }
    case 'requires_action':
      return action
        ? { kind: 'requires-action', gatewayPaymentId: id, action }
        : { kind: 'unknown', fault: malformed() }
    case 'requires_payment_method':
      return { kind: 'declined', fault: declineOf(intent), gatewayPaymentId: id }
    default:
      return { kind: 'unknown', fault: malformed() }
  }
}

/** `wanted`: how the payment looks when it has been done; an error that shows it so is a success of before. */
function moved(
  reply: Reply<PaymentIntent>,
  wanted: { readonly status: 'succeeded' | 'canceled'; readonly received: number | null },
): MoveOutcome {
  const intent = reply.kind === 'ok' ? reply.body : reply.kind === 'error' ? reply.error.payment : null
  const isDone =
    intent?.status === wanted.status && (wanted.received === null || intent.amount_received === wanted.received)
  if (intent && isDone) return { kind: 'done', gatewayEntryId: intent.id }
  return reply.kind === 'ok' ? { kind: 'unknown', fault: malformed() } : movedNot(reply)
}

function movedNot(reply: Exclude<Reply<unknown>, { readonly kind: 'ok' }>): MoveOutcome {
  const why = faultOf(reply)
  return { kind: why.mayHaveBooked ? 'unknown' : 'refused', fault: why }
}

function faultOf(reply: Exclude<Reply<unknown>, { readonly kind: 'ok' }>): Fault {
  return reply.kind === 'error' ? faultOfError(reply.error) : reply.fault
}

/** How far our clock and Stripe's may be apart, and how long a call may be on its way. */
const skewMs = 5 * 60_000
/** Between the first call of a payment and the last try of it. */
const triedForMs = 30 * 60_000
const pageSize = 100
const pagesMax = 20

type Search = {
  readonly paymentId: PaymentId
  readonly call: PaymentCall
  readonly known: KnownPayment | undefined
}

/** By its id where we have it. Else among those made in its time: Stripe's search by metadata is a minute or more behind, its
 *  lists are not. Where there are too many of them it is `failed`, never `absent`. */
async function find(client: StripeClient, search: Search): Promise<FindPaymentOutcome> {
  const { call, known, paymentId } = search
  if (known?.gatewayPaymentId) {
    const reply = await client.retrieve(known.gatewayPaymentId, call)
    return reply.kind === 'ok' ? found(reply.body, paymentId) : notFound(reply)
  }
  const since = known && Math.floor((known.startedAt - skewMs) / 1000)
  const until = known && Math.ceil((known.startedAt + triedForMs + skewMs) / 1000)
  const window = since === undefined || until === undefined ? {} : { created: { gte: since, lte: until } }
  let after: string | undefined
  for (let page = 0; page < pagesMax; page++) {
    const params = { ...window, limit: pageSize, expand: ['data.latest_charge'] }
    const reply = await client.list(after === undefined ? params : { ...params, starting_after: after }, call)
    if (reply.kind !== 'ok') return notFound(reply)
    const { data, has_more: hasMore } = reply.body
    const one = data.find(intent => intent.metadata?.paymentId === paymentId)
    if (one) return found(one, paymentId)
    after = data.at(-1)?.id
    if (!hasMore || after === undefined) return { kind: 'absent' }
  }
  return {
    kind: 'failed',
    fault: fault('supplier-error', 'The payment gateway has too many payments to look through.'),
  }
}

function found(intent: PaymentIntent, paymentId: string): FindPaymentOutcome {
  const payment = intent.metadata?.paymentId === paymentId ? gatewayPayment(intent) : undefined
  if (payment) return { kind: 'found', payment }
  return { kind: 'failed', fault: { ...malformed(), mayHaveBooked: false } }
}

function notFound(reply: Exclude<Reply<unknown>, { readonly kind: 'ok' }>): FindPaymentOutcome {
  return { kind: 'failed', fault: { ...faultOf(reply), mayHaveBooked: false } }
}
