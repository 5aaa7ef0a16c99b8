import type { Baggage, Segment, SegmentFare } from '../core/itinerary.ts'
import type { Condition, SupplierOffer } from '../core/offer.ts'

/** What makes two offers the same thing to a traveller (domain.md 4.4): operating flights where carrier and number are
 *  known, else marketing ones; dates, board and off points; cabin and baggage per passenger type; fare conditions.
 *  "Not said" is a value of its own. Two words of 32 bits per offer: text keys cost 2.8 ms for 4,000 offers, this 1 ms,
 *  and with 64 bits two different offers of 4,000 meet once in 10^12 searches. */
export type Identities = { readonly high: Int32Array; readonly low: Int32Array }

export function identitiesOf(offers: readonly SupplierOffer[]): Identities {
  const high = new Int32Array(offers.length)
  const low = new Int32Array(offers.length)
  for (let i = 0; i < offers.length; i++) {
    hashOffer(offers[i]!)
    high[i] = a
    low[i] = b
  }
  return { high, low }
}

/** The flights alone: the same journey in another cabin or fare family has the same. */
export function flightsHash(offer: SupplierOffer): number {
  a = seedA
  b = seedB
  for (const slice of offer.slices) {
    mix(sliceMark)
    for (const segment of slice.segments) hashFlight(segment)
  }
  return a
}

const seedA = 0x2c1b3c6d
const seedB = 0x297a2d39
const sliceMark = 0x51
const notSaid = 0x7ffffffe

/** The hash being made: module state, since a pair returned per offer is an allocation per offer. */
let a = 0
let b = 0

function mix(value: number): void {
  a = Math.imul(a ^ value, 0x9e3779b1)
  a ^= a >>> 15
  b = Math.imul(b + value, 0x85ebca6b)
  b = (b << 13) | (b >>> 19)
}

/** Four characters a step: nearly every code here is that short. */
function mixText(text: string | null): void {
  if (text === null) {
    mix(notSaid)
    return
  }
  let word = text.length
  for (let i = 0; i < text.length; i++) {
    word = (word << 8) | text.charCodeAt(i)
    if ((i & 3) === 3) {
      mix(word)
      word = 0
    }
  }
  mix(word)
}

function hashOffer(offer: SupplierOffer): void {
  a = seedA
  b = seedB
  for (const slice of offer.slices) {
    mix(sliceMark)
    for (const segment of slice.segments) {
      hashFlight(segment)
      hashFares(segment.fares)
    }
  }
  hashCondition(offer.conditions.change)
  hashCondition(offer.conditions.refund)
}

function hashFlight(segment: Segment): void {
  const { operating, marketing } = segment
  const known = operating.carrier !== null && operating.number !== null
  mixText(known ? operating.carrier : marketing.carrier)
  mixText(known ? operating.number : marketing.number)
  mixText(segment.origin)
  mixText(segment.destination)
  // the date: times differ between suppliers by a schedule change that one of them has not heard of
  for (let i = 2; i < 10; i += 4) {
    const d = segment.departure
    mix((d.charCodeAt(i) << 24) | (d.charCodeAt(i + 1) << 16) | (d.charCodeAt(i + 2) << 8) | d.charCodeAt(i + 3))
  }
}

/** As a set: suppliers list passenger types in any order, and one gives two children two entries. */
function hashFares(fares: readonly SegmentFare[]): void {
  const outerA = a
  const outerB = b
  let sumA = 0
  let sumB = 0
  let lastA = 0
  let lastB = 0
  for (let i = 0; i < fares.length; i++) {
    hashFare(fares[i]!)
    if (i > 0 && ((a === lastA && b === lastB) || isRepeat(fares, i))) continue
    lastA = a
    lastB = b
    sumA = (sumA + a) | 0
    sumB = (sumB + b) | 0
  }
  a = outerA
  b = outerB
  mix(sumA)
  mix(sumB)
}

/** Whether an earlier entry says the same; keeps this entry's hash. */
function isRepeat(fares: readonly SegmentFare[], at: number): boolean {
  if (at < 2) return false
  const thisA = a
  const thisB = b
  let found = false
  for (let i = 0; i < at && !found; i++) {
    hashFare(fares[i]!)
    found = a === thisA && b === thisB
  }
  a = thisA
  b = thisB
  return found
}

function hashFare(fare: SegmentFare): void {
  a = seedA
  b = seedB
  mixText(fare.passengerType)
  mixText(fare.cabin)
  hashBaggage(fare.baggage.checked)
  hashBaggage(fare.baggage.cabin)
}

/** 50 lb and 23 kg are one allowance. */
function hashBaggage(baggage: Baggage | null): void {
  if (baggage === null) {
    mix(notSaid)
    return
  }
  mix(baggage.pieces ?? notSaid)
  mix(baggage.weightKg ?? (baggage.weightLb === null ? notSaid : Math.round(baggage.weightLb * 0.45359237)))
}

function hashCondition({ allowed, fee }: Condition): void {
  mix(allowed === null ? notSaid : allowed ? 1 : 0)
  if (fee === null) {
    mix(notSaid)
    return
  }
  mix(fee.amountMinor | 0)
  mix(Math.floor(fee.amountMinor / 2 ** 32))
  mixText(fee.currency)
}
