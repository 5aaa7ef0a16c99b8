import { answers, jsonBody } from '../answers.ts'
import { pathId, pathParams } from '../ids.ts'
import { idempotencyHeader, readBody, readIdempotencyKey } from '../input.ts'
import { reply } from '../reply.ts'
import type { Route } from '../route.ts'
import { bookingSchema, paymentSchema } from '../schemas/booking.ts'

export const postBookingPayment: Route = {
  method: 'post',
  path: '/v1/bookings/{id}/payments',
  docs: {
    tags: ['Booking'],
    summary: 'Pay a held booking',
    request: { params: pathParams({ id: 'bkg' }), headers: idempotencyHeader, ...jsonBody(paymentSchema) },
    responses: answers(
      {
        200: ['Paid and ticketed', bookingSchema],
        202: ['The outcome is not known yet: poll the booking', bookingSchema],
      },
      400,
      402,
      404,
      409,
      413,
      415,
      422,
    ),
  },
  async handle({ c, context, parts }) {
    const key = readIdempotencyKey(c)
    const id = pathId(c, 'id', 'bkg')
    const answer = await parts.bookings.pay(id, await readBody(c, paymentSchema), key, context)
    return reply(context, answer.status, answer.body, { 'content-type': answer.contentType })
  },
}
