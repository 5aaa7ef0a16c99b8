import { z } from '@hono/zod-openapi'
import { answers, jsonBody } from '../answers.ts'
import { readBody } from '../input.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'
import { amountSchema, fareExample, freshnessSchema, marketFareSchema } from '../schemas/market.ts'
import {
  airportSchema,
  cabinSchema,
  carrierSchema,
  countrySchema,
  currencySchema,
  dateSchema,
  moneySchema,
  providerSchema,
} from '../schemas/shared.ts'

const dateRange = z.strictObject({ from: dateSchema.optional(), to: dateSchema.optional() })
const circle = z
  .strictObject({ lat: z.number(), lon: z.number(), km: z.number() })
  .openapi('Circle', { example: { lat: 48.2, lon: 16.4, km: 1500 } })
const nights = z.int().min(0).max(1_000)
const some = <T extends z.ZodType>(item: T) => z.array(item).min(1, 'at least one').max(50, 'at most 50')

const questionSchema = z
  .strictObject({
    filters: z
      .strictObject({
        origin: airportSchema.optional(),
        destination: airportSchema.optional(),
        trip: z.enum(['one-way', 'return', 'multi']).optional(),
        departureDate: dateRange.optional(),
        returnDate: dateRange.optional(),
        shoppedDate: dateRange.optional(),
        nights: z.strictObject({ min: nights.optional(), max: nights.optional() }).optional(),
        carriers: some(carrierSchema).optional(),
        providers: some(providerSchema).optional(),
        cabins: some(cabinSchema).optional(),
        maxStops: z.int().min(0).max(10).optional(),
        maxDurationMinutes: z.int().min(0).max(100_000).optional(),
        price: z.strictObject({ min: amountSchema.optional(), max: amountSchema.optional() }).optional(),
        pointOfSale: countrySchema.optional(),
        originWithin: circle.optional(),
        destinationWithin: circle.optional(),
      })
      .optional(),
    text: z.string().min(1, 'must not be empty').max(200, 'at most 200 characters').optional(),
    sort: z
      .strictObject({
        by: z.enum(['price', 'departure', 'duration', 'shopped']),
        order: z.enum(['asc', 'desc']).optional(),
      })
      .optional(),
    currency: currencySchema.optional(),
    limit: z.int().min(1, 'at least 1').max(100, 'at most 100').optional(),
    cursor: z.string().min(1).max(16_384).optional(),
  })
  .openapi('MarketQuestion', {
    example: {
      text: 'london new york',
      filters: { trip: 'one-way', maxStops: 1, destinationWithin: { lat: 40.7, lon: -74, km: 100 } },
      sort: { by: 'price', order: 'asc' },
      currency: 'EUR',
      limit: 20,
    },
  })

const facet = z.array(
  z.object({ value: z.union([z.string(), z.int()]), count: z.int(), lowest: moneySchema }).openapi('MarketFacet', {
    example: { value: 'BA', count: 40, lowest: { amount: '355.34', currency: 'EUR' } },
  }),
)
const answerSchema = z
  .object({
    currency: z.string(),
    fares: z.array(marketFareSchema),
    page: z.object({ limit: z.int(), total: z.int(), totalIsExact: z.boolean(), next: z.string().nullable() }),
    facets: z.union([
      z.object({
        carriers: facet,
        stops: facet,
        cabins: facet,
        providers: facet,
        trips: facet,
        origins: facet,
        destinations: facet,
      }),
      z.null(),
    ]),
    freshness: freshnessSchema,
  })
  .openapi('MarketAnswer', {
    description: '`total` is counted up to 10,000. Facets ignore their own filter and come with the first page only.',
    example: {
      currency: 'EUR',
      fares: [fareExample],
      page: { limit: 20, total: 1, totalIsExact: true, next: null },
      facets: null,
      freshness: { newest: fareExample.shoppedAt, oldest: fareExample.shoppedAt },
    },
  })

export const postMarketQuery: Route = {
  method: 'post',
  path: '/v1/market/query',
  docs: {
    tags: ['Market'],
    summary: 'Ask everything that was shopped',
    description:
      'Filters, words on the route (all of them: airports, cities, countries, codes), circles on the map, facets and sorts over every itinerary and day of shopping. `page.next` goes into `cursor` and is enough alone.',
    request: jsonBody(questionSchema),
    responses: answers({ 200: ['A page of fares', answerSchema] }, 400, 413, 415, 422),
  },
  async handle({ c, context, parts }) {
    return replyJson(context, 200, await parts.market.query(await readBody(c, questionSchema), context))
  },
}
