import type { ProviderCode, SupplierOffer, WireWarning } from '../core/offer.ts'
import { sharedRequirements } from '../core/sharing.ts'
import type { Provider } from '../providers/port.ts'
import { defectTexts, type OfferCheck, type OfferDefect } from './check-offer.ts'
import type { FactsWriter } from './facts.ts'
import type { SearchWarning } from './net-set.ts'
import { viewOffersMax } from './search-ids.ts'

/** One supplier's offers as they come in: the good ones are kept, the others become warnings that name it. */
export type Intake = {
  readonly offers: readonly SupplierOffer[]
  /** Where the facts of the first of them stand. */
  readonly factsFrom: number
  readonly warnings: readonly SearchWarning[]
  readonly defects: ReadonlyMap<OfferDefect, number>
}

/** One of each for a search. */
export type IntakeParts = {
  readonly check: OfferCheck
  readonly facts: FactsWriter
  /** Offers that one supplier may bring. */
  readonly offersMax: number
}

/** An answer with more is cut: nothing over foreign data is without bound. */
const answerOffersMax = 5_000

/** So that the offers of so many suppliers fit in one view, all together. */
export function offersMaxOf(suppliers: number): number {
  return Math.min(answerOffersMax, Math.floor(viewOffersMax / Math.max(1, suppliers)))
}

const wireWarningsMax = 10

export function takeIn(
  supplier: Pick<Provider, 'code' | 'capabilities'>,
  offers: readonly SupplierOffer[],
  wireWarnings: readonly WireWarning[],
  { check, facts, offersMax }: IntakeParts,
): Intake {
  const provider = supplier.code
  const factsFrom = facts.count
  const kept: SupplierOffer[] = []
  const defects = new Map<OfferDefect, number>()
  const count = Math.min(offers.length, offersMax)
  for (let i = 0; i < count; i++) {
    const offer = asSold(offers[i]!, supplier)
    const defect = offer.provider === provider ? check(offer) : 'wrong-provider'
    if (defect === undefined) {
      kept.push(offer)
      facts.add(offer)
    } else defects.set(defect, (defects.get(defect) ?? 0) + 1)
  }
  const warnings = [...defects].map(([defect, times]) => defectWarning(provider, defect, times))
  if (offers.length > count) {
    const text = `${provider}: ${offers.length - count} offers over ${offersMax} were left out`
    warnings.push({ code: 'too-many-offers', provider, text, count: offers.length - count })
  }
  return { offers: kept, factsFrom, warnings: [...warnings, ...wireSummary(provider, wireWarnings)], defects }
}

/** Held here means paid later: where a supplier cannot ticket what it held, no offer of it can be held. */
export function asSold(offer: SupplierOffer, { capabilities }: Pick<Provider, 'capabilities'>): SupplierOffer {
  if ((capabilities.hold && capabilities.ticketHeld) || offer.requirements.holdAllowed === false) return offer
  return { ...offer, requirements: sharedRequirements({ ...offer.requirements, holdAllowed: false }) }
}

function defectWarning(provider: ProviderCode, defect: OfferDefect, count: number): SearchWarning {
  const offers = count === 1 ? '1 offer was' : `${count} offers were`
  const code = defect === 'not-asked-for' ? 'offers-filtered' : 'offers-dropped'
  return { code, provider, text: `${provider}: ${offers} left out, ${defectTexts[defect]}`, count }
}

/** By code, with the first one's words: a reply of 250 offers may say the same 250 times. */
function wireSummary(provider: ProviderCode, warnings: readonly WireWarning[]): readonly SearchWarning[] {
  const byCode = new Map<string, { text: string; count: number }>()
  for (const { code, text } of warnings) {
    const known = byCode.get(code)
    if (known) known.count++
    else if (byCode.size < wireWarningsMax) byCode.set(code, { text: text.slice(0, 200), count: 1 })
  }
  return [...byCode].map(([code, { text, count }]) => ({ code, provider, text: `${provider}: ${text}`, count }))
}
