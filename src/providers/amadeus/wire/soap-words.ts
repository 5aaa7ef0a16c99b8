import { startsWithDay } from '../../../core/calendar.ts'
import type { Baggage, Cabin, LocalDate, LocalDateTime, PassengerType } from '../../../core/itinerary.ts'

/** EDIFACT's words in Amadeus' SOAP replies, and ours. */

/** `DDMMYY`; of this century, as flights are. */
export function dateOf(text: string): LocalDate | null {
  const match = /^(\d\d)(\d\d)(\d\d)$/.exec(text)
  return match ? dayOf(`20${match[3]}-${match[2]}-${match[1]}`) : null
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']

/** `25SEP16`. */
export function wordDateOf(text: string): LocalDate | null {
  const match = /^(\d\d)([A-Z]{3})(\d\d)$/.exec(text)
  const month = match ? months.indexOf(match[2]!) + 1 : 0
  return match && month > 0 ? dayOf(`20${match[3]}-${String(month).padStart(2, '0')}-${match[1]}`) : null
}

function dayOf(text: string): LocalDate | null {
  return startsWithDay(text) ? text : null
}

/** `150117` and `740` or `0740`; without a time the date alone, which is all that some replies tell. */
export function timeOf(date: string, time: string): LocalDateTime | null {
  const day = dateOf(date)
  if (day === null) return null
  if (time === '') return day
  const digits = time.padStart(4, '0')
  return /^([01]\d|2[0-3])[0-5]\d$/.test(digits) ? `${day}T${digits.slice(0, 2)}:${digits.slice(2)}:00` : null
}

const cabins: ReadonlyMap<string, Cabin> = new Map([
  ['M', 'economy'],
  ['Y', 'economy'],
  ['W', 'premium-economy'],
  ['C', 'business'],
  ['F', 'first'],
])

export function cabinOfLetter(letter: string): Cabin | null {
  return cabins.get(letter) ?? null
}

const types: ReadonlyMap<string, PassengerType> = new Map([
  ['ADT', 'ADT'],
  ['CH', 'CHD'],
  ['CHD', 'CHD'],
  ['CNN', 'CHD'],
  ['IN', 'INF'],
  ['INF', 'INF'],
  ['INS', 'INS'],
  ['YTH', 'YTH'],
  ['YCD', 'SRC'],
  ['SRC', 'SRC'],
  ['STU', 'STU'],
  ['SD', 'STU'],
])

/** `C08` is a child of eight. */
export function typeOfPtc(ptc: string): PassengerType | null {
  return types.get(ptc) ?? (/^C\d\d$/.test(ptc) ? 'CHD' : null)
}

/** Quantity and its code: `N` pieces, `W` and `K` kilograms (`700` as the measure's unit), `L` pounds (`701`). */
export function allowanceOf(quantity: string, code: string): Baggage | null {
  const amount = /^\d{1,3}$/.test(quantity) ? Number(quantity) : null
  if (amount === null) return null
  switch (code) {
    case 'N':
    case '':
      return { pieces: amount, weightKg: null, weightLb: null }
    case 'L':
    case '701':
      return { pieces: null, weightKg: null, weightLb: amount }
    default:
      return { pieces: null, weightKg: amount, weightLb: null }
  }
}
