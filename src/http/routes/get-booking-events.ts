import { answers } from '../answers.ts'
import { pathId, pathParams } from '../ids.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'
import { timelineSchema } from '../schemas/work-item.ts'

export const getBookingEvents: Route = {
  method: 'get',
  path: '/v1/bookings/{id}/events',
  docs: {
    tags: ['Booking'],
    summary: 'What happened to a booking',
    description: 'The audit log in words, oldest first, and whether it is as it was written.',
    request: { params: pathParams({ id: 'bkg' }) },
    responses: answers({ 200: ['The timeline', timelineSchema] }, 404),
  },
  async handle({ c, context, parts }) {
    return replyJson(context, 200, await parts.bookings.listEvents(pathId(c, 'id', 'bkg'), context))
  },
}
