import { LRUCache } from 'lru-cache'
import type { Clock, EpochMs } from '../core/clock.ts'

/** How much one client may ask in a minute, by kind of request. Counted here, in memory and at once; where there is Redis,
 *  what all processes have counted comes back a moment later (rate-share.redis.ts). Asking Redis before each answer would
 *  halve the rate of searches answered from memory (0.75 to 0.41 of bare node:http).
 *  rate-limiter-flexible's own memory limiter keeps a timer per client and has no bound on clients. */
export type RatePolicy = 'searches' | 'bookings' | 'reads' | 'unauthenticated'

/** Requests a minute; 0: no limit. */
export type RateSettings = Readonly<Record<Exclude<RatePolicy, 'unauthenticated'>, number>>

export interface RateLimits {
  /** Counts one request. Undefined: there is no limit for it. */
  take(policy: RatePolicy, client: string): RateVerdict | undefined
}

export type RateVerdict = {
  readonly name: RatePolicy
  readonly allowed: boolean
  readonly retryAfterSeconds: number
  /** draft-ietf-httpapi-ratelimit-headers-10: `"searches";r=99;t=42`. */
  readonly limit: string
  /** `"searches";q=100;w=60`. */
  readonly policy: string
}

/** What processes have counted together. */
export interface RateShare {
  /** Adds what one client has asked for; resolves with what all have counted and when the window ends. Undefined: not now. */
  add(key: string, count: number): Promise<{ readonly used: number; readonly endsInMs: number } | undefined>
}

export const rateWindowMs = 60_000
/** Guesses of keys: nobody mistypes so often. */
const unauthenticatedMax = 600
/** Of one policy; bounded, about 15 MB: beyond it the client that was quiet the longest begins anew. */
const clientsMax = 100_000
/** How long counts are saved up before they are shared: what several processes may let through beyond the limit. */
const shareEveryMs = 100

type Window = { used: number; endsAt: EpochMs; unshared: number; isSharing: boolean }

export function createRateLimits(settings: RateSettings, clock: Clock, share?: RateShare): RateLimits {
  const quotas: Readonly<Record<RatePolicy, number>> = { ...settings, unauthenticated: unauthenticatedMax }
  const policies = Object.fromEntries(
    Object.entries(quotas).map(([name, quota]) => [name, `"${name}";q=${quota};w=${rateWindowMs / 1000}`]),
  ) as Readonly<Record<RatePolicy, string>>
  // by policy, so that no key must be put together for each request
  const windows: Partial<Record<RatePolicy, LRUCache<string, Window>>> = {}

  const windowOf = (policy: RatePolicy, client: string, now: EpochMs): Window => {
    windows[policy] ??= new LRUCache({ max: clientsMax })
    const known = windows[policy].get(client)
    if (known && known.endsAt > now) return known
    const fresh = { used: 0, endsAt: now + rateWindowMs, unshared: 0, isSharing: false }
    windows[policy].set(client, fresh)
    return fresh
  }

  const shareSoon = (key: string, window: Window, with_: RateShare): void => {
    window.isSharing = true
    clock.after(shareEveryMs, () => void exchange(key, window, with_, clock), { unref: true })
  }

  return {
    take(policy, client) {
      const quota = quotas[policy]
      if (quota === 0) return undefined
      const now = clock.now()
      const window = windowOf(policy, client, now)
      const allowed = window.used < quota
      // what is refused is not counted: whoever keeps on asking gets in again with the next window
      if (allowed) {
        window.used++
        window.unshared++
      }
      if (share && !window.isSharing) shareSoon(`${policy} ${client}`, window, share)
      const seconds = Math.ceil((window.endsAt - now) / 1000)
      return {
        name: policy,
        allowed,
        retryAfterSeconds: seconds,
        limit: `"${policy}";r=${Math.max(0, quota - window.used)};t=${seconds}`,
        policy: policies[policy],
      }
    },
  }
}

async function exchange(key: string, window: Window, share: RateShare, clock: Clock): Promise<void> {
  const count = window.unshared
  window.unshared = 0
  const all = await share.add(key, count)
  window.isSharing = false
  if (!all) {
    window.unshared += count
    return
  }
  // what was counted here meanwhile is not in the answer yet
  window.used = all.used + window.unshared
  window.endsAt = clock.now() + all.endsInMs
}
