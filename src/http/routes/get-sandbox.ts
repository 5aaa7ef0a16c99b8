import { z } from '@hono/zod-openapi'
import { ProblemError } from '../../core/problem.ts'
import { answers } from '../answers.ts'
import { replyJson } from '../reply.ts'
import type { Route } from '../route.ts'

const sandboxSchema = z
  .object({
    simulators: z.array(
      z.object({ code: z.string(), baseUrl: z.string(), credentials: z.record(z.string(), z.string()) }),
    ),
    gateway: z.object({ baseUrl: z.string() }),
    magicRoutes: z.array(
      z.object({
        origin: z.string(),
        destination: z.string(),
        departureDate: z.string().nullable(),
        effect: z.string(),
        provider: z.string(),
        text: z.string(),
      }),
    ),
    testTokens: z.array(z.object({ token: z.string(), effect: z.string(), text: z.string() })),
  })
  .openapi('Sandbox')

export const getSandbox: Route = {
  method: 'get',
  path: '/v1/sandbox',
  docs: {
    tags: ['Operation'],
    summary: 'The simulated world: where it listens, magic routes, test tokens',
    responses: answers({ 200: ['The sandbox', sandboxSchema] }, 404),
  },
  handle({ context, parts }) {
    const report = parts.sandbox()
    if (!report) throw new ProblemError('not-found', 'no simulator runs: every supplier is a real one')
    const simulators = report.simulators.map(({ code, baseUrl, settings }) => {
      const { baseUrl: _, ...credentials } = settings
      return { code, baseUrl, credentials }
    })
    const { magicRoutes, testTokens } = report
    return replyJson(context, 200, {
      simulators,
      gateway: { baseUrl: report.gateway.baseUrl },
      magicRoutes,
      testTokens,
    })
  },
}
