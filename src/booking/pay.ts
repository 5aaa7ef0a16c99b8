import type { RequestContext } from '../core/context.ts'
import type { BookingId, PaymentId } from '../core/ids.ts'
import { compare, type Money } from '../core/money.ts'
import { type FieldError, ProblemError } from '../core/problem.ts'
import { answerOf } from './answer-of.ts'
import { type BookedPayment, findOpenAttempt, type PaymentRisk } from './booking.ts'
import { agreedTotal, amountDue } from './cancelled-parts.ts'
import { VersionConflict } from './booking-store.ts'
import { newPayment } from './create.ts'
import type { BookingEvent } from './events.ts'
import { evolveAll } from './evolve.ts'
import { assessPayment, riskEvents } from './fraud-check.ts'
import { type Turn, withKey } from './idempotency.ts'
import { perform } from './perform.ts'
import type { Desk } from './parts.ts'
import type { BookingStatus, PaymentRequest, StoredAnswer } from './port.ts'
import type { SightOutcome } from './report.ts'
import { answered, resume } from './resume.ts'
import { type Driven, type Held, load, type Run, run, startFrom } from './runner.ts'
import { statusOf } from './status.ts'
import { checkMethodToken, invalid } from './validate.ts'

/** POST /v1/bookings/{id}/payments: pays a held booking, then tickets it. */
export function payBooking(
  desk: Desk,
  id: BookingId,
  request: PaymentRequest,
  key: string,
  context: RequestContext,
): Promise<StoredAnswer> {
  checkToken(request)
  const instance = `/v1/bookings/${id}/payments`
  const scope = `POST ${instance}`
  return withKey(desk, { scope, key, request, context }, async turn => {
    const paymentId = (turn.past?.subject ?? null) as PaymentId | null
    const question = { created: 200, instance, requestId: context.requestId } as const
    if (turn.past) {
      const asked = { ...question, paymentId }
      const how = runOf(desk, turn, { context, instance, paymentId })
      return resume(desk, turn.past.bookingId, how, asked, context)
    }
    const held = await payable(desk, id, turn, context)
    const payment = newPayment(desk, amountDue(held.booking))
    const risk = await assess(desk, held, { request, turn, context })
    const how = runOf(desk, turn, { context, instance, paymentId: payment.id })
    const paid = await start(desk, { held, payment, request, risk }, how)
    return answered(desk, paid, { ...question, paymentId: payment.id }, context)
  })
}

function runOf(
  desk: Desk,
  turn: Turn,
  asked: { readonly context: RequestContext; readonly instance: string; readonly paymentId: PaymentId | null },
): Run {
  const { context, instance, paymentId } = asked
  const question = { paymentId, created: 200, instance, requestId: context.requestId } as const
  return {
    deadline: turn.deadline,
    actor: 'api',
    requestId: context.requestId,
    traceparent: context.traceparent,
    key: { name: turn.name, subject: paymentId },
    answer: held => answerOf(desk, held, question, context),
  }
}

function checkToken(request: PaymentRequest): void {
  const errors: FieldError[] = []
  checkMethodToken(request.methodToken, '/methodToken', (pointer, code, detail) =>
    errors.push({ pointer, code, detail }),
  )
  if (errors.length > 0) throw invalid(errors)
}

/** Who tries more cards than that is testing them. */
const paymentsMax = 20

/** Held, and still so at the supplier: no money moves for seats that are gone. */
async function payable(desk: Desk, id: BookingId, turn: Turn, context: RequestContext): Promise<Held> {
  const held = await load(desk.tools, context.tenant, id)
  if (!held) throw new ProblemError('not-found', 'There is no such booking.')
  if (!held.secrets.party) throw new ProblemError('not-payable', 'The personal data of this booking were deleted.')
  const status = statusOf(held.booking)
  if (status !== 'held') throw new ProblemError('not-payable', reasons[status])
  const { booking, secrets } = held
  if (findOpenAttempt(booking)) throw new ProblemError('not-payable', reasons.pending)
  if (booking.payments.length >= paymentsMax)
    throw new ProblemError('not-payable', `No more than ${paymentsMax} payments can be tried for one booking.`)
  for (const order of booking.orders) {
    const asked = { booking, step: 'check-order', target: order.id, secrets } as const
    const { deadline } = turn
    const seen = await perform({ ...asked, deadline, ...context }, desk.tools.outside)
    checkStillHeld(agreedTotal(booking, order), seen.report.outcome as SightOutcome)
  }
  return held
}

/** The price of a hold is not always guaranteed: what the airline asks now is what was agreed, or nothing is charged. */
function checkStillHeld(agreed: Money | null, sight: SightOutcome): void {
  if (sight.kind === 'cancelled' || sight.kind === 'absent')
    throw new ProblemError('not-payable', 'The time limit has passed and the airline has released the seats.')
  if (sight.kind !== 'live' || !sight.facts.total || !agreed) return
  const { total } = sight.facts
  if (total.currency !== agreed.currency || compare(total, agreed) <= 0) return
  const detail = 'The airline raised the price of these seats since they were held; release them and book anew.'
  throw new ProblemError('price-changed', detail)
}

const reasons: Readonly<Record<BookingStatus, string>> = {
  pending: 'This booking is being worked on.',
  held: 'This booking can be paid.',
  confirmed: 'This booking is paid; its tickets are being issued.',
  ticketed: 'This booking is paid and ticketed.',
  'action-required': 'A payment of this booking waits for the traveller.',
  'outcome-unknown': 'What happened to this booking is being found out.',
  failed: 'This booking failed; there is nothing to pay.',
  cancelled: 'This booking is cancelled.',
  refunded: 'This booking is cancelled and refunded.',
}

function assess(
  desk: Desk,
  { booking, secrets }: Held,
  asked: { readonly request: PaymentRequest; readonly turn: Turn; readonly context: RequestContext },
): Promise<PaymentRisk | null> {
  const { sale } = booking
  const { methodToken, payer } = asked.request
  return assessPayment(desk, {
    methodToken,
    payer,
    amount: amountDue(booking),
    departsAt: sale.departsAt,
    isOneWay: sale.net.slices.length === 1,
    surnames: (secrets.party?.travellers ?? []).map(({ given }) => given.surname),
    deadline: asked.turn.deadline,
    context: asked.context,
  })
}

type Paying = {
  readonly held: Held
  readonly payment: BookedPayment
  readonly request: PaymentRequest
  readonly risk: PaymentRisk | null
}

async function start(desk: Desk, { held, payment, request, risk }: Paying, how: Run): Promise<Driven> {
  const { key, secrets } = held
  if (!key) throw new ProblemError('not-payable', 'The personal data of this booking were deleted.')
  const methodTokens = { ...secrets.methodTokens, [payment.id]: request.methodToken }
  const sealed = [desk.vault.seal(key, `token:${payment.id}`, request.methodToken)]
  const paid = payEvents(payment)
  const events = [...paid, ...riskEvents(evolveAll(held.booking, paid), payment.id, risk)]
  try {
    return await run(startFrom({ ...held, secrets: { ...secrets, methodTokens } }, events, sealed), desk.tools, how)
  } catch (error) {
    if (!(error instanceof VersionConflict)) throw error
    throw new ProblemError('not-payable', 'Another request is working on this booking.', { cause: error })
  }
}

function payEvents(payment: BookedPayment): readonly BookingEvent[] {
  return [
    { kind: 'payment-requested', payment },
    { kind: 'goal-changed', goal: { kind: 'book', paymentId: payment.id } },
  ]
}
