import { isLocalTime } from '../../../core/calendar.ts'
import type { LocalDate, LocalDateTime } from '../../../core/itinerary.ts'
import type { WireWarning } from '../../../core/offer.ts'

/** Typed reading of foreign JSON: null where a value is absent or of another type than the format says. */

/** An object of the wire, none of whose members is to be believed yet. */
export type Raw = Readonly<Record<string, unknown>>

const stringMax = 10_000

export function rawOf(value: unknown): Raw | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : null
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : none
}

const none: readonly unknown[] = []

/** Not empty. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.length > 0 && value.length <= stringMax ? value : null
}

/** Ids and codes come as strings; some hosts write the digits as numbers. */
export function idOf(value: unknown): string | null {
  if (typeof value === 'string') return textOf(value)
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null
}

/** Whole and not negative, also as a string of digits. */
export function countOf(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null
}

export function flagOf(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null
}

/** `YYYY-MM-DDTHH:MM[:SS[.fff]]` on the local clock; seconds are filled up, fractions cut. */
export function localTimeOf(value: unknown): LocalDateTime | null {
  if (typeof value !== 'string') return null
  if (value.length === 19 && isLocalTime(value)) return value
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?(\.\d{1,9})?$/.exec(value)
  if (!match) return null
  const full = `${match[1]}${match[2] ?? ':00'}`
  return isLocalTime(full) ? full : null
}

export function localDateOf(value: unknown): LocalDate | null {
  return typeof value === 'string' && value.length === 10 && isLocalTime(`${value}T00:00:00`) ? value : null
}

/** ISO 8601 `PnDTnHnM`, seconds rounded down: minutes. */
export function minutesOf(value: unknown): number | null {
  if (typeof value !== 'string') return null
  const match = /^P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})(?:\.\d+)?S)?)?$/.exec(value)
  if (!match || value === 'P' || value.endsWith('T')) return null
  return (
    Number(match[1] ?? 0) * 1440 +
    Number(match[2] ?? 0) * 60 +
    Number(match[3] ?? 0) +
    Math.floor(Number(match[4] ?? 0) / 60)
  )
}

export function durationText(minutes: number): string {
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  if (hours === 0) return `PT${rest}M`
  return rest === 0 ? `PT${hours}H` : `PT${hours}H${rest}M`
}

/** Where one is in the reply (JSON pointer), written out only when something is wrong there. */
export type Place = () => string

/** What was read with a doubt; bounded, since a broken reply may complain in every line. */
export type Warnings = WireWarning[]
const warningsMax = 200

export function warn(warnings: Warnings, code: string, at: string, text: string): void {
  if (warnings.length < warningsMax) warnings.push({ code, at, text })
}

/** Why one offer (or order) cannot be read: costs that one only. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
  readonly code: string
  readonly at: string

  constructor(code: string, at: string, text: string) {
    super(text)
    this.code = code
    this.at = at
  }
}
