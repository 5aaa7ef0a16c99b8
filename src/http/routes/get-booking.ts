import { answers } from '../answers.ts'
import { pathId, pathParams } from '../ids.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'
import { bookingSchema } from '../schemas/booking.ts'

export const getBooking: Route = {
  method: 'get',
  path: '/v1/bookings/{id}',
  docs: {
    tags: ['Booking'],
    summary: 'A booking',
    request: { params: pathParams({ id: 'bkg' }) },
    responses: answers({ 200: ['The booking', bookingSchema] }, 404),
  },
  async handle({ c, context, parts }) {
    return replyJson(context, 200, await parts.bookings.get(pathId(c, 'id', 'bkg'), context))
  },
}
