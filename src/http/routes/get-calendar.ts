import { z } from '@hono/zod-openapi'
import { answers } from '../answers.ts'
import { readQuery } from '../input.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'
import { comparisonParameters, fareExample, freshnessSchema, marketFareSchema, monthSchema } from '../schemas/market.ts'
import { airportSchema, dateSchema, orNull } from '../schemas/shared.ts'
import { whole } from './get-search-offers.ts'

const querySchema = z.strictObject({
  origin: airportSchema,
  destination: airportSchema.openapi({ example: 'JFK' }),
  month: monthSchema,
  ...comparisonParameters,
  nights: whole(0, 361).optional(),
  maxAgeDays: whole(1, 1_000).optional(),
})
const fare = orNull(marketFareSchema)
const calendarSchema = z
  .object({
    origin: z.string(),
    destination: z.string(),
    month: z.string(),
    currency: z.string(),
    days: z.array(z.object({ date: dateSchema, oneWay: fare, return: fare })),
    freshness: freshnessSchema,
  })
  .openapi('Calendar', {
    example: {
      origin: 'LON',
      destination: 'NYC',
      month: '2027-03',
      currency: 'EUR',
      days: [{ date: '2027-03-10', oneWay: fareExample, return: null }],
      freshness: { newest: fareExample.shoppedAt, oldest: fareExample.shoppedAt },
    },
  })

export const getCalendar: Route = {
  method: 'get',
  path: '/v1/calendar',
  docs: {
    tags: ['Market'],
    summary: 'The cheapest fare per day of a month, one way and return',
    description:
      'From what was shopped in the last `maxAgeDays` (default 30); of each date the last day of shopping counts. A return leaves on that date; `nights` fixes how long it stays. Cabin: economy unless told otherwise.',
    request: { query: querySchema },
    responses: answers({ 200: ['Every day of the month', calendarSchema] }, 422),
  },
  async handle({ c, context, parts }) {
    return replyJson(context, 200, await parts.market.calendar(readQuery(c, querySchema), context))
  },
}
