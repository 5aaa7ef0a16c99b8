import type { Cabin, PassengerType } from '../../../core/itinerary.ts'

/** Duffel's words and ours. */

const cabinsByWord: ReadonlyMap<unknown, Cabin> = new Map([
  ['economy', 'economy'],
  ['premium_economy', 'premium-economy'],
  ['business', 'business'],
  ['first', 'first'],
])

export function cabinOf(word: unknown): Cabin | null {
  return cabinsByWord.get(word) ?? null
}

export function cabinWord(cabin: Cabin): string {
  return cabin === 'premium-economy' ? 'premium_economy' : cabin
}

const typesByWord: ReadonlyMap<unknown, PassengerType> = new Map([
  ['adult', 'ADT'],
  ['child', 'CHD'],
  ['infant_without_seat', 'INF'],
  ['infant_with_seat', 'INS'],
  ['young_adult', 'YTH'],
  ['senior', 'SRC'],
])

/** A passenger has a type, or an age on the day of the last departure from which each airline makes a type; a fare type
 *  goes before both where we have a word for it (domain.md 4.1). */
export function passengerTypeOf(type: unknown, age: unknown, fareType: unknown): PassengerType | null {
  if (fareType === 'student') return 'STU'
  const known = typesByWord.get(type)
  if (known) return known
  if (typeof age !== 'number' || !Number.isSafeInteger(age) || age < 0) return null
  return age < 2 ? 'INF' : age < 12 ? 'CHD' : 'ADT'
}

const wordsByType: ReadonlyMap<PassengerType, string> = new Map([
  ['ADT', 'adult'],
  ['CHD', 'child'],
  ['INF', 'infant_without_seat'],
  ['INS', 'infant_with_seat'],
  ['YTH', 'young_adult'],
  ['SRC', 'senior'],
  ['STU', 'adult'],
])

export function passengerTypeWord(type: PassengerType): string {
  return wordsByType.get(type) ?? 'adult'
}
