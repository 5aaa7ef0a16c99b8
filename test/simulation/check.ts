import fc from 'fast-check'
import { createMemoryBookingStore } from '../../src/booking/memory-booking-store.ts'
import { type Plan, plans } from './plan.ts'
import { type Sabotage, type SimStore, simulate } from './run.ts'

/** Runs seeded plans until one breaks a promise; then the smallest plan that does, with its seed and its timeline. */
export async function checkPlans(options: {
  readonly runs: number
  readonly seed: number
  readonly open: () => Promise<SimStore & { close(): Promise<void> }>
  readonly sabotage?: Sabotage
  /** False: the first failing plan will do. */
  readonly shrink?: boolean
  /** After each run that kept every promise, with the number of those. */
  readonly onRun?: (done: number) => void
}): Promise<void> {
  let done = 0
  const property = fc.asyncProperty(plans, async plan => {
    const opened = await options.open()
    try {
      await expectKept(plan, opened, options.sabotage)
    } finally {
      await opened.close()
    }
    options.onRun?.(++done)
  })
  await fc.assert(property, { numRuns: options.runs, seed: options.seed, endOnFailure: options.shrink === false })
}

export async function expectKept(plan: Plan, store: SimStore, sabotage: Sabotage = {}): Promise<void> {
  const { violations, timeline } = await simulate(plan, store, sabotage)
  if (violations.length === 0) return
  throw new Error(
    `${violations.join('\n')}\n--- what happened\n${timeline.join('\n')}\n--- the plan\n${JSON.stringify(plan)}`,
  )
}

export async function inMemory(): Promise<SimStore & { close(): Promise<void> }> {
  const store = createMemoryBookingStore()
  return {
    store,
    outbox: async id => store.outbox.filter(entry => entry.bookingId === id).map(({ type }) => type),
    close: () => store.close(),
  }
}
