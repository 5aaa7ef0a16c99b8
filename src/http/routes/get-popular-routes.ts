import { z } from '@hono/zod-openapi'
import { answers } from '../answers.ts'
import { readQuery } from '../input.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'
import { limitSchema } from './get-search-offers.ts'

const querySchema = z.strictObject({ limit: limitSchema.optional() })
const routesSchema = z
  .object({ routes: z.array(z.object({ origin: z.string(), destination: z.string(), score: z.number() })) })
  .openapi('PopularRoutes', {
    description: 'City pairs. A score counts searches, each worth half as much after a day.',
    example: { routes: [{ origin: 'LON', destination: 'NYC', score: 41.5 }] },
  })

export const getPopularRoutes: Route = {
  method: 'get',
  path: '/v1/routes/popular',
  docs: {
    tags: ['Market'],
    summary: 'City pairs that are searched for most, lately',
    request: { query: querySchema },
    responses: answers({ 200: ['The most searched first', routesSchema] }, 422),
  },
  async handle({ c, context, parts }) {
    const { limit } = readQuery(c, querySchema)
    return replyJson(context, 200, { routes: await parts.popular.routes(limit ?? 20, context) })
  },
}
