import { answers } from '../answers.ts'
import { pathId, pathParams } from '../ids.ts'
import { reply } from '../reply.ts'
import type { Route } from '../route.ts'
import { offerSchema } from '../schemas/offer.ts'

export const getOffer: Route = {
  method: 'get',
  path: '/v1/offers/{id}',
  docs: {
    tags: ['Search'],
    summary: 'An offer',
    request: { params: pathParams({ id: 'off' }) },
    responses: answers({ 200: ['The offer', offerSchema] }, 404, 410),
  },
  async handle({ c, context, parts }) {
    const { body } = await parts.shopping.getOffer(pathId(c, 'id', 'off'), context)
    return reply(context, 200, body)
  },
}
