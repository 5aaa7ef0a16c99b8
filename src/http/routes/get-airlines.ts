import { z } from '@hono/zod-openapi'
import { listAirlines } from '../../reference/airlines.ts'
import { answers } from '../answers.ts'
import { readQuery } from '../input.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'

const querySchema = z.strictObject({})
const airlinesSchema = z
  .object({
    airlines: z.array(
      z.object({
        code: z.string(),
        name: z.string(),
        accountingCode: z.string().nullable(),
        alliance: z.string().nullable(),
      }),
    ),
  })
  .openapi('Airlines', {
    example: { airlines: [{ code: 'BA', name: 'British Airways', accountingCode: '125', alliance: 'oneworld' }] },
  })

export const getAirlines: Route = {
  method: 'get',
  path: '/v1/airlines',
  docs: { tags: ['Reference'], summary: 'Airlines', responses: answers({ 200: ['All airlines', airlinesSchema] }) },
  handle({ c, context }) {
    readQuery(c, querySchema)
    const airlines = listAirlines().map(({ code, name, accountingCode, alliance }) => ({
      code,
      name,
      accountingCode,
      alliance,
    }))
    return replyJson(context, 200, { airlines })
  },
}
