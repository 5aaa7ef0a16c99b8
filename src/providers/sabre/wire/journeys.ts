import type { SegmentId } from '../../../core/ids.ts'
import type {
  AirlineCode,
  AirportCode,
  LocalDateTime,
  Segment,
  SegmentFare,
  Slice,
  TechnicalStop,
} from '../../../core/itinerary.ts'
import { sharedFlight, sharedOperating } from '../../../core/sharing.ts'
import { assembleSlice } from '../../../reference/assemble.ts'

/** A flight on a date as replies describe it once and offers share it: no fares, no place in an offer yet. */
export type Flight = {
  readonly carrier: AirlineCode
  readonly number: string
  readonly operatingCarrier: AirlineCode | null
  readonly operatingNumber: string | null
  readonly operatingName: string | null
  readonly origin: AirportCode
  readonly originTerminal: string | null
  readonly destination: AirportCode
  readonly destinationTerminal: string | null
  readonly departure: LocalDateTime
  readonly arrival: LocalDateTime
  readonly durationMinutes: number | null
  readonly aircraft: string | null
  readonly stops: readonly TechnicalStop[]
}

export const noStops: readonly TechnicalStop[] = []
export const noFares: readonly SegmentFare[] = []

/** A slice to copy from: zones, durations and connections are worked out once however many offers fly it. */
export function sliceTemplate(flights: readonly Flight[]): Slice {
  return assembleSlice(flights.map(flight => segmentOf(flight)))
}

function segmentOf(flight: Flight): Segment {
  return {
    id: 'seg_0',
    marketing: sharedFlight(flight.carrier, flight.number),
    operating: sharedOperating({
      carrier: flight.operatingCarrier,
      number: flight.operatingNumber,
      name: flight.operatingName,
    }),
    origin: flight.origin,
    originTerminal: flight.originTerminal,
    destination: flight.destination,
    destinationTerminal: flight.destinationTerminal,
    departure: flight.departure,
    departureZone: null,
    arrival: flight.arrival,
    arrivalZone: null,
    durationMinutes: flight.durationMinutes,
    aircraft: flight.aircraft,
    stops: flight.stops,
    marriageGroup: null,
    fares: noFares,
    status: null,
  }
}

/** What an offer or an order adds to a flight, by its place in the whole journey. */
export type SegmentDetails = {
  readonly fares: readonly SegmentFare[]
  readonly marriageGroup: string | null
  readonly status: string | null
}

const ids: SegmentId[] = []

export function segmentId(index: number): SegmentId {
  while (ids.length <= index) ids.push(`seg_${ids.length + 1}`)
  return ids[index]!
}

/** The slices of one offer. `details` is in the order of travel. */
export function fillSlices(templates: readonly Slice[], details: readonly SegmentDetails[]): readonly Slice[] {
  let start = 0
  return templates.map(template => {
    const slice = fillSlice(template, start, place => details[place]!)
    start += slice.segments.length
    return slice
  })
}

/** `start`: the place of its first segment in the whole journey. */
export function fillSlice(template: Slice, start: number, detailsAt: (place: number) => SegmentDetails): Slice {
  const { origin, destination, durationMinutes, connections } = template
  const segments = template.segments.map((segment, i) => filled(segment, start + i, detailsAt(start + i)))
  return { origin, destination, durationMinutes, segments, connections }
}

function filled(segment: Segment, index: number, details: SegmentDetails): Segment {
  return {
    id: segmentId(index),
    marketing: segment.marketing,
    operating: segment.operating,
    origin: segment.origin,
    originTerminal: segment.originTerminal,
    destination: segment.destination,
    destinationTerminal: segment.destinationTerminal,
    departure: segment.departure,
    departureZone: segment.departureZone,
    arrival: segment.arrival,
    arrivalZone: segment.arrivalZone,
    durationMinutes: segment.durationMinutes,
    aircraft: segment.aircraft,
    stops: segment.stops,
    marriageGroup: details.marriageGroup,
    fares: details.fares,
    status: details.status,
  }
}

/** Groups of two and more get a name, `1`, `2` …; `endsGroup` says of each segment whether the next begins a new one. */
export function marriageGroups(endsGroup: readonly boolean[]): readonly (string | null)[] {
  const groups = new Array<string | null>(endsGroup.length)
  let name = 0
  let start = 0
  for (let i = 0; i < endsGroup.length; i++) {
    if (!endsGroup[i] && i + 1 < endsGroup.length) continue
    const group = i > start ? String(++name) : null
    while (start <= i) groups[start++] = group
  }
  return groups
}
