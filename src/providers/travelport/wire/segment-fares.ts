import type { Baggage, Brand, SegmentFare } from '../../../core/itinerary.ts'
import { findAirport } from '../../../reference/airports.ts'
import type { AirContent } from './air-content.ts'
import { cabinOf, type StatedAllowance, type WireFare } from './fares.ts'
import type { PricedGroup } from './price.ts'
import type { BookingInfo } from './pricing.ts'
import type { WireSegment } from './segments.ts'

/** How a group of passengers travels on the segment at place `at` of the journey. */
export type Seating = {
  readonly group: PricedGroup
  readonly journey: readonly WireSegment[]
  readonly at: number
  readonly booking: BookingInfo | undefined
}

export function segmentFare(content: AirContent, { group, journey, at, booking }: Seating): SegmentFare {
  const fare = booking && content.fares.get(booking.fareRef)
  const segment = journey[at]!
  const stated = group.info.allowances
  return {
    passengerType: group.fare.type,
    fareBasis: fare?.fareBasis ?? null,
    bookingClass: booking?.bookingCode || segment.classOfService,
    cabin: cabinOf(booking?.cabinClass ?? segment.cabinClass),
    brand: fare ? brandOf(content, fare) : null,
    baggage: {
      checked: fare?.checked ?? (stated ? allowanceFor(stated.checked, journey, at) : null),
      cabin: stated ? allowanceFor(stated.cabin, journey, at) : null,
    },
  }
}

export function brandOf(content: AirContent, fare: WireFare): Brand | null {
  const { brandId, brandName } = fare
  if (brandId === null) return brandName === null ? null : { code: null, name: brandName }
  return { code: brandId, name: brandName ?? content.brands.get(brandId)?.name ?? null }
}

/** Stated for parts of the journey, in order, between cities as filed: the last one that has begun at this segment. */
function allowanceFor(
  stated: readonly StatedAllowance[],
  segments: readonly WireSegment[],
  index: number,
): Baggage | null {
  let at = 0
  for (let i = 1; i <= index; i++) {
    const next = stated[at + 1]
    if (next && isAt(segments[i]!.origin, next.origin)) at++
  }
  return stated[at]?.allowance ?? null
}

function isAt(airport: string, place: string): boolean {
  return airport === place || findAirport(airport)?.cityCode === place
}
