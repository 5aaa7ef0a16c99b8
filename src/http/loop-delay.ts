import { monitorEventLoopDelay } from 'node:perf_hooks'

/** How long what is due has to wait for its turn: the mean, in ms, since the last time it was asked for. Measured by Node itself
 *  100 times a second (below a thousandth of a core). */
export interface LoopDelay {
  take(): number
}

const resolutionMs = 10

export function watchLoopDelay(): LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  histogram.enable()
  return {
    take() {
      const meanMs = histogram.count === 0 ? 0 : histogram.mean / 1e6 - resolutionMs
      histogram.reset()
      return Math.max(0, meanMs)
    },
  }
}
