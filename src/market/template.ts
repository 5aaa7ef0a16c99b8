import type { MarketDocument } from './document.ts'

/** The index of one day of shopping. Strict: a field that is not here is a mistake of ours and is refused, not guessed at.
 *  Amounts are longs, since scaled floats are no amounts (and are not in every build of the server). */
const keyword = { type: 'keyword' } as const
const date = { type: 'date' } as const

const properties = {
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
  durationMinutes: { type: 'integer' },
  stops: { type: 'integer' },
  cabins: keyword,
  aircraft: keyword,
  amenities: keyword,
  lowestPriceMinor: { type: 'long' },
  currency: keyword,
  supplierPriceMinor: { type: 'long' },
  supplierCurrency: keyword,
  pointOfSale: keyword,
  shoppedAt: date,
} as const satisfies Readonly<Record<keyof MarketDocument, object>>

/** `prefix` is the alias that reads go to, too. */
export function indexTemplate(prefix: string) {
  return {
    name: prefix,
    index_patterns: [`${prefix}-*`],
    priority: 200,
    template: {
      settings: { number_of_shards: 1, auto_expand_replicas: '0-1', refresh_interval: '1s' },
      mappings: { dynamic: 'strict', properties },
      aliases: { [prefix]: {} },
    },
  } as const
}

/** Retention is dropping whole indices. */
export function indexName(prefix: string, day: string): string {
  return `${prefix}-${day}`
}
