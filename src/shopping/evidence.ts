import { LRUCache } from 'lru-cache'
import type { Clock, EpochMs } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { ProviderCode } from '../core/offer.ts'
import { changedShareAim } from './lifetimes.ts'
import { StoreUnavailable } from './offer-store.ts'

/** How often a supplier's price was another one when it was confirmed: counts that halve every six hours, so that a bad
 *  afternoon is forgotten by the next day. By supplier, and by its routes. */
export type Counts = { readonly confirmations: number; readonly changed: number; readonly at: EpochMs }

/** Where processes keep their counts together. Methods may throw StoreUnavailable. */
export interface EvidenceStore {
  add(provider: ProviderCode, route: string, changed: boolean): Promise<void>
  /** By route; all of them under `allRoutes`. */
  read(provider: ProviderCode): Promise<ReadonlyMap<string, Counts>>
}

export const halfLifeMs = 6 * 3_600_000
export const allRoutes = '*'
/** A supplier is believed to be as we aim at until so many confirmations say otherwise, and a route to be as its supplier. */
const priorConfirmations = 20
/** What others have counted is read again after so long. */
const readEveryMs = 10_000
const suppliersMax = 500
const routesMax = 2_000

export type Evidence = {
  /** A confirmed price; `changed`: it was another one, or the offer was gone. */
  note(provider: ProviderCode, route: string, changed: boolean): void
  /** 0 to 1. */
  changedShare(provider: ProviderCode, route: string): number
  /** Over all routes. */
  of(provider: ProviderCode): { readonly confirmations: number; readonly changedShare: number }
}

export function makeEvidence(clock: Clock, log: Log, store?: EvidenceStore): Evidence {
  const known = new LRUCache<ProviderCode, { counts: Map<string, Counts>; readAt: number }>({ max: suppliersMax })

  const own = (provider: ProviderCode) => {
    const found = known.get(provider) ?? { counts: new Map<string, Counts>(), readAt: Number.NEGATIVE_INFINITY }
    known.set(provider, found)
    return found
  }
  const tolerate = (error: unknown): void => {
    if (!(error instanceof StoreUnavailable)) log.error({ err: error }, 'confirmed prices could not be counted')
  }
  /** Behind: what is known now is good enough for now. */
  const refresh = (provider: ProviderCode): ReadonlyMap<string, Counts> => {
    const entry = own(provider)
    if (store && clock.monotonicMs() - entry.readAt >= readEveryMs) {
      entry.readAt = clock.monotonicMs()
      store.read(provider).then(counts => {
        entry.counts = new Map(counts)
      }, tolerate)
    }
    return entry.counts
  }
  const shareOf = (counts: Counts | undefined, prior: number): number => {
    const { confirmations, changed } = decayed(counts, clock.now())
    return (changed + priorConfirmations * prior) / (confirmations + priorConfirmations)
  }

  return {
    note(provider, route, changed) {
      const { counts } = own(provider)
      for (const name of [allRoutes, route]) {
        if (counts.size < routesMax || counts.has(name))
          counts.set(name, plusOne(counts.get(name), changed, clock.now()))
      }
      store?.add(provider, route, changed).catch(tolerate)
    },
    changedShare(provider, route) {
      const counts = refresh(provider)
      return shareOf(counts.get(route), shareOf(counts.get(allRoutes), changedShareAim))
    },
    of(provider) {
      const counts = refresh(provider).get(allRoutes)
      return {
        confirmations: decayed(counts, clock.now()).confirmations,
        changedShare: shareOf(counts, changedShareAim),
      }
    },
  }
}

function plusOne(counts: Counts | undefined, changed: boolean, now: EpochMs): Counts {
  const before = decayed(counts, now)
  return { confirmations: before.confirmations + 1, changed: before.changed + (changed ? 1 : 0), at: now }
}

function decayed(counts: Counts | undefined, now: EpochMs): Counts {
  if (!counts) return { confirmations: 0, changed: 0, at: now }
  const left = 2 ** (-Math.max(0, now - counts.at) / halfLifeMs)
  return { confirmations: counts.confirmations * left, changed: counts.changed * left, at: now }
}

/** Of the first slice: prices of a journey move with its first flight. */
export function routeOf(slices: readonly { readonly origin: string; readonly destination: string }[]): string {
  const { origin, destination } = slices[0]!
  return `${origin}-${destination}`
}
