import { z } from '@hono/zod-openapi'
import { type BookingStatus, bookingStatuses } from '../../booking/port.ts'
import { answers } from '../answers.ts'
import { readQuery } from '../input.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'
import { bookingsPageSchema } from '../schemas/booking.ts'
import { limitSchema } from './get-search-offers.ts'

const querySchema = z.strictObject({
  status: z.enum(bookingStatuses as [BookingStatus, ...BookingStatus[]]).optional(),
  limit: limitSchema.optional(),
  cursor: z.string().min(1).max(1024).optional(),
})

export const getBookings: Route = {
  method: 'get',
  path: '/v1/bookings',
  docs: {
    tags: ['Booking'],
    summary: 'Bookings, newest first',
    request: { query: querySchema },
    responses: answers({ 200: ['A page of bookings', bookingsPageSchema] }, 422),
  },
  async handle({ c, context, parts }) {
    return replyJson(context, 200, await parts.bookings.list(readQuery(c, querySchema), context))
  },
}
