import type { SegmentFare, Slice } from '../../../core/itinerary.ts'
import { sharedFares } from '../../../core/sharing.ts'
import { fillSlice, marriageGroups, type SegmentDetails } from './journeys.ts'
import type { PassengerOffer } from './offers.ts'

/** Of one template; what goes beyond is made anew each time. */
const alikeMax = 32

/** `fares`: as they were read, by segment and passenger. */
type SoldSlice = {
  readonly start: number
  readonly fares: readonly (readonly SegmentFare[])[]
  readonly slice: Slice
}

/** Slices as the offers of one reply sell them. Offers combine the same ones: of 400 in a search of 200 return offers 176
 *  differ. Those are made once and shared. */
export class SoldSlices {
  readonly #known = new Map<Slice, SoldSlice[]>()

  /** `passengers`: whose fares stand at the segments, in their order. `breaks` as PassengerOffer says. */
  of(templates: readonly Slice[], passengers: readonly PassengerOffer[], breaks: readonly boolean[]): readonly Slice[] {
    const groups = marriageGroups(breaks)
    const slices = new Array<Slice>(templates.length)
    let start = 0
    for (let i = 0; i < templates.length; i++) {
      const template = templates[i]!
      slices[i] = this.#slice(template, start, passengers, groups)
      start += template.segments.length
    }
    return slices
  }

  #slice(
    template: Slice,
    start: number,
    passengers: readonly PassengerOffer[],
    groups: readonly (string | null)[],
  ): Slice {
    const alike = this.#known.get(template)
    if (alike) {
      for (const known of alike) {
        if (known.start === start && sellsThese(known, passengers, groups)) return known.slice
      }
    }
    const fares = template.segments.map((_, i) => passengers.map(passenger => passenger.fares[start + i]!))
    const slice = fillSlice(
      template,
      start,
      (place): SegmentDetails => ({
        fares: sharedFares(fares[place - start]!),
        marriageGroup: groups[place]!,
        status: null,
      }),
    )
    if (!alike) this.#known.set(template, [{ start, fares, slice }])
    else if (alike.length < alikeMax) alike.push({ start, fares, slice })
    return slice
  }
}

/** By identity: GroupedFares makes equal fares once. */
function sellsThese(
  { start, fares, slice: { segments } }: SoldSlice,
  passengers: readonly PassengerOffer[],
  groups: readonly (string | null)[],
): boolean {
  for (let i = 0; i < segments.length; i++) {
    const own = fares[i]!
    if (segments[i]!.marriageGroup !== groups[start + i] || own.length !== passengers.length) return false
    for (let k = 0; k < own.length; k++) if (own[k] !== passengers[k]!.fares[start + i]) return false
  }
  return true
}
