import type { EpochMs, Instant } from '../../../core/clock.ts'
import { toInstant as instantText } from '../../../core/clock.ts'
import type { LocalDate, LocalDateTime, ZoneName } from '../../../core/itinerary.ts'
import { findInstant } from '../../../reference/zones.ts'

const dayMs = 86_400_000
const known = new Map<string, LocalDate>()
const knownMax = 4096

/** Kept in memory: a reply has a handful of dates and thousands of flights. */
export function addDays(date: LocalDate, days: number): LocalDate {
  if (days === 0) return date
  const key = `${date}${days}`
  const hit = known.get(key)
  if (hit !== undefined) return hit
  if (known.size >= knownMax) known.clear()
  const moved = new Date(Date.parse(date) + days * dayMs).toISOString().slice(0, 10)
  known.set(key, moved)
  return moved
}

export function daysBetween(from: LocalDate, to: LocalDate): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / dayMs)
}

/** A time limit in the zone of the office that will ticket (domain.md 4.2). Without a time: the end of that day. */
export function officeInstant(date: LocalDate, time: string | null, zone: ZoneName): Instant | null {
  const local: LocalDateTime = `${date}T${time ?? '23:59:00'}`
  const ms = findInstant(local, zone)
  return ms === undefined ? null : instantText(ms)
}

export function officeInstantMs(date: LocalDate, time: string | null, zone: ZoneName): EpochMs | null {
  return findInstant(`${date}T${time ?? '23:59:00'}`, zone) ?? null
}
