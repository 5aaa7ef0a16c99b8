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

/** Stated for parts of the journey, in order, between cities as filed: each from where it begins to where it ends. A
 *  single one whose places are not on the journey is meant for all of it. */
function allowanceFor(stated: readonly StatedAllowance[], journey: readonly WireSegment[], at: number): Baggage | null {
  let next = 0
  let active: StatedAllowance | undefined
  for (let i = 0; i <= at; i++) {
    if (active && isAt(journey[i - 1]!.destination, active.destination)) active = undefined
    const candidate = stated[next]
    if (candidate && isAt(journey[i]!.origin, candidate.origin)) {
      active = candidate
      next++
    }
  }
  return (active ?? forAll(stated, journey))?.allowance ?? null
}

function forAll(stated: readonly StatedAllowance[], journey: readonly WireSegment[]): StatedAllowance | undefined {
  const [only, ...others] = stated
  const begins = only && journey.some(segment => isAt(segment.origin, only.origin))
  return others.length === 0 && !begins ? only : undefined
}

function isAt(airport: string, place: string): boolean {
  return airport === place || findAirport(airport)?.cityCode === place
}
