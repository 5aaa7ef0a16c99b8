import type { PassengerId } from '../../../core/ids.ts'
import type { Baggage, Brand, PassengerType, SegmentFare } from '../../../core/itinerary.ts'
import type { PassengerPrice } from '../../../core/offer.ts'
import type { Flight } from './flight.ts'
import { countOf, idOf, listOf, type Place, type Raw, rawOf, textOf, type Warnings, warn } from './read.ts'
import { cabinOf, cabinWord } from './vocabulary.ts'

/** `travelerPricings[].fareDetailsBySegment[]`: what a traveller flies on in one segment. */

/** One entry of `travelerPricings`. */
export type TravellerPricing = {
  readonly wireId: string
  readonly id: PassengerId
  readonly type: PassengerType
  readonly price: PassengerPrice
  /** By segment, in the order of travel; null where the reply has none for it. */
  readonly details: readonly (Raw | null)[]
}

/** Details in the order of the segments. Those that name a segment which the offer has not are left out, with a warning. */
export function readDetails(
  value: unknown,
  flights: readonly Flight[],
  at: Place,
  warnings: Warnings,
): readonly (Raw | null)[] {
  const list = listOf(value)
  const ordered = new Array<Raw | null>(flights.length)
  let inOrder = list.length === flights.length
  for (let i = 0; i < flights.length; i++) {
    const id = flights[i]!.wireId
    const here = rawOf(list[i])
    if (here && (here.segmentId === id || idOf(here.segmentId) === id)) ordered[i] = here
    else {
      ordered[i] = findDetail(list, id)
      inOrder = false
    }
  }
  if (!inOrder) checkDetails(list, ordered, flights, at, warnings)
  return ordered
}

function checkDetails(
  list: readonly unknown[],
  ordered: readonly (Raw | null)[],
  flights: readonly Flight[],
  at: Place,
  warnings: Warnings,
): void {
  if (ordered.includes(null)) warn(warnings, 'fare-missing', at(), 'a traveller has no fare details on a segment')
  for (let i = 0; i < list.length; i++) {
    const id = idOf(rawOf(list[i])?.segmentId)
    if (id !== null && flights.some(flight => flight.wireId === id)) continue
    const text = `fare details of segment ${id ?? 'without id'}`
    warn(warnings, 'dangling-reference', `${at()}/fareDetailsBySegment/${i}/segmentId`, text)
  }
}

function findDetail(list: readonly unknown[], id: string): Raw | null {
  for (const item of list) {
    const detail = rawOf(item)
    if (detail && idOf(detail.segmentId) === id) return detail
  }
  return null
}

/** Fares of a message by their basis. A search of 200 return offers with two kinds of traveller tells 1,264, of which 64
 *  differ: those are made once. */
export type KnownFares = Map<unknown, KnownFare[]>
type KnownFare = { readonly detail: Raw; readonly fare: SegmentFare }

/** More of one basis are made anew each time. */
const alikeMax = 16

export function readFare(type: PassengerType, detail: Raw | null, known: KnownFares): SegmentFare {
  if (detail === null) {
    const baggage = { checked: null, cabin: null }
    return { passengerType: type, fareBasis: null, bookingClass: null, cabin: null, brand: null, baggage }
  }
  const alike = known.get(detail.fareBasis)
  if (alike) {
    for (const other of alike)
      if (other.fare.passengerType === type && sameFare(other.detail, detail)) return other.fare
  }
  const fare = decodeFare(type, detail)
  if (!alike) known.set(detail.fareBasis, [{ detail, fare }])
  else if (alike.length < alikeMax) alike.push({ detail, fare })
  return fare
}

/** In all that decodeFare looks at. */
function sameFare(a: Raw, b: Raw): boolean {
  return (
    sameDetail(a, b) && a.brandedFareLabel === b.brandedFareLabel && sameBags(a.includedCabinBags, b.includedCabinBags)
  )
}

function decodeFare(type: PassengerType, detail: Raw): SegmentFare {
  return {
    passengerType: type,
    fareBasis: textOf(detail.fareBasis),
    bookingClass: textOf(detail.class),
    cabin: cabinOf(detail.cabin),
    brand: brandOf(detail),
    baggage: { checked: baggageOf(detail.includedCheckedBags), cabin: baggageOf(detail.includedCabinBags) },
  }
}

function brandOf(detail: Raw): Brand | null {
  const code = textOf(detail.brandedFare)
  const name = textOf(detail.brandedFareLabel)
  return code === null && name === null ? null : { code, name }
}

/** Pieces, or a weight for all; a weight beside pieces is that of one piece. */
function baggageOf(value: unknown): Baggage | null {
  const raw = rawOf(value)
  if (raw === null) return null
  const pieces = countOf(raw.quantity)
  const weight = countOf(raw.weight)
  if (pieces === null && weight === null) return null
  const pounds = typeof raw.weightUnit === 'string' && /^(LB|LBS|L|POUNDS?)$/i.test(raw.weightUnit)
  return { pieces, weightKg: pounds ? null : weight, weightLb: pounds ? weight : null }
}

/** Same class and fare basis on every segment. */
export function sameDetails(a: readonly (Raw | null)[], b: readonly (Raw | null)[]): boolean {
  for (let i = 0; i < a.length; i++) {
    const x = a[i]
    const y = b[i]
    if (x !== y && !(x && y && sameDetail(x, y))) return false
  }
  return true
}

function sameDetail(a: Raw, b: Raw): boolean {
  if (a.fareBasis !== b.fareBasis || a.class !== b.class || a.cabin !== b.cabin) return false
  return a.brandedFare === b.brandedFare && sameBags(a.includedCheckedBags, b.includedCheckedBags)
}

function sameBags(a: unknown, b: unknown): boolean {
  if (a === b) return true
  const x = rawOf(a)
  const y = rawOf(b)
  if (x === null || y === null) return x === y
  return x.quantity === y.quantity && x.weight === y.weight && x.weightUnit === y.weightUnit
}

/** The members in the order of the recorded replies. */
export function encodeFare(fare: SegmentFare, segmentId: string): Raw {
  const { baggage } = fare
  return {
    segmentId,
    cabin: fare.cabin === null ? undefined : cabinWord(fare.cabin),
    fareBasis: fare.fareBasis ?? undefined,
    brandedFare: fare.brand?.code ?? undefined,
    brandedFareLabel: fare.brand?.name ?? undefined,
    class: fare.bookingClass ?? undefined,
    includedCheckedBags: baggage.checked === null ? undefined : encodeBaggage(baggage.checked),
    includedCabinBags: baggage.cabin === null ? undefined : encodeBaggage(baggage.cabin),
  }
}

function encodeBaggage(bag: Baggage): Raw {
  const weight = bag.weightKg ?? bag.weightLb
  return {
    quantity: bag.pieces ?? undefined,
    weight: weight ?? undefined,
    weightUnit: weight === null ? undefined : bag.weightKg === null ? 'LB' : 'KG',
  }
}
