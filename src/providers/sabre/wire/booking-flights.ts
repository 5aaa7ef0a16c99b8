import type { PassengerType, Slice } from '../../../core/itinerary.ts'
import { cabinOf } from './codes.ts'
import { fillSlices, type Flight, noStops, type SegmentDetails, sliceTemplate } from './journeys.ts'
import {
  airlineOf,
  airportOf,
  dateOf,
  flightNumberOf,
  type JsonObject,
  objectsOf,
  textOf,
  timeOf,
  wholeOf,
} from './json.ts'

/** The flights of a booking as slices. `journeys` says where each begins; without it, a stay of a day or a turn for home
 *  ends one. */
export function readSlices(
  flights: readonly JsonObject[],
  journeys: readonly JsonObject[],
  types: readonly PassengerType[],
): readonly Slice[] {
  const read = flights.flatMap(said => {
    const flight = readFlight(said)
    return flight ? [{ flight, said }] : []
  })
  if (read.length === 0) return []
  const counts = countsOf(
    read.map(entry => entry.flight),
    journeys,
  )
  const templates: Slice[] = []
  let start = 0
  for (const count of counts) {
    templates.push(sliceTemplate(read.slice(start, start + count).map(entry => entry.flight)))
    start += count
  }
  return fillSlices(
    templates,
    read.map(entry => detailsOf(entry.said, types)),
  )
}

function detailsOf(said: JsonObject, types: readonly PassengerType[]): SegmentDetails {
  const bookingClass = textOf(said.bookingClass)
  const cabin = cabinOf(said.cabinTypeCode) ?? cabinOf(said.cabinTypeName)
  const fares = types.map(passengerType => ({
    passengerType,
    fareBasis: null,
    bookingClass,
    cabin,
    brand: null,
    baggage: { checked: null, cabin: null },
  }))
  return { fares, marriageGroup: null, status: flightStatus(said) }
}

/** Short forms of a booking have the name only. */
export function flightStatus(said: JsonObject): string | null {
  return textOf(said.flightStatusCode) ?? (textOf(said.flightStatusName) === 'Confirmed' ? 'HK' : null)
}

function readFlight(said: JsonObject): Flight | undefined {
  const carrier = airlineOf(said.airlineCode)
  const number = flightNumberOf(said.flightNumber)
  const origin = airportOf(said.fromAirportCode)
  const destination = airportOf(said.toAirportCode)
  const date = dateOf(said.departureDate)
  const time = timeOf(said.departureTime)
  if (!carrier || !number || !origin || !destination || !date || !time) return undefined
  const arrivalDate = dateOf(said.arrivalDate) ?? date
  const arrivalTime = timeOf(said.arrivalTime) ?? time
  const operating = airlineOf(said.operatingAirlineCode)
  const name = textOf(said.operatingAirlineName)
  return {
    carrier,
    number,
    operatingCarrier: operating ?? (name ? null : carrier),
    operatingNumber: flightNumberOf(said.operatingFlightNumber) ?? (operating || name ? null : number),
    operatingName: name,
    origin,
    originTerminal: textOf(said.departureTerminalName),
    destination,
    destinationTerminal: textOf(said.arrivalTerminalName),
    departure: `${date}T${time}`,
    arrival: `${arrivalDate}T${arrivalTime}`,
    durationMinutes: wholeOf(said.durationInMinutes),
    aircraft: textOf(said.aircraftTypeCode),
    stops: readStops(said),
  }
}

function readStops(said: JsonObject): Flight['stops'] {
  const stops = objectsOf(said.hiddenStops).flatMap(stop => {
    const airport = airportOf(stop.airportCode)
    return airport ? [{ airport, minutes: wholeOf(stop.durationInMinutes) }] : []
  })
  return stops.length > 0 ? stops : noStops
}

function countsOf(flights: readonly Flight[], journeys: readonly JsonObject[]): readonly number[] {
  const said = journeys.map(journey => wholeOf(journey.numberOfFlights) ?? 0)
  const sum = said.reduce((total, count) => total + count, 0)
  return said.length > 0 && sum === flights.length && said.every(count => count > 0) ? said : journeyLengths(flights)
}

const dayMs = 86_400_000

/** How many flights each direction has, told from the flights alone. */
export function journeyLengths(
  flights: readonly Pick<Flight, 'origin' | 'destination' | 'departure' | 'arrival'>[],
): readonly number[] {
  const counts: number[] = []
  let start = 0
  for (let i = 1; i <= flights.length; i++) {
    if (i < flights.length && !beginsJourney(flights, start, i)) continue
    counts.push(i - start)
    start = i
  }
  return counts
}

/** Local times at one airport differ as instants do. A flight back to where this direction began turns for home. */
function beginsJourney(
  flights: readonly Pick<Flight, 'origin' | 'destination' | 'departure' | 'arrival'>[],
  start: number,
  next: number,
): boolean {
  const ground = Date.parse(flights[next]!.departure) - Date.parse(flights[next - 1]!.arrival)
  return ground >= dayMs || flights[next]!.destination === flights[start]!.origin
}

export function slicesByJourney(slices: readonly Slice[]): readonly JsonObject[] {
  return slices.map(slice => ({
    firstAirportCode: slice.origin,
    departureDate: slice.segments[0]!.departure.slice(0, 10),
    departureTime: slice.segments[0]!.departure.slice(11, 16),
    lastAirportCode: slice.destination,
    numberOfFlights: slice.segments.length,
  }))
}
