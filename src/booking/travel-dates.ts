import type { LocalDate } from '../core/itinerary.ts'

export function isDate(text: string): text is LocalDate {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const ms = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
}

/** Whole years; who is born on 29 February is older from 1 March in other years. */
export function ageOn(birthDate: LocalDate, day: LocalDate): number {
  const years = Number(day.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return day.slice(5) < birthDate.slice(5) ? years - 1 : years
}

/** Local dates where things happen. */
export type Journey = {
  readonly today: LocalDate
  readonly firstDeparture: LocalDate
  /** Where infants' ages are counted. */
  readonly lastDeparture: LocalDate
  readonly lastArrival: LocalDate
}
