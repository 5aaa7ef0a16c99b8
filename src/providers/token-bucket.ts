import type { BudgetSettings } from './budget-settings.ts'

/** A token bucket, kept as the one moment at which it will be full again (the generic cell rate algorithm of ATM): one number
 *  to share, and the next free moment is known without asking again. */
export type Bucket = {
  /** A token comes each so many ms. */
  readonly intervalMs: number
  /** How many tokens it holds. */
  readonly tokens: number
}

export type Rates = Pick<BudgetSettings, 'ratePerSecond' | 'ratePerMinute' | 'burst'>

/** Beside a rate per second the minute's may be used up to a sixth ahead; its refill is less by that, so that no minute,
 *  whenever it begins, holds more than its rate. */
const minuteAhead = 1 / 6

/** Holds at most `burst + rate x seconds` calls in any stretch of time; with burst 1 at most the rate in any second. */
export function bucketsOf({ ratePerSecond, ratePerMinute, burst }: Rates): readonly Bucket[] {
  const buckets: Bucket[] = []
  if (ratePerSecond !== null) buckets.push({ intervalMs: 1_000 / ratePerSecond, tokens: burst })
  if (ratePerMinute === null) return buckets
  if (ratePerSecond === null) return [{ intervalMs: 60_000 / ratePerMinute, tokens: burst }]
  const tokens = Math.max(1, Math.floor(ratePerMinute * minuteAhead))
  buckets.push({ intervalMs: 60_000 / (ratePerMinute - tokens + 1), tokens })
  return buckets
}

/** The same for one of several processes that cannot see each other. */
export function shareOf({ intervalMs, tokens }: Bucket, share: number): Bucket {
  return { intervalMs: intervalMs / share, tokens: Math.max(1, Math.floor(tokens * share)) }
}

/** When the next call may leave; now at the earliest. `fullAt`: by bucket. */
export function nextSlot(buckets: readonly Bucket[], fullAt: readonly number[], now: number): number {
  let slot = now
  for (const [index, { intervalMs, tokens }] of buckets.entries()) {
    slot = Math.max(slot, fullAt[index]! - (tokens - 1) * intervalMs)
  }
  return slot
}

export function takeSlot(buckets: readonly Bucket[], fullAt: readonly number[], slot: number): readonly number[] {
  return buckets.map(({ intervalMs }, index) => Math.max(slot, fullAt[index]!) + intervalMs)
}
