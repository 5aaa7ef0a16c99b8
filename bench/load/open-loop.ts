/** Starts what is due, whatever became of what was started before. */
import { setTimeout as pause } from 'node:timers/promises'

/** `start` is called at each due time (ms from the start of the run) or as soon after as this process gets its turn. */
export async function playOpenLoop(
  dueTimes: Iterable<number>,
  nowMs: () => number,
  start: (dueMs: number) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const dueMs of dueTimes) {
    while (dueMs > nowMs()) {
      // timers fire up to a millisecond late; what is due within the next one is not worth another
      await pause(Math.max(1, Math.min(dueMs - nowMs(), 1000)), undefined, { signal }).catch(() => {})
      if (signal.aborted) return
    }
    start(dueMs)
    if (signal.aborted) return
  }
}
