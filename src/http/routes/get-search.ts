import { z } from '@hono/zod-openapi'
import { answers } from '../answers.ts'
import { pathId, pathParams } from '../ids.ts'
import { readQuery } from '../input.ts'
import { reply } from '../reply.ts'
import type { Route } from '../route.ts'
import { searchAnswerSchema } from '../schemas/offer.ts'
import { whole } from './get-search-offers.ts'

const querySchema = z.strictObject({ after: whole(0, 1_000).optional(), waitMs: whole(0, 30_000).optional() })

export const getSearch: Route = {
  method: 'get',
  path: '/v1/searches/{id}',
  docs: {
    tags: ['Search'],
    summary: 'A search again, with its first page',
    description:
      'The newest revision. With `waitMs` one that is later than `after`, as soon as there is one; the same again where ' +
      'there is none by then, at once where the search is over.',
    request: { params: pathParams({ id: 'src' }), query: querySchema },
    responses: answers({ 200: ['The search', searchAnswerSchema] }, 404, 410, 422),
  },
  async handle({ c, context, parts }) {
    const id = pathId(c, 'id', 'src')
    const leaves = (): AbortSignal => c.req.raw.signal
    const { body } = await parts.shopping.getSearch(id, context, { ...readQuery(c, querySchema), leaves })
    return reply(context, 200, body)
  },
}
