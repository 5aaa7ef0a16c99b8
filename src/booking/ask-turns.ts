import type { Clock, EpochMs } from '../core/clock.ts'

/** Front ends poll a booking that waits for its traveller, several at once. The gateway is asked this often at most; what it
 *  sends by itself is followed at once (gateway-news.ts). */
const pauseMs = 2_000
const bookingsMax = 10_000

/** Of one process: may the gateway be asked about this booking now? A yes counts as asked. */
export function makeAskTurns(clock: Clock): (bookingId: string) => boolean {
  /** In the order of asking. */
  const askedAt = new Map<string, EpochMs>()
  return bookingId => {
    const now = clock.monotonicMs()
    const before = askedAt.get(bookingId)
    if (before !== undefined && now < before + pauseMs) return false
    askedAt.delete(bookingId)
    askedAt.set(bookingId, now)
    if (askedAt.size > bookingsMax) askedAt.delete(askedAt.keys().next().value!)
    return true
  }
}
