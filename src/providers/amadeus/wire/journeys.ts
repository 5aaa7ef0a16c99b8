import type { SegmentId } from '../../../core/ids.ts'
import type { Segment, SegmentFare, Slice } from '../../../core/itinerary.ts'
import { sharedFares } from '../../../core/sharing.ts'
import { assembleSlice } from '../../../reference/assemble.ts'
import { readFare } from './fares.ts'
import { type Flight, findFlight, readFlight, type SoldFlight } from './flight.ts'
import type { OfferReading } from './offer-reading.ts'
import { type Group, toldBefore } from './offer-travellers.ts'
import { listOf, type Place, type Raw, rawOf, Unreadable } from './read.ts'

/** `itineraries` of an offer, and with its fares the slices that it sells. Offers of a reply combine the same journeys:
 *  of 632 segments and 400 slices in a search of 200 return offers 258 and 182 differ. Those are made once and shared. */

export function readJourneys(raw: Raw, at: Place, reading: OfferReading): readonly (readonly Flight[])[] {
  const itineraries = listOf(raw.itineraries)
  if (itineraries.length === 0) throw new Unreadable('itinerary-missing', at(), 'the offer has no itinerary')
  // sized at once, here and below: a list that grows from nothing takes room for 17
  const journeys = new Array<readonly Flight[]>(itineraries.length)
  for (let i = 0; i < itineraries.length; i++) {
    const segments = listOf(rawOf(itineraries[i])?.segments)
    const flights = new Array<Flight>(segments.length)
    for (let k = 0; k < segments.length; k++) {
      const segment = rawOf(segments[k])
      const known = segment === null ? undefined : findFlight(segment, reading.flights)
      flights[k] = known ?? newFlight(segment, `${at()}/itineraries/${i}/segments/${k}`, reading)
    }
    if (flights.length === 0) throw new Unreadable('segment-missing', at(), 'an itinerary has no segment')
    journeys[i] = flights
  }
  return journeys
}

function newFlight(segment: Raw | null, at: string, reading: OfferReading): Flight {
  if (segment === null) throw new Unreadable('segment-missing', at, 'a segment is no object')
  return readFlight(segment, () => at, reading.flights, reading.warnings)
}

export function assembleJourneys(
  journeys: readonly (readonly Flight[])[],
  groups: readonly Group[],
  reading: OfferReading,
): readonly Slice[] {
  const told = withFares(groups)
  const slices = new Array<Slice>(journeys.length)
  let place = 0
  for (let s = 0; s < journeys.length; s++) {
    const flights = journeys[s]!
    const first = soldFlight(flights[0]!, place++, told, reading)
    const segments = new Array<Segment>(flights.length)
    segments[0] = first.segment
    for (let i = 1; i < flights.length; i++) segments[i] = soldFlight(flights[i]!, place++, told, reading).segment
    slices[s] = sliceOf(first, segments)
  }
  return slices
}

/** One entry a passenger type, two where two passengers of a type fly on different fares. */
function withFares(groups: readonly Group[]): readonly Group[] {
  for (let i = 1; i < groups.length; i++) {
    if (toldBefore(groups, i)) return groups.filter((_, k) => k === 0 || !toldBefore(groups, k))
  }
  return groups
}

/** Of one flight, and of the slices that begin with it. What goes beyond is made anew each time. */
const alikeMax = 32

function soldFlight(flight: Flight, place: number, told: readonly Group[], reading: OfferReading): SoldFlight {
  const fares = new Array<SegmentFare>(told.length)
  for (let i = 0; i < told.length; i++) {
    const { first } = told[i]!
    fares[i] = readFare(first.type, first.details[place] ?? null, reading.fares)
  }
  for (const known of flight.sold) {
    if (known.place === place && sameItems(known.of, fares)) return known
  }
  const sold = { place, of: fares, segment: segmentOf(flight, place, sharedFares(fares)), slices: [] }
  if (flight.sold.length < alikeMax) flight.sold.push(sold)
  return sold
}

function sliceOf(first: SoldFlight, segments: readonly Segment[]): Slice {
  for (const known of first.slices) if (sameItems(known.of, segments)) return known.slice
  const slice = assembleSlice(segments)
  if (first.slices.length < alikeMax) first.slices.push({ of: segments, slice })
  return slice
}

function sameItems(a: readonly object[], b: readonly object[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

function segmentOf(flight: Flight, place: number, fares: readonly SegmentFare[]): Segment {
  return {
    id: segmentIds[place] ?? `seg_${place + 1}`,
    marketing: flight.marketing,
    operating: flight.operating,
    origin: flight.origin,
    originTerminal: flight.originTerminal,
    destination: flight.destination,
    destinationTerminal: flight.destinationTerminal,
    departure: flight.departure,
    departureZone: flight.departureZone,
    arrival: flight.arrival,
    arrivalZone: flight.arrivalZone,
    durationMinutes: flight.durationMinutes,
    aircraft: flight.aircraft,
    stops: flight.stops,
    marriageGroup: null,
    fares,
    status: flight.status,
  }
}

const segmentIds: readonly SegmentId[] = Array.from({ length: 36 }, (_, i): SegmentId => `seg_${i + 1}`)
