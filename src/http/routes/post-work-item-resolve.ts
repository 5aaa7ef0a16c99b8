import { answers, jsonBody } from '../answers.ts'
import { pathId, pathParams } from '../ids.ts'
import { readBody } from '../input.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'
import { resolveSchema, workItemSchema } from '../schemas/work-item.ts'

export const postWorkItemResolve: Route = {
  method: 'post',
  path: '/v1/work-items/{id}/resolve',
  docs: {
    tags: ['Booking'],
    summary: 'Say what came of a work item',
    description: 'The booking goes on from there at once.',
    request: { params: pathParams({ id: 'wit' }), ...jsonBody(resolveSchema) },
    responses: answers({ 200: ['The work item', workItemSchema] }, 400, 404, 409, 413, 415, 422),
  },
  async handle({ c, context, parts }) {
    const id = pathId(c, 'id', 'wit')
    const request = await readBody(c, resolveSchema)
    return replyJson(context, 200, await parts.bookings.resolveWorkItem(id, request, context))
  },
}
