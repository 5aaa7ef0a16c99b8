import type { Baggage, PassengerType, SegmentFare, Slice } from '../../../core/itinerary.ts'
import { sharedFares } from '../../../core/sharing.ts'
import { assembleSlice } from '../../../reference/assemble.ts'
import { decodeSegment } from './flight.ts'
import type { WirePassenger } from './passengers.ts'
import {
  countOf,
  flightNumberOf,
  iataCodeOf,
  localTimeOf,
  isObject,
  type JsonObject,
  listOf,
  objectOf,
  textOf,
  Unreadable,
  type Warnings,
} from './read.ts'
import { cabinOf, cabinWord } from './vocabulary.ts'

/** `slices[].segments[].passengers[]`, the same in offers and orders: the flights, and who flies how on each. */
export type Journey = {
  readonly slices: readonly JourneySlice[]
  /** By passenger, then by segment over all slices. */
  readonly fares: readonly (readonly SegmentFare[])[]
}

type JourneySlice = { readonly segments: readonly JourneySegment[] }
type JourneySegment = { readonly raw: JsonObject; readonly at: string }

const slicesMax = 20
const segmentsMax = 40

export function readJourney(
  value: unknown,
  passengers: readonly WirePassenger[],
  at: string,
  warnings: Warnings,
): Journey {
  const list = listOf(value)
  if (list.length === 0) throw new Unreadable('slice-missing', at, 'without slices')
  if (list.length > slicesMax) throw new Unreadable('too-many-slices', at, `over ${slicesMax} slices`)
  const fares: SegmentFare[][] = passengers.map(() => [])
  const slices = list.map((item, i) => {
    const slice = objectOf(item)
    const segments = listOf(slice.segments)
    const place = `${at}/${i}/segments`
    if (segments.length === 0) throw new Unreadable('segment-missing', place, 'a slice without segments')
    if (segments.length > segmentsMax) throw new Unreadable('too-many-segments', place, `over ${segmentsMax} segments`)
    return {
      segments: segments.map((segment, k) => {
        const raw = objectOf(segment)
        const where = `${place}/${k}`
        const own = passengersOf(raw, passengers, where, warnings)
        for (let p = 0; p < passengers.length; p++)
          fares[p]!.push(readFare(passengers[p]!.type, own[p], textOf(slice.fare_brand_name)))
        return { raw, at: where }
      }),
    }
  })
  return { slices, fares }
}

/** Entries of a segment in the order of the offer's passengers. Ids that belong to nobody (documentation calls them
 *  `passenger_0`) stand for the passenger at their place, with a warning. */
function passengersOf(
  segment: JsonObject,
  passengers: readonly WirePassenger[],
  at: string,
  warnings: Warnings,
): readonly (JsonObject | undefined)[] {
  const entries = listOf(segment.passengers)
  if (areTheirs(entries, passengers)) return entries
  const list = entries.filter(isObject)
  const own = passengers.map(({ wireId }, i) => {
    const here = list[i]
    if (here && wireId !== null && here.passenger_id === wireId) return here
    return wireId === null ? undefined : list.find(entry => entry.passenger_id === wireId)
  })
  for (let i = 0; i < list.length; i++) {
    const entry = list[i]!
    if (own.includes(entry)) continue
    const id = textOf(entry.passenger_id)
    if (id !== null) {
      const text = `passenger ${id} of a segment is none of the passengers`
      warnings.add('dangling-reference', `${at}/passengers/${i}/passenger_id`, text)
    }
    if (i < own.length && own[i] === undefined) own[i] = entry
  }
  return own
}

/** As replies have them: one entry a passenger, in their order. */
function areTheirs(entries: readonly unknown[], passengers: readonly WirePassenger[]): entries is JsonObject[] {
  if (entries.length !== passengers.length) return false
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i]
    const { wireId } = passengers[i]!
    if (wireId === null || !isObject(entry) || entry.passenger_id !== wireId) return false
  }
  return true
}

const noBaggage: SegmentFare['baggage'] = { checked: null, cabin: null }

/** The format has neither booking classes nor baggage weights. */
function readFare(type: PassengerType, raw: JsonObject | undefined, brandName: string | null): SegmentFare {
  return {
    passengerType: type,
    fareBasis: textOf(raw?.fare_basis_code),
    bookingClass: null,
    cabin: cabinOf(raw?.cabin_class ?? objectOf(raw?.cabin).name),
    brand: brandName === null ? null : { code: null, name: brandName },
    baggage: raw === undefined ? noBaggage : readBaggage(raw.baggages),
  }
}

/** What a list leaves out is not included. An empty list says nothing: airlines that never fill it sell business class
 *  with bags. */
function readBaggage(value: unknown): SegmentFare['baggage'] {
  let told = false
  let checked = 0
  let cabin = 0
  for (const entry of listOf(value)) {
    if (!isObject(entry)) continue
    told = true
    if (entry.type === 'checked') checked += countOf(entry.quantity) ?? 0
    if (entry.type === 'carry_on') cabin += countOf(entry.quantity) ?? 0
  }
  return told ? { checked: piecesOf(checked), cabin: piecesOf(cabin) } : noBaggage
}

function piecesOf(pieces: number): Baggage {
  return fewPieces[pieces] ?? { pieces, weightKg: null, weightLb: null }
}

/** Nearly all there are: made once. */
const fewPieces: readonly Baggage[] = [0, 1, 2, 3].map(pieces => ({ pieces, weightKg: null, weightLb: null }))

export function sameFares(a: readonly SegmentFare[], b: readonly SegmentFare[]): boolean {
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!
    const y = b[i]!
    if (x.passengerType !== y.passengerType || x.fareBasis !== y.fareBasis || x.cabin !== y.cabin) return false
    if (!sameBags(x.baggage.checked, y.baggage.checked) || !sameBags(x.baggage.cabin, y.baggage.cabin)) return false
  }
  return true
}

function sameBags(a: Baggage | null, b: Baggage | null): boolean {
  return a === null || b === null ? a === b : a.pieces === b.pieces
}

/** `of`: whose fares stand at the segments, as indexes into journey.fares. */
export function assembleJourney(
  journey: Journey,
  of: readonly number[],
  status: string | null,
  warnings: Warnings,
): readonly Slice[] {
  let number = 0
  return journey.slices.map(slice =>
    assembleSlice(
      slice.segments.map(({ raw, at }) => {
        const fares = sharedFares(of.map(passenger => journey.fares[passenger]![number]!))
        number++
        return decodeSegment(raw, { number, fares, status }, at, warnings)
      }),
    ),
  )
}

export type NamedFlight = { readonly carrier: string; readonly number: string; readonly departure: string }

/** The flights of an offer that is not read yet. */
export function flightsOf(offer: unknown): readonly NamedFlight[] {
  return listOf(objectOf(offer).slices).flatMap(slice =>
    listOf(objectOf(slice).segments).map(value => {
      const segment = objectOf(value)
      return {
        carrier: iataCodeOf(segment.marketing_carrier) ?? '',
        number: flightNumberOf(segment.marketing_carrier_flight_number) ?? '',
        departure: localTimeOf(segment.departing_at) ?? '',
      }
    }),
  )
}

/** One passenger's entry of a segment. */
export function encodeFare(fare: SegmentFare | undefined, passengerId: string): JsonObject {
  const cabin = cabinWord(fare?.cabin ?? 'economy')
  const name = marketingNames[cabin] ?? cabin
  return {
    passenger_id: passengerId,
    fare_basis_code: fare?.fareBasis ?? null,
    cabin_class_marketing_name: name,
    cabin_class: cabin,
    cabin: { name: cabin, marketing_name: name, amenities: { wifi: null, seat: null, power: null } },
    baggages: encodeBaggage(fare?.baggage ?? noBaggage),
  }
}

const marketingNames: Readonly<Record<string, string>> = {
  economy: 'Economy',
  premium_economy: 'Premium Economy',
  business: 'Business',
  first: 'First',
}

/** A list that has anything has both, so that nothing is left to be guessed; a weight is one bag. */
function encodeBaggage({ checked, cabin }: SegmentFare['baggage']): readonly JsonObject[] {
  if (checked === null && cabin === null) return []
  return [
    { type: 'checked', quantity: quantityOf(checked) },
    { type: 'carry_on', quantity: quantityOf(cabin) },
  ]
}

function quantityOf(bag: Baggage | null): number {
  if (bag === null) return 0
  return bag.pieces ?? ((bag.weightKg ?? bag.weightLb ?? 0) > 0 ? 1 : 0)
}
