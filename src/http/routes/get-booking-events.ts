import { z } from '@hono/zod-openapi'
import { answers } from '../answers.ts'
import { pathId, pathParams } from '../ids.ts'
import { readQuery } from '../input.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'
import { timelineSchema } from '../schemas/work-item.ts'
import { limitSchema } from './get-search-offers.ts'

const querySchema = z.strictObject({
  limit: limitSchema.optional(),
  cursor: z.string().min(1).max(1024).optional(),
})

export const getBookingEvents: Route = {
  method: 'get',
  path: '/v1/bookings/{id}/events',
  docs: {
    tags: ['Booking'],
    summary: 'What happened to a booking',
    description:
      'The audit log in words, oldest first, and whether the whole of it is as it was written. All of it on one page ' +
      'unless it is longer than 5,000 entries, or `limit` says so.',
    request: { params: pathParams({ id: 'bkg' }), query: querySchema },
    responses: answers({ 200: ['The timeline', timelineSchema] }, 404, 422),
  },
  async handle({ c, context, parts }) {
    const id = pathId(c, 'id', 'bkg')
    return replyJson(context, 200, await parts.bookings.listEvents(id, context, readQuery(c, querySchema)))
  },
}
