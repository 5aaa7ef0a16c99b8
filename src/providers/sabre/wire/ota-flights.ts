import type { Segment, Slice } from '../../../core/itinerary.ts'
import { checkDuration } from '../../../reference/assemble.ts'
import { type Flight, noStops, sliceTemplate } from './journeys.ts'
import {
  airlineOf,
  airportOf,
  dateOf,
  flightNumberOf,
  type JsonObject,
  objectOf,
  manyOf,
  textOf,
  timeOf,
  minutesOf,
  wholeOf,
} from './json.ts'
import { OfferProblem, type Warnings } from './reading.ts'

/** AirItinerary: each option spelled out. The same option comes back in many itineraries, so it is kept by what tells
 *  it apart. */
export class OtaFlights {
  readonly #warnings: Warnings
  readonly #known = new Map<string, Slice>()

  constructor(warnings: Warnings) {
    this.#warnings = warnings
  }

  slices(itinerary: JsonObject, at: string): readonly Slice[] {
    const options = manyOf(objectOf(itinerary.OriginDestinationOptions).OriginDestinationOption)
    if (options.length === 0) throw new OfferProblem('incomplete-itinerary', at, 'an itinerary without flights')
    return options.map((option, i) => this.#slice(manyOf(option.FlightSegment), `${at}/AirItinerary/${i}`))
  }

  #slice(segments: readonly JsonObject[], at: string): Slice {
    if (segments.length === 0) throw new OfferProblem('incomplete-itinerary', at, 'an option without flights')
    let key = ''
    for (const segment of segments) key += keyOf(segment)
    let slice = this.#known.get(key)
    if (!slice) {
      slice = this.#read(segments, at)
      this.#known.set(key, slice)
    }
    return slice
  }

  #read(segments: readonly JsonObject[], at: string): Slice {
    const flights = segments.map((segment, i) => {
      const flight = readFlight(segment)
      if (!flight) throw new OfferProblem('incomplete-itinerary', `${at}/FlightSegment/${i}`, 'a flight lacks a part')
      if (flight.stops === noStops && (wholeOf(segment.StopQuantity) ?? 0) > 0) {
        this.#warnings.add('stop-not-named', at, `flight ${flight.carrier}${flight.number} stops, not said where`)
      }
      return flight
    })
    const slice = sliceTemplate(flights)
    for (const segment of slice.segments) {
      const warning = checkDuration(segment, at)
      if (warning) this.#warnings.add(warning.code, warning.at, warning.text)
    }
    return { ...slice, segments: slice.segments.map((segment, i) => withMarriage(segment, segments[i]!)) }
  }
}

/** `I` goes on with the group that an `O` began; read again where the offer is put together. */
function withMarriage(segment: Segment, said: JsonObject): Segment {
  return { ...segment, marriageGroup: marriageOf(said) === 'I' ? 'I' : null }
}

function keyOf(segment: JsonObject): string {
  const carrier = textOf(objectOf(segment.MarketingAirline).Code)
  const from = textOf(objectOf(segment.DepartureAirport).LocationCode)
  const to = textOf(objectOf(segment.ArrivalAirport).LocationCode)
  const times = `${textOf(segment.DepartureDateTime)} ${textOf(segment.ArrivalDateTime)}`
  return `${carrier}${textOf(segment.FlightNumber)} ${from}${to} ${times} ${marriageOf(segment)};`
}

function marriageOf(segment: JsonObject): string | null {
  return textOf(segment.MarriageGrp) ?? textOf(objectOf(segment.MarriageGrp).content)
}

function readFlight(segment: JsonObject): Flight | undefined {
  const departure = objectOf(segment.DepartureAirport)
  const arrival = objectOf(segment.ArrivalAirport)
  const operating = objectOf(segment.OperatingAirline)
  const marketing = airlineOf(objectOf(segment.MarketingAirline).Code)
  const number = flightNumberOf(segment.FlightNumber)
  const origin = airportOf(departure.LocationCode)
  const destination = airportOf(arrival.LocationCode)
  const leaves = localOf(segment.DepartureDateTime)
  const lands = localOf(segment.ArrivalDateTime)
  if (!marketing || !number || !origin || !destination || !leaves || !lands) return undefined
  const operator = airlineOf(operating.Code) ?? airlineOf(objectOf(segment.DisclosureAirline).Code)
  const name = textOf(operating.CompanyShortName) ?? textOf(operating.content)
  return {
    carrier: marketing,
    number,
    operatingCarrier: operator ?? (name ? null : marketing),
    operatingNumber: flightNumberOf(operating.FlightNumber) ?? (operator ? null : number),
    operatingName: name,
    origin,
    originTerminal: textOf(departure.TerminalID),
    destination,
    destinationTerminal: textOf(arrival.TerminalID),
    departure: leaves,
    arrival: lands,
    durationMinutes: minutesOf(segment.ElapsedTime),
    aircraft: textOf(manyOf(segment.Equipment)[0]?.AirEquipType),
    stops: readStops(segment),
  }
}

function localOf(value: unknown): string | null {
  const text = textOf(value)
  if (text === null || text[10] !== 'T') return null
  const date = dateOf(text.slice(0, 10))
  const time = timeOf(text.slice(11))
  return date && time ? `${date}T${time}` : null
}

function readStops(segment: JsonObject): Flight['stops'] {
  const stops = manyOf(objectOf(segment.StopAirports).StopAirport).flatMap(stop => {
    const airport = airportOf(stop.LocationCode)
    return airport ? [{ airport, minutes: minutesOf(stop.Duration) }] : []
  })
  return stops.length > 0 ? stops : noStops
}
