/** How many calls at once the other side bears: additive increase, multiplicative decrease by its own latency. A supplier
 *  that slows is asked by fewer at once, instead of being buried; each operation is compared with its own past only. */
export interface AdaptiveLimit {
  limit(): number
  /** One call has ended after so long. */
  add(operation: string, elapsedMs: number): void
}

/** `cap`: as it is now. */
export type AdaptiveLimits = { readonly cap: () => number; readonly min: number }

/** Calls of one operation whose median is one observation. */
const windowCalls = 8
/** So many times its baseline is slow: queries differ, and half as much again is weather. */
const slowFactor = 2
/** Below this nobody waits: a simulator that went from 2 to 5 ms is not in trouble. */
const slowMsMin = 50
const decrease = 0.75
/** Each window that is not below it draws the baseline up by so much: a lasting change is the new normal in some minutes. */
const drift = 0.02

type Window = { readonly elapsed: number[]; baselineMs: number | null }

export function makeAdaptiveLimit({ cap, min }: AdaptiveLimits): AdaptiveLimit {
  const windows = new Map<string, Window>()
  let limit = Number.POSITIVE_INFINITY
  return {
    limit: () => Math.min(limit, cap()),
    add(operation, elapsedMs) {
      const window = windows.get(operation) ?? { elapsed: [], baselineMs: null }
      windows.set(operation, window)
      window.elapsed.push(elapsedMs)
      if (window.elapsed.length < windowCalls) return
      const median = window.elapsed.toSorted((a, b) => a - b)[windowCalls / 2]!
      window.elapsed.length = 0
      const { baselineMs } = window
      const isSlow = baselineMs !== null && median > Math.max(slowMsMin, baselineMs * slowFactor)
      const now = Math.min(limit, cap())
      limit = isSlow ? Math.max(min, Math.floor(now * decrease)) : now + 1
      window.baselineMs = baselineMs === null ? median : Math.min(median, baselineMs * (1 + drift))
    },
  }
}
