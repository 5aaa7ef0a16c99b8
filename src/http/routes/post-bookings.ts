import { answers, jsonBody } from '../answers.ts'
import { idempotencyHeader, readBody, readIdempotencyKey } from '../input.ts'
import { reply } from '../reply.ts'
import type { Route } from '../route.ts'
import { bookingSchema, createBookingSchema } from '../schemas/booking.ts'

export const postBookings: Route = {
  method: 'post',
  path: '/v1/bookings',
  docs: {
    tags: ['Booking'],
    summary: 'Book an offer',
    description:
      'Confirms the price, authorises the payment, orders, tickets and captures; with `hold` only orders. A replay with the same key gives the first answer. The amount comes from the offer, never from the caller.',
    request: { headers: idempotencyHeader, ...jsonBody(createBookingSchema) },
    responses: answers(
      {
        201: ['Booked', bookingSchema],
        202: ['The outcome is not known yet, or something is asked of the traveller: poll the booking', bookingSchema],
      },
      400,
      402,
      404,
      409,
      410,
      413,
      415,
      422,
    ),
  },
  async handle({ c, context, parts }) {
    const key = readIdempotencyKey(c)
    const request = await readBody(c, createBookingSchema)
    const answer = await parts.bookings.create(request, key, context)
    return reply(context, answer.status, answer.body, { 'content-type': answer.contentType })
  },
}
