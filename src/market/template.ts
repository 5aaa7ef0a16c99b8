import type { MarketDocument } from './document.ts'

/** The index of one day of shopping. Strict: a field that is not here is a mistake of ours and is refused, not guessed at.
 *  Amounts are longs, since scaled floats are no amounts (and are not in every build of the server). */
const keyword = { type: 'keyword' } as const
const date = { type: 'date' } as const

const properties = {
  tenant: keyword,
  key: keyword,
  flightId: keyword,
  trip: keyword,
  carriers: keyword,
  validatingCarrier: keyword,
  supplier: keyword,
  origin: keyword,
  destination: keyword,
  originCity: keyword,
  destinationCity: keyword,
  originLocation: { type: 'geo_point' },
  destinationLocation: { type: 'geo_point' },
  route: { type: 'text', fields: { keyword } },
  places: { type: 'text' },
  departure: date,
  arrival: date,
  departureDate: date,
  returnDate: date,
  nights: { type: 'integer' },
  durationMinutes: { type: 'integer' },
  stops: { type: 'integer' },
  cabins: keyword,
  aircraft: keyword,
  amenities: keyword,
  lowestPriceMinor: { type: 'long' },
  currency: keyword,
  shownPriceMinor: { type: 'long' },
  shownCurrency: keyword,
  supplierPriceMinor: { type: 'long' },
  supplierCurrency: keyword,
  pointOfSale: keyword,
  shoppedAt: date,
  shoppedDay: keyword,
} as const satisfies Readonly<Record<keyof MarketDocument, object>>

/** Raised when the mapping changes: new fields would be refused by the strict mapping of a day's index that stands, so a
 *  version writes and reads indices of its own; those of older ones go when their days are over. */
const version = 2

/** What all reads go to: every day's index of this version. */
export function readAlias(prefix: string): string {
  return `${prefix}-v${version}`
}

export function indexTemplate(prefix: string) {
  const name = readAlias(prefix)
  return {
    name,
    version,
    index_patterns: [`${name}-*`],
    // above that of the version before, whose pattern may cover ours
    priority: 200 + version,
    template: {
      settings: { number_of_shards: 1, auto_expand_replicas: '0-1', refresh_interval: '1s' },
      mappings: { dynamic: 'strict', properties },
      // the second for people and their tools, over all versions
      aliases: { [name]: {}, [prefix]: {} },
    },
  } as const
}

/** Retention is dropping whole indices (retention.ts). */
export function indexName(prefix: string, day: string): string {
  return `${readAlias(prefix)}-${day}`
}
