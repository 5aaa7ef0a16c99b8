import { startsWithDay } from '../../../core/calendar.ts'
import type { SegmentId } from '../../../core/ids.ts'
import type {
  LocalDateTime,
  OperatingFlight,
  Segment,
  SegmentFare,
  TechnicalStop,
  ZoneName,
} from '../../../core/itinerary.ts'
import { sharedFlight, sharedOperating } from '../../../core/sharing.ts'
import { minutesBetween, zoneOf } from '../../../reference/assemble.ts'
import { flag, given, integer, type Reply } from './reply.ts'

/** `air:AirSegment` as it stands in any message. */
export type WireSegment = {
  readonly key: string
  /** Which slice, as the sender counts; connections of one direction share it in searches. */
  readonly group: number
  readonly carrier: string
  readonly number: string
  readonly origin: string
  readonly destination: string
  /** With offset, milliseconds and all: AirPrice wants them back so. */
  readonly departureTime: string
  readonly arrivalTime: string
  readonly flightTime: number | null
  readonly equipment: string | null
  readonly classOfService: string | null
  readonly cabinClass: string | null
  readonly marriageGroup: string | null
  readonly status: string | null
  readonly providerCode: string | null
  readonly operating: OperatingFlight
  readonly details: readonly FlightDetails[]
  readonly detailsRefs: readonly string[]
  /** `C8|D8|Y9`, one entry a provider and cabin. */
  readonly bookingCounts: readonly string[]
  readonly apisRef: string | null
  readonly hostTokenRef: string | null
  readonly passive: boolean
  readonly travelOrder: number | null
  /** Null for what is no flight: surface sectors and open segments have no carrier, number or time. */
  readonly times: FlightTimes | null
}

/** A segment that is a flight. */
export type WireFlight = WireSegment & { readonly times: FlightTimes }

/** Of a flight, worked out once: many offers share it. */
export type FlightTimes = {
  readonly departure: LocalDateTime
  readonly departureZone: ZoneName | null
  readonly arrival: LocalDateTime
  readonly arrivalZone: ZoneName | null
  readonly durationMinutes: number | null
}

/** One leg flown: a segment with a landing on the way has several. */
export type FlightDetails = {
  readonly key: string
  readonly origin: string
  readonly destination: string
  readonly departureTime: string
  readonly arrivalTime: string
  readonly equipment: string | null
  readonly originTerminal: string | null
  readonly destinationTerminal: string | null
}

export function readAirSegment(reply: Reply): WireSegment {
  const { scanner } = reply
  const depth = scanner.depth
  const at = scanner.attributes
  const carrier = at.find('Carrier') ?? ''
  const number = withoutZeros(at.find('FlightNumber') ?? '')
  const head = {
    key: at.find('Key') ?? '',
    group: integer(at.find('Group')) ?? 0,
    origin: at.find('Origin') ?? '',
    destination: at.find('Destination') ?? '',
    departureTime: at.find('DepartureTime') ?? '',
    arrivalTime: at.find('ArrivalTime') ?? '',
    flightTime: integer(at.find('FlightTime')),
    equipment: given(at.find('Equipment')),
    classOfService: given(at.find('ClassOfService')),
    cabinClass: given(at.find('CabinClass')),
    marriageGroup: given(at.find('MarriageGroup')),
    status: given(at.find('Status')),
    providerCode: given(at.find('ProviderCode')),
    apisRef: given(at.find('APISRequirementsRef')),
    hostTokenRef: given(at.find('HostTokenRef')),
    passive: flag(at.find('Passive')) ?? false,
    travelOrder: integer(at.find('TravelOrder')),
  }
  let operating: OperatingFlight = { carrier, number, name: null }
  let providerCode = head.providerCode
  const details: FlightDetails[] = []
  const detailsRefs: string[] = []
  const bookingCounts: string[] = []
  while (scanner.child(depth)) {
    if (scanner.name === 'FlightDetailsRef') detailsRefs.push(scanner.attribute('Key') ?? '')
    else if (scanner.name === 'FlightDetails') details.push(readFlightDetails(reply))
    else if (scanner.name === 'CodeshareInfo') operating = readCodeshare(reply, carrier, number)
    else if (scanner.name === 'AirAvailInfo') {
      providerCode ??= given(scanner.attribute('ProviderCode'))
      readBookingCounts(reply, bookingCounts)
    }
  }
  return {
    key: head.key,
    group: head.group,
    carrier,
    number,
    origin: head.origin,
    destination: head.destination,
    departureTime: head.departureTime,
    arrivalTime: head.arrivalTime,
    flightTime: head.flightTime,
    equipment: head.equipment,
    classOfService: head.classOfService,
    cabinClass: head.cabinClass,
    marriageGroup: head.marriageGroup,
    status: head.status,
    providerCode,
    operating,
    details,
    detailsRefs,
    bookingCounts,
    apisRef: head.apisRef,
    hostTokenRef: head.hostTokenRef,
    passive: head.passive,
    travelOrder: head.travelOrder,
    times: carrier === '' || number === '' ? null : timesOf(reply, head),
  }
}

/** Null where places or times cannot be read. */
function timesOf(
  reply: Reply,
  head: Pick<WireSegment, 'origin' | 'destination' | 'departureTime' | 'arrivalTime' | 'flightTime'>,
): FlightTimes | null {
  const { origin, destination, departureTime, arrivalTime } = head
  if (!isAirport(origin) || !isAirport(destination) || !isTime(departureTime) || !isTime(arrivalTime)) return null
  const departure = localTime(departureTime)
  const arrival = localTime(arrivalTime)
  const departureZone = zoneOf(origin)
  const arrivalZone = zoneOf(destination)
  const stated = minutesByOffset(reply, departureTime, arrivalTime) ?? head.flightTime
  const durationMinutes = stated ?? minutesBetween(departure, departureZone, arrival, arrivalZone)
  return { departure, departureZone, arrival, arrivalZone, durationMinutes }
}

function readBookingCounts(reply: Reply, list: string[]): void {
  const { scanner } = reply
  const depth = scanner.depth
  while (scanner.child(depth)) {
    const counts = scanner.name === 'BookingCodeInfo' ? scanner.attribute('BookingCounts') : undefined
    if (counts) list.push(counts)
  }
}

export function readFlightDetails(reply: Reply): FlightDetails {
  const at = reply.scanner.attributes
  return {
    key: at.find('Key') ?? '',
    origin: at.find('Origin') ?? '',
    destination: at.find('Destination') ?? '',
    departureTime: at.find('DepartureTime') ?? '',
    arrivalTime: at.find('ArrivalTime') ?? '',
    equipment: given(at.find('Equipment')),
    originTerminal: given(at.find('OriginTerminal')),
    destinationTerminal: given(at.find('DestinationTerminal')),
  }
}

/** One that names the marketing carrier is no codeshare; one without a code names the operator in words. */
function readCodeshare(reply: Reply, carrier: string, number: string): OperatingFlight {
  const { scanner } = reply
  const operator = given(scanner.attribute('OperatingCarrier'))
  const operatorNumber = given(scanner.attribute('OperatingFlightNumber'))
  const name = given(scanner.elementText().trim())
  if (operator === null && name === null) return { carrier, number, name }
  const own = operator === carrier ? number : null
  return { carrier: operator, number: operatorNumber === null ? own : withoutZeros(operatorNumber), name }
}

export function isFlight(segment: WireSegment): segment is WireFlight {
  return segment.times !== null
}

export type SegmentParts = {
  readonly wire: WireFlight
  readonly details: readonly FlightDetails[]
  readonly fares: readonly SegmentFare[]
  /** From 1, in the order of travel. */
  readonly place: number
  /** Offers have none. */
  readonly status: string | null
}

export function toSegment(reply: Reply, parts: SegmentParts): Segment {
  const { wire, details } = parts
  const { times } = wire
  const first = details[0]
  const last = details[details.length - 1]
  return {
    id: segmentId(parts.place),
    marketing: sharedFlight(wire.carrier, wire.number),
    operating: sharedOperating(wire.operating),
    origin: wire.origin,
    originTerminal: first?.originTerminal ?? null,
    destination: wire.destination,
    destinationTerminal: last?.destinationTerminal ?? null,
    departure: times.departure,
    departureZone: times.departureZone,
    arrival: times.arrival,
    arrivalZone: times.arrivalZone,
    durationMinutes: times.durationMinutes,
    aircraft: wire.equipment ?? first?.equipment ?? null,
    stops: details.length > 1 ? technicalStops(reply, details) : noStops,
    marriageGroup: wire.marriageGroup,
    fares: parts.fares,
    status: parts.status,
  }
}

/** Made once: those of one place are the same string. */
const segmentIds: readonly SegmentId[] = Array.from({ length: 32 }, (_, place): SegmentId => `seg_${place}`)

export function segmentId(place: number): SegmentId {
  return segmentIds[place] ?? `seg_${place}`
}

const noStops: readonly TechnicalStop[] = []

function technicalStops(reply: Reply, details: readonly FlightDetails[]): readonly TechnicalStop[] {
  const stops: TechnicalStop[] = []
  for (let i = 1; i < details.length; i++) {
    const landed = details[i - 1]!
    stops.push({
      airport: landed.destination,
      minutes: minutesByOffset(reply, landed.arrivalTime, details[i]!.departureTime),
    })
  }
  return stops
}

/** Both have offsets, so no zone is needed; null where one has none. */
function minutesByOffset(reply: Reply, from: string, to: string): number | null {
  const start = reply.epochMs(from)
  const end = reply.epochMs(to)
  return start === undefined || end === undefined || end < start ? null : Math.round((end - start) / 60_000)
}

/** `2016-11-10T18:35:00.000+02:00` on the airport's clock. */
export function localTime(text: string): LocalDateTime {
  return text.length >= 19 && text.charCodeAt(16) === 58 ? text.slice(0, 19) : `${text.slice(0, 16)}:00`
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) && startsWithDay(text)
}

function isAirport(code: string): boolean {
  return /^[A-Z]{3}$/.test(code)
}

export function withoutZeros(number: string): string {
  if (number.charCodeAt(0) !== 48) return number
  return number.replace(/^0+(?=.)/, '')
}
