import type { EpochMs } from '../core/clock.ts'
import type { ProviderCode } from '../core/offer.ts'
import { ProblemError } from '../core/problem.ts'
import type { Provider } from '../providers/port.ts'
import type { FanOutResult } from './fan-out.ts'
import type { Lifetime } from './lifetimes.ts'
import { allFailed, type ChangeMark, type NetSet, statusOf } from './net-set.ts'
import { newViewId } from './search-ids.ts'

export type NetScope = {
  readonly now: EpochMs
  /** Of the store, taken before the first supplier was asked. */
  readonly mark: ChangeMark
  /** How long what suppliers answer may serve again. */
  readonly lifetime: Lifetime
}

/** One result set of suppliers' answers. */
export function netSetOf({ providers, offers, facts, warnings }: FanOutResult, scope: NetScope): NetSet {
  const { now, mark, lifetime } = scope
  const reusableUntil = facts.expiry.reduce((until, expiry) => Math.min(until, expiry), now + lifetime.hardMs)
  return {
    id: newViewId(),
    createdAt: now,
    mark,
    freshUntil: Math.min(now + lifetime.softMs, reusableUntil),
    reusableUntil,
    status: statusOf(providers),
    providers,
    warnings,
    offers,
    facts,
  }
}

/** Throws `suppliers-unavailable` where nobody gave an answer that can be used. */
export function checkAnswered({ providers }: NetSet): void {
  if (!allFailed(providers) && providers.length > 0) return
  throw new ProblemError('suppliers-unavailable', 'no supplier gave an answer that can be used', {
    retryAfterSeconds: 5,
    extensions: { providers },
  })
}

/** By code, so that the same answers make the same result whoever was first. */
export function chosenSuppliers(wanted: readonly ProviderCode[] | null, all: readonly Provider[]): readonly Provider[] {
  return all.filter(({ code }) => wanted?.includes(code) ?? true).toSorted((a, b) => (a.code < b.code ? -1 : 1))
}
