import type { Clock, EpochMs } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { TenantId } from '../core/tenant.ts'
import { offersPerTurn, ownTurn } from '../core/turns.ts'
import type { Pricer, PricingScope } from '../pricing/port.ts'
import type { Cursors } from './cursor.ts'
import type { Question } from './live-searches.ts'
import type { NetSet } from './net-set.ts'
import type { FirstPage, OfferStore } from './offer-store.ts'
import { answerKey, readyAnswerOf } from './ready-answer.ts'
import { type CacheStatus, newViewId, type SearchBase, type SearchIds } from './search-ids.ts'
import { buildView, type View, type ViewScope } from './view.ts'

/** What tenants are shown of net result sets. */
export interface TenantViews {
  /** Makes it, or takes the one that is being made for another search of the tenant just now. */
  show(net: NetSet, question: Question, cache: CacheStatus): Promise<Shown>
  build(net: NetSet, question: Question, scope: RevisionScope): View
}

export type Shown = {
  readonly first: FirstPage
  /** Of the search that is answered. */
  readonly base: SearchBase
}
export type RevisionScope = Pick<ViewScope, 'id' | 'base' | 'now' | 'revision' | 'progress'>

export type TenantViewsParts = {
  readonly clock: Clock
  readonly log: Log
  readonly store: OfferStore
  readonly ids: SearchIds
  readonly cursors: Cursors
  readonly viewTtlMs: number
  makePricer(scope: PricingScope): Pricer
  /** Each view that is new to its tenant. */
  readonly onView: (view: View, net: NetSet, question: Question) => void
}

/** Those who wait for one search are answered within this time of each other. */
const togetherMs = 1_000

export function makeTenantViews(parts: TenantViewsParts): TenantViews {
  const { clock, log, store, ids, cursors } = parts
  const made = new WeakMap<NetSet, Map<TenantId, { readonly at: EpochMs; readonly first: Promise<FirstPage> }>>()

  const build: TenantViews['build'] = (net, { search, context }, scope) => {
    const { currency, pointOfSale, passengers } = search.query
    const { tenant } = context
    const pricing = { tenant, pointOfSale, currency, passengerTypes: passengers.map(({ type }) => type) }
    const ttlMs = parts.viewTtlMs
    const pricer = parts.makePricer(pricing)
    return buildView(net, { ...scope, currency, pointOfSale, passengers, tenant, ttlMs, pricer, log })
  }

  const make = async (net: NetSet, question: Question, base: SearchBase, id: string): Promise<FirstPage> => {
    // some milliseconds, after those that the last reply took
    if (net.offers.length > offersPerTurn) await ownTurn('ending')
    const view = build(net, question, { id, base, now: clock.now() })
    await store.saveView(view)
    if (net.status === 'complete' && net.reusableUntil > clock.now())
      store
        .saveAnswer(answerKey(question.key, view.head.tenant), readyAnswerOf(view, net, cursors))
        .catch(error => log.error({ err: error }, 'an answer could not be kept for the next'))
    parts.onView(view, net, question)
    return { head: view.head, page: view.firstPage }
  }

  return {
    build,
    async show(net, question, cache) {
      const { tenant } = question.context
      const byTenant = made.get(net) ?? new Map()
      made.set(net, byTenant)
      const now = clock.now()
      const known = byTenant.get(tenant)
      if (known && now - known.at < togetherMs) {
        const first: FirstPage = await known.first
        return { first, base: ids.mint(first.head.id, tenant, clock.now(), cache) }
      }
      const id = newViewId()
      const base = ids.mint(id, tenant, now, cache)
      const pending = make(net, question, base, id)
      byTenant.set(tenant, { at: now, first: pending })
      return { first: await pending, base }
    },
  }
}
