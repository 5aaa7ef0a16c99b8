import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { type Id, isId } from '../core/ids.ts'
import { ProblemError } from '../core/problem.ts'
import { idSchema } from './schemas/shared.ts'

/** An id in the path; what cannot be one is simply not there. */
export function pathId<Prefix extends string>(c: Context, name: string, prefix: Prefix): Id<Prefix> {
  const text = c.req.param(name) ?? ''
  if (!isId(prefix, text))
    throw new ProblemError('not-found', `there is no ${names[prefix] ?? 'such thing'} with this id`)
  return text
}

const names: Readonly<Record<string, string>> = {
  src: 'search',
  off: 'offer',
  bkg: 'booking',
  cnq: 'cancellation quote',
  wit: 'work item',
  whk: 'webhook',
}

export function pathParams(prefixes: Readonly<Record<string, string>>) {
  return z.object(Object.fromEntries(Object.entries(prefixes).map(([name, prefix]) => [name, idSchema(prefix)])))
}
