import { z } from '@hono/zod-openapi'
import { openEventStream } from '../event-stream.ts'
import { pathId, pathParams } from '../ids.ts'
import type { Route } from '../route.ts'
import { problemResponses, requestIdHeader } from '../schemas/shared.ts'

const headersSchema = z.object({
  'last-event-id': z
    .string()
    .optional()
    .openapi({ description: 'The id of the last event that you have: what came behind it follows.', example: '2' }),
})

const example =
  'id: 1\nevent: revision\ndata: {"id":"src_01jd6v3k8q4zr7xw5n2m9t0bce","status":"in-progress","revision":1}\n\n'

export const getSearchEvents: Route = {
  method: 'get',
  path: '/v1/searches/{id}/events',
  docs: {
    tags: ['Search'],
    summary: 'A search as its suppliers answer: server-sent events',
    description:
      'An event `revision` after each supplier, whose data is the search with its merged, ranked first page and its facets ' +
      'as `GET /v1/searches/{id}` has it; at the end an event `complete`, then the stream is closed. Slow readers skip ' +
      'revisions. 204 to `last-event-id` of a `complete`: there is nothing more.',
    request: { params: pathParams({ id: 'src' }), headers: headersSchema },
    responses: {
      200: {
        description: 'The stream',
        headers: requestIdHeader,
        content: { 'text/event-stream': { schema: { type: 'string' }, example } },
      },
      204: { description: 'All events are known', headers: requestIdHeader },
      ...problemResponses(404, 410, 422),
    },
  },
  async handle({ c, context, parts }) {
    const id = pathId(c, 'id', 'src')
    const lastEventId = c.req.header('last-event-id')
    const watch = await parts.shopping.watchSearch(id, lastEventId, context)
    return openEventStream(watch, c, context, parts.clock)
  },
}
