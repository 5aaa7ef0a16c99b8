import type { EpochMs, Instant } from '../../../core/clock.ts'
import { toInstant } from '../../../core/clock.ts'
import type { LocalDate, ZoneName } from '../../../core/itinerary.ts'
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

export type OfficeInstant = { readonly ms: EpochMs; readonly text: Instant }

const limits = new Map<string, OfficeInstant | null>()

/** A time limit in the zone of the office that will ticket (domain.md 4.2). Without a time: the end of that day. Most
 *  offers of a reply have one of a few. */
export function officeInstant(date: LocalDate, time: string | null, zone: ZoneName): OfficeInstant | null {
  const key = `${date}T${time ?? '23:59:00'}${zone}`
  let limit = limits.get(key)
  if (limit === undefined) {
    const ms = findInstant(key.slice(0, 19), zone)
    limit = ms === undefined ? null : { ms, text: toInstant(ms) }
    if (limits.size >= knownMax) limits.clear()
    limits.set(key, limit)
  }
  return limit
}
