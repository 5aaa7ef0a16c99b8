import { z } from '@hono/zod-openapi'
import { answers } from '../answers.ts'
import { readQuery } from '../input.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'
import {
  amountSchema,
  comparisonParameters,
  fareExample,
  freshnessSchema,
  marketFareSchema,
  monthSchema,
  tripSchema,
} from '../schemas/market.ts'
import { airportSchema, countrySchema, instantSchema, moneySchema, orNull } from '../schemas/shared.ts'
import { whole } from './get-search-offers.ts'

const querySchema = z.strictObject({
  origin: airportSchema,
  month: monthSchema.optional(),
  budget: amountSchema.optional(),
  within: z
    .string()
    .regex(/^-?\d{1,3}(\.\d{1,8})?,-?\d{1,3}(\.\d{1,8})?,\d{1,5}(\.\d{1,3})?$/, 'lat,lon,km such as 48.2,16.4,1500')
    .optional()
    .openapi({ example: '48.2,16.4,1500' }),
  ...comparisonParameters,
  trip: tripSchema.optional(),
  maxAgeDays: whole(1, 1_000).optional(),
  limit: whole(1, 200).optional(),
})
const fare = orNull(marketFareSchema)
const exploreSchema = z
  .object({
    origin: z.string(),
    currency: z.string(),
    destinations: z.array(
      z.object({
        destination: z.string(),
        name: z.string(),
        country: countrySchema,
        coordinates: z.object({ lat: z.number(), lon: z.number() }),
        price: moneySchema,
        oneWay: fare,
        return: fare,
        shoppedAt: instantSchema,
      }),
    ),
    freshness: freshnessSchema,
  })
  .openapi('Explore', {
    example: {
      origin: 'LON',
      currency: 'EUR',
      destinations: [
        {
          destination: 'NYC',
          name: 'New York',
          country: 'US',
          coordinates: { lat: 40.6398, lon: -73.7789 },
          price: fareExample.price,
          oneWay: fareExample,
          return: null,
          shoppedAt: fareExample.shoppedAt,
        },
      ],
      freshness: { newest: fareExample.shoppedAt, oldest: fareExample.shoppedAt },
    },
  })

export const getExplore: Route = {
  method: 'get',
  path: '/v1/explore',
  docs: {
    tags: ['Market'],
    summary: 'The cheapest destinations from a place',
    description:
      'From what was shopped in the last `maxAgeDays` (default 7): cities by price. `budget` is in `currency`; `within` is latitude, longitude and kilometres around it. Cabin: economy unless told otherwise.',
    request: { query: querySchema },
    responses: answers({ 200: ['Cities, the cheapest first', exploreSchema] }, 422),
  },
  async handle({ c, context, parts }) {
    return replyJson(context, 200, await parts.market.explore(readQuery(c, querySchema), context))
  },
}
