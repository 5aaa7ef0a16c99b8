import { toInstant } from '../../../core/clock.ts'
import type { OperatingFlight, Segment, SegmentFare, TechnicalStop, ZoneName } from '../../../core/itinerary.ts'
import { sharedFlight, sharedOperating } from '../../../core/sharing.ts'
import { minutesBetween, zoneOf } from '../../../reference/assemble.ts'
import { findAirline } from '../../../reference/airlines.ts'
import { findInstant, isZone, toLocal } from '../../../reference/zones.ts'
import { encodeAircraft, encodeAirline, encodeAirport } from './place.ts'
import {
  airlineOf,
  airportOf,
  durationText,
  flightNumberOf,
  iataCodeOf,
  isObject,
  type JsonObject,
  listOf,
  localTimeOf,
  minutesOf,
  objectOf,
  textOf,
  Unreadable,
  type Warnings,
} from './read.ts'

/** A segment of the wire: one flight of a slice. Times are local; each end names its zone. */

export type SegmentPlace = {
  /** From 1, in the order of travel. */
  readonly number: number
  readonly fares: readonly SegmentFare[]
  readonly status: string | null
}

export function decodeSegment(raw: JsonObject, place: SegmentPlace, at: string, warnings: Warnings): Segment {
  const carrier = airlineOf(raw.marketing_carrier)
  const number = flightNumberOf(raw.marketing_carrier_flight_number)
  if (carrier === null || number === null) throw new Unreadable('flight-unnamed', at, 'a segment names no flight')
  const from = readEnd(raw.origin, raw.departing_at ?? raw.departure_datetime, `${at}/origin`)
  const to = readEnd(raw.destination, raw.arriving_at ?? raw.arrival_datetime, `${at}/destination`)
  return {
    id: `seg_${place.number}`,
    marketing: sharedFlight(carrier, number),
    operating: sharedOperating(readOperating(raw, carrier, number)),
    origin: from.airport,
    originTerminal: textOf(raw.origin_terminal ?? raw.departure_terminal),
    destination: to.airport,
    destinationTerminal: textOf(raw.destination_terminal ?? raw.arrival_terminal),
    departure: from.time,
    departureZone: from.zone,
    arrival: to.time,
    arrivalZone: to.zone,
    durationMinutes: readDuration(raw.duration, from, to, at, warnings),
    aircraft: iataCodeOf(raw.aircraft),
    stops: listOf(raw.stops).length === 0 ? noStops : listOf(raw.stops).flatMap(readStop),
    marriageGroup: null,
    fares: place.fares,
    status: place.status,
  }
}

type End = { readonly airport: string; readonly time: string; readonly zone: ZoneName | null }

/** Our table's zone, the message's for an airport that we do not know. */
function readEnd(value: unknown, localTime: unknown, at: string): End {
  const airport = airportOf(value)
  const time = localTimeOf(localTime)
  if (airport === null) throw new Unreadable('airport-missing', at, 'a segment has no airport')
  if (time === null) throw new Unreadable('time-missing', at, 'a segment has no local time')
  return { airport, time, zone: zoneOf(airport) ?? zoneNameOf(value) }
}

function zoneNameOf(place: unknown): ZoneName | null {
  const name = textOf(objectOf(place).time_zone)
  return name !== null && isZone(name) ? name : null
}

/** By local times and zones where both are known: the stated ones are not always right. */
function readDuration(value: unknown, from: End, to: End, at: string, warnings: Warnings): number | null {
  const said = minutesOf(value)
  const computed = minutesBetween(from.time, from.zone, to.time, to.zone)
  if (said !== null && computed !== null && Math.abs(said - computed) > 1) {
    const text = `${from.airport}-${to.airport}: ${said} minutes given, ${computed} by local times and zones`
    warnings.add('duration-mismatch', `${at}/duration`, text)
  }
  return computed ?? said
}

/** Nobody named: the marketing carrier. A carrier without a code is somebody else of whom there is a name only. */
function readOperating(raw: JsonObject, carrier: string, number: string): OperatingFlight {
  const code = airlineOf(raw.operating_carrier)
  const name = textOf(objectOf(raw.operating_carrier).name)
  if (code === null && name === null) return { carrier, number, name: null }
  const own = code === carrier ? number : null
  return { carrier: code, number: flightNumberOf(raw.operating_carrier_flight_number) ?? own, name }
}

const noStops: readonly TechnicalStop[] = []

function readStop(value: unknown): readonly TechnicalStop[] {
  const airport = isObject(value) ? airportOf(value.airport) : null
  return isObject(value) && airport !== null ? [{ airport, minutes: minutesOf(value.duration) }] : noStops
}

/** What a segment of the wire has and ours has not. */
export type SegmentDetails = {
  readonly wireId: string
  readonly distanceKm: number | null
  readonly passengers: readonly JsonObject[]
}

/** The members in the order of the recorded replies. */
export function encodeSegment(segment: Segment, details: SegmentDetails): JsonObject {
  const { marketing, operating } = segment
  return {
    stops: segment.stops.map((stop, i) => encodeStop(stop, `${details.wireId}${i}`, segment)),
    passengers: details.passengers,
    origin_terminal: segment.originTerminal,
    origin: encodeAirport(segment.origin),
    operating_carrier_flight_number: operating.number,
    operating_carrier: encodeAirline(operating.carrier, operating.name ?? nameOfAirline(operating.carrier)),
    marketing_carrier_flight_number: marketing.number,
    marketing_carrier: encodeAirline(marketing.carrier, nameOfAirline(marketing.carrier)),
    id: details.wireId,
    duration: segment.durationMinutes === null ? null : durationText(segment.durationMinutes),
    distance: details.distanceKm === null ? null : String(details.distanceKm),
    destination_terminal: segment.destinationTerminal,
    destination: encodeAirport(segment.destination),
    departing_at: segment.departure,
    arriving_at: segment.arrival,
    aircraft: segment.aircraft === null ? null : encodeAircraft(segment.aircraft),
  }
}

export function nameOfAirline(carrier: string | null): string {
  return (carrier !== null && findAirline(carrier)?.name) || carrier || 'Unknown'
}

/** Our stops have no times: the wire gets plausible ones, in the middle of the flight. */
function encodeStop(stop: TechnicalStop, key: string, segment: Segment): JsonObject {
  const zone = zoneOf(stop.airport)
  const start = segment.departureZone === null ? undefined : findInstant(segment.departure, segment.departureZone)
  const minutes = stop.minutes ?? 0
  const middle = start === undefined ? undefined : start + ((segment.durationMinutes ?? 0) / 2) * 60_000
  const local = (ms: number | undefined): string | null =>
    ms === undefined ? null : zone === null ? toInstant(ms).slice(0, 19) : toLocal(ms, zone)
  return {
    id: key.replace(/^seg_/, 'sto_'),
    duration: stop.minutes === null ? null : durationText(stop.minutes),
    departing_at: local(middle === undefined ? undefined : middle + minutes * 30_000),
    arriving_at: local(middle === undefined ? undefined : middle - minutes * 30_000),
    airport: encodeAirport(stop.airport),
  }
}
