import { z } from '@hono/zod-openapi'
import { systemClock, toInstant } from '../../core/clock.ts'
import { type ProblemType, problems } from '../../core/problem.ts'

/** Building blocks of the public API, with the names under which OpenAPI shows them. */
export const moneySchema = z
  .strictObject({
    amount: z.string().regex(/^-?\d{1,13}(\.\d{1,4})?$/, 'a decimal string such as "355.34"'),
    currency: z.string().regex(/^[A-Z]{3}$/, 'three capital letters, ISO 4217'),
  })
  .openapi('Money', {
    description: "Decimal string with the currency's own number of digits.",
    example: { amount: '355.34', currency: 'EUR' },
  })

/** For schemas with a name: their `.nullable()` becomes an allOf that no null can pass. */
export const orNull = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()])

/** So that an example can be tried as it stands. */
export const inDays = (days: number): string => toInstant(systemClock.now() + days * 86_400_000).slice(0, 10)

export const dateSchema = z.iso.date('a date such as 2027-03-10').openapi({ example: '2027-03-10' })
export const localTimeSchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a local time such as 06:00')
  .openapi({ example: '06:00' })
export const instantSchema = z.string().openapi({ format: 'date-time', example: '2027-03-09T21:59:00Z' })
export const localDateTimeSchema = z.string().openapi({
  description: 'Local time at the airport, without offset; the zone stands beside it.',
  example: '2027-03-10T08:20:00',
})
export const airportSchema = z
  .string()
  .regex(/^[A-Z]{3}$/, 'an airport or city code of three capital letters')
  .openapi({ example: 'LHR' })
export const carrierSchema = z
  .string()
  .regex(/^[A-Z0-9]{2}$/, 'an airline code of two characters')
  .openapi({ example: 'BA' })
export const countrySchema = z
  .string()
  .regex(/^[A-Z]{2}$/, 'a country code of two capital letters, ISO 3166')
  .openapi({ example: 'GB' })
export const currencySchema = z
  .string()
  .regex(/^[A-Z]{3}$/, 'a currency code of three capital letters, ISO 4217')
  .openapi({ example: 'EUR' })
export const providerSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'the code of a supplier such as amadeus')
  .openapi({ example: 'amadeus' })
export const cabinSchema = z.enum(['economy', 'premium-economy', 'business', 'first']).openapi('Cabin')
export const passengerTypeSchema = z.enum(['ADT', 'CHD', 'INF', 'INS', 'YTH', 'SRC']).openapi('PassengerType', {
  description: 'ADT adult, CHD child 2-11, INF lap infant, INS infant with seat, YTH youth, SRC senior.',
})

export const idSchema = <Prefix extends string>(prefix: Prefix) =>
  z.string().openapi({ pattern: `^${prefix}_[0-9A-Za-z_-]+$`, example: `${prefix}_01jd6v3k8q4zr7xw5n2m9t0bce` })

export const pageSchema = z
  .object({ limit: z.int(), total: z.int().optional(), next: z.string().nullable() })
  .openapi('Page', {
    description: '`next` is a cursor, null at the end; the cursor alone is enough for the next page.',
  })

export const faultSchema = z
  .object({
    kind: z.string().openapi({ example: 'timeout' }),
    code: z.string().nullable().openapi({ description: "The supplier's own code." }),
    text: z.string().openapi({ example: 'no answer within 4000 ms' }),
  })
  .openapi('Fault')

const problemTypes = Object.keys(problems).map(type => `/problems/${type}`) as [string, ...string[]]
export const problemSchema = z
  .object({
    type: z.enum(problemTypes),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    retry: z.enum(['never', 'now', 'later', 'after-confirm']),
    requestId: z.string(),
    errors: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })).optional(),
    bookingId: z.string().optional(),
    offer: z.unknown().optional(),
    providers: z.array(z.unknown()).optional(),
  })
  .openapi('Problem', {
    description:
      'RFC 9457. `pointer` is a JSON pointer into the body, `query:limit` or `header:idempotency-key`. A refused booking is stored: `bookingId`.',
    example: {
      type: '/problems/validation',
      title: 'The request has invalid fields',
      status: 422,
      detail: '/slices/0/origin: there is no airport or city ZZZ',
      instance: '/v1/searches',
      retry: 'never',
      requestId: 'req_01jd6v3k8q4zr7xw5n2m9t0bce',
      errors: [{ pointer: '/slices/0/origin', code: 'unknown-airport', detail: 'there is no airport or city ZZZ' }],
    },
  })

export const requestIdHeader = {
  'x-request-id': { schema: { type: 'string' as const }, description: 'Names this request in our logs.' },
}
const retryAfterHeader = {
  'retry-after': {
    schema: { type: 'integer' as const },
    description: 'Seconds, where we know when it helps to try again.',
  },
}

/** What OpenAPI says of the problems that a route may answer with: each with the words that it really has. */
export function problemResponses(...statuses: readonly number[]): Record<string, ProblemResponse> {
  return Object.fromEntries(
    [...new Set([...statuses, 401, 429, 500, 503])].sort().map(status => [
      String(status),
      {
        description: descriptions[status] ?? 'A problem',
        headers: { ...requestIdHeader, ...([409, 429, 503].includes(status) ? retryAfterHeader : {}) },
        content: { 'application/problem+json': { schema: problemSchema, ...exampleOf(status) } },
      },
    ]),
  )
}

type ProblemResponse = {
  readonly description: string
  readonly headers: typeof requestIdHeader
  readonly content: { readonly 'application/problem+json': ProblemContent }
}
type ProblemContent = { readonly schema: typeof problemSchema; readonly example?: z.infer<typeof problemSchema> }

/** Without one of its own a status shows that of the schema. */
function exampleOf(status: number): Pick<ProblemContent, 'example'> {
  const [type, detail] = examples[status] ?? []
  if (!type || !detail) return {}
  const { title, retry } = problems[type]
  const requestId = 'req_01jd6v3k8q4zr7xw5n2m9t0bce'
  return { example: { type: `/problems/${type}`, title, status, detail, instance: '/v1/…', retry, requestId } }
}

const examples: Readonly<Record<number, readonly [ProblemType, string]>> = {
  400: ['validation', 'the body is not valid JSON: it ends too early'],
  401: ['unauthenticated', 'send the header "Authorization: Bearer <key>" with a key of yours'],
  402: ['payment-declined', 'The card was declined.'],
  404: ['not-found', 'There is no such booking.'],
  409: ['sold-out', 'No seats are left on this flight.'],
  410: ['offer-expired', 'The offer has expired; search again.'],
  413: ['validation', 'a body may have at most 262144 bytes'],
  415: ['validation', 'send the body as application/json'],
  429: ['rate-limited', 'too many requests; wait for retry-after'],
  500: ['internal', 'an unexpected error; tell us the request id'],
  503: ['suppliers-unavailable', 'no supplier gave an answer that can be used'],
}

const descriptions: Readonly<Record<number, string>> = {
  400: 'Broken JSON',
  401: 'No valid API key',
  402: 'The payment was declined',
  404: 'Not here, or of another tenant',
  409: 'In conflict with the state of things; `type` says which',
  410: 'Expired',
  413: 'The body is too large',
  415: 'Another media type than application/json',
  422: 'Invalid fields; `errors` names each',
  429: 'Too many requests',
  500: 'Our mistake',
  503: 'Suppliers or a part of the service are not available',
}
