import type { Cabin, PassengerType } from '../../../core/itinerary.ts'
import type { WireCabin } from './cabin.ts'

/** Codes of IATA for passengers; GBE is the youth of some airlines (domain.md 4.1). */
const passengerTypes: ReadonlyMap<string, PassengerType> = new Map([
  ['ADT', 'ADT'],
  ['CHD', 'CHD'],
  ['CNN', 'CHD'],
  ['CH', 'CHD'],
  ['INF', 'INF'],
  ['INS', 'INS'],
  ['YTH', 'YTH'],
  ['GBE', 'YTH'],
  ['YNG', 'YTH'],
  ['YCD', 'SRC'],
  ['SRC', 'SRC'],
  ['SNR', 'SRC'],
  ['STU', 'STU'],
])

/** Null where it is none that we know. */
export function passengerTypeOf(code: string): PassengerType | null {
  return passengerTypes.get(code) ?? (/^C\d\d$/.test(code) ? 'CHD' : null)
}

export function codeOf(type: PassengerType): string {
  return type === 'YTH' ? 'GBE' : type
}

/** PADIS 9873, the letters that some airlines send, and names, which win: codes differ between airlines. */
const cabinCodes: ReadonlyMap<string, Cabin> = new Map([
  ['1', 'first'],
  ['2', 'business'],
  ['3', 'economy'],
  ['4', 'premium-economy'],
  ['5', 'economy'],
  ['F', 'first'],
  ['C', 'business'],
  ['J', 'business'],
  ['W', 'premium-economy'],
  ['Y', 'economy'],
  ['M', 'economy'],
])

const cabinNames: readonly (readonly [RegExp, Cabin])[] = [
  [/premium/i, 'premium-economy'],
  [/business|upper|club/i, 'business'],
  [/first/i, 'first'],
  [/economy|coach|main|tourist/i, 'economy'],
]

/** `index`: which of several codes in one (`Y Y`, one a segment). */
export function cabinOf(cabin: WireCabin, index = 0): Cabin | null {
  const name = cabin.name ?? ''
  for (const [pattern, known] of cabinNames) if (pattern.test(name)) return known
  const codes = cabin.code?.split(/\s+/) ?? []
  return cabinCodes.get(codes[index] ?? codes[0] ?? '') ?? null
}

export function cabinCode(cabin: Cabin): string {
  switch (cabin) {
    case 'first':
      return '1'
    case 'business':
      return '2'
    case 'premium-economy':
      return '4'
    case 'economy':
      return '5'
  }
}

export function cabinName(cabin: Cabin): string {
  switch (cabin) {
    case 'first':
      return 'First'
    case 'business':
      return 'Business'
    case 'premium-economy':
      return 'Premium Economy'
    case 'economy':
      return 'Economy'
  }
}

/** Some aggregators give the booking class where the cabin's code belongs, beside the cabin's name. */
export function classInCabin(cabin: WireCabin): string | null {
  if (cabin.name === null || cabin.code === null) return null
  return /^[A-Z]$/.test(cabin.code) && !cabinCodes.has(cabin.code) ? cabin.code : null
}
