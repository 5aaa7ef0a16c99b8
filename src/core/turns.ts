import { nextTurn } from './clock.ts'

/** Work that would hold the event loop, with pauses where it may give way. */
export type Steps<T> = Generator<void, T>

/** Gives way at each pause. */
export async function inTurns<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    await nextTurn()
  }
}

/** For a caller who waits for nobody. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** Offers that a decoder makes of JSON between two pauses: about a millisecond. A reply with no more goes without. */
export const offersPerTurn = 50
