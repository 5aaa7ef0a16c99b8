import type { Cabin, PassengerType } from '../../../core/itinerary.ts'

/** Amadeus' words and ours. */

const cabinWords: readonly (readonly [string, Cabin])[] = [
  ['ECONOMY', 'economy'],
  ['PREMIUM_ECONOMY', 'premium-economy'],
  ['BUSINESS', 'business'],
  ['FIRST', 'first'],
]
const cabinsByWord: ReadonlyMap<unknown, Cabin> = new Map(cabinWords)
const wordsByCabin: ReadonlyMap<Cabin, string> = new Map(cabinWords.map(([word, cabin]) => [cabin, word]))

export function cabinOf(word: unknown): Cabin | null {
  return cabinsByWord.get(word) ?? null
}

export function cabinWord(cabin: Cabin): string {
  return wordsByCabin.get(cabin) ?? 'ECONOMY'
}

const typeWords: readonly (readonly [string, PassengerType])[] = [
  ['ADULT', 'ADT'],
  ['CHILD', 'CHD'],
  ['HELD_INFANT', 'INF'],
  ['SEATED_INFANT', 'INS'],
  ['YOUNG', 'YTH'],
  ['SENIOR', 'SRC'],
  ['STUDENT', 'STU'],
]
const typesByWord: ReadonlyMap<unknown, PassengerType> = new Map(typeWords)
const wordsByType: ReadonlyMap<PassengerType, string> = new Map(typeWords.map(([word, type]) => [type, word]))

export function passengerTypeOf(word: unknown): PassengerType | null {
  return typesByWord.get(word) ?? null
}

export function passengerTypeWord(type: PassengerType): string {
  return wordsByType.get(type) ?? 'ADULT'
}

/** Fee and service types to our words and back: `FORM_OF_PAYMENT` is `form-of-payment`. */
export function chargeCode(word: string): string {
  return word.toLowerCase().replaceAll('_', '-')
}

export function chargeWord(code: string): string {
  return code.toUpperCase().replaceAll('-', '_')
}

/** What a flight offer's fees may be called. */
export const feeTypes: readonly string[] = ['TICKETING', 'FORM_OF_PAYMENT', 'SUPPLIER']
