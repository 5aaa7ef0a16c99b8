import type { OperatedFlight } from './flights.ts'

/** Minimum connecting times by default, not those of any airport: the full data is licensed. Minutes. */
const domestic = 45
const international = 60
const largeAirport = 20
const otherTerminal = 15
const otherAirport = 180
/** Airports with more destinations than this are large ones. */
const largeFrom = 80

/** Longer waits are offered only where nothing shorter is to be had, overnight ones once; till the same flight of the next
 *  day only where nobody gets there otherwise. */
export const usualConnectionMaxMinutes = 300
export const connectionMaxMinutes = 900
export const remoteConnectionMaxMinutes = 1560

/** From arriving with one flight to leaving with the next. */
export function minimumConnectingMinutes(first: OperatedFlight, second: OperatedFlight): number {
  if (first.route.to !== second.route.from) return otherAirport
  const airport = first.route.to
  const countries = new Set([first.route.from, airport, second.route.to].map(node => area(node.airport.country)))
  const base = countries.size === 1 ? domestic : international
  const terminals = first.marketed[0]!.flight.destinationTerminal !== second.marketed[0]!.flight.originTerminal
  return base + (airport.to.size > largeFrom ? largeAirport : 0) + (terminals ? otherTerminal : 0)
}

const schengen: ReadonlySet<string> = new Set(
  'AT BE BG CH CZ DE DK EE ES FI FR GR HR HU IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' '),
)

/** Countries without a border check between them count as one. */
export function area(country: string): string {
  return schengen.has(country) ? 'Schengen' : country
}
