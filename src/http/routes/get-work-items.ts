import { z } from '@hono/zod-openapi'
import { answers } from '../answers.ts'
import { readQuery } from '../input.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'
import { workItemsPageSchema } from '../schemas/work-item.ts'
import { limitSchema } from './get-search-offers.ts'

const querySchema = z.strictObject({
  status: z.enum(['open', 'resolved']).optional(),
  limit: limitSchema.optional(),
  cursor: z.string().min(1).max(1024).optional(),
})

export const getWorkItems: Route = {
  method: 'get',
  path: '/v1/work-items',
  docs: {
    tags: ['Booking'],
    summary: 'What a person must look into, oldest first',
    description: 'Bookings that no machine can finish, each with the calls that were made and what may be said of it.',
    request: { query: querySchema },
    responses: answers({ 200: ['A page of work items', workItemsPageSchema] }, 422),
  },
  async handle({ c, context, parts }) {
    return replyJson(context, 200, await parts.bookings.listWorkItems(readQuery(c, querySchema), context))
  },
}
