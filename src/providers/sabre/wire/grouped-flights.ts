import type { LocalDate, Slice } from '../../../core/itinerary.ts'
import { checkDuration } from '../../../reference/assemble.ts'
import { addDays } from './dates.ts'
import { type Flight, noStops, sliceTemplate } from './journeys.ts'
import {
  airlineOf,
  airportOf,
  flightNumberOf,
  type JsonObject,
  objectOf,
  objectsOf,
  textOf,
  timeOf,
  minutesOf,
  wholeOf,
} from './json.ts'
import { OfferProblem, type Place, type Warnings } from './reading.ts'

/** Lists of descriptions with an id, by which the rest of a reply refers to them, in any order. */
export type Descriptions = ReadonlyMap<number, JsonObject>

export function descriptionsById(list: unknown): Descriptions {
  const found = new Map<number, JsonObject>()
  for (const description of objectsOf(list)) {
    const id = wholeOf(description.id)
    if (id !== null) found.set(id, description)
  }
  return found
}

/** legs -> legDescs -> scheduleDescs, with the date of the group's leg: resolved once for each leg and date. */
export class GroupedFlights {
  readonly #legs: Descriptions
  readonly #schedules: Descriptions
  readonly #warnings: Warnings
  readonly #known = new Map<string, Slice | OfferProblem>()

  constructor(reply: JsonObject, warnings: Warnings) {
    this.#legs = descriptionsById(reply.legDescs)
    this.#schedules = descriptionsById(reply.scheduleDescs)
    this.#warnings = warnings
  }

  slice(legRef: number, date: LocalDate, at: Place): Slice {
    const key = `${legRef} ${date}`
    let slice = this.#known.get(key)
    if (!slice) {
      slice = this.#resolve(legRef, date, at())
      this.#known.set(key, slice)
    }
    if (slice instanceof OfferProblem) throw slice
    return slice
  }

  #resolve(legRef: number, date: LocalDate, at: string): Slice | OfferProblem {
    const leg = this.#legs.get(legRef)
    if (!leg) return new OfferProblem('dangling-reference', at, `no leg description ${legRef}`)
    const flights: Flight[] = []
    for (const schedule of objectsOf(leg.schedules)) {
      const ref = wholeOf(schedule.ref)
      const description = ref === null ? undefined : this.#schedules.get(ref)
      if (!description) return new OfferProblem('dangling-reference', at, `no schedule description ${ref}`)
      const flight = readFlight(description, addDays(date, wholeOf(schedule.departureDateAdjustment) ?? 0))
      if (!flight) return new OfferProblem('incomplete-schedule', at, `schedule description ${ref} lacks a part`)
      if (flight.stops === noStops && (wholeOf(description.stopCount) ?? 0) > 0) {
        this.#warnings.add('stop-not-named', at, `schedule description ${ref} has a stop without its airport`)
      }
      flights.push(flight)
    }
    if (flights.length === 0) return new OfferProblem('incomplete-leg', at, `leg description ${legRef} has no flights`)
    const slice = sliceTemplate(flights)
    this.#checkTimes(slice, at)
    return slice
  }

  #checkTimes(slice: Slice, at: string): void {
    for (const segment of slice.segments) {
      const warning = checkDuration(segment, at)
      if (warning) this.#warnings.add(warning.code, warning.at, warning.text)
    }
  }
}

function readFlight(description: JsonObject, date: LocalDate): Flight | undefined {
  const departure = objectOf(description.departure)
  const arrival = objectOf(description.arrival)
  const carrier = objectOf(description.carrier)
  const marketing = airlineOf(carrier.marketing)
  const number = flightNumberOf(carrier.marketingFlightNumber)
  const origin = airportOf(departure.airport)
  const destination = airportOf(arrival.airport)
  const leaves = timeOf(departure.time)
  const lands = timeOf(arrival.time)
  if (!marketing || !number || !origin || !destination || !leaves || !lands) return undefined
  const operating = airlineOf(carrier.operating)
  return {
    carrier: marketing,
    number,
    operatingCarrier: operating ?? (textOf(carrier.operating) ? null : marketing),
    operatingNumber: flightNumberOf(carrier.operatingFlightNumber) ?? (operating ? null : number),
    operatingName: textOf(carrier.codeShared),
    origin,
    originTerminal: textOf(departure.terminal),
    destination,
    destinationTerminal: textOf(arrival.terminal),
    departure: `${date}T${leaves}`,
    arrival: `${addDays(date, wholeOf(arrival.dateAdjustment) ?? 0)}T${lands}`,
    durationMinutes: minutesOf(description.elapsedTime),
    aircraft: textOf(objectOf(carrier.equipment).code),
    stops: readStops(description),
  }
}

function readStops(description: JsonObject): Flight['stops'] {
  const stops = objectsOf(description.hiddenStops).flatMap(stop => {
    const airport = airportOf(stop.airport)
    return airport ? [{ airport, minutes: minutesOf(stop.elapsedLayoverTime) }] : []
  })
  return stops.length > 0 ? stops : noStops
}
