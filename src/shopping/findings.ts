import { type Clock, type EpochMs, parseInstant } from '../core/clock.ts'
import type { RequestContext } from '../core/context.ts'
import type { OfferId, SearchId } from '../core/ids.ts'
import { ProblemError } from '../core/problem.ts'
import { type FirstPage, type OfferStore, StoreUnavailable } from './offer-store.ts'
import { checkTenant } from './pages.ts'
import type { StoredOffer } from './port.ts'
import type { Progressive } from './progressive.ts'
import type { Label } from './rank/labels.ts'
import { askedAt, type OfferKey, type SearchBase, type SearchIds, type ViewId, viewIdOf } from './search-ids.ts'
import { toOffer } from './view-offer.ts'

export type FindingParts = {
  readonly ids: SearchIds
  readonly store: OfferStore
  readonly clock: Clock
  readonly viewTtlMs: number
  readonly progressive: Pick<Progressive, 'read'>
}

export interface Findings {
  /** Throws `not-found` for what this tenant was never given. */
  getBase(id: SearchId, context: RequestContext): SearchBase
  /** Throws `not-found`, `search-expired`. */
  getSearch(id: SearchId, context: RequestContext): Promise<{ readonly base: SearchBase; readonly first: FirstPage }>
  /** Throws `not-found`, `offer-expired`. */
  getOffer(
    id: OfferId,
    context: RequestContext,
  ): Promise<{ readonly stored: StoredOffer; readonly labels: readonly Label[] }>
  /** Where the store cannot say: `unavailable` while it may still be there, absent after. `shownAt`: when somebody was first told
   *  of it. */
  orUnavailable<T>(
    shownAt: EpochMs,
    what: 'search' | 'offer',
    read: () => Promise<T | undefined>,
  ): Promise<T | undefined>
  throwExpired(what: 'search' | 'offer'): never
}

/** What was shown is sent to the shared store for so long. */
const youngMs = 6_000
const retryMs = 50
const retries = 10

/** Ids to what is stored under them, and the right problem where nothing is. */
export function makeFindings({ ids, store, clock, viewTtlMs, progressive }: FindingParts): Findings {
  const orUnavailable: Findings['orUnavailable'] = async (shownAt, what, read) => {
    // a time ahead of ours is another machine's clock
    const isYoung = (): boolean => Math.abs(clock.now() - shownAt) < youngMs
    try {
      let found = await read()
      // another process may be writing it just now
      for (let n = 0; found === undefined && n < retries && isYoung(); n++) {
        await clock.sleep(retryMs)
        found = await read()
      }
      if (found === undefined && isYoung()) throw new StoreUnavailable(`this ${what} is on its way here`)
      return found
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      if (shownAt + viewTtlMs <= clock.now()) return undefined
      const detail = `the store that holds this ${what} does not answer, or does not have it yet; try again`
      throw new ProblemError('unavailable', detail, { retryAfterSeconds: 2, cause: error })
    }
  }
  const throwExpired: Findings['throwExpired'] = what => {
    const detail = what === 'search' ? 'search again for current offers' : 'search again, or confirm another offer'
    throw new ProblemError(`${what}-expired`, detail)
  }
  const getBase: Findings['getBase'] = (id, { tenant }) => {
    const base = ids.readSearch(id, tenant)
    if (base === undefined) throw new ProblemError('not-found', `there is no search ${id}`)
    return base
  }
  const notFound = (id: OfferId): ProblemError => new ProblemError('not-found', `there is no offer ${id}`)

  const findFirst = (view: ViewId): Promise<FirstPage | undefined> =>
    progressive.read(view, undefined, each => store.findFirstPage(each))

  const findOfView = async (id: OfferId, key: OfferKey & { readonly kind: 'of-view' }, { tenant }: RequestContext) => {
    const view = viewIdOf(key.base)
    const found = await orUnavailable(askedAt(key.base), 'offer', async () => {
      const offer = await progressive.read(view, undefined, each => store.findOffer(each, key.index))
      return offer ?? ((await findFirst(view)) ? 'no such index' : undefined)
    })
    if (!found) return throwExpired('offer')
    if (found === 'no such index') throw notFound(id)
    const { head, offer } = found
    if (head.tenant !== tenant) throw notFound(id)
    const { passengers, pointOfSale, currency } = head
    const shown = toOffer(key.base, key.index, offer)
    const stored: StoredOffer = { tenant, offer: shown, net: offer.net, passengers, pointOfSale, currency }
    return { stored, labels: offer.shown.labels }
  }
  const findSingle = async (
    id: OfferId,
    { madeAt }: OfferKey & { readonly kind: 'single' },
    { tenant }: RequestContext,
  ) => {
    const stored = await orUnavailable(madeAt, 'offer', () => store.findSingle(id))
    if (!stored) return throwExpired('offer')
    if (stored.tenant !== tenant) throw notFound(id)
    return { stored, labels: [] }
  }

  return {
    getBase,
    orUnavailable,
    throwExpired,
    async getSearch(id, context) {
      const base = getBase(id, context)
      const first = await orUnavailable(askedAt(base), 'search', () => findFirst(viewIdOf(base)))
      if (!first) return throwExpired('search')
      checkTenant(first.head, context.tenant, base)
      return { base, first }
    },
    async getOffer(id, context) {
      const key = ids.readOffer(id, context.tenant)
      if (!key) throw notFound(id)
      const found = key.kind === 'single' ? await findSingle(id, key, context) : await findOfView(id, key, context)
      return (parseInstant(found.stored.offer.expiresAt) ?? 0) > clock.now() ? found : throwExpired('offer')
    },
  }
}
