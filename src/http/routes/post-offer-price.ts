import { z } from '@hono/zod-openapi'
import { moneyJson } from '../../core/money.ts'
import { offerJson } from '../../shopping/encode.ts'
import type { PriceConfirmation } from '../../shopping/port.ts'
import { answers, jsonBody } from '../answers.ts'
import { pathId, pathParams } from '../ids.ts'
import { readOptionalBody } from '../input.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'
import { priceConfirmationSchema } from '../schemas/offer.ts'

const emptySchema = z.strictObject({})

export const postOfferPrice: Route = {
  method: 'post',
  path: '/v1/offers/{id}/price',
  docs: {
    tags: ['Search'],
    summary: 'Ask the supplier for the price now',
    description: 'A changed price comes as a new offer that replaces the old one.',
    request: { params: pathParams({ id: 'off' }), ...jsonBody(emptySchema, false) },
    responses: answers(
      { 200: ['The price, the change, or that the offer is gone', priceConfirmationSchema] },
      400,
      404,
      410,
      413,
      415,
      422,
    ),
  },
  async handle({ c, context, parts }) {
    await readOptionalBody(c, emptySchema)
    return replyJson(context, 200, confirmationJson(await parts.shopping.confirmPrice(pathId(c, 'id', 'off'), context)))
  },
}

function confirmationJson(confirmation: PriceConfirmation): unknown {
  switch (confirmation.kind) {
    case 'unchanged':
      return { kind: 'unchanged', offer: offerJson(confirmation.stored.offer) }
    case 'changed':
      return {
        kind: 'changed',
        old: moneyJson(confirmation.old),
        new: moneyJson(confirmation.new),
        difference: moneyJson(confirmation.difference),
        offer: offerJson(confirmation.stored.offer),
      }
    case 'gone':
      return { kind: 'gone', reason: confirmation.reason }
  }
}
