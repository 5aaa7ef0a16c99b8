import { z } from '@hono/zod-openapi'
import { answers } from '../answers.ts'
import { readQuery } from '../input.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'
import { comparisonParameters, freshnessSchema, tripSchema } from '../schemas/market.ts'
import { airportSchema, dateSchema, inDays, instantSchema, moneySchema, orNull } from '../schemas/shared.ts'

const querySchema = z.strictObject({
  origin: airportSchema,
  destination: airportSchema.openapi({ example: 'JFK' }),
  departureDate: dateSchema.openapi({ example: inDays(60) }),
  returnDate: dateSchema.optional(),
  trip: tripSchema.optional(),
  ...comparisonParameters,
})
const euro = (amount: string) => ({ amount, currency: 'EUR' })
const historySchema = z
  .object({
    origin: z.string(),
    destination: z.string(),
    departureDate: dateSchema,
    returnDate: orNull(dateSchema),
    trip: tripSchema,
    currency: z.string(),
    history: z.array(
      z.object({
        day: dateSchema,
        lowest: moneySchema,
        quartiles: z.object({ q1: moneySchema, median: moneySchema, q3: moneySchema }),
        itineraries: z.int(),
        shoppedAt: instantSchema,
      }),
    ),
    freshness: freshnessSchema,
  })
  .openapi('PriceHistory', {
    example: {
      origin: 'LHR',
      destination: 'JFK',
      departureDate: '2027-03-10',
      returnDate: null,
      trip: 'one-way',
      currency: 'EUR',
      history: [
        {
          day: '2027-01-05',
          lowest: euro('355.34'),
          quartiles: { q1: euro('402.10'), median: euro('498.00'), q3: euro('611.75') },
          itineraries: 48,
          shoppedAt: '2027-01-05T10:00:00Z',
        },
      ],
      freshness: { newest: '2027-01-05T10:00:00Z', oldest: '2027-01-05T10:00:00Z' },
    },
  })

export const getPriceHistory: Route = {
  method: 'get',
  path: '/v1/price-history',
  docs: {
    tags: ['Market'],
    summary: 'How the price of a departure went, by day of shopping',
    description:
      'The lowest of each day (UTC) on which it was shopped, and quartiles over the itineraries that are remembered of it: the 50 cheapest of each search. One way unless `returnDate` or `trip` says otherwise. Cabin: economy unless told otherwise.',
    request: { query: querySchema },
    responses: answers({ 200: ['Days of shopping, the first first', historySchema] }, 422),
  },
  async handle({ c, context, parts }) {
    return replyJson(context, 200, await parts.market.priceHistory(readQuery(c, querySchema), context))
  },
}
