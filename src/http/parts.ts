import type { Bookings } from '../booking/port.ts'
import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import type { PopularSearches } from '../market/popular.ts'
import type { MarketReads } from '../market/port.ts'
import type { Messaging } from '../messaging/port.ts'
import type { Providers } from '../providers/registry.ts'
import type { SandboxReport } from '../sandbox/child.ts'
import type { PartHealth, Shopping } from '../shopping/port.ts'
import type { Admission } from './admission.ts'
import type { ApiKeys } from './auth.ts'
import type { RateLimits } from './rate-limits.ts'

/** Everything that the routes stand on, wired by main.ts. */
export type HttpParts = {
  readonly shopping: Shopping
  readonly bookings: Bookings
  readonly messaging: Messaging
  readonly market: MarketReads
  readonly popular: Pick<PopularSearches, 'routes'>
  readonly providers: Providers
  readonly sandbox: () => SandboxReport | null
  readonly keys: ApiKeys
  readonly admission: Admission
  readonly rateLimits: RateLimits
  /** Proxies in front of us that are believed (X-Forwarded-For). */
  readonly trustedHops: number
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics & { readonly contentType: string; render(): Promise<string> }
  /** Parts beside shopping and bookings, by name. */
  readonly otherParts: () => Readonly<Record<string, PartHealth>>
  readonly version: string
}
