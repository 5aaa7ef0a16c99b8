import { z } from '@hono/zod-openapi'
import { answers, jsonBody } from '../answers.ts'
import { pathId, pathParams } from '../ids.ts'
import { readOptionalBody } from '../input.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'
import { bookingSchema } from '../schemas/booking.ts'

const emptySchema = z.strictObject({})

export const postCancellationConfirm: Route = {
  method: 'post',
  path: '/v1/bookings/{id}/cancellation-quotes/{quoteId}/confirm',
  docs: {
    tags: ['Booking'],
    summary: 'Cancel as quoted',
    description: 'Confirming twice gives the same answer; no idempotency key is needed.',
    request: { params: pathParams({ id: 'bkg', quoteId: 'cnq' }), ...jsonBody(emptySchema, false) },
    responses: answers(
      {
        200: ['The cancelled or refunded booking', bookingSchema],
        202: ['The outcome is not known yet: poll the booking', bookingSchema],
      },
      400,
      404,
      409,
      410,
      413,
      415,
      422,
    ),
  },
  async handle({ c, context, parts }) {
    await readOptionalBody(c, emptySchema)
    const booking = await parts.bookings.confirmCancellation(
      pathId(c, 'id', 'bkg'),
      pathId(c, 'quoteId', 'cnq'),
      context,
    )
    return replyJson(context, booking.status === 'outcome-unknown' ? 202 : 200, booking)
  },
}
