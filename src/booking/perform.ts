import { type Clock, type Instant, parseInstant, toInstant } from '../core/clock.ts'
import { type Deadline, startDeadline } from '../core/deadline.ts'
import { type Fault, fault } from '../core/fault.ts'
import type { SupplierContext } from '../core/offer.ts'
import type { RecordLocator, SupplierOrder, TravelDocument } from '../core/order.ts'
import type { PaymentCall, PaymentGateway } from '../payments/port.ts'
import type { Call, OrderKey, Provider, SupplierCancellationQuote } from '../providers/port.ts'
import { fold } from '../reference/spelling.ts'
import { earliestTicketBy, findTimeLimit } from '../reference/time-limit.ts'
import { type BookedOrder, type Booking, findQuote, getOrder, getPayment, getRefund } from './booking.ts'
import type { CancelledOutcome, OrderOutcome, Report, SightOutcome } from './report.ts'
import type { OrderFacts } from './events.ts'
import type { PrivateData } from './private-data.ts'
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
    const outcome = provider ? await cancel(booking, order, secrets, provider, call) : refused(switchedOff)
    return report({ step: 'cancel-order', target, outcome })
  },

  async 'check-order'({ booking, target, secrets }, outside, call) {
    const order = getOrder(booking, target)
    const provider = outside.provider(order.provider)
    if (!provider) return report({ step: 'check-order', target, outcome: { kind: 'failed', fault: switchedOff } })
    const since = order.doubtSince ?? outside.clock.now()
    const settled = outside.clock.now() >= since + provider.capabilities.settleMs
    const sight =
      order.status === 'pending' && order.locators.length === 0
        ? await findMade(booking, secrets, provider, call)
        : await lookAgain(order, secrets, provider, call)
    // a person's word for where it is may name somebody else's
    const ours = sight.kind === 'found' && order.status === 'pending' ? onlyOurs(sight.orders, booking, secrets) : sight
    return sighted(booking, target, ours, settled)
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

/** For an undo whatever the supplier gives back; for a cancellation what was quoted to the traveller. */
async function cancel(
  booking: Booking,
  order: BookedOrder,
  secrets: PrivateData,
  provider: Provider,
  call: Call,
): Promise<CancelledOutcome> {
  const key = orderKey(order, secrets)
  const accepted = booking.goal.kind === 'cancel' ? findQuote(booking, booking.goal.quoteId) : undefined
  if (accepted) {
    const quote: SupplierCancellationQuote = {
      kind: accepted.kind,
      refund: accepted.supplierRefund,
      penalty: accepted.supplierPenalty,
      expiresAt: toInstant(accepted.expiresAt),
      supplierContext: secrets.contexts[accepted.id] ?? {},
    }
    return provider.cancelOrder({ order: key, quote }, call)
  }
  const quoted = await provider.quoteCancellation(key, call)
  switch (quoted.kind) {
    case 'quoted':
      return provider.cancelOrder({ order: key, quote: quoted.quote }, call)
    case 'refused':
      return quoted
    case 'failed':
      // a question only: nothing was done
      return { kind: 'refused', fault: { ...quoted.fault, mayHaveBooked: false } }
  }
}

type Sight =
  | { readonly kind: 'found'; readonly orders: readonly SupplierOrder[] }
  | { readonly kind: 'failed'; readonly fault: Fault }

async function findMade(booking: Booking, secrets: PrivateData, provider: Provider, call: Call): Promise<Sight> {
  const since = Math.min(...booking.attempts.filter(({ step }) => step === 'create-order').map(one => one.startedAt))
  return provider.findOrders(
    {
      reference: booking.reference,
      createdAfter: toInstant(Number.isFinite(since) ? since : booking.createdAt),
      travellers: secrets.party?.travellers ?? [],
      segments: booking.sale.net.slices.flatMap(slice => slice.segments),
    },
    call,
  )
}

async function lookAgain(order: BookedOrder, secrets: PrivateData, provider: Provider, call: Call): Promise<Sight> {
  const outcome = await provider.retrieveOrder(orderKey(order, secrets), call)
  switch (outcome.kind) {
    case 'found':
      return { kind: 'found', orders: [outcome.order] }
    case 'absent':
      return { kind: 'found', orders: [] }
    case 'failed':
      return outcome
  }
}

/** By our reference; one that gives none back, by the names in it. */
function onlyOurs(orders: readonly SupplierOrder[], { reference }: Booking, { party }: PrivateData): Sight {
  const surnames = (party?.travellers ?? []).map(({ surname }) => fold(surname))
  const isOurs = ({ reference: theirs, passengers }: SupplierOrder): boolean =>
    theirs === null
      ? surnames.every(surname => passengers.some(passenger => fold(passenger.surname) === surname))
      : theirs === reference
  return { kind: 'found', orders: orders.filter(isOurs) }
}

function sighted(booking: Booking, target: string, sight: Sight, settled: boolean): Performed {
  const step = 'check-order'
  if (sight.kind === 'failed') return report({ step, target, outcome: sight })
  const live = sight.orders.filter(order => order.status !== 'cancelled')
  if (live.length > 1) return report({ step, target, outcome: { kind: 'several' } })
  const order = live[0]
  const facts = order && factsOf(booking, order)
  if (facts) {
    const outcome: SightOutcome = { kind: 'live', facts, settled }
    return { report: { step, target, outcome }, contexts: { [target]: order.supplierContext } }
  }
  const gone = sight.orders[0]
  const outcome: SightOutcome = gone
    ? { kind: 'cancelled', documents: gone.documents.map(({ number, status }) => ({ number, status })), settled }
    : { kind: 'absent', settled }
  return report({ step, target, outcome })
}

export function orderKey(order: BookedOrder, secrets: PrivateData): OrderKey {
  return {
    locator: order.locators[0]?.locator ?? '',
    supplierContext: secrets.contexts[order.id] ?? {},
    travellers: secrets.party?.travellers ?? [],
  }
}

/** Without names and without what only the supplier understands; undefined for a cancelled one. */
function factsOf(booking: Booking, order: SupplierOrder): OrderFacts | undefined {
  if (order.status === 'cancelled') return undefined
  return {
    status: order.status,
    locators: order.locators.map(({ owner, locator }): RecordLocator => ({ owner, locator })),
    ticketBy: order.status === 'held' ? ticketByOf(booking, order) : order.ticketBy,
    total: order.total,
    documents: documentsOf(order),
    segments: segmentStatuses(booking, order),
  }
}

/** The earliest of the fare's limit, what airlines wrote into the order, and the departure. */
function ticketByOf({ sale, createdAt }: Booking, { ticketBy, remarks = [] }: SupplierOrder): Instant | null {
  const origin = sale.net.slices[0]?.origin
  const limits = remarks.flatMap(({ carrier, text, at }) => {
    const atMs = (at === null ? undefined : parseInstant(at)) ?? createdAt
    return findTimeLimit({ text, carrier, origin, atMs }) ?? []
  })
  return earliestTicketBy({ fare: ticketBy, remarks: limits, departureMs: sale.departsAt })
}

/** A number that a supplier lists twice is one document. */
function documentsOf({ documents }: SupplierOrder): readonly TravelDocument[] {
  const byNumber = new Map(documents.map(document => [document.number, document]))
  return [...byNumber.values()].map(({ kind, number, passengerId, status }) => ({ kind, number, passengerId, status }))
}

/** By flight and date; an order that lists its flights otherwise says nothing about ours. */
function segmentStatuses(booking: Booking, order: SupplierOrder): OrderFacts['segments'] {
  const theirs = order.slices.flatMap(slice => slice.segments)
  return booking.sale.net.slices
    .flatMap(slice => slice.segments)
    .flatMap(({ id, marketing, departure, origin }) => {
      const same = theirs.find(
        other =>
          other.marketing.carrier === marketing.carrier &&
          other.marketing.number === marketing.number &&
          other.origin === origin &&
          other.departure.slice(0, 10) === departure.slice(0, 10),
      )
      return same ? [{ id, status: same.status }] : []
    })
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
