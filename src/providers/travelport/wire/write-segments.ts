import type { Segment, TechnicalStop } from '../../../core/itinerary.ts'
import { element, escapeText } from '../../../core/xml/write.ts'
import { zoneOf } from '../../../reference/assemble.ts'
import { findInstant, offsetMinutes, toLocal } from '../../../reference/zones.ts'
import type { SegmentContext } from './context.ts'
import type { Values } from './envelope.ts'

/** Segments as a reply has them. */

/** `2027-03-10T08:20:00.000+00:00`: as it was received, else by the airport's zone; without offset where none is known. */
export function wireTimes(
  segment: Segment,
  context: SegmentContext | undefined,
): { departure: string; arrival: string } {
  return {
    departure: context?.departureTime ?? withOffset(segment.departure, segment.departureZone ?? zoneOf(segment.origin)),
    arrival: context?.arrivalTime ?? withOffset(segment.arrival, segment.arrivalZone ?? zoneOf(segment.destination)),
  }
}

export function withOffset(local: string, zone: string | null): string {
  if (zone === null || findInstant(local, zone) === undefined) return `${local}.000`
  const minutes = offsetMinutes(zone, local)
  const size = Math.abs(minutes)
  const pad = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  return `${local}.000${minutes < 0 ? '-' : '+'}${pad(size / 60)}:${pad(size % 60)}`
}

/** Nothing for a flight under its own number. */
export function codeshare({ marketing, operating }: Segment): string {
  const own = operating.carrier === marketing.carrier && operating.number === marketing.number
  if (own && operating.name === null) return ''
  const values = { OperatingCarrier: operating.carrier, OperatingFlightNumber: operating.number }
  return element('air:CodeshareInfo', values, escapeText(operating.name ?? ''))
}

/** One for each leg flown. How long each leg takes is not kept with an offer, so the flying time is shared evenly. */
export function flightDetails(
  segment: Segment,
  context: SegmentContext | undefined,
  keyOf: (leg: number) => string,
  more: Values = {},
): readonly string[] {
  const times = wireTimes(segment, context)
  const places = [segment.origin, ...segment.stops.map(stop => stop.airport), segment.destination]
  const grounds = groundTimes(segment)
  return places.slice(1).map((destination, leg) =>
    element('air:FlightDetails', {
      Key: keyOf(leg),
      Origin: places[leg],
      Destination: destination,
      DepartureTime: leg === 0 ? times.departure : grounds[leg - 1]?.departure,
      ArrivalTime: leg === places.length - 2 ? times.arrival : grounds[leg]?.arrival,
      FlightTime: segment.stops.length === 0 ? segment.durationMinutes : undefined,
      TravelTime: segment.durationMinutes,
      Equipment: equipmentOf(segment),
      OriginTerminal: leg === 0 ? segment.originTerminal : undefined,
      DestinationTerminal: leg === places.length - 2 ? segment.destinationTerminal : undefined,
      ...more,
    }),
  )
}

/** The schema holds three characters. */
export function equipmentOf(segment: Segment): string | undefined {
  return segment.aircraft?.length === 3 ? segment.aircraft : undefined
}

type Ground = { readonly arrival: string; readonly departure: string }

function groundTimes(segment: Segment): readonly (Ground | undefined)[] {
  const { stops, durationMinutes } = segment
  const zone = segment.departureZone ?? zoneOf(segment.origin)
  const start = zone === null ? undefined : findInstant(segment.departure, zone)
  if (stops.length === 0 || start === undefined || durationMinutes === null) return []
  const flying = durationMinutes - stops.reduce((sum, stop) => sum + (stop.minutes ?? 0), 0)
  const leg = Math.max(1, Math.floor(flying / (stops.length + 1)))
  let minutes = 0
  return stops.map((stop): Ground | undefined => {
    minutes += leg
    const arrival = minutes
    minutes += stop.minutes ?? 0
    return stop.minutes === null ? undefined : groundAt(stop, start, arrival, minutes)
  })
}

function groundAt(stop: TechnicalStop, start: number, arrival: number, departure: number): Ground {
  const zone = zoneOf(stop.airport) ?? 'UTC'
  const at = (minutes: number): string => withOffset(toLocal(start + minutes * 60_000, zone), zone)
  return { arrival: at(arrival), departure: at(departure) }
}
