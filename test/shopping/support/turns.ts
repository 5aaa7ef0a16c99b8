import type { Clock } from '../../../src/core/clock.ts'
import type { ShopOutcome } from '../../../src/providers/port.ts'
import type { Answer } from './suppliers.ts'

/** Lets everything run that waits for nothing but promises. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 60; i++) await Promise.resolve()
}

/** Time passes a millisecond at a time, and whatever it sets off runs. */
export async function pass(clock: { advance(ms: number): void }, ms: number): Promise<void> {
  await settle()
  for (let n = 0; n < ms; n++) {
    clock.advance(1)
    await settle()
  }
}

/** Answers after so long by the clock of the test. */
export function answerAfter(clock: Clock, ms: number, outcome: ShopOutcome | (() => ShopOutcome)): Answer {
  return async () => {
    await clock.sleep(ms)
    return typeof outcome === 'function' ? outcome() : outcome
  }
}
