import { answers } from '../answers.ts'
import { pathId, pathParams } from '../ids.ts'
import { reply } from '../reply.ts'
import type { Route } from '../route.ts'
import { searchAnswerSchema } from '../schemas/offer.ts'

export const getSearch: Route = {
  method: 'get',
  path: '/v1/searches/{id}',
  docs: {
    tags: ['Search'],
    summary: 'A search again, with its first page',
    request: { params: pathParams({ id: 'src' }) },
    responses: answers({ 200: ['The search', searchAnswerSchema] }, 404, 410),
  },
  async handle({ c, context, parts }) {
    const { body } = await parts.shopping.getSearch(pathId(c, 'id', 'src'), context)
    return reply(context, 200, body)
  },
}
