import { z } from '@hono/zod-openapi'
import { answers, jsonBody } from '../answers.ts'
import { readBody } from '../input.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'
import { bookingSchema } from '../schemas/booking.ts'

const lookupSchema = z
  .strictObject({
    reference: z
      .string()
      .regex(/^[A-Za-z0-9]{6}$/, 'six letters and digits')
      .openapi({ example: 'K7M2QX' }),
    lastName: z.string().min(1, 'must not be empty').max(60).openapi({ example: 'Example' }),
  })
  .openapi('BookingLookup')

export const postBookingLookup: Route = {
  method: 'post',
  path: '/v1/bookings/lookup',
  docs: {
    tags: ['Booking'],
    summary: 'Find a booking by reference and last name',
    description: 'The last name of any passenger, whatever its case and accents.',
    request: jsonBody(lookupSchema),
    responses: answers({ 200: ['The booking', bookingSchema] }, 400, 404, 413, 415, 422),
  },
  async handle({ c, context, parts }) {
    return replyJson(context, 200, await parts.bookings.lookup(await readBody(c, lookupSchema), context))
  },
}
