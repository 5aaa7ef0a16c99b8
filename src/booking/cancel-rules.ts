import type { RequestContext } from '../core/context.ts'
import type { Deadline } from '../core/deadline.ts'
import type { BookingId } from '../core/ids.ts'
import { ProblemError } from '../core/problem.ts'
import type { Desk } from './parts.ts'
import { type Held, load, type Run } from './runner.ts'

/** What quoting and confirming a cancellation share. */

export async function getHeld(desk: Desk, id: BookingId, context: RequestContext): Promise<Held> {
  const held = await load(desk.tools, context.tenant, id)
  if (!held) throw new ProblemError('not-found', 'There is no such booking.')
  return held
}

export function unavailable(text: string): ProblemError {
  return new ProblemError('suppliers-unavailable', text, { retryAfterSeconds: 5 })
}

export function runOf(deadline: Deadline, { requestId, traceparent }: RequestContext): Run {
  return { deadline, actor: 'api', requestId, traceparent, key: null, answer: null }
}
