import { setTimeout as pause } from 'node:timers/promises'

/** Between two looks: short beside what is waited for, long enough to leave the processor to it. */
const pauseMs = 10

/** Waits for something outside this process that tells nobody (a pid going away, a health answer). For everything else await
 *  an event. */
export async function until(holds: () => boolean | Promise<boolean>, what: string, timeoutMs = 15_000): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`did not happen within ${timeoutMs} ms: ${what}`)
    await pause(pauseMs)
  }
}
