import type { EpochMs } from '../core/clock.ts'
import type { LocalDate, LocalTime } from '../core/itinerary.ts'
import { airportsOf, cityCodeOf, findAirport, findCity, isPlace } from '../reference/airports.ts'
import { localDateNow } from '../reference/zones.ts'
import type { SearchRequest } from './port.ts'
import type { Report } from './validate.ts'

type RequestSlice = SearchRequest['slices'][number]

export const slicesMax = 6
/** Airlines open their schedules 330 to 361 days ahead; both ends count. */
const daysAheadMax = 361
const dayMs = 86_400_000

export function validateSlices(slices: readonly RequestSlice[], now: EpochMs, report: Report): void {
  if (slices.length === 0) report('/slices', 'required', 'a search has at least one slice')
  if (slices.length > slicesMax)
    report('/slices', 'too-many-slices', `at most ${slicesMax} slices, not ${slices.length}`)
  slices.slice(0, slicesMax).forEach((slice, i) => {
    const at = `/slices/${i}`
    checkPlaces(slice, at, report)
    checkDate(slice, at, now, report)
    checkOrder(slice, slices[i - 1], at, report)
    checkTimes(slice, at, report)
  })
}

function checkPlaces({ origin, destination }: RequestSlice, at: string, report: Report): void {
  if (!isPlace(origin)) report(`${at}/origin`, 'unknown-airport', `${origin} is neither an airport nor a city`)
  if (!isPlace(destination))
    report(`${at}/destination`, 'unknown-airport', `${destination} is neither an airport nor a city`)
  if (isSamePlace(origin, destination))
    report(`${at}/destination`, 'same-place', `a slice leads elsewhere, not from ${origin} to ${destination}`)
}

/** The same code, or a city and an airport of it. */
function isSamePlace(a: string, b: string): boolean {
  if (a === b) return true
  return (findCity(a) !== undefined && cityCodeOf(b) === a) || (findCity(b) !== undefined && cityCodeOf(a) === b)
}

function checkDate({ origin, departureDate }: RequestSlice, at: string, now: EpochMs, report: Report): void {
  const pointer = `${at}/departureDate`
  const day = dayNumber(departureDate)
  if (day === undefined) {
    report(pointer, 'malformed-date', `${departureDate} is no date (YYYY-MM-DD)`)
    return
  }
  const zone = isPlace(origin) ? findAirport(airportsOf(origin)[0] ?? origin)?.zone : undefined
  const today = localDateNow(zone ?? 'UTC', now)
  const daysAhead = day - dayNumber(today)!
  if (daysAhead < 0) report(pointer, 'date-in-past', `${departureDate} is past: at ${origin} it is ${today}`)
  if (daysAhead > daysAheadMax)
    report(pointer, 'date-too-far', `${departureDate} is ${daysAhead} days ahead, more than ${daysAheadMax}`)
}

function checkOrder(slice: RequestSlice, before: RequestSlice | undefined, at: string, report: Report): void {
  if (before === undefined || slice.departureDate >= before.departureDate) return
  const text = `${slice.departureDate} is before the departure of the slice before, ${before.departureDate}`
  report(`${at}/departureDate`, 'dates-out-of-order', text)
}

function checkTimes({ departureTime }: RequestSlice, at: string, report: Report): void {
  if (!departureTime) return
  const { from, to } = departureTime
  if (!isTime(from)) report(`${at}/departureTime/from`, 'malformed-time', 'a time is HH:MM')
  if (!isTime(to)) report(`${at}/departureTime/to`, 'malformed-time', 'a time is HH:MM')
  if (isTime(from) && isTime(to) && from > to)
    report(`${at}/departureTime`, 'times-out-of-order', `${from} is later than ${to}`)
}

function isTime(time: LocalTime): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(time)
}

/** Days since 1970-01-01; undefined for what is no day of the calendar. */
function dayNumber(date: LocalDate): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) return undefined
  const ms = Date.parse(`${date}T00:00:00Z`)
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== date) return undefined
  return ms / dayMs
}
