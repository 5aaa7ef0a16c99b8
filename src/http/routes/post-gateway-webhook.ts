import { z } from '@hono/zod-openapi'
import { answers } from '../answers.ts'
import { readBytes } from '../input.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'

const takenSchema = z.object({ received: z.literal(true) }).openapi('GatewayNewsTaken')

const eventSchema = z
  .object({})
  .catchall(z.unknown())
  .openapi('GatewayNews', {
    example: {
      id: 'evt_1',
      object: 'event',
      type: 'payment_intent.amount_capturable_updated',
      data: { object: { id: 'pi_1', object: 'payment_intent' } },
    },
  })

export const postGatewayWebhook: Route = {
  method: 'post',
  path: '/v1/gateway-webhooks/{gateway}',
  // a payment gateway has no key of ours: its signature is what counts
  open: true,
  docs: {
    tags: ['Booking'],
    summary: 'For the payment gateway: what happened to a payment',
    description:
      'Events as the gateway signs them (Stripe: `Stripe-Signature`); anything else is 400, a signed one that nobody understands 422. An event that comes again, or concerns nobody here, is taken and changes nothing.',
    request: {
      params: z.object({ gateway: z.string().openapi({ example: 'stripe' }) }),
      body: { required: true, content: { 'application/json': { schema: eventSchema } } },
    },
    responses: answers({ 200: ['Taken', takenSchema] }, 400, 404, 413, 415, 422, 503),
  },
  async handle({ c, context, parts }) {
    const letter = {
      body: await readBytes(c),
      header: (name: string) => c.req.header(name),
      receivedAt: parts.clock.now(),
    }
    await parts.bookings.takeGatewayNews(c.req.param('gateway') ?? '', letter, context.requestId)
    return replyJson(context, 200, { received: true })
  },
}
