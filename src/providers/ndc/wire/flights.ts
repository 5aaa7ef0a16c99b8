import type { SegmentId } from '../../../core/ids.ts'
import type { OperatingFlight, Segment, SegmentFare, Slice, TechnicalStop } from '../../../core/itinerary.ts'
import { withOne } from '../../../core/xml/lists.ts'
import { sharedFlight, sharedOperating } from '../../../core/sharing.ts'
import { assembleSlice, checkDuration, minutesBetween, zoneOf } from '../../../reference/assemble.ts'
import type { WireCabin } from './cabin.ts'
import type { WireCarrier, WireSegment } from './list-flights.ts'
import type { WireLeg, WireStop } from './list-stops.ts'
import type { Message } from './message.ts'
import { warn } from './values.ts'

/** A segment of the lists with everything that it refers to; its fares belong to an offer or order. */
export type Flight = { readonly segment: Segment; readonly bookingClass: string | null; readonly cabin: WireCabin }

/** A flight of an offer or order. `journeyRef` empty: the message has none. */
export type FarePlace = { readonly segmentRef: string; readonly journeyRef: string; readonly flight: Flight }

/** Segments of one direction that the message knows, put together. */
export type Journey = {
  /** Empty where the message leaves it to us which segments are one. */
  readonly ref: string
  readonly segmentRefs: readonly string[]
  readonly places: readonly FarePlace[]
  /** Durations and connections; its segments have no fares. */
  readonly slice: Slice
}

/** Segments and journeys of a message, each put together once for all offers; undefined where one, or its flight, is not
 *  in the message. */
export type Flights = {
  find(id: string): Flight | undefined
  journey(ref: string): Journey | undefined
  /** Of no journey in the message. */
  loose(segmentRefs: readonly string[]): Journey | undefined
  assemble(segmentRefs: readonly string[]): Slice
}

export function openFlights(message: Message): Flights {
  const known = new Map<string, Flight | undefined>()
  const journeys = new Map<string, Journey | undefined>()
  const find = (id: string): Flight | undefined => {
    const flight = known.get(id)
    if (flight || known.has(id)) return flight
    const wire = message.lists.segments.get(id)
    const made = wire && toFlight(message, id, wire)
    known.set(id, made)
    return made
  }
  const assemble = (segmentRefs: readonly string[]): Slice => assembleSlice(segmentRefs.map(ref => find(ref)!.segment))
  const toJourney = (ref: string, segmentRefs: readonly string[]): Journey | undefined => {
    if (segmentRefs.length === 0 || !segmentRefs.every(find)) return undefined
    const places = segmentRefs.map(segmentRef => ({ segmentRef, journeyRef: ref, flight: find(segmentRef)! }))
    return { ref, segmentRefs, places, slice: assemble(segmentRefs) }
  }
  const once = (key: string, ref: string, segmentRefs: readonly string[]): Journey | undefined => {
    const journey = journeys.get(key)
    if (journey || journeys.has(key)) return journey
    const made = toJourney(ref, segmentRefs)
    journeys.set(key, made)
    return made
  }
  return {
    find,
    journey: ref => journeys.get(ref) ?? once(ref, ref, message.lists.journeys.get(ref) ?? []),
    // No reference has a blank in it.
    loose: refs => once(` ${refs.join(' ')}`, '', refs),
    assemble,
  }
}

type Facts = {
  readonly carrier: WireCarrier
  readonly operating: WireCarrier | null
  readonly departure: WireStop
  readonly arrival: WireStop
  readonly legs: readonly WireLeg[]
  readonly durationMinutes: number | null
}

function toFlight(message: Message, id: string, wire: WireSegment): Flight | undefined {
  const facts = factsOf(message, wire)
  const { carrier, departure, arrival, legs } = facts
  const usable = /^[A-Z0-9]{2,3}$/.test(carrier.code) && isKnown(departure) && isKnown(arrival)
  if (!usable) {
    warn(message, 'segment', `PaxSegment ${id}`, 'its flight, airports or times are not there')
    return undefined
  }
  const departureZone = zoneOf(departure.airport)
  const arrivalZone = zoneOf(arrival.airport)
  // Local times and zones decide; what the supplier says counts where a zone is not known.
  const minutes = minutesBetween(departure.at, departureZone, arrival.at, arrivalZone)
  const segment: Segment = {
    id: 'seg_0',
    marketing: sharedFlight(carrier.code, withoutZeros(carrier.number)),
    operating: sharedOperating(operatingOf(facts)),
    origin: departure.airport,
    originTerminal: departure.terminal,
    destination: arrival.airport,
    destinationTerminal: arrival.terminal,
    departure: departure.at,
    departureZone,
    arrival: arrival.at,
    arrivalZone,
    durationMinutes: minutes ?? facts.durationMinutes,
    aircraft: wire.aircraft ?? legs.find(leg => leg.aircraft !== null)?.aircraft ?? null,
    stops: stopsOf(wire, legs),
    marriageGroup: null,
    fares: [],
    status: null,
  }
  if (facts.durationMinutes !== minutes) {
    const stated = checkDuration({ ...segment, durationMinutes: facts.durationMinutes }, `PaxSegment ${id}`)
    if (stated) warn(message, stated.code, stated.at, stated.text)
  }
  return { segment, bookingClass: wire.bookingClass, cabin: wire.cabin }
}

function isKnown({ airport, at }: WireStop): boolean {
  return /^[A-Z]{3}$/.test(airport) && at !== ''
}

/** Since 21.3 in three lists; before, in one place, or within its only leg. */
function factsOf(message: Message, wire: WireSegment): Facts {
  const { lists } = message
  const marketing = wire.marketingRef === null ? undefined : lists.marketing.get(wire.marketingRef)
  if (!marketing) {
    const { carrier, operating, legs, durationMinutes } = wire
    const departure = wire.departure.airport === '' ? (legs[0]?.departure ?? wire.departure) : wire.departure
    const arrival = wire.arrival.airport === '' ? (legs[legs.length - 1]?.arrival ?? wire.arrival) : wire.arrival
    return { carrier, operating, departure, arrival, legs, durationMinutes }
  }
  const operating = marketing.operatingRef === null ? undefined : lists.operating.get(marketing.operatingRef)
  let legs: readonly WireLeg[] = []
  for (const ref of operating?.legRefs ?? []) {
    const leg = lists.legs.get(ref)
    if (leg) legs = withOne(legs, leg)
  }
  return {
    carrier: marketing.carrier,
    operating: operating?.carrier ?? wire.operating,
    departure: marketing.departure,
    arrival: marketing.arrival,
    legs,
    durationMinutes: operating?.durationMinutes ?? null,
  }
}

/** One named in words alone is not known by code; a name beside the marketing carrier's own code is disclosure. */
function operatingOf({ carrier, operating }: Facts): OperatingFlight {
  if (!operating) return { carrier: carrier.code, number: withoutZeros(carrier.number), name: null }
  if (operating.code === '') {
    return operating.name === null
      ? { carrier: carrier.code, number: withoutZeros(carrier.number), name: null }
      : { carrier: null, number: null, name: operating.name }
  }
  const same = operating.code === carrier.code
  const number = operating.number === '' ? (same ? carrier.number : '') : operating.number
  return {
    carrier: operating.code,
    number: number === '' ? null : withoutZeros(number),
    name: operating.name,
  }
}

const noStops: readonly TechnicalStop[] = []

function stopsOf(wire: WireSegment, legs: readonly WireLeg[]): readonly TechnicalStop[] {
  if (legs.length < 2)
    return wire.stops.length === 0 ? noStops : wire.stops.map(airport => ({ airport, minutes: null }))
  return legs.slice(0, -1).map((leg, index) => {
    const { airport, at } = leg.arrival
    const next = legs[index + 1]!
    return { airport, minutes: minutesBetween(at, 'UTC', next.departure.at, 'UTC') ?? next.groundMinutes }
  })
}

export function withoutZeros(number: string): string {
  return number.replace(/^0+(?=.)/, '')
}

/** What was bought on the segments of a journey. */
export type Bought = {
  readonly fares: (index: number) => readonly SegmentFare[]
  readonly status: (index: number) => string | null
}

/** `place` is that of its first segment in the whole journey, from 1. */
export function toSlice(journey: Slice, place: number, { fares, status }: Bought): Slice {
  return {
    origin: journey.origin,
    destination: journey.destination,
    durationMinutes: journey.durationMinutes,
    segments: journey.segments.map((segment, index): Segment => {
      return {
        id: `seg_${place + index}` as SegmentId,
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
        marriageGroup: segment.marriageGroup,
        fares: fares(index),
        status: status(index),
      }
    }),
    connections: journey.connections,
  }
}

const connectionMaxMs = 24 * 3_600_000

/** For messages without journeys: what leaves from where the last one arrived, within a day, is one direction. */
export function groupByConnection(ids: readonly string[], flights: Flights): readonly (readonly string[])[] {
  const groups: string[][] = []
  let last: Segment | undefined
  for (const id of ids) {
    const segment = flights.find(id)?.segment
    if (!segment) continue
    const connects =
      last?.destination === segment.origin &&
      hoursApart(last, segment) &&
      segment.destination !== startOf(groups, flights)
    if (connects) groups[groups.length - 1]!.push(id)
    else groups.push([id])
    last = segment
  }
  return groups
}

/** Going back to where one started is another direction, however short the stay. */
function startOf(groups: readonly (readonly string[])[], flights: Flights): string | undefined {
  return flights.find(groups[groups.length - 1]?.[0] ?? '')?.segment.origin
}

function hoursApart(arriving: Segment, leaving: Segment): boolean {
  const gap = Date.parse(`${leaving.departure}Z`) - Date.parse(`${arriving.arrival}Z`)
  return gap > 0 && gap <= connectionMaxMs
}
