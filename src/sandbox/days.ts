import type { EpochMs } from '../core/clock.ts'
import type { LocalDate } from '../core/itinerary.ts'

/** Days since 1970-01-01 of a local date: what schedules count in. */
export type Day = number

export const dayMs = 86_400_000

export function dayOf(date: LocalDate): Day {
  return Math.floor(Date.parse(`${date.slice(0, 10)}T00:00:00Z`) / dayMs)
}

export function dateOf(day: Day): LocalDate {
  return new Date(day * dayMs).toISOString().slice(0, 10)
}

export function dayAt(ms: EpochMs): Day {
  return Math.floor(ms / dayMs)
}

/** 0 Monday … 6 Sunday; 1970-01-01 was a Thursday. */
export function weekday(day: Day): number {
  return (day + 3) % 7
}

/** `HH:MM` of minutes after midnight. */
export function clockText(minute: number): string {
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
