import { reply } from '../reply.ts'
import type { Route } from '../route.ts'

/** Prometheus text; documented by its own HELP lines. */
export const getMetrics: Route = {
  method: 'get',
  path: '/metrics',
  open: true,
  async handle({ context, parts }) {
    return reply(context, 200, await parts.metrics.render(), { 'content-type': parts.metrics.contentType })
  },
}
