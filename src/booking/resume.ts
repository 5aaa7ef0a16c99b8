import type { RequestContext } from '../core/context.ts'
import type { BookingId } from '../core/ids.ts'
import { ProblemError } from '../core/problem.ts'
import { answerOf } from './answer-of.ts'
import type { Question } from './answers.ts'
import { VersionConflict } from './booking-store.ts'
import type { Answered } from './idempotency.ts'
import type { Desk } from './parts.ts'
import { type Driven, load, type Run, run, startFrom } from './runner.ts'

const conflictsMax = 5

/** A key whose booking was begun by somebody who did not finish: goes on from what is written. */
export async function resume(
  desk: Desk,
  id: BookingId,
  how: Run,
  question: Question,
  context: RequestContext,
): Promise<Answered> {
  const driven = await driveOn(desk, context.tenant, id, how)
  if (!driven) throw new ProblemError('not-found', 'There is no such booking.')
  return answered(desk, driven, question, context)
}

export async function answered(
  desk: Desk,
  { held, answer }: Driven,
  question: Question,
  context: RequestContext,
): Promise<Answered> {
  return answer ? { answer, kept: true } : { answer: await answerOf(desk, held, question, context), kept: false }
}

/** From what the store has; somebody else's write in between is looked at again. */
export async function driveOn(desk: Desk, tenant: string, id: BookingId, how: Run): Promise<Driven | undefined> {
  for (let conflicts = 1; ; conflicts++) {
    const held = await load(desk.tools, tenant, id)
    if (!held) return undefined
    try {
      return await run(startFrom(held, []), desk.tools, how)
    } catch (error) {
      if (!(error instanceof VersionConflict) || conflicts >= conflictsMax) throw error
    }
  }
}
