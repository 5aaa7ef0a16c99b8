import type { RouteConfig } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { RequestContext } from '../core/context.ts'
import type { HttpParts } from './parts.ts'
import type { ReplyContext } from './reply.ts'

/** One address: what it does and what OpenAPI says of it, side by side. */
export type Route = {
  readonly method: 'get' | 'post' | 'delete'
  /** With parameters as OpenAPI writes them: `/v1/searches/{id}`. */
  readonly path: string
  /** Needs no key: health, metrics, documentation. */
  readonly open?: boolean
  /** Absent: not part of the documented API (pages, assets). */
  readonly docs?: Pick<RouteConfig, 'summary' | 'description' | 'tags' | 'request' | 'responses'>
  handle(ask: Ask): Promise<Response> | Response
}

export type Ask = { readonly c: Context; readonly context: RequestContext; readonly parts: HttpParts }

/** What reply.ts needs travels with the context, so that no route has to hand it on. */
export type AnswerContext = RequestContext & ReplyContext
