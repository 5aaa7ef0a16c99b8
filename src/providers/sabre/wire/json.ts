import { startsWithDay } from '../../../core/calendar.ts'
import type { LocalDate } from '../../../core/itinerary.ts'
import { jsonSteps, parseJsonBytes } from '../../../core/json-bytes.ts'
import { type CurrencyCode, type Money, parseMoney } from '../../../core/money.ts'
import type { Steps } from '../../../core/turns.ts'

/** Bytes to JSON, and readers that believe nothing: what is absent or of the wrong type is null or an empty list, and
 *  whoever needs it says so with the place. Numbers may be numeric strings, as in the XML twins of the same messages. */

export type JsonObject = { readonly [key: string]: unknown }

/** The largest reply on record, 200 itineraries of six flights, is 5 MB. */
export const replyMaxBytes = 32 * 1024 * 1024

/** `strict`: also a search reply is checked for names that stand twice and for nesting. */
export function parseJson(bytes: Uint8Array, strict = false): unknown {
  return parseJsonBytes(bytes, { bytesMax: replyMaxBytes, strict })
}

/** The same in turns. */
export function parseSteps(bytes: Uint8Array, strict: boolean): Steps<unknown> {
  return jsonSteps(bytes, { bytesMax: replyMaxBytes, strict })
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const nothing: readonly never[] = []

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : nothing
}

/** The objects of a list; what else is in it is left out. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  if (!Array.isArray(value)) return nothing
  for (let i = 0; i < value.length; i++) if (!isObject(value[i])) return value.filter(isObject)
  return value
}

/** The objects of a list, or the only one where it stands without a list. */
export function manyOf(value: unknown): readonly JsonObject[] {
  return isObject(value) ? [value] : objectsOf(value)
}

const emptyObject: JsonObject = {}

export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : emptyObject
}

/** A string that says something, or a number as text. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value
  return typeof value === 'number' ? String(value) : null
}

export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'string' || !/^-?\d+(\.\d+)?$/.test(value)) return null
  return Number(value)
}

export function wholeOf(value: unknown): number | null {
  const number = numberOf(value)
  return number !== null && Number.isSafeInteger(number) ? number : null
}

/** A duration; less than nothing is none. */
export function minutesOf(value: unknown): number | null {
  const minutes = wholeOf(value)
  return minutes !== null && minutes >= 0 ? minutes : null
}

/** `true`, or "true" of an XML twin. */
export function booleanOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value
  return value === 'true' ? true : value === 'false' ? false : null
}

export function moneyOf(value: unknown, currency: CurrencyCode): Money | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null
  return parseMoney(value, currency) ?? null
}

export function currencyOf(value: unknown): CurrencyCode | null {
  return typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? value : null
}

export function airportOf(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? value : null
}

export function airlineOf(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Z0-9]{2}$/.test(value) ? value : null
}

/** Without leading zeros. */
export function flightNumberOf(value: unknown): string | null {
  const text = textOf(value)?.trim()
  if (text === undefined || !/^\d{1,5}[A-Z]?$/.test(text)) return null
  return text.replace(/^0+(?=\d)/, '')
}

export function dateOf(value: unknown): LocalDate | null {
  return typeof value === 'string' && value.length === 10 && startsWithDay(value) ? value : null
}

/** `HH:MM:SS` of `HH:MM`, `HH:MM:SS`, `HH:MM:SS±hh:mm` or `HH:MM:SSZ`. */
export function timeOf(value: unknown): string | null {
  if (typeof value !== 'string' || !clock.test(value)) return null
  return value.charCodeAt(5) === 0x3a ? value.slice(0, 8) : `${value.slice(0, 5)}:00`
}

const clock = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?$/
