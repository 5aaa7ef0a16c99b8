import type { Crash, CrashPoint, Fate, Operation, Plan, StoreOperation } from './plan.ts'
import type { SimClock } from './sim-clock.ts'

/** Deals out what the plan has in store, and writes down what happened. */
export type Fortune = {
  fate(operation: Operation | StoreOperation): Fate | 'ok'
  crash(point: CrashPoint): Crash | undefined
  note(text: string): void
  /** From now on nothing goes wrong: every outage ends. */
  calm(): void
  readonly timeline: readonly string[]
}

export function fortuneOf(plan: Plan, clock: SimClock): Fortune {
  const asked = new Map<string, number>()
  const reached = new Map<string, number>()
  const timeline: string[] = []
  const start = clock.now()
  const count = (counts: Map<string, number>, name: string): number => {
    const n = counts.get(name) ?? 0
    counts.set(name, n + 1)
    return n
  }
  let calm = false
  return {
    timeline,
    calm() {
      calm = true
    },
    note(text) {
      timeline.push(`${((clock.now() - start) / 1000).toFixed(3).padStart(9)} s  ${text}`)
    },
    fate(operation) {
      const n = count(asked, operation)
      if (calm) return 'ok'
      return (
        plan.mishaps.find(one => one.operation === operation && n >= one.nth && n < one.nth + one.times)?.fate ?? 'ok'
      )
    },
    crash(point) {
      const n = count(reached, point)
      if (calm) return undefined
      return plan.crashes.find(one => one.point === point && one.nth === n)
    },
  }
}
