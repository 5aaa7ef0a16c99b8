import type { EpochMs } from '../core/clock.ts'
import type { FaultKind } from '../core/fault.ts'
import type { ProviderCode, SupplierOffer } from '../core/offer.ts'
import type { Facts } from './facts.ts'

/** What the suppliers answered to one question, as they gave it: no mark-up, their currencies. Shared by all who may see
 *  the same fares; what one tenant sees of it is a view (view.ts). */
export type NetSet = {
  readonly id: string
  /** When the suppliers had answered. */
  readonly createdAt: EpochMs
  /** Where the record of changed flights stood before the first supplier was asked (offer-store.ts mark()): what was noted
   *  since takes the set out of use. */
  readonly mark: ChangeMark
  /** Until when it answers as fresh; from then on it is asked anew behind the answer. */
  readonly freshUntil: EpochMs
  /** Until when it answers further searches (lifetimes.ts), and never past an offer's own expiry. */
  readonly reusableUntil: EpochMs
  readonly status: NetStatus
  readonly providers: readonly ProviderOutcome[]
  readonly warnings: readonly SearchWarning[]
  readonly offers: readonly SupplierOffer[]
  /** By offer. */
  readonly facts: Facts
}

/** A place in the record of changed flights; opaque, of this store and those that share it. */
export type ChangeMark = string

/** complete: every supplier answered whole or was skipped by rule. */
export type NetStatus = 'complete' | 'partial'

/** JSON: api.md `providers[]`. */
export type ProviderOutcome = {
  readonly code: ProviderCode
  readonly status: ProviderStatus
  readonly elapsedMs: number
  readonly offers: number
  readonly fault?: { readonly kind: FaultKind; readonly code: string | null; readonly text: string }
}

export type ProviderStatus = 'ok' | 'partial' | 'timeout' | 'circuit-open' | 'rate-limited' | 'error' | 'skipped'

/** `count`: how often; same ones are shown once. */
export type SearchWarning = {
  readonly code: string
  readonly provider: ProviderCode | null
  readonly text: string
  readonly count: number
}

export function statusOf(providers: readonly ProviderOutcome[]): NetStatus {
  return providers.every(({ status }) => status === 'ok' || status === 'skipped') ? 'complete' : 'partial'
}

/** Somebody was asked and nobody answered. */
export function allFailed(providers: readonly ProviderOutcome[]): boolean {
  const asked = providers.filter(({ status }) => status !== 'skipped')
  return asked.length > 0 && asked.every(({ status }) => status !== 'ok' && status !== 'partial')
}
