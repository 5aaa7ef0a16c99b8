import type { EpochMs } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { CurrencyCode, Money } from '../core/money.ts'
import type { Conditions, PassengerFare, ProviderCode, SupplierOffer } from '../core/offer.ts'
import type { TenantId } from '../core/tenant.ts'
import type { Pricer } from '../pricing/port.ts'
import type { ShopPassenger } from '../providers/port.ts'
import { buildColumns, type Columns } from './columns.ts'
import { facetsOf } from './facets.ts'
import { pickFacts } from './facts.ts'
import { failuresOf, noFilters } from './filters.ts'
import { mergeOffers } from './merge.ts'
import type { NetSet, ProviderOutcome, SearchWarning } from './net-set.ts'
import type { OfferPrice, SearchStatus } from './port.ts'
import { best } from './rank/best.ts'
import { rank } from './rank/chain.ts'
import { type Highlights, highlightsOf, type Label } from './rank/labels.ts'
import type { SearchBase, ViewId } from './search-ids.ts'
import { ShownOffers } from './shown-offers.ts'
import { encodeViewOffer, joinOffers } from './view-offer.ts'

/** What one tenant sees of a net result set: priced by its rules in the currency of the search, merged, ranked. Never
 *  changes. Searches answered from one view differ in their ids only. */
export type View = {
  readonly head: ViewHead
  readonly columns: Columns
  /** Row -> its place in `best`. */
  readonly places: Int32Array
  /** By offer index: leaders and alternatives alike. */
  readonly offers: ShownOffers
  /** The first page of `best`, the inside of a JSON array. */
  readonly firstPage: Buffer
}

export type ViewHead = {
  readonly id: ViewId
  /** Of the search that it was made for; stands in encoded offers until another search's takes its place. */
  readonly base: SearchBase
  readonly tenant: TenantId
  readonly revision: number
  /** When the suppliers had answered. */
  readonly netAt: EpochMs
  readonly expiresAt: EpochMs
  readonly status: SearchStatus
  /** Of a search that answers before its suppliers have: those that had not answered yet. */
  readonly waitingFor: readonly ProviderCode[]
  /** While it is in progress: when it is over at the latest. */
  readonly endsAt: EpochMs | null
  readonly currency: CurrencyCode
  readonly pointOfSale: string
  readonly passengers: readonly ShopPassenger[]
  readonly providers: readonly ProviderOutcome[]
  readonly warnings: readonly SearchWarning[]
  /** Rows. */
  readonly total: number
  /** Offer indexes. */
  readonly highlights: Highlights
  /** Of all rows, as JSON. */
  readonly facets: string
}

export type ViewOffer = { readonly net: SupplierOffer; readonly shown: Shown }

/** What pricing and merging add to a supplier's offer. */
export type Shown = {
  readonly total: Money
  readonly price: OfferPrice
  readonly passengers: readonly PassengerFare[]
  readonly conditions: Conditions
  readonly expiresAt: EpochMs
  readonly alternatives: readonly {
    readonly index: number
    readonly provider: ProviderCode
    readonly total: Money
  }[]
  readonly labels: readonly Label[]
}

export type ViewScope = {
  readonly id: ViewId
  readonly base: SearchBase
  readonly tenant: TenantId
  readonly currency: CurrencyCode
  readonly pointOfSale: string
  readonly passengers: readonly ShopPassenger[]
  /** Of a search that answers before its suppliers have; otherwise there is one. */
  readonly revision?: number
  readonly progress?: Pick<ViewHead, 'waitingFor' | 'endsAt'>
  /** When the search was asked: its life begins there, whatever the revision. */
  readonly now: EpochMs
  readonly ttlMs: number
  readonly pricer: Pricer
  readonly log: Log
}

export const firstPageLimit = 20
/** A search ends with the first of its offers, but does not bend to offers that live shorter than this. */
const shortestLifeMs = 120_000
const over: Pick<ViewHead, 'waitingFor' | 'endsAt'> = { waitingFor: [], endsAt: null }

export function buildView(net: NetSet, scope: ViewScope): View {
  const priced = priceAll(net, scope)
  const expiresAt = expiryOf(priced.facts.expiry, scope)
  const merged = mergeOffers(priced.facts, priced.totals, priced.offers)
  const columns = buildColumns(merged.leaders, priced.facts, priced.totals)
  const ranking = rank(best, columns)
  const highlights = toOffers(highlightsOf(columns, ranking.order), merged.leaders)
  const { currency, pricer } = scope
  const offers = new ShownOffers({
    ...{ net: priced.offers, totals: priced.totals, currency, expiries: priced.facts.expiry },
    ...{ expiresAt, merged, highlights, pricer },
  })
  const { waitingFor, endsAt } = scope.progress ?? over
  const head: ViewHead = {
    id: scope.id,
    base: scope.base,
    tenant: scope.tenant,
    revision: scope.revision ?? 1,
    netAt: net.createdAt,
    expiresAt,
    status: endsAt === null ? net.status : 'in-progress',
    waitingFor,
    endsAt,
    currency,
    pointOfSale: scope.pointOfSale,
    passengers: scope.passengers,
    providers: net.providers,
    warnings: priced.warnings,
    total: merged.leaders.length,
    highlights,
    facets: JSON.stringify(facetsOf(columns, failuresOf(columns, noFilters), currency)),
  }
  const first = ranking.order.subarray(0, firstPageLimit)
  const encoded = Array.from(first, row =>
    encodeViewOffer(head, merged.leaders[row]!, offers.get(merged.leaders[row]!)),
  )
  return { head, columns, places: ranking.places, offers, firstPage: joinOffers(encoded) }
}

type Priced = {
  readonly offers: readonly SupplierOffer[]
  readonly totals: Float64Array
  readonly facts: NetSet['facts']
  readonly warnings: readonly SearchWarning[]
}

/** An offer that cannot be priced (a rule that fits nothing, an amount out of range) costs that offer only. What else the
 *  pricer says is asked for again where it is shown (shown-offers.ts). */
function priceAll(net: NetSet, { pricer, log }: ViewScope): Priced {
  const totals = new Float64Array(net.offers.length)
  const kept = new Int32Array(net.offers.length)
  let count = 0
  for (let i = 0; i < net.offers.length; i++) {
    try {
      totals[count] = pricer(net.offers[i]!).total.amountMinor
      kept[count++] = i
    } catch (error) {
      log.error({ provider: net.offers[i]!.provider, err: error }, 'an offer could not be priced')
    }
  }
  const lost = net.offers.length - count
  if (lost === 0) return { offers: net.offers, totals, facts: net.facts, warnings: net.warnings }
  const warning = { code: 'offers-not-priced', provider: null, text: `${lost} offers could not be priced`, count: lost }
  const indexes = kept.subarray(0, count)
  return {
    offers: Array.from(indexes, i => net.offers[i]!),
    totals: totals.subarray(0, count),
    facts: pickFacts(net.facts, indexes),
    warnings: [...net.warnings, warning],
  }
}

function expiryOf(expiries: Float64Array, { now, ttlMs }: ViewScope): EpochMs {
  let earliest = now + ttlMs
  for (const expiry of expiries) if (expiry < earliest && expiry >= now + shortestLifeMs) earliest = expiry
  return earliest
}

function toOffers(rows: Highlights, leaders: Int32Array): Highlights {
  const offerOf = (row: number | null): number | null => (row === null ? null : leaders[row]!)
  return { best: offerOf(rows.best), cheapest: offerOf(rows.cheapest), fastest: offerOf(rows.fastest) }
}
