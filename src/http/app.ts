import { type Context, Hono } from 'hono'
import type { RequestContext } from '../core/context.ts'
import { ProblemError } from '../core/problem.ts'
import { defaultTenant, type TenantId } from '../core/tenant.ts'
import { clientAddress } from './client-address.ts'
import { type LoadClass, loadClassOf } from './load-class.ts'
import { openApiRoutes } from './openapi.ts'
import type { HttpParts } from './parts.ts'
import { readRequestOf } from './quick-searches.ts'
import { countRequest, record } from './record.ts'
import { refuseOverload, refuseRate } from './refusals.ts'
import { replyProblem } from './reply.ts'
import { harmlessRequestId } from './request-id.ts'
import type { AnswerContext, Route } from './route.ts'
import { routes } from './routes.ts'

/** Routes, and around each the same: request id, key, problem, log line, metrics. Wrapped here instead of in middlewares:
 *  headers set after next() cost a quarter of the throughput. */
export function createApp(parts: HttpParts): Hono {
  const app = new Hono()
  const all = [...routes, ...openApiRoutes(routes, parts.version)]
  for (const route of all) {
    const load = loadClassOf(route)
    app.on(route.method, honoPath(route.path), c => answer(route, load, c, parts))
  }
  for (const [path, allow] of methodsByPath(all)) {
    app.all(path, c =>
      refuse(
        c,
        parts,
        new ProblemError('method-not-allowed', `this address takes ${allow}`, { extensions: { allow } }),
      ),
    )
  }
  app.notFound(c =>
    refuse(c, parts, new ProblemError('not-found', 'there is nothing at this address; /docs lists what there is')),
  )
  return app
}

function answer(route: Route, load: LoadClass, c: Context, parts: HttpParts): Response | Promise<Response> {
  const letIn = readRequestOf(c)?.letIn
  const start = letIn?.startMs ?? parts.clock.monotonicMs()
  const requestId = letIn?.context.requestId ?? harmlessRequestId(c.req.header('x-request-id'))
  let context: AnswerContext = letIn?.context ?? { tenant: defaultTenant, requestId, traceparent: traceparentOf(c) }
  const done = (response: Response): Response => {
    const labels = { method: c.req.method, route: route.path }
    const outcome = { status: response.status, elapsedMs: parts.clock.monotonicMs() - start }
    if (route.docs) record(labels, context, outcome, parts)
    else countRequest(labels, outcome, parts)
    return response
  }
  const failed = (error: unknown): Response => done(replyProblem(asProblem(error, context, parts), c.req.path, context))
  try {
    if (load === 'always') parts.admission.admits(load, '', start)
    else if (!letIn) {
      const { tenant, client } = whoAsks(c, parts)
      if (!parts.admission.admits(load, client, start)) return shed(route, c, requestId, parts)
      const rate = parts.rateLimits.take(policyOf[load], client)
      context = { ...context, tenant, client, rate }
      if (rate && !rate.allowed) return done(refuseRate(c.req.path, requestId, rate))
    }
    const response = route.handle({ c, context, parts })
    return response instanceof Promise ? response.then(done, failed) : done(response)
  } catch (error) {
    return failed(error)
  }
}

const policyOf = { search: 'searches', booking: 'bookings', read: 'reads' } as const

function whoAsks(c: Context, parts: HttpParts): { readonly tenant: TenantId; readonly client: string } {
  try {
    const { tenant, keyId } = parts.keys.identify(c.req.header('authorization'))
    return { tenant, client: keyId ?? clientAddress(c, parts.trustedHops) }
  } catch (error) {
    const rate = parts.rateLimits.take('unauthenticated', clientAddress(c, parts.trustedHops))
    if (!rate || rate.allowed) throw error
    throw new ProblemError('rate-limited', 'this address has sent too many requests without a valid key', {
      retryAfterSeconds: rate.retryAfterSeconds,
    })
  }
}

/** Counted, not logged: under a flood the log would cost more than the refusal. */
function shed({ path }: Route, c: Context, requestId: string, { metrics }: HttpParts): Response {
  metrics.count('fareloom_http_requests_total', { method: c.req.method, route: path, status: '503' })
  return refuseOverload(c.req.path, requestId)
}

function refuse(c: Context, parts: HttpParts, problem: ProblemError): Response {
  parts.metrics.count('fareloom_http_requests_total', {
    method: c.req.method,
    route: 'none',
    status: String(problem.status),
  })
  return replyProblem(problem, c.req.path, { requestId: harmlessRequestId(c.req.header('x-request-id')) })
}

/** What is no problem of ours to tell becomes `internal`; the cause goes to the log under the request id. */
function asProblem(error: unknown, { tenant, requestId }: RequestContext, { log }: HttpParts): ProblemError {
  const problem =
    error instanceof ProblemError
      ? error
      : new ProblemError('internal', 'an unexpected error; tell us the request id', { cause: error })
  if (problem.status >= 500 && problem.type !== 'overloaded')
    log.error({ tenant, requestId, problem: problem.type, ...reasonOf(problem) }, 'request failed')
  return problem
}

/** Where it comes from matters only of what nobody expected: under an outage stacks would be most of the work. */
function reasonOf({ cause, detail }: ProblemError): Readonly<Record<string, unknown>> {
  return cause === undefined ? { detail } : { err: cause }
}

/** W3C trace context, version 00 or later. */
function traceparentOf(c: Context): string | null {
  const given = c.req.header('traceparent')
  return given !== undefined && /^[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/.test(given)
    ? given
    : null
}

function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}

function methodsByPath(all: readonly Route[]): ReadonlyMap<string, string> {
  const methods = new Map<string, string>()
  for (const { method, path } of all) {
    const key = honoPath(path)
    const name = method === 'get' ? 'GET, HEAD' : method.toUpperCase()
    methods.set(key, methods.has(key) ? `${methods.get(key)}, ${name}` : name)
  }
  return methods
}
