import type { Cabin, PassengerType } from '../../../core/itinerary.ts'

/** Words of Sabre and ours (domain.md 4.1 and 3.3). */

const passengerTypesByCode: ReadonlyMap<string, PassengerType> = new Map([
  ['ADT', 'ADT'],
  ['CNN', 'CHD'],
  ['CHD', 'CHD'],
  ['CH', 'CHD'],
  ['INF', 'INF'],
  ['INS', 'INS'],
  ['YTH', 'YTH'],
  ['SRC', 'SRC'],
  ['STU', 'STU'],
  // the same in private and inclusive-tour fares
  ['JCB', 'ADT'],
  ['JNN', 'CHD'],
  ['JNF', 'INF'],
  ['JNS', 'INS'],
  ['ITX', 'ADT'],
  ['INN', 'CHD'],
  ['ITF', 'INF'],
  ['ITS', 'INS'],
])

/** C05 and C08 are children with their age. Undefined for a code that is not known. */
export function passengerTypeOf(code: string): PassengerType | undefined {
  const upper = code.toUpperCase()
  return passengerTypesByCode.get(upper) ?? (/^C\d\d$/.test(upper) ? 'CHD' : undefined)
}

/** A child's code carries the age where it is known. */
export function passengerCode(type: PassengerType, age: number | null): string {
  if (type !== 'CHD') return type
  return age === null ? 'CNN' : `C${String(age).padStart(2, '0')}`
}

export function ageOfCode(code: string): number | null {
  const match = /^C(\d\d)$/.exec(code)
  return match ? Number(match[1]) : null
}

const cabinsByCode: ReadonlyMap<string, Cabin> = new Map([
  ['Y', 'economy'],
  ['S', 'premium-economy'],
  ['C', 'business'],
  ['J', 'business'],
  ['F', 'first'],
  ['P', 'first'],
  // words, in getBooking and in the older layout
  ['ECONOMY', 'economy'],
  ['PREMIUM ECONOMY', 'premium-economy'],
  ['BUSINESS', 'business'],
  ['FIRST', 'first'],
])

export function cabinOf(code: unknown): Cabin | null {
  return typeof code === 'string' ? (cabinsByCode.get(code.toUpperCase()) ?? null) : null
}

const cabinCodes: Readonly<Record<Cabin, string>> = {
  economy: 'Y',
  'premium-economy': 'S',
  business: 'C',
  first: 'F',
}

/** As replies have it. */
export function cabinCode(cabin: Cabin): string {
  return cabinCodes[cabin]
}

/** What a request may ask for. Documented requests prefer Y only, and have J for further fares; for the other cabins they
 *  have no code. */
export function requestCabinCodes(cabin: Cabin | null): { readonly preferred: 'Y' | null; readonly other: 'J' | null } {
  return { preferred: cabin === 'economy' ? 'Y' : null, other: cabin === 'business' ? 'J' : null }
}

const cabinNames: Readonly<Record<Cabin, string>> = {
  economy: 'ECONOMY',
  'premium-economy': 'PREMIUM ECONOMY',
  business: 'BUSINESS',
  first: 'FIRST',
}

export function cabinName(cabin: Cabin): string {
  return cabinNames[cabin]
}

/** Two characters: Sabre appends a type to some (US1, YQF, WY2). */
export function taxCodeOf(code: string): string {
  return code.length === 3 ? code.slice(0, 2) : code
}

const titles: ReadonlySet<string> = new Set(['MR', 'MRS', 'MS', 'MISS', 'MSTR', 'DR', 'PROF', 'REV'])
/** Per field, the title included (domain.md 4.1). */
const nameMax = 29

/** The title goes inside the given name; a name too long loses its middle names, then the title, then its end. */
export function givenNameWithTitle(givenNames: string, title: string | null): string {
  const upper = latinCapitals(givenNames)
  const suffix = title !== null && titles.has(title.toUpperCase()) ? ` ${title.toUpperCase()}` : ''
  const first = upper.split(' ')[0] ?? upper
  for (const name of [upper + suffix, first + suffix, upper, first]) if (name.length <= nameMax) return name
  return first.slice(0, nameMax)
}

export function surnameInField(surname: string): string {
  return latinCapitals(surname).slice(0, nameMax)
}

const letters: ReadonlyMap<string, string> = new Map([
  ['Æ', 'AE'],
  ['Ð', 'D'],
  ['Đ', 'D'],
  ['Ł', 'L'],
  ['Ø', 'O'],
  ['Œ', 'OE'],
  ['Þ', 'TH'],
])

/** Letters without their marks, as passports have them (ICAO 9303). */
function latinCapitals(name: string): string {
  return name
    .toUpperCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[ÆÐĐŁØŒÞ]/g, letter => letters.get(letter)!)
}

export function withoutTitle(givenName: string): string {
  const words = givenName.trim().split(/\s+/)
  return words.length > 1 && titles.has(words.at(-1)!.toUpperCase()) ? words.slice(0, -1).join(' ') : words.join(' ')
}
