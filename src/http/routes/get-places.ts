import { z } from '@hono/zod-openapi'
import { searchPlaces } from '../../reference/places.ts'
import { answers } from '../answers.ts'
import { readQuery } from '../input.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'
import { limitSchema } from './get-search-offers.ts'

const querySchema = z.strictObject({
  query: z.string().min(1, 'must not be empty').max(64, 'at most 64 characters').openapi({ example: 'lon' }),
  limit: limitSchema.optional(),
})
const placesSchema = z
  .object({
    places: z.array(
      z.object({
        kind: z.enum(['city', 'airport']),
        code: z.string(),
        name: z.string(),
        country: z.string(),
        airports: z.array(z.string()),
      }),
    ),
  })
  .openapi('Places', {
    example: { places: [{ kind: 'city', code: 'LON', name: 'London', country: 'GB', airports: ['LHR', 'LGW'] }] },
  })

export const getPlaces: Route = {
  method: 'get',
  path: '/v1/places',
  docs: {
    tags: ['Reference'],
    summary: 'Cities and airports by code, name or nearly so',
    request: { query: querySchema },
    responses: answers({ 200: ['Places, the likeliest first', placesSchema] }, 422),
  },
  handle({ c, context }) {
    const { query, limit } = readQuery(c, querySchema)
    return replyJson(context, 200, { places: searchPlaces(query, limit ?? 10) })
  },
}
