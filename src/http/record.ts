import type { RequestContext } from '../core/context.ts'
import type { HttpParts } from './parts.ts'
import type { ReplyContext } from './reply.ts'

/** What every answer leaves behind: a count, its time, and a line in the log. */

type Labels = { readonly method: string; readonly route: string }
type Outcome = { readonly status: number; readonly elapsedMs: number }

export function record(
  labels: Labels,
  context: RequestContext & Pick<ReplyContext, 'rate'>,
  outcome: Outcome,
  parts: HttpParts,
): void {
  countRequest(labels, outcome, parts)
  if (outcome.status === 429 && context.rate)
    parts.metrics.count('fareloom_rate_limited_total', { policy: context.rate.name })
  logRequest(labels, context, outcome, parts)
}

export function countRequest(labels: Labels, { status, elapsedMs }: Outcome, { metrics }: HttpParts): void {
  metrics.count('fareloom_http_requests_total', { ...labels, status: String(status) })
  metrics.observe('fareloom_http_request_seconds', labels, elapsedMs / 1000)
}

export function logRequest(
  labels: Labels,
  { tenant, requestId, traceparent }: RequestContext,
  { status, elapsedMs }: Outcome,
  { log }: HttpParts,
): void {
  log.info({ tenant, requestId, traceparent, ...labels, status, elapsedMs: Math.round(elapsedMs * 10) / 10 }, 'request')
}
