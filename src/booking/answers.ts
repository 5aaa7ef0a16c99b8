import { ProblemError, problemJson, problems, problemType } from '../core/problem.ts'
import { type BookedPayment, type Booking, type Failure, getPayment } from './booking.ts'
import { failureOf } from './failures.ts'
import type { BookingJson, StoredAnswer } from './port.ts'
import { isSettled, statusOf } from './status.ts'

/** What a request is answered, from the booking as it stands. */
export type Answer = StoredAnswer & {
  /** Kept for the key and replayed byte for byte; the others (202, 5xx) are not. */
  readonly final: boolean
}

export type Question = {
  /** The payment that the request was about; null: the whole booking. */
  readonly paymentId: string | null
  /** What success is answered. */
  readonly created: 200 | 201
  readonly instance: string
  readonly requestId: string
}

export const jsonType = 'application/json; charset=utf-8'
const encoder = new TextEncoder()

export function bookingAnswer(status: number, json: BookingJson, final: boolean): Answer {
  return { status, contentType: jsonType, body: encoder.encode(JSON.stringify(json)), final }
}

/** `extensions`: beside the booking's id, the offer that replaces a changed one. */
export function problemAnswer(problem: ProblemError, question: Question): Answer {
  const body = encoder.encode(JSON.stringify(problemJson(problem, question.instance, question.requestId)))
  return { status: problem.status, contentType: problemType, body, final: problem.status < 500 }
}

export function failureProblem(
  booking: Booking,
  failure: Failure,
  extensions: Readonly<Record<string, unknown>> = {},
): ProblemError {
  const again = problems[failure.problem].retry === 'later' ? { retryAfterSeconds: 5 } : {}
  return new ProblemError(failure.problem, failure.detail, {
    extensions: { ...extensions, bookingId: booking.id },
    ...again,
  })
}

/** A refusal with what the supplier's capabilities say of it. */
export function because(what: string, notes: readonly string[]): string {
  return notes.length > 0 ? `${what}: ${notes.join('; ')}.` : `${what}.`
}

export type Outcome =
  | { readonly kind: 'success' }
  /** Still under way, not known, or something is asked of the traveller: poll. */
  | { readonly kind: 'open' }
  | { readonly kind: 'failure'; readonly failure: Failure }

export function outcomeOf(booking: Booking, paymentId: string | null): Outcome {
  const status = statusOf(booking)
  if (status === 'failed' && booking.goal.kind === 'undo') return { kind: 'failure', failure: booking.goal.failure }
  const payment = paymentId === null ? null : getPayment(booking, paymentId)
  if (payment && !paidFor(payment)) return { kind: 'failure', failure: paymentFailure(payment) }
  if (!isSettled(status)) return { kind: 'open' }
  return payment && status === 'held' ? { kind: 'open' } : { kind: 'success' }
}

function paidFor(payment: BookedPayment): boolean {
  return payment.doubt !== null || (payment.status !== 'failed' && payment.status !== 'voided')
}

function paymentFailure({ fault }: BookedPayment): Failure {
  if (fault) return failureOf('authorise', fault)
  return { problem: 'payment-declined', detail: 'The payment was not confirmed in time.', fault: null }
}
