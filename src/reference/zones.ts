import type { EpochMs } from '../core/clock.ts'
import type { LocalDate, LocalDateTime, ZoneName } from '../core/itinerary.ts'

/** Local times and instants. The runtime's Intl knows the zones but costs microseconds a question, so each zone and
 *  year is asked once for its changes of offset and answered from memory after that. */

const minuteMs = 60_000
const dayMs = 86_400_000
/** Years that get a table; outside, the offset of the nearest of these years is taken. */
const firstYear = 1970
const lastYear = 2100
/** Intl takes names in any case: foreign spellings must not grow the cache without bound. */
const zonesMax = 1000

/** offsets[i] holds until changes[i]; the last one to the end of the year. */
type YearTable = { readonly changes: readonly EpochMs[]; readonly offsets: readonly number[] }
type Zone = {
  readonly format: Intl.DateTimeFormat
  readonly years: (YearTable | undefined)[]
  /** The last local times that were asked for without a change of offset near: from, until (exclusive), their offset. */
  from: number
  until: number
  offset: number
}

const zones = new Map<string, Zone>()

export function isZone(name: string): boolean {
  return findZone(name) !== undefined
}

/** Epoch milliseconds. Times that occur twice are the first, times that a change skips are moved on by its size
 *  (`compatible` in Temporal). Throws RangeError for an unknown zone or a malformed time. */
export function toInstant(local: LocalDateTime, zone: ZoneName): EpochMs {
  const instant = findInstant(local, zone)
  if (instant === undefined) throw new RangeError(`no such local time: ${local} in ${zone}`)
  return instant
}

/** As toInstant; undefined for an unknown zone or a malformed time, which foreign data may hold. */
export function findInstant(local: LocalDateTime, zone: ZoneName): EpochMs | undefined {
  const known = findZone(zone)
  if (!known) return undefined
  const wall = wallMs(local)
  if (Number.isNaN(wall)) return undefined
  return wall - localOffsetMs(known, wall)
}

/** Minutes east of UTC at that local time, by the rule of toInstant. */
export function offsetMinutes(zone: ZoneName, local: LocalDateTime): number {
  return (wallMs(local) - toInstant(local, zone)) / minuteMs
}

/** `YYYY-MM-DDTHH:MM:SS`; what is below a second is cut. */
export function toLocal(instant: EpochMs, zone: ZoneName): LocalDateTime {
  const known = findZone(zone)
  if (!known || !Number.isFinite(instant)) throw new RangeError(`no such local time: ${instant} in ${zone}`)
  return wallText(instant + instantOffsetMs(known, instant))
}

export function localDateNow(zone: ZoneName, now: EpochMs): LocalDate {
  return toLocal(now, zone).slice(0, 10)
}

function findZone(name: string): Zone | undefined {
  return zones.get(name) ?? openZone(name)
}

function openZone(name: string): Zone | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
    if (zones.size >= zonesMax) zones.clear()
    const zone: Zone = { format, years: [], from: 0, until: 0, offset: 0 }
    zones.set(name, zone)
    return zone
  } catch {
    return undefined
  }
}

function yearTable(zone: Zone, wall: number): YearTable {
  const year = Math.min(Math.max(yearOf(wall), firstYear), lastYear)
  const index = year - firstYear
  const known = zone.years[index]
  if (known) return known
  while (zone.years.length <= index) zone.years.push(undefined)
  const table = buildYear(zone.format, year)
  zone.years[index] = table
  return table
}

function instantOffsetMs(zone: Zone, instant: EpochMs): number {
  return offsetAt(yearTable(zone, instant), instant)
}

/** Most questions are about the days of one search: those between the same two changes are answered by two comparisons. */
function localOffsetMs(zone: Zone, wall: number): number {
  if (wall >= zone.from && wall < zone.until) return zone.offset
  const table = yearTable(zone, wall)
  keepPeriod(zone, table, wall)
  // no offset is larger than a day, so the two sides of any change at that time are a day apart at most
  const before = offsetAt(table, wall - dayMs)
  const after = offsetAt(table, wall + dayMs)
  if (before === after || offsetAt(table, wall - before) === before) return before
  return offsetAt(table, wall - after) === after ? after : before
}

/** Of one year at most, a day away from each change. */
function keepPeriod(zone: Zone, { changes, offsets }: YearTable, wall: number): void {
  const year = yearOf(wall)
  let i = 0
  while (i < changes.length && wall - dayMs >= changes[i]!) i++
  const from = Math.max(daysFromCivil(year, 1, 1) * dayMs, i === 0 ? Number.NEGATIVE_INFINITY : changes[i - 1]! + dayMs)
  const until = Math.min(daysFromCivil(year + 1, 1, 1) * dayMs, (changes[i] ?? Number.POSITIVE_INFINITY) - dayMs)
  if (wall < from || wall >= until) return
  zone.from = from
  zone.until = until
  zone.offset = offsets[i]!
}

function offsetAt(table: YearTable, instant: EpochMs): number {
  const changes = table.changes
  let i = 0
  while (i < changes.length && instant >= changes[i]!) i++
  return table.offsets[i]!
}

/** Two days more on either side, so that one table answers for any local time of its year. Offsets are looked at
 *  every five days: the shortest period on record is longer than that (Ramadan without summer time, four weeks). */
function buildYear(format: Intl.DateTimeFormat, year: number): YearTable {
  const end = Date.UTC(year + 1, 0, 3)
  let at = Date.UTC(year - 1, 11, 29)
  let offset = askOffsetMs(format, at)
  const changes: number[] = []
  const offsets = [offset]
  while (at < end) {
    const next = at + 5 * dayMs
    const nextOffset = askOffsetMs(format, next)
    if (nextOffset !== offset) {
      changes.push(findChange(format, at, next))
      offsets.push(nextOffset)
      offset = nextOffset
    }
    at = next
  }
  return { changes, offsets }
}

/** The first second with another offset than `from`. */
function findChange(format: Intl.DateTimeFormat, from: EpochMs, to: EpochMs): EpochMs {
  const offset = askOffsetMs(format, from)
  let low = from / 1000
  let high = to / 1000
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (askOffsetMs(format, middle * 1000) === offset) low = middle
    else high = middle
  }
  return high * 1000
}

/** `3/10/2027, GMT-05:00`; Greenwich itself is `GMT`. */
function askOffsetMs(format: Intl.DateTimeFormat, instant: EpochMs): number {
  const match = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(format.format(instant))
  if (!match) throw new Error(`Intl wrote no offset: ${format.format(instant)}`)
  if (!match[1]) return 0
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0)
  return (match[1] === '-' ? -1000 : 1000) * seconds
}

/** The digits of a local time as if they were UTC; NaN where it is malformed. */
function wallMs(local: LocalDateTime): number {
  const n = local.length
  if (n !== 19 && n !== 16) return Number.NaN
  const year = pair(local, 0) * 100 + pair(local, 2)
  const month = pair(local, 5)
  const day = pair(local, 8)
  const second = n === 19 ? pair(local, 17) : 0
  const minutes = pair(local, 11) * 60 + pair(local, 14)
  const marks =
    local.charCodeAt(4) === 45 &&
    local.charCodeAt(7) === 45 &&
    local.charCodeAt(10) === 84 &&
    local.charCodeAt(13) === 58 &&
    (n === 16 || local.charCodeAt(16) === 58)
  if (!marks || !(month >= 1 && month <= 12 && day >= 1 && day <= monthDays(year, month))) return Number.NaN
  if (!(pair(local, 11) < 24 && pair(local, 14) < 60 && second < 60)) return Number.NaN
  return (daysOf(year, month, day) * 86_400 + minutes * 60 + second) * 1000
}

/** NaN where one of the two is no digit. */
function pair(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function monthDays(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return leap ? 29 : lengths[month - 1]!
}

let lastDate = 0
let lastDays = 0

/** As daysFromCivil; the same date is asked for over and over. */
function daysOf(year: number, month: number, day: number): number {
  const date = (year * 16 + month) * 32 + day
  if (date !== lastDate) {
    lastDays = daysFromCivil(year, month, day)
    lastDate = date
  }
  return lastDays
}

/** Days since 1970-01-01 in the Gregorian calendar, counted in years that begin in March. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const yearDay = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + yearDay - 719_468
}

function yearOf(wall: number): number {
  const guess = 1970 + Math.floor(wall / 31_556_952_000)
  if (wall < daysFromCivil(guess, 1, 1) * dayMs) return guess - 1
  return wall >= daysFromCivil(guess + 1, 1, 1) * dayMs ? guess + 1 : guess
}

function wallText(wall: number): LocalDateTime {
  const days = Math.floor(wall / dayMs)
  const seconds = Math.floor((wall - days * dayMs) / 1000)
  const year = yearOf(wall)
  let month = 1
  let rest = days - daysFromCivil(year, 1, 1)
  for (let length = monthDays(year, month); rest >= length; length = monthDays(year, month)) {
    rest -= length
    month++
  }
  const hour = Math.floor(seconds / 3600)
  const minute = Math.floor(seconds / 60) % 60
  const years = year >= 1000 ? String(year) : String(year).padStart(4, '0')
  return `${years}-${two[month]}-${two[rest + 1]}T${two[hour]}:${two[minute]}:${two[seconds % 60]}`
}

const two = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'))
