import type { EpochMs } from '../../../core/clock.ts'
import type {
  AirlineCode,
  OperatingFlight,
  Segment,
  SegmentFare,
  Slice,
  TechnicalStop,
} from '../../../core/itinerary.ts'
import { sharedFlight, sharedOperating } from '../../../core/sharing.ts'
import { minutesBetween, zoneOf } from '../../../reference/assemble.ts'
import { findInstant } from '../../../reference/zones.ts'
import {
  countOf,
  durationText,
  idOf,
  listOf,
  localTimeOf,
  minutesOf,
  type Place,
  type Raw,
  rawOf,
  textOf,
  Unreadable,
  type Warnings,
  warn,
} from './read.ts'

/** A `Segment` of the wire: one flight, without what an offer adds to it (its place in the journey and its fares). */
export type Flight = {
  /** The supplier's id: what fare details point to. */
  readonly wireId: string
  readonly raw: Raw
  readonly marketing: Segment['marketing']
  readonly operating: OperatingFlight
  readonly origin: string
  readonly originTerminal: string | null
  readonly destination: string
  readonly destinationTerminal: string | null
  readonly departure: string
  readonly departureZone: string | null
  /** NaN where the zone is not known. */
  readonly departureMs: EpochMs
  readonly arrival: string
  readonly arrivalZone: string | null
  readonly durationMinutes: number | null
  readonly aircraft: string | null
  readonly stops: readonly TechnicalStop[]
  readonly status: string | null
  /** As the offers read so far sell it; journeys.ts keeps this list. */
  readonly sold: SoldFlight[]
}

export type SoldFlight = {
  readonly place: number
  /** Its fares, as they were read. */
  readonly of: readonly SegmentFare[]
  readonly segment: Segment
  /** That begin with it. */
  readonly slices: { readonly of: readonly Segment[]; readonly slice: Slice }[]
}

/** The same flight stands in many offers of a reply under one id: it is read once. */
export type Flights = Map<unknown, Flight>

export function findFlight(raw: Raw, flights: Flights): Flight | undefined {
  const known = flights.get(raw.id)
  return known && sameFlight(known.raw, raw) ? known : undefined
}

export function readFlight(raw: Raw, at: Place, flights: Flights, warnings: Warnings): Flight {
  const wireId = idOf(raw.id)
  if (wireId === null) throw new Unreadable('segment-without-id', at(), 'a segment has no id')
  const known = findFlight(raw, flights)
  if (known) return known
  const flight = decodeFlight(raw, wireId, at(), warnings)
  flights.set(raw.id, flight)
  return flight
}

/** In all that decodeFlight looks at: what differs is no flight of its own, but nobody is to fly on another's. */
function sameFlight(a: Raw, b: Raw): boolean {
  return (
    a.number === b.number &&
    a.carrierCode === b.carrierCode &&
    a.bookingStatus === b.bookingStatus &&
    a.duration === b.duration &&
    a.numberOfStops === b.numberOfStops &&
    sameEnd(a.departure as MaybeRaw, b.departure as MaybeRaw) &&
    sameEnd(a.arrival as MaybeRaw, b.arrival as MaybeRaw) &&
    (a.aircraft as MaybeRaw)?.code === (b.aircraft as MaybeRaw)?.code &&
    sameOperating(a.operating as MaybeRaw, b.operating as MaybeRaw) &&
    sameStops(a.stops, b.stops)
  )
}

/** Read without a look at what it is: a member of a string or number is undefined. */
type MaybeRaw = Raw | null | undefined

function sameEnd(a: MaybeRaw, b: MaybeRaw): boolean {
  return a?.at === b?.at && a?.iataCode === b?.iataCode && a?.terminal === b?.terminal
}

function sameOperating(a: MaybeRaw, b: MaybeRaw): boolean {
  return a?.carrierCode === b?.carrierCode && a?.carrierName === b?.carrierName && a?.number === b?.number
}

function sameStops(a: unknown, b: unknown): boolean {
  if (a === b) return true
  const x = listOf(a)
  const y = listOf(b)
  return x.length === y.length && x.every((stop, i) => sameStop(stop as MaybeRaw, y[i] as MaybeRaw))
}

function sameStop(a: MaybeRaw, b: MaybeRaw): boolean {
  if (a?.iataCode !== b?.iataCode || a?.duration !== b?.duration) return false
  return a?.arrivalAt === b?.arrivalAt && a?.departureAt === b?.departureAt
}

function decodeFlight(raw: Raw, wireId: string, at: string, warnings: Warnings): Flight {
  const carrier = textOf(raw.carrierCode)
  const number = flightNumberOf(raw.number)
  if (carrier === null || number === null) throw new Unreadable('flight-unnamed', at, 'a segment names no flight')
  const from = endPointOf(raw.departure, `${at}/departure`)
  const to = endPointOf(raw.arrival, `${at}/arrival`)
  const departureZone = zoneOf(from.airport)
  const arrivalZone = zoneOf(to.airport)
  const said = minutesOf(raw.duration)
  const computed = minutesBetween(from.time, departureZone, to.time, arrivalZone)
  if (said !== null && computed !== null && Math.abs(said - computed) > 1) {
    const text = `${from.airport}-${to.airport}: ${said} minutes given, ${computed} by local times and zones`
    warn(warnings, 'duration-mismatch', `${at}/duration`, text)
  }
  return {
    wireId,
    raw,
    marketing: sharedFlight(carrier, number),
    operating: sharedOperating(operatingOf(raw.operating, carrier, number)),
    origin: from.airport,
    originTerminal: from.terminal,
    destination: to.airport,
    destinationTerminal: to.terminal,
    departure: from.time,
    departureZone,
    departureMs: (departureZone === null ? undefined : findInstant(from.time, departureZone)) ?? Number.NaN,
    arrival: to.time,
    arrivalZone,
    durationMinutes: computed ?? said,
    aircraft: textOf(rawOf(raw.aircraft)?.code),
    stops: stopsOf(raw, at, warnings),
    status: statusOf(raw.bookingStatus),
    sold: [],
  }
}

type EndPoint = { readonly airport: string; readonly terminal: string | null; readonly time: string }

function endPointOf(value: unknown, at: string): EndPoint {
  const raw = rawOf(value)
  const airport = textOf(raw?.iataCode)
  const time = localTimeOf(raw?.at)
  if (raw === null || airport === null || !/^[A-Z]{3}$/.test(airport)) {
    throw new Unreadable('airport-missing', at, 'a segment has no airport')
  }
  if (time === null) throw new Unreadable('time-missing', at, 'a segment has no local time')
  return { airport, terminal: idOf(raw.terminal), time }
}

function flightNumberOf(value: unknown): string | null {
  const text = idOf(value)
  if (text === null || text.length > 5) return null
  return text.replace(/^0+(?=.)/, '')
}

/** Nobody named: the marketing carrier itself. A name without a code: somebody else, without a code. */
function operatingOf(value: unknown, carrier: AirlineCode, number: string): OperatingFlight {
  const raw = rawOf(value)
  const code = textOf(raw?.carrierCode)
  const name = textOf(raw?.carrierName)
  if (code === null && name === null) return { carrier, number, name: null }
  const own = code === carrier
  return { carrier: code, number: flightNumberOf(raw?.number) ?? (own ? number : null), name }
}

const noStops: readonly TechnicalStop[] = []

function stopsOf(raw: Raw, at: string, warnings: Warnings): readonly TechnicalStop[] {
  const list = listOf(raw.stops)
  const count = countOf(raw.numberOfStops) ?? list.length
  if (list.length === 0 && count === 0) return noStops
  const stops: TechnicalStop[] = []
  for (const item of list) {
    const stop = rawOf(item)
    const airport = textOf(stop?.iataCode)
    if (stop && airport) stops.push({ airport, minutes: stopMinutes(stop, airport) })
  }
  if (stops.length < count) {
    warn(warnings, 'stop-unnamed', `${at}/stops`, `${count} stops are announced, ${stops.length} are named`)
    // no airport of that code exists: it says that there is a stop and that nobody knows where
    while (stops.length < Math.min(count, 4)) stops.push({ airport: 'ZZZ', minutes: null })
  }
  return stops
}

function stopMinutes(stop: Raw, airport: string): number | null {
  const said = minutesOf(stop.duration)
  if (said !== null) return said
  const arrival = localTimeOf(stop.arrivalAt)
  const departure = localTimeOf(stop.departureAt)
  if (arrival === null || departure === null) return null
  const zone = zoneOf(airport) ?? 'UTC'
  return minutesBetween(arrival, zone, departure, zone)
}

const statuses: ReadonlyMap<unknown, string> = new Map([
  ['CONFIRMED', 'HK'],
  ['WAITLISTED', 'HL'],
  ['REQUESTED', 'HN'],
  ['CANCELLED', 'HX'],
  ['UNABLE', 'UN'],
])

function statusOf(value: unknown): string | null {
  const known = statuses.get(value)
  if (known) return known
  return typeof value === 'string' && /^[A-Z]{2}$/.test(value) ? value : null
}

/** Local times of a technical stop, which our own segments do not hold. */
export type StopTimes = { readonly arrival: string; readonly departure: string }

/** The members in the order of the recorded replies. */
export function encodeFlight(segment: Segment, wireId: string, stopTimes: readonly StopTimes[]): Raw {
  const { operating, marketing } = segment
  return {
    departure: encodeEndPoint(segment.origin, segment.originTerminal, segment.departure),
    arrival: encodeEndPoint(segment.destination, segment.destinationTerminal, segment.arrival),
    carrierCode: marketing.carrier,
    number: marketing.number,
    aircraft: segment.aircraft === null ? undefined : { code: segment.aircraft },
    operating: {
      carrierCode: operating.carrier ?? undefined,
      carrierName: operating.name ?? undefined,
    },
    duration: segment.durationMinutes === null ? undefined : durationText(segment.durationMinutes),
    stops: segment.stops.length === 0 ? undefined : segment.stops.map((stop, i) => encodeStop(stop, stopTimes[i])),
    id: wireId,
    numberOfStops: segment.stops.length,
    blacklistedInEU: false,
  }
}

function encodeEndPoint(airport: string, terminal: string | null, time: string): Raw {
  return terminal === null ? { iataCode: airport, at: time } : { iataCode: airport, terminal, at: time }
}

function encodeStop(stop: TechnicalStop, times: StopTimes | undefined): Raw {
  return {
    iataCode: stop.airport,
    duration: stop.minutes === null ? undefined : durationText(stop.minutes),
    arrivalAt: times?.arrival,
    departureAt: times?.departure,
  }
}
