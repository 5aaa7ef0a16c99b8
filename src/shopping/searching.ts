import { LRUCache } from 'lru-cache'
import type { Clock, EpochMs } from '../core/clock.ts'
import type { RequestContext } from '../core/context.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import { ProblemError } from '../core/problem.ts'
import type { LiveSearches, Question } from './live-searches.ts'
import { checkAnswered } from './net-search.ts'
import { type OfferStore, StoreUnavailable } from './offer-store.ts'
import type { SearchStatus } from './port.ts'
import type { Progressive } from './progressive.ts'
import { answerKey, type ReadyAnswer } from './ready-answer.ts'
import { type CacheStatus, cacheStatusOf, type SearchBase, type SearchIds } from './search-ids.ts'
import type { Shown, TenantViews } from './tenant-views.ts'

/** From a question to what its tenant is shown: out of the caches, or from suppliers that are asked once for all. */
export interface Searching {
  /** Throws `suppliers-unavailable`, `overloaded`. */
  search(question: Question, how: SearchHow): Promise<Found>
  /** What to say with an answer that was found ready: the id of the search, counted as one. */
  tell(ready: ReadyAnswer, question: Omit<Question, 'context'>, context: RequestContext): SearchBase
  /** What is known, or revision 0 of what will be. */
  begin(question: Question, how: SearchHow): Promise<Found>
}

export type SearchHow = {
  /** Suppliers are asked whatever is cached. */
  readonly anew: boolean
  /** Aborted when whoever asked has left; only taken where somebody must be waited for. */
  readonly leaves: () => AbortSignal | undefined
  /** No ready answer is to be had: it has just been looked for. */
  readonly isLookedFor: boolean
}

export type Found =
  | (Shown & { readonly kind: 'shown' })
  | { readonly kind: 'ready'; readonly ready: ReadyAnswer; readonly base: SearchBase }

export type SearchingParts = {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly store: OfferStore
  readonly ids: SearchIds
  readonly lives: LiveSearches
  readonly views: TenantViews
  readonly progressive: Progressive
}

/** After a refresh that did not come to a whole set the stale one serves on for so long. */
const refreshPauseMs = 5_000
const pausesMax = 10_000
/** A store that takes so long has timed out (redis-link.redis.ts: 150 ms). */
const longMs = 100

export function makeSearching(parts: SearchingParts): Searching {
  const { clock, log, metrics, store, ids, lives, views, progressive } = parts
  const pauses = new LRUCache<string, EpochMs>({ max: pausesMax })

  /** Behind an answer that has gone out stale; also makes what the tenant's next search is answered with. */
  const refresh = (question: Question, after: EpochMs): void => {
    const { key, search } = question
    if (lives.isUnderWay(key) || (pauses.get(key) ?? 0) > clock.now()) return
    pauses.set(key, clock.now() + refreshPauseMs)
    const work = async (): Promise<void> => {
      const wish = { deadlineMs: search.deadlineMs, waitFor: 'all', order: 'supplier' } as const
      // for another tenant they may have been asked since
      const known = await store.findNet(key, after)
      const isKnown = known !== undefined && known.freshUntil > clock.now()
      const net = isKnown ? known : await lives.ask(question, wish, { after }).net
      if (net.status !== 'complete') return
      pauses.delete(key)
      await views.show(net, question, 'miss')
    }
    work().catch(error => {
      if (!(error instanceof ProblemError)) log.error({ err: error }, 'a stale search could not be asked anew')
    })
  }

  const labelOf = (question: Question, freshUntil: EpochMs, netAt: EpochMs): CacheStatus => {
    if (freshUntil > clock.now()) return 'hit'
    refresh(question, netAt)
    return 'stale'
  }

  const fromCache = async (question: Question, isLookedFor: boolean): Promise<Found | undefined> => {
    const { tenant } = question.context
    const start = clock.monotonicMs()
    const ready = isLookedFor ? undefined : await store.findAnswer(answerKey(question.key, tenant))
    if (ready) {
      const cache = labelOf(question, ready.freshUntil, ready.netAt)
      return { kind: 'ready', ready, base: ids.mint(ready.id, tenant, clock.now(), cache) }
    }
    // one wait for a store that hangs is enough
    if (clock.monotonicMs() - start >= longMs && store.health() !== 'ok') return undefined
    const net = await store.findNet(question.key)
    if (!net) return undefined
    return shown(await views.show(net, question, labelOf(question, net.freshUntil, net.createdAt)))
  }

  /** The cache spares work; without it the work is done. */
  const cached = async (question: Question, { anew, isLookedFor }: SearchHow): Promise<Found | undefined> => {
    if (anew) return undefined
    try {
      return await fromCache(question, isLookedFor)
    } catch (error) {
      if (error instanceof StoreUnavailable) return undefined
      throw error
    }
  }

  const fromSuppliers = async (question: Question, how: SearchHow, askedAt: EpochMs): Promise<Found> => {
    const { anew, leaves } = how
    const { deadlineMs, waitFor } = question.search
    const wish = { deadlineMs, askedAt, waitFor, order: 'supplier', signal: leaves() } as const
    const { net: pending, live, began } = lives.ask(question, wish, { anew })
    const net = await pending
    checkAnswered(net)
    const cache = began && !live.isForeign ? 'miss' : 'shared'
    return shown(await views.show(net, question, cache))
  }

  const count = (status: SearchStatus, cache: CacheStatus): void =>
    metrics.count('fareloom_searches_total', { status, cache })
  const time = (cache: CacheStatus, startMs: number): void =>
    metrics.observe('fareloom_search_seconds', { cache }, (clock.monotonicMs() - startMs) / 1000)

  return {
    async search(question, how) {
      const start = clock.monotonicMs()
      const askedAt = clock.now()
      const found = (await cached(question, how)) ?? (await fromSuppliers(question, how, askedAt))
      count(statusOf(found), cacheStatusOf(found.base))
      time(cacheStatusOf(found.base), start)
      return found
    },
    tell(ready, question, context) {
      const start = clock.monotonicMs()
      const cache = labelOf({ ...question, context }, ready.freshUntil, ready.netAt)
      const base = ids.mint(ready.id, context.tenant, clock.now(), cache)
      count(ready.status, cache)
      time(cache, start)
      return base
    },
    async begin(question, how) {
      const askedAt = clock.now()
      const found = (await cached(question, how)) ?? shown(progressive.begin(question, how.anew, askedAt))
      count(statusOf(found), cacheStatusOf(found.base))
      return found
    },
  }
}

function shown(what: Shown): Found {
  return { kind: 'shown', ...what }
}

function statusOf(found: Found): SearchStatus {
  return found.kind === 'ready' ? found.ready.status : found.first.head.status
}
