/** When a delivery is tried again: 5 s, then three times as long each time, six hours at most, each a fifth earlier or later by
 *  chance, so that receivers that come back are not all asked at once. Standard Webhooks: some tries over days. */
const firstMs = 5_000
const pauseMaxMs = 6 * 3_600_000
const spread = 0.2
/** Our own streams are asked every minute at least: nobody else pays for that, and what has waited is wanted when they are back. */
export const streamPauseMaxMs = 60_000
/** A receiver has so long to come back. */
export const patienceMs = 72 * 3_600_000

/** `tries`: made so far; `chance`: in [0, 1). */
export function pauseMs(tries: number, chance: number, maxMs = pauseMaxMs): number {
  const pause = Math.min(maxMs, firstMs * 3 ** Math.min(tries - 1, 20))
  return Math.round(pause * (1 - spread + 2 * spread * chance))
}
