import { findAircraft } from '../../../reference/aircraft.ts'
import { findAirline } from '../../../reference/airlines.ts'

/** Names as the dictionaries of a reply spell them: in capitals. */

export function airlineName(code: string): string {
  return (findAirline(code)?.name ?? code).toUpperCase()
}

export function aircraftName(code: string): string {
  return (findAircraft(code)?.name ?? code).toUpperCase()
}

const currencyNames = new Map<string, string>()

export function currencyName(code: string): string {
  const known = currencyNames.get(code)
  if (known !== undefined) return known
  const name = (new Intl.DisplayNames('en', { type: 'currency' }).of(code) ?? code).toUpperCase()
  currencyNames.set(code, name)
  return name
}
