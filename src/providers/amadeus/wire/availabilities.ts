import type { AirlineCode, AirportCode, LocalDateTime } from '../../../core/itinerary.ts'
import { type Flights, readFlight } from './flight.ts'
import { countOf, listOf, rawOf, textOf, Unreadable, type Warnings, warn } from './read.ts'

/** Reply to `POST /v1/shopping/availability/flight-availabilities`: seats by booking class, no prices. Read only. */

export type FlightAvailability = { readonly segments: readonly SegmentAvailability[] }

export type SegmentAvailability = {
  readonly carrier: AirlineCode
  readonly number: string
  readonly origin: AirportCode
  readonly destination: AirportCode
  readonly departure: LocalDateTime
  /** 9 is nine or more; a closed class has 0. */
  readonly classes: readonly { readonly bookingClass: string; readonly seats: number }[]
}

export function decodeAvailabilities(
  list: readonly unknown[],
  at: string,
  warnings: Warnings,
): readonly FlightAvailability[] {
  const flights: Flights = new Map()
  const found: FlightAvailability[] = []
  for (const [i, item] of list.entries()) {
    try {
      const segments = listOf(rawOf(item)?.segments)
      if (segments.length === 0) throw new Unreadable('segment-missing', `${at}/${i}`, 'no segment')
      found.push({
        segments: segments.map((segment, k) => readSegment(segment, `${at}/${i}/segments/${k}`, flights, warnings)),
      })
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      warn(warnings, error.code, error.at, `the availability is left out: ${error.message}`)
    }
  }
  return found
}

function readSegment(value: unknown, at: string, flights: Flights, warnings: Warnings): SegmentAvailability {
  const raw = rawOf(value)
  if (raw === null) throw new Unreadable('segment-missing', at, 'a segment is no object')
  const flight = readFlight(raw, () => at, flights, warnings)
  return {
    carrier: flight.marketing.carrier,
    number: flight.marketing.number,
    origin: flight.origin,
    destination: flight.destination,
    departure: flight.departure,
    classes: listOf(raw.availabilityClasses).flatMap(classOf),
  }
}

function classOf(value: unknown): SegmentAvailability['classes'] {
  const raw = rawOf(value)
  const bookingClass = textOf(raw?.class)
  return bookingClass === null ? [] : [{ bookingClass, seats: countOf(raw?.numberOfBookableSeats) ?? 0 }]
}
