import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Clock } from '../core/clock.ts'
import { turnsLateMs } from '../core/turns.ts'

/** How long what is due has to wait for its turn: the mean, in ms, since the last time it was asked for. Measured by Node itself
 *  100 times a second (below a thousandth of a core). */
export interface LoopDelay {
  take(): number
  /** How long heavy work has waited for a turn of its own (core/turns.ts): under too many searches that grows, the loop's delay
   *  does not. */
  turnsMs(): number
}

const resolutionMs = 10

export function watchLoopDelay(clock: Clock): LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  histogram.enable()
  let measuredAtMs = clock.monotonicMs()
  return {
    take() {
      const nowMs = clock.monotonicMs()
      // in the midst of a turn so long that nothing could be measured: asked by one of hundreds of requests that it holds
      if (histogram.count === 0) return nowMs - measuredAtMs
      measuredAtMs = nowMs
      const meanMs = histogram.mean / 1e6 - resolutionMs
      histogram.reset()
      return Math.max(0, meanMs)
    },
    turnsMs: turnsLateMs,
  }
}
