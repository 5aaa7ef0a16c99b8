import type { RequestContext } from '../core/context.ts'
import type { CurrencyCode } from '../core/money.ts'
import type { ProviderCode } from '../core/offer.ts'
import { ProblemError } from '../core/problem.ts'
import type { Provider } from '../providers/port.ts'
import { makeOfferCheck } from './check-offer.ts'
import { type FanOutParts, fanOut } from './fan-out.ts'
import { suppliersMax } from './intake.ts'
import type { Lifetime } from './lifetimes.ts'
import { allFailed, type ChangeMark, type NetSet, statusOf } from './net-set.ts'
import { newViewId } from './search-ids.ts'
import type { ValidatedSearch } from './validate.ts'

export type NetSearchParts = FanOutParts & {
  knowsCurrency(currency: CurrencyCode): boolean
  /** Of the store, taken now. */
  readonly mark: ChangeMark
  /** How long what suppliers answer may serve again. */
  readonly lifetime: Lifetime
}

/** Asks these suppliers and makes one result set of their answers. Throws `suppliers-unavailable` where all of them failed. */
export async function askSuppliers(
  search: ValidatedSearch,
  suppliers: readonly Provider[],
  context: RequestContext,
  parts: NetSearchParts,
): Promise<NetSet> {
  const { clock, knowsCurrency, mark, lifetime } = parts
  const check = makeOfferCheck(search.query, { knowsCurrency, now: clock.now() })
  const { providers, offers, facts, warnings } = await fanOut(search, suppliers, context, check, parts)
  if (allFailed(providers) || suppliers.length === 0) {
    throw new ProblemError('suppliers-unavailable', 'no supplier gave an answer that can be used', {
      retryAfterSeconds: 5,
      extensions: { providers },
    })
  }
  const now = clock.now()
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

/** By code, so that the same answers make the same result whoever was first. */
export function chosenSuppliers(wanted: readonly ProviderCode[] | null, all: readonly Provider[]): readonly Provider[] {
  return all
    .filter(({ code }) => wanted?.includes(code) ?? true)
    .toSorted((a, b) => (a.code < b.code ? -1 : 1))
    .slice(0, suppliersMax)
}
