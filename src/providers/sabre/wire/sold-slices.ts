import type { Segment, Slice } from '../../../core/itinerary.ts'
import { fillSlice, marriageGroups, type SegmentDetails } from './journeys.ts'
import type { PassengerOffer } from './offers.ts'

/** Of one template; what goes beyond is made anew each time. */
const alikeMax = 32

type SoldSlice = { readonly start: number; readonly slice: Slice }

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
        if (known.start === start && sellsThese(known.slice.segments, start, passengers, groups)) return known.slice
      }
    }
    const slice = fillSlice(template, start, (place): SegmentDetails => {
      const fares = passengers.map(passenger => passenger.fares[place]!)
      return { fares, marriageGroup: groups[place]!, status: null }
    })
    if (!alike) this.#known.set(template, [{ start, slice }])
    else if (alike.length < alikeMax) alike.push({ start, slice })
    return slice
  }
}

/** By identity: GroupedFares makes equal fares once. */
function sellsThese(
  segments: readonly Segment[],
  start: number,
  passengers: readonly PassengerOffer[],
  groups: readonly (string | null)[],
): boolean {
  for (let i = 0; i < segments.length; i++) {
    const { fares, marriageGroup } = segments[i]!
    if (marriageGroup !== groups[start + i] || fares.length !== passengers.length) return false
    for (let k = 0; k < fares.length; k++) if (fares[k] !== passengers[k]!.fares[start + i]) return false
  }
  return true
}
