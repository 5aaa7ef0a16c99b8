import type { EpochMs } from '../core/clock.ts'
import type { RequestContext } from '../core/context.ts'
import type { CurrencyCode } from '../core/money.ts'
import type { ProviderCode } from '../core/offer.ts'
import { ProblemError } from '../core/problem.ts'
import type { Provider, ShopQuery } from '../providers/port.ts'
import { makeOfferCheck } from './check-offer.ts'
import { factsOf } from './facts.ts'
import { type FanOutParts, type FanOutResult, startFanOut } from './fan-out.ts'
import type { Lifetime } from './lifetimes.ts'
import { LiveSearch, type Wish } from './live-search.ts'
import { netSetOf } from './net-search.ts'
import type { NetSet } from './net-set.ts'
import type { OfferStore } from './offer-store.ts'
import type { SearchLeases } from './search-lease.ts'
import { type SharedNets, shareSearch } from './shared-search.ts'
import type { ValidatedSearch } from './validate.ts'

/** What is asked, and on whose behalf suppliers are. */
export type Question = {
  readonly key: string
  readonly search: ValidatedSearch
  readonly suppliers: readonly Provider[]
  readonly context: RequestContext
}

export type Asked = {
  readonly net: Promise<NetSet>
  readonly live: LiveSearch
  /** true: suppliers are asked because of this one, unless another process turns out to do so. */
  readonly began: boolean
}

export interface LiveSearches {
  /** Joins the search of this question that is under way, or begins one. `anew`: begins one whatever is under way or known;
   *  `after`: what was answered until then is known already. Throws `overloaded`. */
  ask(question: Question, wish: Wish, how?: { readonly anew?: boolean; readonly after?: EpochMs }): Asked
  isUnderWay(key: string): boolean
}

export type LiveSearchesParts = FanOutParts & {
  readonly store: OfferStore
  /** Absent: this process is alone. */
  readonly leases?: SearchLeases | undefined
  knowsCurrency(currency: CurrencyCode): boolean
  /** Before suppliers are asked; throws `overloaded`. What it returns is called once they have been. */
  admitFanOut?(context: RequestContext): () => void
  /** How long the answers may serve others. */
  lifetimeOf(slices: ShopQuery['slices'], suppliers: readonly ProviderCode[]): Lifetime
}

/** Questions under way at once. */
const liveMax = 5_000
const noFacts = factsOf([])

export function makeLiveSearches(parts: LiveSearchesParts): LiveSearches {
  const { clock, store, leases, log } = parts
  const byKey = new Map<string, LiveSearch>()
  let count = 0

  const save = async (key: string, net: NetSet): Promise<void> => {
    // a set that a supplier is missing from must not stand for the whole
    if (net.status === 'complete' && net.reusableUntil > clock.now()) await store.saveNet(key, net)
  }

  const begin = (question: Question, wish: Wish, anew: boolean, after: EpochMs): Asked => {
    if (count >= liveMax)
      throw new ProblemError('overloaded', 'too many searches are under way', { retryAfterSeconds: 1 })
    const { key, search, suppliers, context } = question
    const leave = parts.admitFanOut?.(context)
    count++
    const mark = store.mark()
    const codes = suppliers.map(({ code }) => code)
    let shared: SharedNets | undefined
    const live: LiveSearch = new LiveSearch({
      clock,
      ask: (deadline, onAnswer) => {
        const check = makeOfferCheck(search.query, { knowsCurrency: parts.knowsCurrency, now: clock.now() })
        return startFanOut({ query: search.query, suppliers, context, check, deadline, onAnswer }, parts)
      },
      makeNet: result =>
        netSetOf(result, { now: clock.now(), mark, lifetime: parts.lifetimeOf(search.query.slices, codes) }),
      nothingYet: missing => nothingFrom(suppliers, missing),
      onEnd(net, isOwn) {
        count--
        leave?.()
        if (byKey.get(key) === live) byKey.delete(key)
        if (net && isOwn) parts.choice?.learn(search.query, net.offers)
        const saved = net && isOwn ? save(key, net) : Promise.resolve()
        saved
          .then(() => shared?.end(isOwn ? net : undefined))
          .catch(error => log.error({ err: error }, 'what suppliers answered could not be remembered'))
      },
    })
    byKey.set(key, live)
    const net = live.join(wish)
    if (leases && !live.ended && store.health() === 'ok')
      shared = shareSearch(live, { key, anew, after }, { ...parts, leases })
    // a store that has just kept somebody waiting is not waited for again
    else if (!live.ended) live.start()
    return { net, live, began: true }
  }

  return {
    ask(question, wish, { anew = false, after = 0 } = {}) {
      const known = anew ? undefined : byKey.get(question.key)
      return known ? { net: known.join(wish), live: known, began: false } : begin(question, wish, anew, after)
    },
    isUnderWay: key => byKey.has(key),
  }
}

/** Another process asks them, and nothing has been heard of it. */
function nothingFrom(suppliers: readonly Provider[], missing: string): FanOutResult {
  const fault = { kind: 'timeout', code: null, text: missing } as const
  const providers = suppliers.map(({ code }) => ({ code, status: 'timeout', elapsedMs: 0, offers: 0, fault }) as const)
  return { providers, offers: [], facts: noFacts, warnings: [] }
}
