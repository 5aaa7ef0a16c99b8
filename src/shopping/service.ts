import { LRUCache } from 'lru-cache'
import type { Clock } from '../core/clock.ts'
import type { RequestContext } from '../core/context.ts'
import type { OfferId, SearchId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import type { CurrencyCode, Money } from '../core/money.ts'
import type { ProviderCode } from '../core/offer.ts'
import type { TenantId } from '../core/tenant.ts'
import type { Pricer, PricingScope } from '../pricing/port.ts'
import type { Provider, ShopQuery } from '../providers/port.ts'
import { cacheOf, searchBody } from './answers.ts'
import { availabilityOf } from './availability.ts'
import { confirmPrice } from './confirm.ts'
import { makeCursors } from './cursor.ts'
import { encodeOffer } from './encode.ts'
import { type EvidenceStore, makeEvidence } from './evidence.ts'
import { makeFindings } from './findings.ts'
import { makeLifetimes } from './learned-lifetimes.ts'
import { askSuppliers, chosenSuppliers } from './net-search.ts'
import type { NetSet } from './net-set.ts'
import { makeNews } from './news.ts'
import { type FirstPage, type OfferStore, StoreUnavailable } from './offer-store.ts'
import { firstPageInfo, listOffers } from './pages.ts'
import type { PartHealth, SearchAnswer, SearchRequest, Shopping, StoredOffer } from './port.ts'
import { queryKey } from './query-key.ts'
import type { SearchLeases } from './search-lease.ts'
import { makeSearchIds, newViewId, type SearchBase, searchIdOf } from './search-ids.ts'
import { cheapestJourneys, type ShoppedSearch } from './shopped.ts'
import { type ValidatedSearch, validateSearch } from './validate.ts'
import { buildView, type View } from './view.ts'

export type ShoppingParts = {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** Guarded, and only those that are switched on. */
  readonly providers: { list(): readonly Provider[]; find(code: ProviderCode): Provider | undefined }
  /** Made once per search (pricing/price-offer.ts, rules and rates already in it). */
  makePricer(scope: PricingScope): Pricer
  knowsCurrency(currency: CurrencyCode): boolean
  /** Undefined where a rate is missing. */
  convert(m: Money, to: CurrencyCode): Money | undefined
  /** Memory, or memory in front of Redis (layered-offer-store.ts). */
  readonly store: OfferStore
  /** Where processes count together how often prices change; in memory where there is none. */
  readonly evidence?: EvidenceStore | undefined
  readonly leases?: SearchLeases | undefined
  /** Signs ids and cursors; the same in all processes that share a store. */
  readonly secret: string
  /** After a search has been answered, with what its tenant was shown for the first time: for market/. */
  readonly onSearch: (shopped: ShoppedSearch) => void
  /** With every search that makes sense, answered from memory or not: for market/popular.ts. Must cost next to nothing. */
  readonly onAsk?: (request: SearchRequest, tenant: TenantId) => void
  /** Before suppliers are asked for a search; throws `overloaded`. What it returns is called once they have been. */
  readonly admitFanOut?: (context: RequestContext) => () => void
  readonly health: { redis(): PartHealth; elasticsearch(): PartHealth }
  readonly limits?: Partial<ShoppingLimits>
}

export type ShoppingLimits = {
  /** How long suppliers' answers serve further searches where nothing speaks for more or less (lifetimes.ts). */
  readonly netTtlMs: number
  /** How long a search can be paged and its offers booked, where no supplier sets an earlier end. */
  readonly viewTtlMs: number
  readonly confirmDeadlineMs: number
  /** What one supplier is asked for. */
  readonly offersMax: number
}

const defaultShoppingLimits: ShoppingLimits = {
  netTtlMs: 5 * 60_000,
  viewTtlMs: 20 * 60_000,
  confirmDeadlineMs: 15_000,
  offersMax: 250,
}

/** Views that were made of one net result set, by tenant: bounded, since it only spares making them again. */
const viewsKnownMax = 20_000

export function createShopping(parts: ShoppingParts): Shopping {
  const { clock, log, metrics, providers, store } = parts
  const limits = { ...defaultShoppingLimits, ...parts.limits }
  const ids = makeSearchIds(parts.secret)
  const cursors = makeCursors(parts.secret)
  const findings = makeFindings({ ids, store, clock, viewTtlMs: limits.viewTtlMs })
  const evidence = makeEvidence(clock, log, parts.evidence)
  const lifetimes = makeLifetimes(clock, evidence, limits.netTtlMs)
  const news = makeNews(store, evidence)
  const viewOfNet = new LRUCache<string, string>({ max: viewsKnownMax })
  const rules = {
    clock,
    knowsCurrency: parts.knowsCurrency,
    knowsProvider: (code: ProviderCode) => providers.find(code) !== undefined,
    offersMax: limits.offersMax,
  }

  /** The cache spares work; without it the work is done. */
  const findNet = async (key: string): Promise<NetSet | undefined> => {
    try {
      return await store.findNet(key)
    } catch (error) {
      if (error instanceof StoreUnavailable) return undefined
      throw error
    }
  }

  const makeView = async (net: NetSet, search: ValidatedSearch, context: RequestContext, fresh: boolean) => {
    const { currency, pointOfSale, passengers } = search.query
    const id = newViewId()
    const now = clock.now()
    const scope = { tenant: context.tenant, pointOfSale, currency, passengerTypes: passengers.map(({ type }) => type) }
    const view = buildView(net, {
      ...{ id, currency, pointOfSale, passengers, fresh, now, log },
      base: ids.mint(id, context.tenant, now),
      tenant: context.tenant,
      ttlMs: limits.viewTtlMs,
      pricer: parts.makePricer(scope),
    })
    await store.saveView(view)
    viewOfNet.set(`${net.id} ${context.tenant}`, id)
    return view
  }

  /** What the answer does not wait for. */
  const behind = (work: Promise<void>): void => {
    work.catch(error => log.error({ err: error }, 'a search could not be remembered'))
  }

  const tellMarket = (net: NetSet, view: View, query: ShopQuery): void => {
    if (query.accountCodes.length > 0 || net.offers.length === 0) return
    parts.onSearch({ shoppedAt: net.createdAt, tenant: view.head.tenant, query, offers: cheapestJourneys(view) })
  }

  const tellOthers = (net: NetSet, view: View, { query }: ValidatedSearch): void => {
    const rows = availabilityOf(query, net.offers, m => parts.convert(m, 'EUR'))
    if (rows.length > 0) behind(store.noteAvailability(rows, view.head.expiresAt))
    tellMarket(net, view, query)
  }

  const answer = ({ head, page }: FirstPage, base: SearchBase): SearchAnswer => ({
    id: searchIdOf(base),
    body: searchBody(head, base, page, firstPageInfo(cursors, base, head)),
  })

  /** Another search has asked the same just now. */
  const answerFrom = async (net: NetSet, search: ValidatedSearch, context: RequestContext): Promise<SearchAnswer> => {
    const known = viewOfNet.get(`${net.id} ${context.tenant}`)
    const first = known && (await findings.firstPageOf(known))
    if (first) return answer(first, ids.mint(first.head.id, context.tenant, clock.now()))
    const view = await makeView(net, search, context, false)
    const { head, firstPage } = view
    // suppliers were asked for another tenant: this one has its own prices
    clock.after(0, () => tellMarket(net, view, search.query))
    return answer({ head, page: firstPage }, head.base)
  }

  const getStored = async (id: OfferId, context: RequestContext): Promise<StoredOffer> =>
    (await findings.getOffer(id, context)).stored

  return {
    async search(request, context) {
      const start = clock.monotonicMs()
      const search = validateSearch(request, rules)
      parts.onAsk?.(request, context.tenant)
      lifetimes.noteSearch(search.query.slices)
      const suppliers = chosenSuppliers(search.providers, providers.list())
      const key = queryKey(
        search.query,
        suppliers.map(({ code }) => code),
      )
      const done = (status: NetSet['status'], cache: 'hit' | 'miss'): void => {
        metrics.count('fareloom_searches_total', { status, cache })
        metrics.observe('fareloom_search_seconds', { cache }, (clock.monotonicMs() - start) / 1000)
      }
      const known = await findNet(key)
      if (known) {
        const hit = await answerFrom(known, search, context)
        done(known.status, 'hit')
        return hit
      }
      const lifetime = lifetimes.of(
        search.query.slices,
        suppliers.map(({ code }) => code),
      )
      const net = await askSuppliers(search, suppliers, context, { ...parts, mark: store.mark(), lifetime })
      const view = await makeView(net, search, context, true)
      const { head, firstPage } = view
      // a set that a supplier is missing from must not stand for the whole
      if (net.status === 'complete' && net.reusableUntil > clock.now()) behind(store.saveNet(key, net))
      clock.after(0, () => tellOthers(net, view, search))
      done(net.status, cacheOf(head, head.base).status)
      return answer({ head, page: firstPage }, head.base)
    },

    async getSearch(id: SearchId, context) {
      const { base, first } = await findings.getSearch(id, context)
      return answer(first, base)
    },

    async listOffers(id, query, context) {
      const base = findings.getBase(id, context)
      const body = await findings.orUnavailable(base, 'search', () => listOffers(store, cursors, base, query))
      return body ?? findings.throwExpired('search')
    },

    async getOffer(id, context) {
      const { stored, labels } = await findings.getOffer(id, context)
      return { body: encodeOffer(stored.offer, labels) }
    },

    getStoredOffer: getStored,

    async confirmPrice(id, context) {
      const stored = await getStored(id, context)
      const { tenant, pointOfSale, currency, passengers, net } = stored
      const scope = { tenant, pointOfSale, currency, passengerTypes: passengers.map(({ type }) => type) }
      const pricer = parts.makePricer(scope)
      const { knowsCurrency } = parts
      const deadlineMs = limits.confirmDeadlineMs
      return confirmPrice(stored, providers.find(net.provider), context, {
        ...{ clock, log, store, news, pricer, deadlineMs, knowsCurrency },
      })
    },

    noteOrder: news.ordered,
    cacheReport: lifetimes.report,

    health: () => ({
      offers: store.health(),
      redis: parts.health.redis(),
      elasticsearch: parts.health.elasticsearch(),
    }),

    async close() {
      await store.close()
    },
  }
}
