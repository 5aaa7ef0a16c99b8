import type { Cabin } from '../core/itinerary.ts'
import { type CurrencyCode, parseMoney } from '../core/money.ts'
import { type FieldError, ProblemError } from '../core/problem.ts'
import type { Columns } from './columns.ts'
import { cabinBit } from './facts.ts'
import type { OffersQuery } from './port.ts'
import type { TextColumn } from './text-column.ts'

/** api.md's filters, read once: what stands in a cursor too. Null: not filtered by that. */
export type Filters = {
  readonly carriers: readonly string[] | null
  readonly stopsMax: number | null
  /** Minor units of the search's currency. */
  readonly priceMin: number | null
  readonly priceMax: number | null
  readonly durationMax: number | null
  /** Minutes from midnight, both included. */
  readonly departAfter: number | null
  readonly departBefore: number | null
  readonly cabins: readonly Cabin[] | null
  readonly brands: readonly string[] | null
  readonly airports: readonly string[] | null
  readonly providers: readonly string[] | null
  readonly refundable: boolean
  readonly checkedBags: number | null
}

export const noFilters: Filters = {
  carriers: null,
  stopsMax: null,
  priceMin: null,
  priceMax: null,
  durationMax: null,
  departAfter: null,
  departBefore: null,
  cabins: null,
  brands: null,
  airports: null,
  providers: null,
  refundable: false,
  checkedBags: null,
}

/** One bit a filter, so that each facet can leave out its own. */
export const filterBits = {
  carriers: 1,
  stops: 2,
  price: 4,
  duration: 8,
  departure: 16,
  cabins: 32,
  brands: 64,
  airports: 128,
  providers: 256,
  refundable: 512,
  bags: 1024,
} as const

/** Throws `validation` for amounts and times that are none. */
export function readFilters(query: OffersQuery, currency: CurrencyCode): Filters {
  const errors: FieldError[] = []
  const amount = (name: 'priceMin' | 'priceMax'): number | null => {
    const text = query[name]
    if (text === undefined) return null
    const parsed = parseMoney(text, currency)
    const detail = `${text} is no amount in ${currency}`
    if (!parsed) errors.push({ pointer: `query:${name}`, code: 'malformed-amount', detail })
    return parsed?.amountMinor ?? null
  }
  const time = (name: 'departAfter' | 'departBefore'): number | null => {
    const text = query[name]
    if (text === undefined) return null
    const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text)
    if (!match) errors.push({ pointer: `query:${name}`, code: 'malformed-time', detail: `${text} is no time (HH:MM)` })
    return match ? Number(match[1]) * 60 + Number(match[2]) : null
  }
  const filters: Filters = {
    carriers: query.carriers ?? null,
    stopsMax: query.maxStops ?? null,
    priceMin: amount('priceMin'),
    priceMax: amount('priceMax'),
    durationMax: query.durationMax ?? null,
    departAfter: time('departAfter'),
    departBefore: time('departBefore'),
    cabins: query.cabins ?? null,
    brands: query.brands ?? null,
    airports: query.airports ?? null,
    providers: query.providers ?? null,
    refundable: query.refundable ?? false,
    checkedBags: query.checkedBags ? query.checkedBags : null,
  }
  if (errors.length > 0) throw new ProblemError('validation', errors[0]!.detail, { errors })
  return filters
}

export function isUnfiltered(filters: Filters): boolean {
  return Object.values(filters).every(value => value === null || value === false)
}

/** Row -> the bits of the filters that it does not pass; 0: it is shown. */
export function failuresOf(columns: Columns, filters: Filters): Uint16Array {
  const failures = new Uint16Array(columns.leaders.length)
  const fail = (bit: number, fails: (row: number) => boolean): void => {
    for (let row = 0; row < failures.length; row++) if (fails(row)) failures[row]! |= bit
  }
  const { price, durationMinutes, departureMinute, stops, cabins, bags, refundable } = columns
  const { stopsMax, priceMin, priceMax, durationMax, departAfter, departBefore, checkedBags } = filters
  if (stopsMax !== null) fail(filterBits.stops, row => stops[row]! > stopsMax)
  if (priceMin !== null) fail(filterBits.price, row => price[row]! < priceMin)
  if (priceMax !== null) fail(filterBits.price, row => price[row]! > priceMax)
  if (durationMax !== null) fail(filterBits.duration, row => durationMinutes[row]! > durationMax)
  if (departAfter !== null) fail(filterBits.departure, row => departureMinute[row]! < departAfter)
  if (departBefore !== null) fail(filterBits.departure, row => departureMinute[row]! > departBefore)
  if (filters.refundable) fail(filterBits.refundable, row => refundable[row] !== 1)
  if (checkedBags !== null) fail(filterBits.bags, row => bags[row]! < checkedBags)
  if (filters.cabins !== null) {
    const wanted = filters.cabins.reduce((bits, cabin) => bits | cabinBit(cabin), 0)
    fail(filterBits.cabins, row => (cabins[row]! & wanted) === 0)
  }
  for (const name of ['carriers', 'brands', 'airports', 'providers'] as const) {
    const wanted = filters[name]
    if (wanted !== null) fail(filterBits[name], missing(columns[name], wanted))
  }
  return failures
}

function missing({ texts, starts, values }: TextColumn, wanted: readonly string[]): (row: number) => boolean {
  const isWanted = Uint8Array.from(texts, text => (wanted.includes(text) ? 1 : 0))
  return row => {
    for (let i = starts[row]!; i < starts[row + 1]!; i++) if (isWanted[values[i]!] === 1) return false
    return true
  }
}
