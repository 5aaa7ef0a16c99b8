import { answers, jsonBody } from '../answers.ts'
import { pathId, pathParams } from '../ids.ts'
import { readOptionalBody } from '../input.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'
import { cancellationQuoteSchema, quoteRequestSchema } from '../schemas/booking.ts'

export const postCancellationQuote: Route = {
  method: 'post',
  path: '/v1/bookings/{id}/cancellation-quotes',
  docs: {
    tags: ['Booking'],
    summary: 'What cancelling would bring',
    request: { params: pathParams({ id: 'bkg' }), ...jsonBody(quoteRequestSchema, false) },
    responses: answers({ 201: ['The quote', cancellationQuoteSchema] }, 400, 404, 409, 413, 415, 422),
  },
  async handle({ c, context, parts }) {
    const request = await readOptionalBody(c, quoteRequestSchema)
    const id = pathId(c, 'id', 'bkg')
    const quote = await parts.bookings.quoteCancellation(id, request, context)
    return replyJson(context, 201, quote, { location: `/v1/bookings/${id}/cancellation-quotes/${quote.id}` })
  },
}
