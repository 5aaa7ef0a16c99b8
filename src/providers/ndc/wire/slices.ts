import type { SegmentFare, Slice } from '../../../core/itinerary.ts'
import { sharedFares } from '../../../core/sharing.ts'
import { type Journey, toSlice } from './flights.ts'

/** Slices of one message: the same journey at the same place of the trip with the same fares is one object in all offers. */
export class SliceBook {
  readonly #known = new Map<Journey, KnownSlice[]>()

  /** `fares`: of `people` for the first segment, then of all for the next one. */
  sliceOf(journey: Journey, place: number, fares: readonly SegmentFare[], people: number): Slice {
    let known = this.#known.get(journey)
    if (!known) {
      known = []
      this.#known.set(journey, known)
    }
    for (const one of known) if (one.place === place && areSame(one.fares, fares)) return one.slice
    const slice = toSlice(journey.slice, place, {
      fares: index => sharedFares(fares.slice(index * people, (index + 1) * people)),
      status: () => null,
    })
    if (known.length < variantsMax) known.push({ place, fares, slice })
    return slice
  }
}

/** Of one journey; beyond these, looking costs more than making. */
const variantsMax = 64

type KnownSlice = { readonly place: number; readonly fares: readonly SegmentFare[]; readonly slice: Slice }

function areSame(some: readonly SegmentFare[], others: readonly SegmentFare[]): boolean {
  if (some.length !== others.length) return false
  for (let index = 0; index < some.length; index++) if (some[index] !== others[index]) return false
  return true
}
