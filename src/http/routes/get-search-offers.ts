import { z } from '@hono/zod-openapi'
import { answers } from '../answers.ts'
import { pathId, pathParams } from '../ids.ts'
import { readQuery } from '../input.ts'
import { reply } from '../reply.ts'
import type { Route } from '../route.ts'
import { offersPageSchema } from '../schemas/offer.ts'
import { airportSchema, cabinSchema, carrierSchema, localTimeSchema, providerSchema } from '../schemas/shared.ts'

const list = <T extends string>(item: z.ZodType<T, string>) =>
  z
    .string()
    .min(1, 'must not be empty')
    .max(500)
    .transform(text => text.split(',').map(part => part.trim()))
    .pipe(z.array(item).max(50))
    .openapi({ type: 'string', description: 'Separated by commas.' })
export const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, 'a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `at least ${min}`).max(max, `at most ${max}`))
    .openapi({ type: 'integer', minimum: min, maximum: max })
const amount = z.string().regex(/^\d{1,13}(\.\d{1,4})?$/, "a decimal amount in the search's currency such as 355.34")
const flag = (values: readonly ['true', 'false'] | readonly ['1', '0']) =>
  z.enum(values).transform(value => value === 'true' || value === '1')

export const limitSchema = whole(1, 100)

const querySchema = z.strictObject({
  sort: z.enum(['best', 'price', 'duration', 'departure', 'arrival']).optional(),
  order: z.enum(['asc', 'desc']).optional(),
  carriers: list(carrierSchema).optional(),
  maxStops: whole(0, 10).optional(),
  priceMin: amount.optional(),
  priceMax: amount.optional(),
  durationMax: whole(0, 100_000).optional(),
  departAfter: localTimeSchema.optional(),
  departBefore: localTimeSchema.optional(),
  cabins: list(cabinSchema).optional(),
  brands: list(z.string().min(1).max(100)).optional(),
  airports: list(airportSchema).optional(),
  providers: list(providerSchema).optional(),
  refundable: flag(['true', 'false']).optional(),
  checkedBags: whole(0, 9).optional(),
  limit: limitSchema.optional(),
  cursor: z.string().min(1).max(4096).optional(),
  explain: flag(['1', '0']).optional(),
})

export const getSearchOffers: Route = {
  method: 'get',
  path: '/v1/searches/{id}/offers',
  docs: {
    tags: ['Search'],
    summary: 'Offers of a search: paged, sorted, filtered',
    description:
      'The cursor alone is enough for the next page; it pins the revision that it was made from until the search expires.',
    request: { params: pathParams({ id: 'src' }), query: querySchema },
    responses: answers({ 200: ['A page of offers', offersPageSchema] }, 404, 410, 422),
  },
  async handle({ c, context, parts }) {
    const query = readQuery(c, querySchema)
    const { body } = await parts.shopping.listOffers(pathId(c, 'id', 'src'), query, context)
    return reply(context, 200, body)
  },
}
