import type { CurrencyCode } from '../core/money.ts'
import { lazy, readRows } from './tables.ts'

export type Country = {
  /** ISO 3166, two letters. */
  readonly code: string
  readonly name: string
  /** null: none of its own (Antarctica). */
  readonly currency: CurrencyCode | null
}

const countries = lazy(
  (): ReadonlyMap<string, Country> =>
    new Map(
      readRows('countries.tsv').map(row => [row[0]!, { code: row[0]!, name: row[1]!, currency: row[2] || null }]),
    ),
)

export function findCountry(code: string): Country | undefined {
  return countries().get(code)
}

export function currencyOf(country: string): CurrencyCode | undefined {
  return findCountry(country)?.currency ?? undefined
}

export function listCountries(): readonly Country[] {
  return [...countries().values()]
}
