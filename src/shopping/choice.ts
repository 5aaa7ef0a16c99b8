import type { CurrencyCode, Money } from '../core/money.ts'
import type { ProviderCode, SupplierOffer } from '../core/offer.ts'
import { spentText } from '../providers/budget.ts'
import type { GuardedProvider } from '../providers/guard.ts'
import type { Provider, ShopQuery } from '../providers/port.ts'
import { type Route, routeOf, type Wins, winWeights } from '../providers/wins.ts'
import { whySkipped } from './eligibility.ts'

/** Which suppliers are worth a look. Far from their bounds all are asked; near them those that win on this route. */
export interface SupplierChoice {
  /** Who is not asked to save looks, and why in a sentence. Never all who could answer. */
  leftOut(query: ShopQuery, suppliers: readonly Provider[]): ReadonlyMap<ProviderCode, string>
  /** What the suppliers answered to it. */
  learn(query: ShopQuery, offers: readonly SupplierOffer[]): void
}

export type ChoiceParts = {
  findProvider(code: ProviderCode): GuardedProvider | undefined
  readonly wins: Wins
  /** 0 up to but without 1. */
  readonly random: () => number
  convert(m: Money, to: CurrencyCode): Money | undefined
  readonly skipped: (code: ProviderCode, reason: 'near-bound' | 'spent') => void
}

/** From here on looks are spent with care. */
const nearShare = 0.8
/** One in so many searches asks whoever has not won: else what has changed is never learned. */
const exploreShare = 0.05
/** Faded wins on a route below which nothing is known of it. */
const winsKnownMin = 3
/** What a supplier may win of a route that is not known. */
const shareUnknown = 0.5

type LeftOut = { readonly code: ProviderCode; readonly text: string; readonly isSpent: boolean }

export function makeSupplierChoice({ findProvider, wins, random, convert, skipped }: ChoiceParts): SupplierChoice {
  const judge = (code: ProviderCode, route: Route): LeftOut | undefined => {
    const budget = findProvider(code)?.budget()
    if (!budget || budget.looksUsed === null || budget.looksUsed < nearShare) return undefined
    if (budget.looksUsed >= 1)
      return { code, isSpent: true, text: spentText(code, budget.nearest!, budget.settings, budget) }
    const share = shareOf(wins.of(route), code)
    if (random() < chanceOf(budget.looksUsed, share)) return undefined
    const used = `${code} has used ${Math.floor(budget.looksUsed * 100)} % of its looks for ${budget.day}`
    return { code, isSpent: false, text: `${used} and seldom wins on ${route}` }
  }

  return {
    leftOut(query, suppliers) {
      const route = routeOfQuery(query)
      const able = suppliers.filter(supplier => whySkipped(supplier, query) === undefined)
      const out = able.flatMap(({ code }) => judge(code, route) ?? [])
      // somebody must be asked; where all are spent, their guards say so
      const kept = out.length < able.length ? out : out.filter(({ isSpent }) => isSpent)
      const final = kept.length < able.length ? kept : []
      for (const { code, isSpent } of final) skipped(code, isSpent ? 'spent' : 'near-bound')
      return new Map(final.map(({ code, text }) => [code, text]))
    },

    learn(query, offers) {
      const lowest = lowestBySupplier(offers, convert)
      if (lowest.size < 2) return
      const best = Math.min(...lowest.values())
      const route = routeOfQuery(query)
      for (const [code, amount] of lowest) if (amount === best) wins.note(route, code, winWeights.cheapest)
    },
  }
}

/** From all at four fifths of the bound to the winners at the bound itself. */
function chanceOf(used: number, share: number): number {
  const pressure = (used - nearShare) / (1 - nearShare)
  return Math.max(exploreShare, 1 - pressure * (1 - share))
}

function shareOf(counts: ReadonlyMap<ProviderCode, number>, code: ProviderCode): number {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return total < winsKnownMin ? shareUnknown : (counts.get(code) ?? 0) / total
}

function routeOfQuery({ slices }: ShopQuery): Route {
  return routeOf(slices[0]!)
}

/** In euro cents. One conversion for each supplier and currency, not for each offer. */
function lowestBySupplier(
  offers: readonly SupplierOffer[],
  convert: ChoiceParts['convert'],
): ReadonlyMap<ProviderCode, number> {
  const totals = new Map<string, SupplierOffer>()
  // a supplier's offers stand together and share a currency: a key for each of thousands would cost more than all the rest
  let best: SupplierOffer | undefined
  for (const offer of offers) {
    if (best?.provider !== offer.provider || best.total.currency !== offer.total.currency) {
      if (best) keepLowest(totals, best)
      best = offer
    } else if (offer.total.amountMinor < best.total.amountMinor) best = offer
  }
  if (best) keepLowest(totals, best)
  const lowest = new Map<ProviderCode, number>()
  for (const { provider, total } of totals.values()) {
    const cents = convert(total, 'EUR')?.amountMinor
    if (cents !== undefined) lowest.set(provider, Math.min(cents, lowest.get(provider) ?? cents))
  }
  return lowest
}

function keepLowest(totals: Map<string, SupplierOffer>, offer: SupplierOffer): void {
  const key = `${offer.provider} ${offer.total.currency}`
  const known = totals.get(key)
  if (!known || offer.total.amountMinor < known.total.amountMinor) totals.set(key, offer)
}
