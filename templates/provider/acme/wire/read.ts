import { parseJsonBytes } from 'fareloom/core/json-bytes.ts'
import { type CurrencyCode, type Money, parseMoney } from 'fareloom/core/money.ts'
import { WireError } from 'fareloom/core/wire-error.ts'

/** JSON as it arrives: readers believe nothing and name the place of what is missing (a JSON pointer). */

export const replyBytesMax = 16 * 1024 * 1024

export function parseReply(bytes: Uint8Array): unknown {
  return parseJsonBytes(bytes, { bytesMax: replyBytesMax, strict: true })
}

export type Raw = Readonly<Record<string, unknown>>

export function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function rawOf(value: unknown, at: string): Raw {
  if (isRaw(value)) return value
  throw new WireError('no object', at || '/')
}

export function listOf(value: unknown, at: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new WireError('no list', at)
}

/** A text that says something. */
export function textOf(value: unknown, at: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new WireError('no text', at)
}

export function optionalText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

export function matching(value: unknown, pattern: RegExp, at: string): string {
  const text = textOf(value, at)
  if (pattern.test(text)) return text
  throw new WireError('a text of another form', at)
}

export function flagOf(value: unknown, at: string): boolean {
  if (typeof value === 'boolean') return value
  throw new WireError('neither true nor false', at)
}

/** Zero or more. */
export function countOf(value: unknown, at: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
  throw new WireError('no count', at)
}

export function optionalCount(value: unknown, at: string): number | null {
  return value === null || value === undefined ? null : countOf(value, at)
}

/** Decimal strings; the currency is told once for the whole offer. */
export function moneyOf(value: unknown, currency: CurrencyCode, at: string): Money {
  const money = parseMoney(textOf(value, at), currency)
  if (money) return money
  throw new WireError('no amount', at)
}

export const currencyForm = /^[A-Z]{3}$/
export const airportForm = /^[A-Z]{3}$/
export const carrierForm = /^[A-Z0-9]{2}$/
export const localTimeForm = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/

/** One of ours that the format spells as we do. */
export function wordOf<T extends string>(value: unknown, words: readonly T[], at: string): T {
  const word = words.find(known => known === value)
  if (word !== undefined) return word
  throw new WireError(`none of ${words.join(', ')}`, at)
}
