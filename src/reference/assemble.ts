import type { Connection, LocalDateTime, Segment, Slice, ZoneName } from '../core/itinerary.ts'
import type { WireWarning } from '../core/offer.ts'
import { sharedConnections } from '../core/sharing.ts'
import { findAirport } from './airports.ts'
import { findInstant } from './zones.ts'

/** What every decoder does with the segments it read: zones and durations that the supplier left out come from the
 *  tables, and the slice gets its duration and connections. Nothing here throws on foreign data: what cannot be known
 *  stays null. A segment that lacks nothing is passed on as it is. */

const minuteMs = 60_000

/** Segments in the order of travel, at least one. */
export function assembleSlice(segments: readonly Segment[]): Slice {
  const complete = segments.map(completeSegment)
  const first = complete[0]
  const last = complete[complete.length - 1]
  if (!first || !last) throw new RangeError('a slice has at least one segment')
  const connections = connectionsOf(complete)
  return {
    origin: first.origin,
    destination: last.destination,
    durationMinutes: travelMinutes(first, last) ?? summed(complete, connections),
    segments: complete,
    connections,
  }
}

const noConnections: readonly Connection[] = []

function connectionsOf(segments: readonly Segment[]): readonly Connection[] {
  if (segments.length === 1) return noConnections
  const connections = new Array<Connection>(segments.length - 1)
  for (let i = 1; i < segments.length; i++) connections[i - 1] = connectionOf(segments[i - 1]!, segments[i]!)
  return sharedConnections(connections)
}

/** The same segment with zones and duration filled in where null and known. */
export function completeSegment(segment: Segment): Segment {
  if (segment.departureZone !== null && segment.arrivalZone !== null && segment.durationMinutes !== null) return segment
  const departureZone = segment.departureZone ?? zoneOf(segment.origin)
  const arrivalZone = segment.arrivalZone ?? zoneOf(segment.destination)
  return {
    id: segment.id,
    marketing: segment.marketing,
    operating: segment.operating,
    origin: segment.origin,
    originTerminal: segment.originTerminal,
    destination: segment.destination,
    destinationTerminal: segment.destinationTerminal,
    departure: segment.departure,
    departureZone,
    arrival: segment.arrival,
    arrivalZone,
    durationMinutes:
      segment.durationMinutes ?? minutesBetween(segment.departure, departureZone, segment.arrival, arrivalZone),
    aircraft: segment.aircraft,
    stops: segment.stops,
    marriageGroup: segment.marriageGroup,
    fares: segment.fares,
    status: segment.status,
  }
}

export function zoneOf(airport: string): ZoneName | null {
  return findAirport(airport)?.zone ?? null
}

/** Minutes of travel between two local times; null where a zone or a time is not known or the second is not later. */
export function minutesBetween(
  departure: LocalDateTime,
  departureZone: ZoneName | null,
  arrival: LocalDateTime,
  arrivalZone: ZoneName | null,
): number | null {
  if (departureZone === null || arrivalZone === null) return null
  const from = findInstant(departure, departureZone)
  const to = findInstant(arrival, arrivalZone)
  return from === undefined || to === undefined || to <= from ? null : Math.round((to - from) / minuteMs)
}

/** The supplier's duration against zone data: a warning where they differ by more than a minute. Run it on the
 *  segment as decoded, before assembleSlice. `at` is the place in the reply. */
export function checkDuration(segment: Segment, at: string): WireWarning | undefined {
  const said = segment.durationMinutes
  if (said === null) return undefined
  const departureZone = segment.departureZone ?? zoneOf(segment.origin)
  const arrivalZone = segment.arrivalZone ?? zoneOf(segment.destination)
  const computed = minutesBetween(segment.departure, departureZone, segment.arrival, arrivalZone)
  if (computed === null || Math.abs(computed - said) <= 1) return undefined
  const route = `${segment.origin}-${segment.destination}`
  return {
    code: 'duration-mismatch',
    at,
    text: `${route}: ${said} minutes given, ${computed} by local times and zones`,
  }
}

function travelMinutes(first: Segment, last: Segment): number | null {
  return minutesBetween(first.departure, first.departureZone, last.arrival, last.arrivalZone)
}

function summed(segments: readonly Segment[], connections: readonly Connection[]): number | null {
  let total = 0
  for (const segment of segments) {
    if (segment.durationMinutes === null) return null
    total += segment.durationMinutes
  }
  for (const connection of connections) {
    if (connection.minutes === null) return null
    total += connection.minutes
  }
  return total
}

/** Overnight: one arrives on one local date and leaves on another. */
function connectionOf(arriving: Segment, leaving: Segment): Connection {
  return {
    airport: arriving.destination,
    minutes: groundMinutes(arriving, leaving),
    airportChange: arriving.destination !== leaving.origin,
    overnight: arriving.arrival.slice(0, 10) !== leaving.departure.slice(0, 10),
    selfTransfer: false,
  }
}

/** At an airport that the tables do not know, both times are on one clock: any zone gives the difference. */
function groundMinutes(arriving: Segment, leaving: Segment): number | null {
  const sameClock = arriving.arrivalZone === null && arriving.destination === leaving.origin
  const arrivalZone = sameClock ? 'UTC' : arriving.arrivalZone
  const departureZone = sameClock ? 'UTC' : leaving.departureZone
  return minutesBetween(arriving.arrival, arrivalZone, leaving.departure, departureZone)
}
