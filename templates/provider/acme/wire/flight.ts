import { startsWithDay } from 'fareloom/core/calendar.ts'
import { type Baggage, cabins, passengerTypes, type Segment, type SegmentFare, type Slice } from 'fareloom/core/itinerary.ts'
import { WireError } from 'fareloom/core/wire-error.ts'
import { assembleSlice } from 'fareloom/reference/assemble.ts'
import {
  airportForm,
  carrierForm,
  listOf,
  localTimeForm,
  matching,
  optionalCount,
  optionalText,
  rawOf,
  textOf,
  wordOf,
} from './read.ts'

/** Zones, durations and connections are not told: assembleSlice knows them. */
export function decodeSlices(value: unknown, at: string): readonly Slice[] {
  let place = 0
  return listOf(value, at).map((flights, i) => {
    const segments = listOf(flights, `${at}/${i}`).map((flight, j) => decodeFlight(flight, ++place, `${at}/${i}/${j}`))
    if (segments.length === 0) throw new WireError('a slice without flights', `${at}/${i}`)
    return assembleSlice(segments)
  })
}

function decodeFlight(value: unknown, place: number, at: string): Segment {
  const raw = rawOf(value, at)
  const operator = rawOf(raw.operatedBy, `${at}/operatedBy`)
  return {
    id: `seg_${place}`,
    marketing: {
      carrier: matching(raw.carrier, carrierForm, `${at}/carrier`),
      number: matching(raw.number, /^[1-9]\d{0,3}$/, `${at}/number`),
    },
    operating: { carrier: optionalText(operator.carrier), number: optionalText(operator.number), name: null },
    origin: matching(raw.from, airportForm, `${at}/from`),
    originTerminal: optionalText(raw.fromTerminal),
    destination: matching(raw.to, airportForm, `${at}/to`),
    destinationTerminal: optionalText(raw.toTerminal),
    departure: timeOf(raw.departs, `${at}/departs`),
    departureZone: null,
    arrival: timeOf(raw.arrives, `${at}/arrives`),
    arrivalZone: null,
    durationMinutes: null,
    aircraft: optionalText(raw.aircraft),
    stops: listOf(raw.stops, `${at}/stops`).map((stop, i) => {
      const { airport, minutes } = rawOf(stop, `${at}/stops/${i}`)
      return {
        airport: matching(airport, airportForm, `${at}/stops/${i}`),
        minutes: optionalCount(minutes, `${at}/stops/${i}`),
      }
    }),
    marriageGroup: optionalText(raw.marriageGroup),
    fares: listOf(raw.fares, `${at}/fares`).map((fare, i) => decodeFare(fare, `${at}/fares/${i}`)),
    status: optionalText(raw.status),
  }
}

function timeOf(value: unknown, at: string): string {
  const text = matching(value, localTimeForm, at)
  if (startsWithDay(text)) return text
  throw new WireError('a day that there is not', at)
}

function decodeFare(value: unknown, at: string): SegmentFare {
  const raw = rawOf(value, at)
  const brand = raw.brand === null ? null : rawOf(raw.brand, `${at}/brand`)
  return {
    passengerType: wordOf(raw.type, passengerTypes, `${at}/type`),
    fareBasis: textOf(raw.basis, `${at}/basis`),
    bookingClass: matching(raw.class, /^[A-Z]$/, `${at}/class`),
    cabin: wordOf(raw.cabin, cabins, `${at}/cabin`),
    brand: brand && { code: optionalText(brand.code), name: optionalText(brand.name) },
    baggage: { checked: decodeBag(raw.checked, `${at}/checked`), cabin: decodeBag(raw.carryOn, `${at}/carryOn`) },
  }
}

function decodeBag(value: unknown, at: string): Baggage | null {
  if (value === null || value === undefined) return null
  const { pieces, weightKg } = rawOf(value, at)
  return { pieces: optionalCount(pieces, at), weightKg: optionalCount(weightKg, at), weightLb: null }
}

export function encodeSlices(slices: readonly Slice[]): unknown {
  return slices.map(({ segments }) =>
    segments.map(segment => ({
      carrier: segment.marketing.carrier,
      number: segment.marketing.number,
      operatedBy: { carrier: segment.operating.carrier, number: segment.operating.number },
      from: segment.origin,
      fromTerminal: segment.originTerminal,
      to: segment.destination,
      toTerminal: segment.destinationTerminal,
      departs: segment.departure,
      arrives: segment.arrival,
      aircraft: segment.aircraft,
      stops: segment.stops,
      marriageGroup: segment.marriageGroup,
      fares: segment.fares.map(({ passengerType, fareBasis, bookingClass, cabin, brand, baggage }) => ({
        type: passengerType,
        basis: fareBasis,
        class: bookingClass,
        cabin,
        brand,
        checked: baggage.checked,
        carryOn: baggage.cabin,
      })),
      status: segment.status,
    })),
  )
}
