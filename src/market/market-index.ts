import type { PartHealth } from '../shopping/port.ts'
import type { ShoppedSearch } from '../shopping/shopped.ts'

/** What was shopped, remembered. Writing is off the request path: record() returns at once and never throws, what does
 *  not fit into the queue is dropped and counted. */
export interface MarketIndex {
  record(shopped: ShoppedSearch): void
  /** Resolves when what is queued now has been written, or could not be. For tests and for draining. */
  flush(): Promise<void>
  stats(): MarketStats
  health(): PartHealth
  /** Writes what it can within the time, drops the rest. */
  close(): Promise<void>
}

/** Documents, since start. */
export type MarketStats = {
  readonly queued: number
  readonly written: number
  /** The index held a lower price already. */
  readonly kept: number
  /** The queue was full. */
  readonly dropped: number
  /** The index would not take them. */
  readonly refused: number
}

/** No index configured. */
export const noMarket: MarketIndex = {
  record() {},
  async flush() {},
  stats: () => ({ queued: 0, written: 0, kept: 0, dropped: 0, refused: 0 }),
  health: () => 'off',
  async close() {},
}
