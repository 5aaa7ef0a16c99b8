import type { RequestContext } from '../core/context.ts'
import { ProblemError } from '../core/problem.ts'
import { type Answer, bookingAnswer, failureProblem, outcomeOf, problemAnswer, type Question } from './answers.ts'
import type { Booking, Failure } from './booking.ts'
import type { Desk } from './parts.ts'
import type { Held } from './runner.ts'
import { bookingJson } from './view.ts'

/** The answer to a request that made or paid a booking; `final` ones are kept for the key. */
export async function answerOf(
  desk: Desk,
  { booking, secrets }: Held,
  question: Question,
  context: RequestContext,
): Promise<Answer> {
  const outcome = outcomeOf(booking, question.paymentId)
  switch (outcome.kind) {
    case 'success':
      return bookingAnswer(question.created, bookingJson(booking, secrets.party), true)
    case 'open':
      return bookingAnswer(202, bookingJson(booking, secrets.party), false)
    case 'failure':
      return problemAnswer(await bookingProblem(desk, booking, outcome.failure, context), question)
  }
}

async function bookingProblem(
  desk: Desk,
  booking: Booking,
  failure: Failure,
  context: RequestContext,
): Promise<ProblemError> {
  if (failure.problem !== 'price-changed') return failureProblem(booking, failure)
  const offer = await replacingOffer(desk, booking, context)
  return offer
    ? failureProblem(booking, failure, { offer })
    : failureProblem(booking, { ...failure, problem: 'booking-failed' })
}

/** The supplier changed the price after it had confirmed it: what it asks now, where it says so. */
async function replacingOffer(desk: Desk, booking: Booking, context: RequestContext): Promise<unknown> {
  try {
    const confirmation = await desk.shopping.confirmPrice(booking.sale.offerId, context)
    if (confirmation.kind !== 'changed') return undefined
    const { body } = await desk.shopping.getOffer(confirmation.stored.offer.id, context)
    return JSON.parse(Buffer.from(body).toString('utf8'))
  } catch (error) {
    if (error instanceof ProblemError) return undefined
    throw error
  }
}
