import { type Fault, fault } from '../../core/fault.ts'
import { sha256Hex } from '../../core/ids.ts'
import { type Money, money } from '../../core/money.ts'
import type { AuthoriseOutcome, CreateGateway, FindPaymentOutcome, GatewayPayment, MoveOutcome } from '../port.ts'
import { GatewaySettingsError } from '../port.ts'
import { openClient, type Reply } from './client.ts'
import { faultOfError } from './faults.ts'
import {
  type AmountBody,
  type AuthoriseBody,
  type EntryBody,
  type MoveBody,
  type PaymentBody,
  type WireStatus,
  wireStatuses,
} from './wire.ts'

/** The sandbox's payment gateway: two-step card payments over HTTP, like a real one. Settings: baseUrl, apiKey. */
export const create: CreateGateway = settings => {
  const { baseUrl, apiKey } = settings
  if (!baseUrl || !/^https?:$/.test(URL.parse(baseUrl)?.protocol ?? ''))
    throw new GatewaySettingsError('GATEWAY_TEST_BASE_URL is missing, or no http or https address')
  if (!apiKey) throw new GatewaySettingsError('GATEWAY_TEST_API_KEY is missing')
  const client = openClient(baseUrl, apiKey)
  const move = async (path: string, body: MoveBody | object, key: string, call: Parameters<typeof client.post>[3]) =>
    moveOutcome(await client.post(path, body, key, call))

  return {
    code: 'test',
    async authorise(request, call) {
      const body: AuthoriseBody = {
        reference: request.paymentId,
        amount: amountBody(request.amount),
        methodToken: request.methodToken,
        description: request.description,
      }
      return authoriseOutcome(await client.post('/v1/payments', body, request.idempotencyKey, call), request.amount)
    },
    capture: (request, call) =>
      move(
        `/v1/payments/${encodeURIComponent(request.gatewayPaymentId)}/captures`,
        { amount: amountBody(request.amount) },
        request.idempotencyKey,
        call,
      ),
    void: (request, call) =>
      move(`/v1/payments/${encodeURIComponent(request.gatewayPaymentId)}/voids`, {}, request.idempotencyKey, call),
    refund: (request, call) =>
      move(
        `/v1/payments/${encodeURIComponent(request.gatewayPaymentId)}/refunds`,
        { amount: amountBody(request.amount) },
        request.idempotencyKey,
        call,
      ),
    async find(paymentId, call) {
      return findOutcome(await client.get('/v1/payments', { reference: paymentId }, call), paymentId)
    },
    /** A test token is its own card. */
    identify: methodToken =>
      Promise.resolve({
        kind: 'identified',
        fingerprint: sha256Hex(`test gateway ${methodToken}`).slice(0, 32),
        holderName: null,
      }),
    close: () => client.close(),
  }
}

function amountBody({ amountMinor, currency }: Money): AmountBody {
  return { value: amountMinor, currency }
}

function authoriseOutcome(reply: Reply, asked: Money): AuthoriseOutcome {
  switch (reply.kind) {
    case 'refused':
      return { kind: 'declined', fault: reply.fault, gatewayPaymentId: paymentIdOfError(reply.body) }
    case 'lost':
      return reply.fault.mayHaveBooked
        ? { kind: 'unknown', fault: reply.fault }
        : { kind: 'declined', fault: reply.fault, gatewayPaymentId: null }
    case 'ok':
      return authorised(readPayment(reply.body), asked)
  }
}

function authorised(payment: PaymentBody | undefined, asked: Money): AuthoriseOutcome {
  if (!payment || payment.amount.value !== asked.amountMinor || payment.amount.currency !== asked.currency) {
    return { kind: 'unknown', fault: malformed() }
  }
  if (payment.status === 'requires_action') {
    return payment.nextAction
      ? { kind: 'requires-action', gatewayPaymentId: payment.id, action: payment.nextAction }
      : { kind: 'unknown', fault: malformed() }
  }
  if (payment.status === 'authorised') return { kind: 'authorised', gatewayPaymentId: payment.id }
  if (payment.status === 'declined') {
    return { kind: 'declined', fault: faultOfError(402, 'card_declined', null), gatewayPaymentId: payment.id }
  }
  return { kind: 'unknown', fault: malformed() }
}

function moveOutcome(reply: Reply): MoveOutcome {
  switch (reply.kind) {
    case 'refused':
      return { kind: 'refused', fault: reply.fault }
    case 'lost':
      return { kind: reply.fault.mayHaveBooked ? 'unknown' : 'refused', fault: reply.fault }
    case 'ok': {
      const id = (reply.body as Partial<EntryBody> | null)?.id
      return typeof id === 'string' ? { kind: 'done', gatewayEntryId: id } : { kind: 'unknown', fault: malformed() }
    }
  }
}

function findOutcome(reply: Reply, paymentId: string): FindPaymentOutcome {
  if (reply.kind !== 'ok') return { kind: 'failed', fault: { ...reply.fault, mayHaveBooked: false } }
  const listed = (reply.body as { readonly payments?: unknown } | null)?.payments
  if (!Array.isArray(listed)) return { kind: 'failed', fault: malformed() }
  if (listed.length === 0) return { kind: 'absent' }
  const payment = readPayment(listed[0])
  if (!payment || payment.reference !== paymentId) return { kind: 'failed', fault: malformed() }
  return { kind: 'found', payment: gatewayPayment(payment) }
}

const statuses: Readonly<Record<WireStatus, GatewayPayment['status']>> = {
  requires_action: 'requires-action',
  authorised: 'authorised',
  captured: 'captured',
  voided: 'voided',
  refunded: 'refunded',
  partially_refunded: 'partially-refunded',
  declined: 'declined',
}

function gatewayPayment(payment: PaymentBody): GatewayPayment {
  const { currency } = payment.amount
  return {
    gatewayPaymentId: payment.id,
    status: statuses[payment.status],
    amount: money(payment.amount.value, currency),
    refunded: money(payment.refunded.value, currency),
    action: payment.nextAction && { type: payment.nextAction.type, url: payment.nextAction.url },
  }
}

function readPayment(body: unknown): PaymentBody | undefined {
  const payment = body as Partial<PaymentBody> | null
  const ok =
    typeof payment?.id === 'string' &&
    typeof payment.reference === 'string' &&
    wireStatuses.includes(payment.status as WireStatus) &&
    isAmount(payment.amount) &&
    isAmount(payment.refunded)
  return ok ? (payment as PaymentBody) : undefined
}

function isAmount(amount: AmountBody | undefined): boolean {
  return Number.isSafeInteger(amount?.value) && typeof amount?.currency === 'string'
}

function paymentIdOfError(body: unknown): string | null {
  const id = (body as { readonly error?: { readonly paymentId?: unknown } } | null)?.error?.paymentId
  return typeof id === 'string' ? id : null
}

function malformed(): Fault {
  return fault('malformed-reply', "The payment gateway's answer is not understood.", { mayHaveBooked: true })
}
