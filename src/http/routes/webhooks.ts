import { z } from '@hono/zod-openapi'
import { answers, jsonBody } from '../answers.ts'
import { pathId, pathParams } from '../ids.ts'
import { readBody, readQuery } from '../input.ts'
import { replyEmpty, replyJson } from '../reply.ts'
import type { Route } from '../route.ts'
import { requestIdHeader } from '../schemas/shared.ts'
import {
  createdWebhookSchema,
  createWebhookSchema,
  deliveriesPageSchema,
  deliverySchema,
  redeliveredSchema,
  webhookSchema,
  webhooksSchema,
} from '../schemas/webhook.ts'
import { limitSchema } from './get-search-offers.ts'

/** Where an OTA is told of its bookings. */
const tags = ['Messages']
const params = pathParams({ id: 'whk' })

const postWebhooks: Route = {
  method: 'post',
  path: '/v1/webhooks',
  docs: {
    tags,
    summary: 'Be told of bookings at an address',
    description: 'Signed as Standard Webhooks say; tried for 72 hours; what is told: /asyncapi.json.',
    request: jsonBody(createWebhookSchema),
    responses: answers({ 201: ['The webhook and its secret', createdWebhookSchema] }, 400, 413, 415, 422),
  },
  async handle({ c, context, parts }) {
    const webhook = await parts.messaging.createWebhook(await readBody(c, createWebhookSchema), context)
    return replyJson(context, 201, webhook, { location: `/v1/webhooks/${webhook.id}` })
  },
}

const getWebhooks: Route = {
  method: 'get',
  path: '/v1/webhooks',
  docs: { tags, summary: 'Webhooks, oldest first', responses: answers({ 200: ['All webhooks', webhooksSchema] }) },
  async handle({ context, parts }) {
    return replyJson(context, 200, await parts.messaging.listWebhooks(context))
  },
}

const getWebhook: Route = {
  method: 'get',
  path: '/v1/webhooks/{id}',
  docs: {
    tags,
    summary: 'A webhook',
    request: { params },
    responses: answers({ 200: ['The webhook', webhookSchema] }, 404),
  },
  async handle({ c, context, parts }) {
    return replyJson(context, 200, await parts.messaging.getWebhook(pathId(c, 'id', 'whk'), context))
  },
}

const postWebhookSecret: Route = {
  method: 'post',
  path: '/v1/webhooks/{id}/secret',
  docs: {
    tags,
    summary: 'A new secret in place of the old one',
    description: 'What waits, and what is sent again, is signed with it from now on.',
    request: { params },
    responses: answers({ 200: ['The webhook and its new secret', createdWebhookSchema] }, 404),
  },
  async handle({ c, context, parts }) {
    return replyJson(context, 200, await parts.messaging.replaceSecret(pathId(c, 'id', 'whk'), context))
  },
}

const deleteWebhook: Route = {
  method: 'delete',
  path: '/v1/webhooks/{id}',
  docs: {
    tags,
    summary: 'Be told no more',
    request: { params },
    responses: { ...answers({}, 404), 204: { description: 'Gone', headers: requestIdHeader } },
  },
  async handle({ c, context, parts }) {
    await parts.messaging.deleteWebhook(pathId(c, 'id', 'whk'), context)
    return replyEmpty(context, 204)
  },
}

const querySchema = z.strictObject({
  status: z.enum(['waiting', 'delivered', 'dead']).optional(),
  limit: limitSchema.optional(),
  cursor: z.string().min(1).max(64).optional(),
})

const getDeliveries: Route = {
  method: 'get',
  path: '/v1/webhooks/{id}/deliveries',
  docs: {
    tags,
    summary: 'What was sent to a webhook, newest first',
    description:
      '`dead`: 72 hours of tries were not enough, the receiver answered 410, or the webhook needs a new secret (`fault`).',
    request: { params, query: querySchema },
    responses: answers({ 200: ['A page of deliveries', deliveriesPageSchema] }, 404, 422),
  },
  async handle({ c, context, parts }) {
    const id = pathId(c, 'id', 'whk')
    return replyJson(context, 200, await parts.messaging.listDeliveries(id, readQuery(c, querySchema), context))
  },
}

const postRedelivery: Route = {
  method: 'post',
  path: '/v1/webhooks/{id}/deliveries/{deliveryId}/redeliver',
  docs: {
    tags,
    summary: 'Send one again',
    request: { params: params.extend({ deliveryId: z.string().openapi({ example: '17' }) }) },
    responses: answers({ 202: ['It will be sent at once', deliverySchema] }, 404),
  },
  async handle({ c, context, parts }) {
    const id = pathId(c, 'id', 'whk')
    return replyJson(context, 202, await parts.messaging.redeliver(id, c.req.param('deliveryId') ?? '', context))
  },
}

const postRedeliverDead: Route = {
  method: 'post',
  path: '/v1/webhooks/{id}/redeliver-dead',
  docs: {
    tags,
    summary: 'Send all that is dead again',
    request: { params },
    responses: answers({ 202: ['They will be sent at once', redeliveredSchema] }, 404),
  },
  async handle({ c, context, parts }) {
    return replyJson(context, 202, await parts.messaging.redeliverDead(pathId(c, 'id', 'whk'), context))
  },
}

export const webhookRoutes: readonly Route[] = [
  postWebhooks,
  getWebhooks,
  getWebhook,
  postWebhookSecret,
  deleteWebhook,
  getDeliveries,
  postRedelivery,
  postRedeliverDead,
]
