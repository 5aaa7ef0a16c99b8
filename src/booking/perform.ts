import type { Clock } from '../core/clock.ts'
import { type Deadline, startDeadline } from '../core/deadline.ts'
import { type Fault, fault } from '../core/fault.ts'
import type { SupplierContext } from '../core/offer.ts'
import type { SupplierOrder } from '../core/order.ts'
import type { PaymentCall, PaymentGateway } from '../payments/port.ts'
import type { Call, Provider } from '../providers/port.ts'
import { type Booking, getOrder, getPayment, getRefund } from './booking.ts'
import { cancelAtSupplier } from './cancel-at-supplier.ts'
import { lookAtOrder } from './look-at-order.ts'
import { factsOf } from './order-facts.ts'
import { orderKey } from './order-key.ts'
import type { PrivateData } from './private-data.ts'
import type { OrderOutcome, Report } from './report.ts'
import { saga, type StepName } from './saga.ts'
import { storable } from './storable.ts'

/** The calls behind the saga's steps: what suppliers and the gateway say, as reports for decide.ts. */
export type Outside = {
  readonly provider: (code: string) => Provider | undefined
  /** Takes new payments. */
  readonly gateway: PaymentGateway
  /** Those that older payments may be at. */
  readonly otherGateways?: readonly PaymentGateway[]
  readonly clock: Clock
}

export type Asked = {
  readonly booking: Booking
  readonly step: StepName
  readonly target: string
  readonly secrets: PrivateData
  readonly deadline: Deadline
  readonly requestId: string
  readonly traceparent: string | null
}

/** `contexts`: what the supplier needs back, by order id; to be sealed. */
export type Performed = { readonly report: Report; readonly contexts: Readonly<Record<string, SupplierContext>> }

export async function perform(asked: Asked, outside: Outside): Promise<Performed> {
  const ms = Math.min(saga[asked.step].deadlineMs, asked.deadline.remainingMs())
  const deadline = startDeadline(outside.clock, ms)
  const call: Call & PaymentCall = { deadline, requestId: asked.requestId, traceparent: asked.traceparent }
  try {
    const { report: told, contexts } = await steps[asked.step](asked, outside, call)
    return { report: storable(told), contexts }
  } finally {
    deadline.dispose()
  }
}

type Step = (asked: Asked, outside: Outside, call: Call & PaymentCall) => Promise<Performed>

const steps: Readonly<Record<StepName, Step>> = {
  async authorise({ booking, target, secrets }, outside, call) {
    const { id, amount, gateway } = getPayment(booking, target)
    const methodToken = secrets.methodTokens[id]
    const idempotencyKey = `${id}:authorise`
    const description = `Booking ${booking.reference}`
    const outcome = methodToken
      ? await gatewayOf(outside, gateway).authorise(
          { paymentId: id, amount, methodToken, idempotencyKey, description },
          call,
        )
      : ({ kind: 'declined', fault: forgotten, gatewayPaymentId: null } as const)
    return report({ step: 'authorise', target, outcome })
  },

  async capture({ booking, target }, outside, call) {
    const { id, amount, gateway, gatewayPaymentId } = getPayment(booking, target)
    const request = { gatewayPaymentId: gatewayPaymentId ?? '', amount, idempotencyKey: `${id}:capture` }
    return report({ step: 'capture', target, outcome: await gatewayOf(outside, gateway).capture(request, call) })
  },

  async void({ booking, target }, outside, call) {
    const { id, gateway, gatewayPaymentId } = getPayment(booking, target)
    const request = { gatewayPaymentId: gatewayPaymentId ?? '', idempotencyKey: `${id}:void` }
    return report({ step: 'void', target, outcome: await gatewayOf(outside, gateway).void(request, call) })
  },

  async refund({ booking, target }, outside, call) {
    const { id, amount, paymentId } = getRefund(booking, target)
    const { gateway, gatewayPaymentId } = getPayment(booking, paymentId)
    const request = { gatewayPaymentId: gatewayPaymentId ?? '', amount, idempotencyKey: id }
    return report({ step: 'refund', target, outcome: await gatewayOf(outside, gateway).refund(request, call) })
  },

  async 'check-payment'({ booking, target }, outside, call) {
    const payment = getPayment(booking, target)
    const outcome = await gatewayOf(outside, payment.gateway).find(payment.id, call, payment)
    return report({ step: 'check-payment', target, outcome })
  },

  async 'check-refund'({ booking, target }, outside, call) {
    const payment = getPayment(booking, getRefund(booking, target).paymentId)
    const outcome = await gatewayOf(outside, payment.gateway).find(payment.id, call, payment)
    return report({ step: 'check-refund', target, outcome })
  },

  async 'create-order'({ booking, target, secrets }, outside, call) {
    const order = getOrder(booking, target)
    const { party } = secrets
    const provider = outside.provider(order.provider)
    if (!provider || !party) return orderReport('create-order', target, refused(provider ? forgotten : switchedOff))
    const made = await provider.createOrder(
      {
        offer: booking.sale.net,
        travellers: party.travellers,
        contact: party.contact,
        reference: booking.reference,
        hold: booking.sale.hold,
      },
      call,
    )
    return orderReport('create-order', target, made.kind === 'created' ? done(booking, made.order) : made, made)
  },

  async 'issue-tickets'({ booking, target, secrets }, outside, call) {
    const order = getOrder(booking, target)
    const provider = outside.provider(order.provider)
    if (!provider) return orderReport('issue-tickets', target, refused(switchedOff))
    const issued = await provider.issueTickets(orderKey(order, secrets), call)
    const outcome = issued.kind === 'ticketed' ? done(booking, issued.order) : issued
    return orderReport('issue-tickets', target, outcome, issued)
  },

  async 'cancel-order'({ booking, target, secrets }, outside, call) {
    const order = getOrder(booking, target)
    const provider = outside.provider(order.provider)
    const outcome = provider
      ? await cancelAtSupplier({ booking, order, secrets }, provider, call)
      : refused(switchedOff)
    return report({ step: 'cancel-order', target, outcome })
  },

  async 'check-order'({ booking, target, secrets }, outside, call) {
    const order = getOrder(booking, target)
    const provider = outside.provider(order.provider)
    if (!provider) return report({ step: 'check-order', target, outcome: { kind: 'failed', fault: switchedOff } })
    const { outcome, context } = await lookAtOrder(
      { booking, order, secrets, now: outside.clock.now() },
      provider,
      call,
    )
    return { report: { step: 'check-order', target, outcome }, contexts: context ? { [target]: context } : {} }
  },
}

/** A payment stays at the gateway that it was made at. */
function gatewayOf({ gateway, otherGateways }: Outside, code: string): Pick<PaymentGateway, GatewayMove> {
  if (code === gateway.code) return gateway
  return otherGateways?.find(other => other.code === code) ?? noGateway
}

type GatewayMove = 'authorise' | 'capture' | 'void' | 'refund' | 'find'

function report(made: Report): Performed {
  return { report: made, contexts: {} }
}

function orderReport(
  step: 'create-order' | 'issue-tickets',
  target: string,
  outcome: OrderOutcome & { readonly retryable?: boolean },
  answer?: { readonly kind: string; readonly order?: SupplierOrder },
): Performed {
  const contexts = answer?.order ? { [target]: answer.order.supplierContext } : {}
  return { report: { step, target, outcome }, contexts }
}

/** What was just made is said to be cancelled: then there is nothing of ours. */
function done(booking: Booking, order: SupplierOrder): OrderOutcome {
  const facts = factsOf(booking, order)
  return facts ? { kind: 'done', facts } : refused(fault('refused', 'The supplier has cancelled the order.'))
}

function refused(why: Fault): { readonly kind: 'refused'; readonly fault: Fault } {
  return { kind: 'refused', fault: why }
}

const unplugged = fault('connection', 'The payment gateway of this payment is not connected here.')
const noGateway: Pick<PaymentGateway, GatewayMove> = {
  authorise: async () => ({ kind: 'declined', fault: unplugged, gatewayPaymentId: null }),
  capture: async () => refused(unplugged),
  void: async () => refused(unplugged),
  refund: async () => refused(unplugged),
  find: async () => ({ kind: 'failed', fault: unplugged }),
}
const switchedOff = fault('connection', 'The supplier of this booking is not connected here.')
const forgotten = fault('refused', 'The personal data of this booking were deleted.')
