import { z } from '@hono/zod-openapi'
import { answers, jsonBody } from '../answers.ts'
import { readBody } from '../input.ts'
import { readRequestOf } from '../quick-searches.ts'
import { reply } from '../reply.ts'
import type { Route } from '../route.ts'
import { searchAnswerSchema } from '../schemas/offer.ts'
import {
  airportSchema,
  cabinSchema,
  carrierSchema,
  countrySchema,
  currencySchema,
  dateSchema,
  inDays,
  localTimeSchema,
  passengerTypeSchema,
  providerSchema,
} from '../schemas/shared.ts'

const sliceSchema = z.strictObject({
  origin: airportSchema,
  destination: airportSchema,
  departureDate: dateSchema,
  departureTime: z.strictObject({ from: localTimeSchema, to: localTimeSchema }).optional(),
})

const searchSchema = z
  .strictObject({
    slices: z.array(sliceSchema).min(1, 'at least one slice').max(6, 'at most 6 slices'),
    passengers: z
      .array(
        z.strictObject({
          id: z
            .string()
            .regex(/^pax_[0-9A-Za-z_-]{1,40}$/, 'an id such as pax_1')
            .optional(),
          type: passengerTypeSchema,
          age: z.int().min(0).max(130).optional(),
        }),
      )
      .min(1, 'at least one passenger')
      .max(18, 'at most 18 passengers, 9 of them with a seat'),
    cabin: cabinSchema.optional(),
    currency: currencySchema.optional(),
    pointOfSale: countrySchema.optional(),
    locale: z
      .string()
      .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'a language tag such as en-GB')
      .optional(),
    maxConnections: z.int().min(0).max(5).optional(),
    carriers: z
      .strictObject({
        include: z.array(carrierSchema).max(50).optional(),
        exclude: z.array(carrierSchema).max(50).optional(),
      })
      .optional(),
    accountCodes: z
      .array(
        z.strictObject({
          carrier: carrierSchema,
          code: z.string().regex(/^[A-Za-z0-9-]{1,30}$/, 'letters, digits and hyphens, at most 30'),
        }),
      )
      .max(20)
      .optional(),
    providers: z.array(providerSchema).min(1).max(50).optional(),
    deadlineMs: z.int().min(100, 'at least 100 ms').max(30_000, 'at most 30,000 ms').optional(),
    waitFor: z
      .union([
        z.literal('all'),
        z.strictObject({ providers: z.int().min(1).max(50), graceMs: z.int().min(0).max(30_000) }),
      ])
      .optional(),
  })
  .openapi('SearchRequest', {
    example: {
      slices: [
        { origin: 'LHR', destination: 'JFK', departureDate: inDays(60) },
        { origin: 'JFK', destination: 'LHR', departureDate: inDays(67) },
      ],
      passengers: [{ type: 'ADT' }, { type: 'ADT' }, { type: 'CHD', age: 8 }],
      cabin: 'economy',
      currency: 'EUR',
      pointOfSale: 'GB',
    },
  })

const headersSchema = z.object({
  prefer: z
    .string()
    .optional()
    .openapi({ description: '`respond-async`: 202 at once, suppliers are asked behind it.', example: 'respond-async' }),
  'cache-control': z
    .string()
    .optional()
    .openapi({ description: '`no-cache`: suppliers are asked whatever is cached.', example: 'no-cache' }),
})

export const postSearches: Route = {
  method: 'post',
  path: '/v1/searches',
  docs: {
    tags: ['Search'],
    summary: 'Search for offers',
    description:
      'Asks all suppliers in parallel and answers with the first page of merged, priced and ranked offers. With `Prefer: ' +
      'respond-async` it answers at once with what there is; what comes then is at its `location` and in its events.',
    request: { ...jsonBody(searchSchema), headers: headersSchema },
    responses: answers(
      {
        201: ['The search and its first page', searchAnswerSchema],
        202: ['The search as far as it is, for `Prefer: respond-async`', searchAnswerSchema],
      },
      ...[400, 413, 415, 422],
    ),
  },
  async handle({ c, context, parts }) {
    const request = await readBody(c, searchSchema)
    const respondAsync = hasDirective(c.req.header('prefer'), 'respond-async')
    const anew = hasDirective(c.req.header('cache-control'), 'no-cache')
    const leaves = (): AbortSignal => c.req.raw.signal
    const read = readRequestOf(c)
    const isLookedFor = read?.letIn !== undefined
    const { id, body } = await parts.shopping.search(request, context, { anew, respondAsync, leaves, isLookedFor })
    if (!respondAsync && !anew) read?.remember?.(request)
    const location = `/v1/searches/${id}`
    if (!respondAsync) return reply(context, 201, body, { location })
    return reply(context, 202, body, { location, 'preference-applied': 'respond-async' })
  },
}

/** Of a header that is a list: `respond-async, wait=10`. */
function hasDirective(header: string | undefined, name: string): boolean {
  return header?.split(/[,;]/).some(part => part.trim().toLowerCase() === name) ?? false
}
