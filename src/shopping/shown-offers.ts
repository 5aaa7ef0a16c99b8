import type { EpochMs } from '../core/clock.ts'
import type { CurrencyCode } from '../core/money.ts'
import type { SupplierOffer } from '../core/offer.ts'
import type { Pricer } from '../pricing/port.ts'
import type { Merged } from './merge.ts'
import { type Highlights, type Label, labels } from './rank/labels.ts'
import type { Shown, ViewOffer } from './view.ts'

export type ShownParts = {
  readonly net: readonly SupplierOffer[]
  /** By offer, as `pricer` says: in minor units of `currency`. */
  readonly totals: Float64Array
  readonly currency: CurrencyCode
  /** When the suppliers' words end, by offer. */
  readonly expiries: Float64Array
  readonly expiresAt: EpochMs
  readonly merged: Merged
  readonly highlights: Highlights
  readonly pricer: Pricer
}

/** Of one row, shown with each of its offers. */
const alternativesMax = 30

/** What pricing and merging add to the offers of a view, worked out where one is looked at: a page shows 20 of 1,000. Kept
 *  with each, 19,000 of the 63,000 objects that such a search leaves in memory were theirs, and moving those about as
 *  they grow old costs more than anything else in a search. */
export class ShownOffers implements Iterable<ViewOffer> {
  readonly #parts: ShownParts
  readonly #rowOf: Int32Array

  constructor(parts: ShownParts) {
    this.#parts = parts
    const { leaders, starts, members } = parts.merged
    this.#rowOf = new Int32Array(parts.net.length)
    for (let row = 0; row < leaders.length; row++) {
      for (let i = starts[row]!; i < starts[row + 1]!; i++) this.#rowOf[members[i]!] = row
    }
  }

  get net(): readonly SupplierOffer[] {
    return this.#parts.net
  }

  get length(): number {
    return this.#parts.net.length
  }

  /** Throws where there is none at this index. */
  get(index: number): ViewOffer {
    const { net, pricer, expiries, expiresAt, highlights } = this.#parts
    const offer = net[index]
    if (!offer) throw new RangeError(`no offer ${index} of ${net.length}`)
    const { total, price, passengers, conditions } = pricer(offer)
    const shown: Shown = {
      total,
      price,
      passengers,
      conditions,
      expiresAt: Math.min(expiresAt, expiries[index]!),
      alternatives: this.#othersOf(index),
      labels: labelsOf(index, highlights),
    }
    return { net: offer, shown }
  }

  *[Symbol.iterator](): Iterator<ViewOffer> {
    for (let index = 0; index < this.length; index++) yield this.get(index)
  }

  #othersOf(index: number): Shown['alternatives'] {
    const { net, totals, currency, merged } = this.#parts
    const row = this.#rowOf[index]!
    const end = merged.starts[row + 1]!
    const others: Shown['alternatives'][number][] = []
    for (let i = merged.starts[row]!; i < end && others.length < alternativesMax; i++) {
      const other = merged.members[i]!
      if (other === index) continue
      others.push({ index: other, provider: net[other]!.provider, total: { amountMinor: totals[other]!, currency } })
    }
    return others
  }
}

const noLabels: readonly Label[] = []

function labelsOf(index: number, highlights: Highlights): readonly Label[] {
  if (index !== highlights.best && index !== highlights.cheapest && index !== highlights.fastest) return noLabels
  return labels.filter(label => highlights[label] === index)
}
