import type { Baggage, Cabin, Segment, SegmentFare } from '../core/itinerary.ts'
import type { Condition, SupplierOffer } from '../core/offer.ts'

/** What makes two offers the same thing to a traveller (domain.md 4.4): operating flights where carrier and number are
 *  known, else marketing ones; dates, board and off points; cabin and baggage per passenger type; fare conditions.
 *  "Not said" is a value of its own. Two words of 32 bits per offer: with 64 bits two different offers of 4,000 meet once
 *  in 10^12 searches. The words are local variables and the helpers pure: kept in module variables they took three
 *  times as long. */
export type Identities = { readonly high: Int32Array; readonly low: Int32Array }

export function identityOf({ slices, conditions }: SupplierOffer): { readonly high: number; readonly low: number } {
  const change = conditionCode(conditions.change)
  const refund = conditionCode(conditions.refund)
  let a = mixA(mixA(seedA, change), refund)
  let b = mixB(mixB(seedB, change), refund)
  for (let s = 0; s < slices.length; s++) {
    const { segments } = slices[s]!
    a = mixA(a, sliceMark)
    b = mixB(b, sliceMark)
    for (let n = 0; n < segments.length; n++) {
      const segment = segments[n]!
      const carrier = textCode(carrierOf(segment))
      const number = textCode(numberOf(segment))
      const origin = textCode(segment.origin)
      const destination = textCode(segment.destination)
      const date = dateCode(segment.departure)
      const fares = faresCode(segment.fares)
      a = mixA(mixA(mixA(mixA(mixA(mixA(a, carrier), number), origin), destination), date), fares)
      b = mixB(mixB(mixB(mixB(mixB(mixB(b, carrier), number), origin), destination), date), fares)
    }
  }
  return { high: a, low: b }
}

/** The flights alone: the same journey in another cabin or fare family has the same. */
export function flightsHash({ slices }: SupplierOffer): number {
  let a = seedA
  for (const { segments } of slices) {
    a = mixA(a, sliceMark)
    for (const segment of segments) {
      a = mixA(mixA(mixA(a, textCode(carrierOf(segment))), textCode(numberOf(segment))), dateCode(segment.departure))
      a = mixA(mixA(a, textCode(segment.origin)), textCode(segment.destination))
    }
  }
  return a
}

const seedA = 0x2c1b3c6d
const seedB = 0x297a2d39
const sliceMark = 0x51
const notSaid = 0x7ffffffe

/** The first of the two must be a hash already: `mixA(x, y)` of two raw values is that of y and x, too. */
function mixA(a: number, value: number): number {
  const x = Math.imul(a ^ value, 0x9e3779b1)
  return x ^ (x >>> 15)
}

function mixB(b: number, value: number): number {
  const x = Math.imul(b + value, 0x85ebca6b)
  return (x << 13) | (x >>> 19)
}

/** Up to four characters stand as they are: airlines, airports, numbers and currencies are that short. */
function textCode(text: string): number {
  let code = 0
  for (let i = 0; i < text.length; i++) code = i < 4 ? (code << 8) | text.charCodeAt(i) : mixA(code, text.charCodeAt(i))
  return code
}

function carrierOf({ operating, marketing }: Segment): string {
  return operating.carrier !== null && operating.number !== null ? operating.carrier : marketing.carrier
}

function numberOf({ operating, marketing }: Segment): string {
  return operating.carrier !== null && operating.number !== null ? operating.number : marketing.number
}

/** `2027-03-10T08:20:00` -> year, month, day in 21 bits. Not the time: times differ between suppliers by a schedule
 *  change that one of them has not heard of. */
function dateCode(local: string): number {
  const year = digitsAt(local, 0) * 100 + digitsAt(local, 2)
  return (year << 9) | (digitsAt(local, 5) << 5) | digitsAt(local, 8)
}

function digitsAt(text: string, at: number): number {
  return (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48
}

/** As a set: suppliers list passenger types in any order, and one gives two children two entries. */
function faresCode(fares: readonly SegmentFare[]): number {
  let sum = 0
  for (let i = 0; i < fares.length; i++) {
    const code = fareCode(fares[i]!)
    let isRepeat = false
    for (let before = 0; before < i && !isRepeat; before++) isRepeat = fareCode(fares[before]!) === code
    if (!isRepeat) sum = (sum + code) | 0
  }
  return sum
}

function fareCode({ passengerType, cabin, baggage }: SegmentFare): number {
  const fare = mixA(mixA(seedB, textCode(passengerType)), cabinCode(cabin))
  return mixA(mixA(fare, baggageCode(baggage.checked)), baggageCode(baggage.cabin))
}

/** Their names differ in length. */
function cabinCode(cabin: Cabin | null): number {
  return cabin === null ? 0 : cabin.length
}

/** 50 lb and 23 kg are one allowance. */
function baggageCode(baggage: Baggage | null): number {
  if (baggage === null) return notSaid
  const { pieces, weightKg, weightLb } = baggage
  const kg = weightKg ?? (weightLb === null ? 0xffff : Math.round(weightLb * 0.45359237))
  return ((pieces ?? 0xff) << 16) | kg
}

function conditionCode({ allowed, fee }: Condition): number {
  const code = allowed === null ? 2 : allowed ? 1 : 0
  const said = mixA(seedA, code)
  if (fee === null) return mixA(said, notSaid)
  return mixA(mixA(mixA(said, fee.amountMinor | 0), Math.floor(fee.amountMinor / 2 ** 32)), textCode(fee.currency))
}
