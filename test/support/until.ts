import { setImmediate as nextTurn } from 'node:timers/promises'

/** Waits for something outside this process that tells nobody (a pid going away). For everything else await an event. */
export async function until(holds: () => boolean, what: string, timeoutMs = 15_000): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!holds()) {
    if (performance.now() > end) throw new Error(`did not happen within ${timeoutMs} ms: ${what}`)
    await nextTurn()
  }
}
