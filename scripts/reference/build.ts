/** Builds src/reference/data from the raw tables: `node scripts/reference/build.ts <folder of the raw tables>`.
 *  The same input gives the same bytes. Prints what it left out and why. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { buildAirlines } from './airlines.ts'
import { buildAirports, buildCities } from './airports.ts'
import { buildAircraft, buildCountries } from './small-tables.ts'
import { Report, readTable, toTsv } from './sources.ts'

const folder = process.argv[2]
if (!folder) {
  console.error('usage: node scripts/reference/build.ts <folder of the raw tables>')
  process.exit(1)
}

const report = new Report()
const movements = new Map<string, number>()
const flights = new Map<string, number>()
for (const row of readTable(folder, 'optd-airline-por-rcld.csv', '^')) {
  const monthly = Number(row.freq_mtly_avg)
  for (const airport of [row.apt_org!, row.apt_dst!]) movements.set(airport, (movements.get(airport) ?? 0) + monthly)
  flights.set(row.airline_code!, (flights.get(row.airline_code!) ?? 0) + monthly)
}

const airports = buildAirports(folder, movements, report)
const cities = buildCities(airports)
const airlines = buildAirlines(folder, flights, report)

write(
  'airports.tsv',
  airports.map(a => [
    a.code,
    a.name,
    a.cityCode,
    a.country,
    a.zone,
    a.latitude.toFixed(4),
    a.longitude.toFixed(4),
    a.popularity,
    a.status,
    searchWords(a.keywords),
  ]),
)
write(
  'cities.tsv',
  cities.map(c => [c.code, c.name, c.country, c.aliases.join('|')]),
)
write(
  'airlines.tsv',
  airlines.map(a => [a.code, a.icao, a.name, a.accountingCode, a.alliance, a.monthlyFlights]),
)
write('aircraft.tsv', buildAircraft(folder))
write('countries.tsv', buildCountries(folder))
report.print()

/** Other names worth searching for: words of at least five letters in Latin script, at most four. */
function searchWords(keywords: string): string {
  return keywords
    .split(',')
    .map(word => word.trim())
    .filter(word => /^[\p{Script=Latin}' .-]{5,40}$/u.test(word))
    .slice(0, 4)
    .join('|')
}

function write(name: string, rows: readonly (readonly (string | number)[])[]): void {
  const data = new URL('../../src/reference/data/', import.meta.url)
  mkdirSync(data, { recursive: true })
  const text = toTsv(rows)
  writeFileSync(new URL(name, data), text)
  console.log(
    `${String(rows.length).padStart(6)}  rows, ${String(Math.round(text.length / 1000)).padStart(4)} kB  ${name}`,
  )
}
