/** Builds src/sandbox/data/routes.tsv, the route network of the sandbox, from OpenTravelData's table of airlines and
 *  airports: `node scripts/reference/network.ts <folder of the raw tables>`. Run it after build.ts: every airport must be
 *  one of src/reference. The same input gives the same bytes. Prints what it left out.
 *
 *  One line per airline and airport: airline, airport, whether it is a hub there (h) or not (-), then for every partner
 *  airport after it in the alphabet `CODE:flights a month in each direction:seats a flight`, by blanks. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { findAirport } from '../../src/reference/airports.ts'
import { carriers } from '../../src/sandbox/carriers.ts'
import { Report, readTable, toTsv } from './sources.ts'

/** Closed or renamed since the table was made. */
const successors: Readonly<Record<string, string>> = { TXL: 'BER', SXF: 'BER', THF: 'BER', TSE: 'NQZ', KIV: 'RMO' }

/** Sister companies that sell under one code today. */
const sisters: Readonly<Record<string, string>> = {
  ...{ LP: 'LA', XL: 'LA', '4M': 'LA', '4C': 'LA', TA: 'AV', A5: 'AF', CL: 'LH', KA: 'CX', OA: 'A3', MI: 'SQ' },
  ...{ D8: 'DY', B7: 'BR', WE: 'TG', FM: 'MU', US: 'AA', VX: 'AS', BL: 'VN', CT: 'AZ', QK: 'AC' },
}

/** Flights a month below which a row is a charter, a diversion or noise: less than one a week. */
const monthlyMin = 3.5
/** Airports that are hubs of an airline: at most so many, each with at least so many destinations. */
const hubsMax = 9
const hubDestinationsMin = 12

type Pair = { readonly a: string; readonly b: string; monthly: number; seats: number }

const folder = process.argv[2]
if (!folder) {
  console.error('usage: node scripts/reference/network.ts <folder of the raw tables>')
  process.exit(1)
}

const report = new Report()
const wanted = new Set(carriers.map(carrier => carrier.code))
const networks = new Map<string, Map<string, Pair>>()
for (const row of readTable(folder, 'optd-airline-por-rcld.csv', '^')) {
  const airline = sisters[row.airline_code!] ?? row.airline_code!
  if (!wanted.has(airline)) continue
  const from = successors[row.apt_org!] ?? row.apt_org!
  const to = successors[row.apt_dst!] ?? row.apt_dst!
  if (from === to || !known(from) || !known(to)) continue
  add(airline, from, to, Number(row.freq_mtly_avg), Number(row.seats_mtly_avg))
}

const lines: (string | number)[][] = []
for (const { code } of carriers) {
  const pairs = [...(networks.get(code)?.values() ?? [])].filter(pair => pair.monthly / 2 >= monthlyMin)
  const hubs = hubsOf(pairs)
  if (pairs.length === 0) report.drop('airline without a route', code)
  const byAirport = Map.groupBy(pairs, pair => pair.a)
  for (const hub of hubs) if (!byAirport.has(hub)) byAirport.set(hub, [])
  for (const airport of [...byAirport.keys()].sort()) {
    const routes = byAirport
      .get(airport)!
      .sort((x, y) => (x.b < y.b ? -1 : 1))
      .map(({ b, monthly, seats }) => `${b}:${Math.max(4, Math.round(monthly / 2))}:${Math.round(seats / monthly)}`)
    lines.push([code, airport, hubs.has(airport) ? 'h' : '-', routes.join(' ')])
  }
}
const data = new URL('../../src/sandbox/data/', import.meta.url)
mkdirSync(data, { recursive: true })
const text = toTsv(lines)
writeFileSync(new URL('routes.tsv', data), text)
console.log(`${lines.length} rows, ${Math.round(text.length / 1000)} kB`)
report.print()

function known(airport: string): boolean {
  const found = findAirport(airport)
  if (!found) report.drop('unknown airport', airport)
  else if (!found.scheduled) report.drop('airport without scheduled flights', airport)
  return found?.scheduled ?? false
}

/** Both directions of a route are flown alike: what is missing in the table is taken from the other one. */
function add(airline: string, from: string, to: string, monthly: number, seats: number): void {
  const [a, b] = from < to ? [from, to] : [to, from]
  const network = networks.get(airline) ?? new Map<string, Pair>()
  networks.set(airline, network)
  const pair = network.get(a + b) ?? { a: a!, b: b!, monthly: 0, seats: 0 }
  pair.monthly += monthly
  pair.seats += seats
  network.set(a + b, pair)
}

/** Where an airline has most of its flights and many destinations. */
function hubsOf(pairs: readonly Pair[]): ReadonlySet<string> {
  const flights = new Map<string, number>()
  const destinations = new Map<string, number>()
  for (const { a, b, monthly } of pairs) {
    for (const airport of [a, b]) {
      flights.set(airport, (flights.get(airport) ?? 0) + monthly)
      destinations.set(airport, (destinations.get(airport) ?? 0) + 1)
    }
  }
  const most = Math.max(...flights.values())
  return new Set(
    [...flights]
      .filter(([airport, count]) => count >= most * 0.12 && destinations.get(airport)! >= hubDestinationsMin)
      .sort((x, y) => y[1] - x[1])
      .slice(0, hubsMax)
      .map(([airport]) => airport),
  )
}
