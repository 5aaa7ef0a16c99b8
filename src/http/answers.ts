import type { z } from '@hono/zod-openapi'
import { problemResponses, requestIdHeader } from './schemas/shared.ts'

/** What OpenAPI says of a route's answers: the good ones, then the problems. */
export function answers(
  good: Readonly<Record<number, readonly [string, z.ZodType]>>,
  ...problemStatuses: readonly number[]
) {
  const documented = Object.entries(good).map(([status, [description, schema]]) => [
    status,
    { description, headers: requestIdHeader, content: { 'application/json': { schema } } },
  ])
  return { ...Object.fromEntries(documented), ...problemResponses(...problemStatuses) }
}

export function jsonBody(schema: z.ZodType, required = true) {
  return { body: { required, content: { 'application/json': { schema } } } }
}
