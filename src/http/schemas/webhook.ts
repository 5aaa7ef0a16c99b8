import { z } from '@hono/zod-openapi'
import { messageTypes } from '../../messaging/message-types.ts'
import { idSchema, instantSchema, orNull, pageSchema } from './shared.ts'

const typeNames = messageTypes.map(({ type }) => type) as [string, ...string[]]

export const createWebhookSchema = z
  .strictObject({
    url: z.string().min(1, 'must not be empty').max(2_000, 'at most 2000 characters'),
    types: z
      .array(z.string().max(100))
      .max(50)
      .optional()
      .openapi({
        description: `Empty, or left out: all. ${typeNames.join(', ')}.`,
      }),
  })
  .openapi('CreateWebhook', { example: { url: 'https://shop.example/fareloom', types: ['booking.ticketed'] } })

const webhookShape = {
  id: idSchema('whk'),
  url: z.string(),
  types: z.array(z.enum(typeNames)),
  status: z.enum(['active', 'disabled']).openapi({ description: 'disabled: the receiver answered 410.' }),
  createdAt: instantSchema,
}

export const webhookSchema = z.object(webhookShape).openapi('Webhook')
export const createdWebhookSchema = z
  .object({
    ...webhookShape,
    secret: z.string().openapi({ description: 'To check signatures with; shown this once.', example: 'whsec_…' }),
  })
  .openapi('CreatedWebhook')
export const webhooksSchema = z.object({ webhooks: z.array(webhookSchema) }).openapi('Webhooks')

export const deliverySchema = z
  .object({
    id: z.string(),
    messageId: z.string().openapi({ example: 'msg_17' }),
    type: z.enum(typeNames),
    bookingId: idSchema('bkg'),
    sequence: z.int(),
    status: z.enum(['waiting', 'delivered', 'dead']),
    tries: z.int(),
    nextAt: orNull(instantSchema),
    fault: orNull(z.string()),
  })
  .openapi('Delivery')
export const deliveriesPageSchema = z
  .object({ deliveries: z.array(deliverySchema), page: pageSchema })
  .openapi('DeliveriesPage')
export const redeliveredSchema = z.object({ count: z.int() }).openapi('Redelivered')
