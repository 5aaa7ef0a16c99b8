import { z } from '@hono/zod-openapi'
import { answers } from '../answers.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'

const partSchema = z.enum(['ok', 'degraded', 'off'])
const readySchema = z
  .object({ status: z.enum(['ok', 'degraded', 'unavailable']), searches: partSchema, bookings: partSchema })
  .catchall(z.unknown())
  .openapi('Readiness', {
    description:
      'Every part by name as ok, degraded or off. 200 as long as searches work: a lost database does not take search away.',
    example: {
      status: 'ok',
      searches: 'ok',
      bookings: 'ok',
      offers: 'ok',
      redis: 'off',
      elasticsearch: 'off',
      kafka: 'off',
    },
  })

export const getHealthLive: Route = {
  method: 'get',
  path: '/health/live',
  open: true,
  docs: {
    tags: ['Operation'],
    summary: 'Whether the process runs',
    responses: answers({ 200: ['It does', z.object({ status: z.literal('ok') })] }),
  },
  handle: ({ context }) => replyJson(context, 200, { status: 'ok' }),
}

export const getHealthReady: Route = {
  method: 'get',
  path: '/health/ready',
  open: true,
  docs: {
    tags: ['Operation'],
    summary: 'Whether searches would work, and how each part is',
    responses: answers({ 200: ['Searches work', readySchema], 503: ['They do not', readySchema] }),
  },
  async handle({ context, parts }) {
    const bookings = await parts.bookings.health()
    const searches = parts.providers.list().length > 0
    const others = { ...parts.shopping.health(), ...parts.messaging.health(), ...parts.otherParts() }
    const degraded = bookings.status !== 'ok' || Object.values(others).includes('degraded')
    const status = !searches ? 'unavailable' : degraded ? 'degraded' : 'ok'
    return replyJson(context, searches ? 200 : 503, {
      status,
      searches: searches ? 'ok' : 'off',
      bookings: bookings.status,
      ...others,
      ...(bookings.reason === null ? {} : { reasons: { bookings: bookings.reason } }),
    })
  },
}
