import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'

/** Is somebody away who is to be told? A line in the log when that begins and one when it ends, however often it is tried in
 *  between. */
export type Outage = {
  isAway(): boolean
  /** It took what it was sent. */
  took(): void
  refused(error: unknown): void
  /** It answers, or does not, while there is nothing to send. */
  answered(): void
  silent(error: unknown): void
}

/** One that answers but takes nothing (a topic that may not be written, a full Redis) is away as long as it is tried. */
const refusalCountsMs = 150_000

export function watchOutage(name: string, { clock, log }: { readonly clock: Clock; readonly log: Log }): Outage {
  let since: number | undefined
  let refusedAt = Number.NEGATIVE_INFINITY
  const begin = (error: unknown): void => {
    if (since !== undefined) return
    since = clock.monotonicMs()
    log.warn({ part: name, err: error }, 'is not told of bookings until it is back')
  }
  const end = (): void => {
    if (since === undefined) return
    const seconds = Math.round((clock.monotonicMs() - since) / 1000)
    since = undefined
    log.info({ part: name, seconds }, 'is told of bookings again')
  }
  return {
    isAway: () => since !== undefined,
    took() {
      refusedAt = Number.NEGATIVE_INFINITY
      end()
    },
    refused(error) {
      refusedAt = clock.monotonicMs()
      begin(error)
    },
    answered() {
      if (clock.monotonicMs() > refusedAt + refusalCountsMs) end()
    },
    silent: begin,
  }
}
