import { isLocalTime } from '../../../core/calendar.ts'
import { type Instant, parseInstant, toInstant } from '../../../core/clock.ts'
import type { AirlineCode, AirportCode, LocalDate, LocalDateTime } from '../../../core/itinerary.ts'
import { type CurrencyCode, type Money, parseMoney } from '../../../core/money.ts'
import type { WireWarning } from '../../../core/offer.ts'

/** Readers that believe nothing: what is absent or of another type than the format says is null or an empty list, and
 *  whoever cannot do without it says so with the place (a JSON pointer). */

export type JsonObject = { readonly [name: string]: unknown }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const nothing: JsonObject = {}
const none: readonly never[] = []

export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : nothing
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : none
}

const textMax = 10_000

/** Not empty. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= textMax ? value : null
}

export function flagOf(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null
}

/** Whole and not negative. */
export function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

export function currencyOf(value: unknown): CurrencyCode | null {
  return typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? value : null
}

/** Amounts are decimal strings beside a member with their currency. */
export function moneyOf(amount: unknown, currency: unknown): Money | null {
  const code = currencyOf(currency)
  return typeof amount === 'string' && code !== null ? (parseMoney(amount, code) ?? null) : null
}

/** `{"iata_code":…}` of an airport, city, airline or aircraft. */
export function iataCodeOf(value: unknown): string | null {
  return isObject(value) ? textOf(value.iata_code) : null
}

export function airportOf(value: unknown): AirportCode | null {
  const code = iataCodeOf(value)
  return code !== null && /^[A-Z]{3}$/.test(code) ? code : null
}

export function airlineOf(value: unknown): AirlineCode | null {
  const code = iataCodeOf(value)
  return code !== null && /^[A-Z0-9]{2}$/.test(code) ? code : null
}

/** Without leading zeros. */
export function flightNumberOf(value: unknown): string | null {
  return typeof value === 'string' && /^\d{1,5}[A-Z]?$/.test(value) ? value.replace(/^0+(?=\d)/, '') : null
}

/** Local, without an offset: `YYYY-MM-DDTHH:MM:SS`, older replies with a fraction. */
export function localTimeOf(value: unknown): LocalDateTime | null {
  if (typeof value !== 'string') return null
  if (value.length === 19) return isLocalTime(value) ? value : null
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?(?:\.\d{1,9})?$/.exec(value)
  const full = match ? `${match[1]}${match[2] ?? ':00'}` : ''
  return isLocalTime(full) ? full : null
}

export function localDateOf(value: unknown): LocalDate | null {
  return typeof value === 'string' && value.length === 10 && isLocalTime(`${value}T00:00:00`) ? value : null
}

/** Time stamps carry Z and up to six digits of fraction; most are in our own form already. */
export function instantOf(value: unknown): Instant | null {
  if (typeof value !== 'string') return null
  if (value.length === 20 && value[19] === 'Z') return isLocalTime(value.slice(0, 19)) ? value : null
  const ms = parseInstant(value)
  return ms === undefined ? null : toInstant(ms)
}

/** ISO 8601 `PnDTnHnM`, seconds cut: `PT02H26M`, `P1DT2H`. */
export function minutesOf(value: unknown): number | null {
  if (typeof value !== 'string') return null
  const match = /^P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})(?:\.\d+)?S)?)?$/.exec(value)
  if (!match || /[PT]$/.test(value)) return null
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = match
  return Number(days) * 1440 + Number(hours) * 60 + Number(minutes) + Math.floor(Number(seconds) / 60)
}

export function durationText(minutes: number): string {
  const days = Math.floor(minutes / 1440)
  const hours = Math.floor((minutes % 1440) / 60)
  const rest = minutes % 60
  const time = `${hours > 0 ? `${hours}H` : ''}${rest > 0 || minutes === 0 ? `${rest}M` : ''}`
  return `P${days > 0 ? `${days}D` : ''}${time === '' ? '' : `T${time}`}`
}

/** JSON pointers of the entries of a list; of a single object, its own. */
export type Places = (index: number) => string

export function entriesOf(list: string): Places {
  return index => `${list}/${index}`
}

/** A broken reply may complain of every line. */
const warningsMax = 100

/** What was read with a doubt. */
export class Warnings {
  readonly list: WireWarning[] = []
  /** The first thing that was left out. */
  lost: WireWarning | null = null

  add(code: string, at: string, text: string): void {
    if (this.list.length < warningsMax) this.list.push({ code, at, text: text.slice(0, 300) })
  }

  /** Runs `read`; what is Unreadable becomes a warning and nothing, other errors go on. */
  guard<T>(read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      const { code, at, message } = error
      this.lost ??= { code, at, text: message }
      this.add(code, at, `left out: ${message}`)
      return undefined
    }
  }
}

/** Why one offer, order or seat map cannot be read: costs that one only. */
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
