import type { Clock } from './clock.ts'
import type { Deadline } from './deadline.ts'
import { type FaultKind, isOutage } from './fault.ts'
import type { AnyOutcome } from './guarded-calls.ts'

/** A second request where the first is later than most: the first good answer wins and the other is cancelled. Only for what
 *  may be asked twice (Dean and Barroso, The Tail at Scale, 2013). */
export type HedgeParts<T> = {
  readonly clock: Clock
  readonly deadline: Deadline
  /** When the second leaves. */
  readonly afterMs: number
  readonly first: (deadline: Deadline) => Promise<T>
  /** Undefined: there is no room for it now. */
  readonly second: (deadline: Deadline) => Promise<T> | undefined
  /** Whether the second one was of use. */
  readonly ended: (won: boolean) => void
}

/** Reason of the abort of the slower one. */
export const overtaken = 'another request was answered first'

export function hedge<T extends AnyOutcome>(parts: HedgeParts<T>): Promise<T> {
  const { clock, deadline, afterMs, ended } = parts
  return new Promise((resolve, reject) => {
    const children = [childOf(deadline), childOf(deadline)] as const
    const outcomes: T[] = []
    let open = 1
    let settled = false
    const finish = (outcome: T): void => {
      settled = true
      timer.cancel()
      resolve(outcome)
    }
    const watch = (answer: Promise<T>, index: 0 | 1): void => {
      answer
        .then(outcome => {
          open--
          if (settled) return
          outcomes[index] = outcome
          if (open > 0 && !isGood(outcome)) return
          if (open > 0) children[index === 0 ? 1 : 0].cancel(overtaken)
          if (hedged) ended(index === 1 && isGood(outcome))
          finish(isGood(outcome) ? outcome : (outcomes[0] ?? outcome))
        }, reject)
        .finally(() => children[index].dispose())
    }
    let hedged = false
    const timer = clock.after(afterMs, () => {
      const second = parts.second(children[1])
      if (second === undefined) return
      hedged = true
      open++
      watch(second, 1)
    })
    watch(parts.first(children[0]), 0)
  })
}

/** A definite no is an answer too: asking again would not change it. */
function isGood({ fault }: AnyOutcome): boolean {
  return fault === undefined || !(isOutage(fault.kind) || unanswered.includes(fault.kind))
}

const unanswered: readonly FaultKind[] = ['rate-limited', 'circuit-open', 'cancelled']

/** Ends with its parent, or alone. One timer for all: the parent's. */
function childOf(parent: Deadline): Deadline {
  const controller = new AbortController()
  const follow = (): void => controller.abort(parent.signal.reason)
  if (parent.signal.aborted) follow()
  else parent.signal.addEventListener('abort', follow, { once: true })
  const dispose = (): void => parent.signal.removeEventListener('abort', follow)
  return {
    at: parent.at,
    signal: controller.signal,
    remainingMs: () => parent.remainingMs(),
    cancel(reason) {
      dispose()
      controller.abort(reason)
    },
    dispose,
  }
}

/** Extra calls as a share of the first ones, saved up to a few. */
export function makeHedgeCredit(share: number, savedMax = 5): { earn(): void; spend(): boolean } {
  let credit = 0
  return {
    earn() {
      credit = Math.min(savedMax, credit + share)
    },
    spend() {
      if (credit < 1) return false
      credit--
      return true
    },
  }
}
