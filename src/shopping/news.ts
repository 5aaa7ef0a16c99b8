import type { SupplierOffer } from '../core/offer.ts'
import type { ConfirmOutcome, CreateOrderOutcome, Provider } from '../providers/port.ts'
import { type Evidence, routeOf } from './evidence.ts'
import type { OfferStore } from './offer-store.ts'

/** What a confirmation or an order tells of what is cached: takes it out of use, and how long it may live is learned. */
export interface News {
  confirmed(asked: SupplierOffer, outcome: ConfirmOutcome): Promise<void>
  ordered(asked: SupplierOffer, outcome: CreateOrderOutcome): Promise<void>
}

export function makeNews(store: Pick<OfferStore, 'noteChange'>, evidence: Evidence): News {
  return {
    async confirmed(asked, outcome) {
      if (outcome.kind === 'failed') return
      const changed = outcome.kind === 'gone' || !isSameTotal(asked, outcome.offer)
      evidence.note(asked.provider, routeOf(asked.slices), changed)
      if (changed) await store.noteChange([asked])
    },

    /** Seats are taken by an order, and perhaps by one whose answer was lost. */
    async ordered(asked, outcome) {
      if (outcome.kind !== 'refused' || isAboutOffer(outcome.fault.kind)) await store.noteChange([asked])
    },
  }
}

function isSameTotal({ total: a }: SupplierOffer, { total: b }: SupplierOffer): boolean {
  return a.amountMinor === b.amountMinor && a.currency === b.currency
}

function isAboutOffer(kind: string): boolean {
  return kind === 'sold-out' || kind === 'offer-gone' || kind === 'price-changed'
}

/** A supplier whose orders are news. Suppliers here are plain objects (providers/guard.ts). */
export function withNews(provider: Provider | undefined, ordered: News['ordered']): Provider | undefined {
  return (
    provider && {
      ...provider,
      async createOrder(request, call) {
        const outcome = await provider.createOrder(request, call)
        await ordered(request.offer, outcome)
        return outcome
      },
    }
  )
}
