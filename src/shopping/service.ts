import type { Clock, EpochMs } from '../core/clock.ts'
import type { RequestContext } from '../core/context.ts'
import type { OfferId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import type { CurrencyCode, Money } from '../core/money.ts'
import type { ProviderCode } from '../core/offer.ts'
import type { TenantId } from '../core/tenant.ts'
import type { Pricer, PricingScope } from '../pricing/port.ts'
import type { Provider, ShopQuery } from '../providers/port.ts'
import { searchBody } from './answers.ts'
import { availabilityOf } from './availability.ts'
import type { SupplierChoice } from './choice.ts'
import { confirmPrice } from './confirm.ts'
import { makeCursors } from './cursor.ts'
import { encodeOffer } from './encode.ts'
import { type EvidenceStore, makeEvidence, routeOf } from './evidence.ts'
import { makeFindings } from './findings.ts'
import { makeLifetimes } from './learned-lifetimes.ts'
import { makeLiveSearches, type Question } from './live-searches.ts'
import { chosenSuppliers } from './net-search.ts'
import type { NetSet } from './net-set.ts'
import { makeNews } from './news.ts'
import type { OfferStore } from './offer-store.ts'
import { firstPageInfo, listOffers } from './pages.ts'
import type { PartHealth, SearchAnswer, SearchRequest, Shopping, StoredOffer } from './port.ts'
import { makeProgressive } from './progressive.ts'
import { queryKey } from './query-key.ts'
import { startOf } from './ready-body.ts'
import { makeRecalls } from './recalls.ts'
import { askedAt, cacheStatusOf, makeSearchIds, searchIdOf, viewIdOf } from './search-ids.ts'
import type { SearchLeases } from './search-lease.ts'
import { type Revision, watchSearch } from './search-watch.ts'
import { type Found, makeSearching } from './searching.ts'
import { cheapestJourneys, type ShoppedSearch } from './shopped.ts'
import { makeTenantViews, type Shown } from './tenant-views.ts'
import { validateSearch } from './validate.ts'
import type { View, ViewHead } from './view.ts'

export type ShoppingParts = {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** Guarded, and only those that are switched on. */
  readonly providers: { list(): readonly Provider[]; find(code: ProviderCode): Provider | undefined }
  /** Who is worth a look near the bounds of a budget; absent: all are. */
  readonly choice?: SupplierChoice | undefined
  /** Made once per search (pricing/price-offer.ts, rules and rates already in it). */
  makePricer(scope: PricingScope): Pricer
  knowsCurrency(currency: CurrencyCode): boolean
  /** Undefined where a rate is missing. */
  convert(m: Money, to: CurrencyCode): Money | undefined
  /** Memory, or memory in front of Redis (layered-offer-store.ts). */
  readonly store: OfferStore
  /** Where processes count together how often prices change; in memory where there is none. */
  readonly evidence?: EvidenceStore | undefined
  /** Absent where no store is shared. */
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

/** After its end a search in progress gets so long to write its last revision. */
const lateMs = 2_000

export function createShopping(parts: ShoppingParts): Shopping {
  const { clock, log, providers, store } = parts
  const limits = { ...defaultShoppingLimits, ...parts.limits }
  const { viewTtlMs } = limits
  const ids = makeSearchIds(parts.secret)
  const cursors = makeCursors(parts.secret)
  const rules = {
    clock,
    knowsCurrency: parts.knowsCurrency,
    knowsProvider: (code: ProviderCode) => providers.find(code) !== undefined,
    offersMax: limits.offersMax,
  }

  const evidence = makeEvidence(clock, log, parts.evidence)
  const lifetimes = makeLifetimes(clock, evidence, limits.netTtlMs)
  const news = makeNews(store, evidence)
  const lives = makeLiveSearches({ ...parts, lifetimeOf: lifetimes.of })

  /** After the answer. */
  const onView = (view: View, net: NetSet, { search }: Question): void => {
    clock.after(0, () => tellOthers(parts, view, net, search.query))
  }
  const views = makeTenantViews({ ...parts, ids, cursors, viewTtlMs, onView })
  const progressive = makeProgressive({ ...parts, ids, lives, views, onView })
  const searching = makeSearching({ ...parts, ids, lives, views, progressive })
  const findings = makeFindings({ ids, store, clock, viewTtlMs, progressive })

  const note = (request: SearchRequest, { search }: Omit<Question, 'context'>, tenant: TenantId): void => {
    parts.onAsk?.(request, tenant)
    lifetimes.noteSearch(routeOf(search.query.slices))
  }
  const recalls = makeRecalls({ clock, store, searching, onAsk: note })

  const questionOf = (request: SearchRequest, context: RequestContext): Question => {
    const checkedAt = clock.now()
    const search = validateSearch(request, rules)
    const suppliers = chosenSuppliers(search.providers, providers.list())
    const codes = suppliers.map(({ code }) => code)
    const question = { key: queryKey(search.query, codes), search, suppliers }
    recalls.remember(request, question, checkedAt)
    note(request, question, context.tenant)
    return { ...question, context }
  }

  const answer = ({ first, base }: Shown): SearchAnswer => {
    const head = settled(first.head, clock.now())
    const body = searchBody(head, base, first.page, firstPageInfo(cursors, base, head))
    return { id: searchIdOf(base), status: head.status, body }
  }

  const answerFound = (found: Found): SearchAnswer => {
    if (found.kind === 'shown') return answer(found)
    const { base, ready } = found
    const { status, body, netAt } = ready
    return { id: searchIdOf(base), status, body: body.copy(startOf(body, base, netAt), base) }
  }

  const getStored = async (id: OfferId, context: RequestContext): Promise<StoredOffer> =>
    (await findings.getOffer(id, context)).stored

  return {
    async search(request, context, how = {}) {
      const { anew = false, leaves = () => undefined, respondAsync = false, isLookedFor = false } = how
      const question = questionOf(request, context)
      return answerFound(await searching[respondAsync ? 'begin' : 'search'](question, { anew, leaves, isLookedFor }))
    },

    recall: recalls.recall,
    recallShared: recalls.recallShared,

    async getSearch(id, context, { after = 0, waitMs = 0, leaves } = {}) {
      const base = findings.getBase(id, context)
      if (waitMs > 0) {
        // where another process has just begun it, it is waited for first
        await findings.getSearch(id, context)
        await progressive.wait(viewIdOf(base), after, waitMs, leaves?.())
      }
      return answer(await findings.getSearch(id, context))
    },

    async watchSearch(id, lastEventId, context) {
      const { base } = await findings.getSearch(id, context)
      const read = async (revision: number | undefined): Promise<Revision | undefined> => {
        const first = await progressive.read(viewIdOf(base), revision, view => store.findFirstPage(view))
        return first && { head: settled(first.head, clock.now()), body: answer({ first, base }).body }
      }
      return watchSearch({ base, lastEventId, progressive, read, clock })
    },

    async listOffers(id, query, context) {
      const base = findings.getBase(id, context)
      const read = () => listOffers({ store, cursors, progressive, tenant: context.tenant }, base, query)
      return (await findings.orUnavailable(askedAt(base), 'search', read)) ?? findings.throwExpired('search')
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

/** For whoever remembers what was shopped: a tenant's prices, and what suppliers ask. */
function tellOthers({ store, log, onSearch, convert }: ShoppingParts, view: View, net: NetSet, query: ShopQuery): void {
  const { tenant, expiresAt, base } = view.head
  // once for each fan-out
  const rows = cacheStatusOf(base) === 'miss' ? availabilityOf(query, net.offers, m => convert(m, 'EUR')) : []
  if (rows.length > 0)
    store
      .noteAvailability(rows, expiresAt)
      .catch(error => log.error({ err: error }, 'a search could not be remembered'))
  if (query.accountCodes.length === 0 && net.offers.length > 0)
    onSearch({ shoppedAt: net.createdAt, tenant, query, offers: cheapestJourneys(view) })
}

/** A search whose process is gone stays in progress for ever: once its time is over it is what it was then. */
function settled(head: ViewHead, now: EpochMs): ViewHead {
  if (head.endsAt === null || head.endsAt + lateMs > now) return head
  return { ...head, status: 'partial', endsAt: null }
}
