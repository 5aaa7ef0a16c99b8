import { type CurrencyCode, type Money, parseMoney } from '../core/money.ts'
import { type FieldError, ProblemError } from '../core/problem.ts'
import { isPlace, sameCity } from '../reference/airports.ts'
import { findCountry } from '../reference/countries.ts'
import type { Circle, DateRange } from './port.ts'

/** What a question's fields mean, checked: every wrong one is named, as `query:month` or `/filters/price/min`. */
export class Findings {
  readonly #at: (field: string) => string
  readonly #errors: FieldError[] = []

  /** `at`: a field's pointer in the request. */
  constructor(at: (field: string) => string) {
    this.#at = at
  }

  report(field: string, code: string, detail: string): void {
    this.#errors.push({ pointer: this.#at(field), code, detail })
  }

  place(field: string, code: string | undefined): void {
    if (code !== undefined && !isPlace(code))
      this.report(field, 'unknown-airport', `there is no airport or city ${code}`)
  }

  apart(field: string, origin: string, destination: string): void {
    if (isPlace(origin) && isPlace(destination) && sameCity(origin, destination))
      this.report(field, 'same-place', `${origin} and ${destination} are in the same city`)
  }

  country(field: string, code: string | undefined): void {
    if (code !== undefined && !findCountry(code))
      this.report(field, 'unknown-country', `${code} is not a country (ISO 3166, two capital letters)`)
  }

  currency(code: CurrencyCode, knows: (code: CurrencyCode) => boolean): void {
    if (!knows(code)) this.report('currency', 'unknown-currency', `there is no exchange rate for ${code}`)
  }

  amount(field: string, text: string | undefined, currency: CurrencyCode): Money | undefined {
    if (text === undefined) return undefined
    const amount = parseMoney(text, currency)
    if (amount && amount.amountMinor >= 0 && amount.amountMinor <= minorMax) return amount
    this.report(field, 'wrong-format', `"${text.slice(0, 30)}" is no amount of ${currency}, or too much`)
    return undefined
  }

  days(field: string, range: DateRange | undefined): void {
    if (range?.from !== undefined && range.to !== undefined && range.from > range.to)
      this.report(field, 'contradiction', `${range.from} is after ${range.to}`)
  }

  circle(field: string, circle: Circle | undefined): void {
    if (!circle) return
    const { lat, lon, km } = circle
    if (!(Math.abs(lat) <= 90)) this.report(field, 'out-of-range', 'a latitude is -90 to 90')
    if (!(Math.abs(lon) <= 180)) this.report(field, 'out-of-range', 'a longitude is -180 to 180')
    if (!(km >= kmMin && km <= kmMax)) this.report(field, 'out-of-range', `a radius is ${kmMin} to ${kmMax} km`)
  }

  /** Throws `validation` with everything that was reported. */
  check(): void {
    const [first, ...more] = this.#errors
    if (!first) return
    const others = more.length > 0 ? ` (and ${more.length} more)` : ''
    throw new ProblemError('validation', `${first.pointer}: ${first.detail}${others}`, { errors: this.#errors })
  }
}

/** Still exact in any other currency. */
const minorMax = 1e12
/** Half the way round the Earth. */
const kmMax = 20_040
const kmMin = 0.001

export const inQuery = (field: string): string => `query:${field}`
export const inBody = (field: string): string => `/${field}`
