import type { Clock } from '../../core/clock.ts'
import { ownTurn } from '../../core/turns.ts'
import type { Steps } from './wire/steps.ts'

/** A reply of three megabytes takes some twenty milliseconds: nobody else waits longer than this for the event loop, and
 *  what is smaller is done in one turn. */
const turnMs = 5

export async function inTurns<T>(clock: Clock, steps: Steps<T>): Promise<T> {
  let since = clock.monotonicMs()
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    if (clock.monotonicMs() - since < turnMs) continue
    await ownTurn('begun')
    since = clock.monotonicMs()
  }
}
