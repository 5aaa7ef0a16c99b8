import type { Clock } from '../core/clock.ts'
import { cabins } from '../core/itinerary.ts'
import type { CurrencyCode } from '../core/money.ts'
import type { ProviderCode } from '../core/offer.ts'
import { type FieldError, ProblemError } from '../core/problem.ts'
import type { ShopQuery } from '../providers/port.ts'
import { findAirline } from '../reference/airlines.ts'
import { findAirport, findCity } from '../reference/airports.ts'
import { currencyOf, findCountry } from '../reference/countries.ts'
import type { SearchRequest } from './port.ts'
import { passengersOf, validatePassengers } from './validate-passengers.ts'
import { validateSlices } from './validate-slices.ts'

/** A search that makes sense: what suppliers are asked, and how long we wait. */
export type ValidatedSearch = {
  readonly query: ShopQuery
  /** By code; null: all. */
  readonly providers: readonly ProviderCode[] | null
  readonly deadlineMs: number
  readonly waitFor: WaitFor
  readonly locale: string | null
}

export type WaitFor = 'all' | { readonly providers: number; readonly graceMs: number }

export type SearchRules = {
  readonly clock: Clock
  knowsCurrency(currency: CurrencyCode): boolean
  /** The suppliers that are switched on. */
  knowsProvider(code: ProviderCode): boolean
  /** What one supplier is asked for. */
  readonly offersMax: number
}

const deadlineMsDefault = 4_000
const deadlineMsMax = 30_000
/** Below this no supplier in the world has answered. */
const deadlineMsMin = 100
const connectionsMax = 5
const listMax = 50
const fallbackCurrency = 'EUR'

export type Report = (pointer: string, code: string, detail: string) => void

/** Throws `validation` with every field that is wrong, not only the first. */
export function validateSearch(request: SearchRequest, rules: SearchRules): ValidatedSearch {
  const errors: FieldError[] = []
  const report: Report = (pointer, code, detail) => errors.push({ pointer, code, detail })
  validateSlices(request.slices, rules.clock.now(), report)
  validatePassengers(request.passengers, report)
  validateChoices(request, rules, report)
  validateCarriers(request, report)
  validateWaiting(request, report)
  if (errors.length > 0) {
    const first = errors[0]!
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
    throw new ProblemError('validation', `${first.pointer}: ${first.detail}${more}`, { errors })
  }
  return toSearch(request, rules)
}

function validateChoices(request: SearchRequest, rules: SearchRules, report: Report): void {
  const { cabin, currency, pointOfSale, providers, maxConnections, locale } = request
  if (cabin !== undefined && !cabins.includes(cabin))
    report('/cabin', 'unknown-cabin', `a cabin is one of ${cabins.join(', ')}`)
  if (currency !== undefined && !rules.knowsCurrency(currency))
    report('/currency', 'unknown-currency', `there is no exchange rate for ${currency}`)
  if (pointOfSale !== undefined && !findCountry(pointOfSale))
    report('/pointOfSale', 'unknown-country', `${pointOfSale} is not a country (ISO 3166, two capital letters)`)
  if (locale !== undefined && !/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(locale))
    report('/locale', 'malformed-locale', 'a locale looks like en-GB')
  if (maxConnections !== undefined && !isWhole(maxConnections, 0, connectionsMax))
    report('/maxConnections', 'out-of-range', `maxConnections is 0 to ${connectionsMax}`)
  if (providers === undefined) return
  if (providers.length === 0 || providers.length > listMax)
    report('/providers', 'out-of-range', `name 1 to ${listMax} suppliers, or leave it out for all`)
  providers.forEach((code, i) => {
    if (!rules.knowsProvider(code))
      report(`/providers/${i}`, 'unknown-provider', `there is no supplier ${code}, or it is switched off`)
  })
}

function validateCarriers(request: SearchRequest, report: Report): void {
  const { carriers, accountCodes = [] } = request
  for (const list of ['include', 'exclude'] as const) {
    const codes = carriers?.[list] ?? []
    if (codes.length > listMax) report(`/carriers/${list}`, 'too-many', `at most ${listMax} airlines`)
    for (const [i, code] of codes.slice(0, listMax).entries()) checkAirline(code, `/carriers/${list}/${i}`, report)
  }
  const included = new Set(carriers?.include ?? [])
  for (const [i, code] of (carriers?.exclude ?? []).entries()) {
    if (included.has(code)) report(`/carriers/exclude/${i}`, 'contradiction', `${code} is included as well`)
  }
  if (accountCodes.length > listMax) report('/accountCodes', 'too-many', `at most ${listMax} account codes`)
  accountCodes.slice(0, listMax).forEach(({ carrier, code }, i) => {
    checkAirline(carrier, `/accountCodes/${i}/carrier`, report)
    if (!/^[A-Za-z0-9-]{1,30}$/.test(code))
      report(`/accountCodes/${i}/code`, 'malformed-account-code', '1 to 30 letters, digits and hyphens')
  })
}

function checkAirline(code: string, pointer: string, report: Report): void {
  if (!findAirline(code)) report(pointer, 'unknown-carrier', `${code} is not an airline that we know`)
}

function validateWaiting({ deadlineMs, waitFor }: SearchRequest, report: Report): void {
  if (deadlineMs !== undefined && !isWhole(deadlineMs, deadlineMsMin, deadlineMsMax))
    report('/deadlineMs', 'out-of-range', `deadlineMs is ${deadlineMsMin} to ${deadlineMsMax}`)
  if (waitFor === undefined || waitFor === 'all') return
  if (!isWhole(waitFor.providers, 1, listMax))
    report('/waitFor/providers', 'out-of-range', `wait for 1 to ${listMax} suppliers`)
  if (!isWhole(waitFor.graceMs, 0, deadlineMsMax))
    report('/waitFor/graceMs', 'out-of-range', `graceMs is 0 to ${deadlineMsMax}`)
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max
}

function toSearch(request: SearchRequest, rules: SearchRules): ValidatedSearch {
  const ofSale = request.pointOfSale === undefined ? undefined : currencyOf(request.pointOfSale)
  const currency = request.currency ?? (ofSale && rules.knowsCurrency(ofSale) ? ofSale : fallbackCurrency)
  return {
    query: {
      slices: request.slices.map(slice => ({
        origin: slice.origin,
        destination: slice.destination,
        departureDate: slice.departureDate,
        departureTime: slice.departureTime ?? null,
      })),
      passengers: passengersOf(request.passengers),
      cabin: request.cabin ?? null,
      currency,
      pointOfSale: request.pointOfSale ?? countryOf(request.slices[0]!.origin),
      maxConnections: request.maxConnections ?? null,
      carriers: {
        include: unique(request.carriers?.include ?? []),
        exclude: unique(request.carriers?.exclude ?? []),
      },
      accountCodes: (request.accountCodes ?? []).map(({ carrier, code }) => ({ carrier, code: code.toUpperCase() })),
      offersMax: rules.offersMax,
    },
    providers: request.providers ? unique(request.providers) : null,
    deadlineMs: request.deadlineMs ?? deadlineMsDefault,
    waitFor: request.waitFor ?? 'all',
    locale: request.locale ?? null,
  }
}

/** Where nobody says where it is sold, where the journey begins. */
function countryOf(place: string): string {
  return (findAirport(place) ?? findCity(place))!.country
}

function unique(codes: readonly string[]): readonly string[] {
  return [...new Set(codes)].sort()
}
