import { cityAliases, cityNames } from './city-names.ts'
import { closedAirports } from './facts.ts'
import { type Report, type Row, readTable } from './sources.ts'
import { zonesOf } from './zones.ts'

/** closed: kept because old replies name it, never offered. */
export type Status = 'served' | 'unserved' | 'closed'

export type Draft = {
  readonly code: string
  readonly icao: string
  readonly name: string
  readonly municipality: string
  readonly country: string
  readonly latitude: number
  readonly longitude: number
  readonly size: 1 | 2 | 3
  readonly status: Status
  readonly keywords: string
  /** Heliport or water. */
  readonly noRunway: boolean
}

export type BuiltAirport = Draft & { readonly cityCode: string; readonly zone: string; readonly popularity: number }
export type BuiltCity = {
  readonly code: string
  readonly name: string
  readonly country: string
  readonly aliases: readonly string[]
}

const sizes: Readonly<Record<string, 1 | 2 | 3>> = { large_airport: 3, medium_airport: 2 }

export function buildAirports(folder: string, flights: ReadonlyMap<string, number>, report: Report): BuiltAirport[] {
  const zoneRows = readTable(folder, 'airport-data-js-airports.csv', ',')
  const drafts = selectAirports(folder, zoneRows, flights, report)
  const zones = zonesOf(folder, zoneRows, drafts, report)
  const cityOf = cityCodes(folder)
  const pageRank = new Map(
    readTable(folder, 'optd-por-popularity-en.csv', ';', ['code', 'kind', 'country', 'geonames', 'rank'])
      .filter(row => row.kind?.includes('A'))
      .map(row => [row.code!, Number(row.rank) || 0]),
  )
  return drafts
    .map(draft => ({
      ...draft,
      cityCode: cityOf(draft.code),
      zone: zones.get(draft.code)!,
      popularity: popularity(draft, pageRank.get(draft.code) ?? 0, flights.get(draft.code) ?? 0),
    }))
    .sort((a, b) => (a.code < b.code ? -1 : 1))
}

/** A rank for search boxes, about 0 to 1700: page rank, monthly movements, and size for those that the network is too
 *  old to know. */
function popularity(draft: Draft, rank: number, monthly: number): number {
  if (draft.status === 'closed') return 0
  const bySize = draft.status === 'served' ? [0, 2, 10, 40][draft.size]! : 0
  return Math.round(rank * 800 + monthly / 80) + bySize
}

function selectAirports(
  folder: string,
  zoneRows: readonly Row[],
  flights: ReadonlyMap<string, number>,
  report: Report,
) {
  const drafts = new Map<string, Draft>()
  for (const row of readTable(folder, 'ourairports-iata-airports.csv', ',')) {
    const draft = fromOurAirports(row)
    const why = unfit(draft, flights)
    if (why) report.drop(`airport left out, ${why}`, draft.code)
    else drafts.set(draft.code, draft)
  }
  const codeOfIcao = new Map([...drafts.values()].filter(draft => draft.icao).map(draft => [draft.icao, draft.code]))
  for (const row of zoneRows) {
    if (!row.iata || drafts.has(row.iata) || !flights.has(row.iata)) continue
    const renamed = codeOfIcao.get(row.icao!)
    const why = closedAirports[row.iata] ?? (renamed ? `now ${renamed}` : row.scheduled_service ? '' : 'no service')
    if (why) report.drop('airport of the second table marked as closed', `${row.iata} (${why})`)
    drafts.set(row.iata, fromAirportData(row, why ? 'closed' : 'served'))
  }
  return [...drafts.values()]
}

function unfit(draft: Draft, flights: ReadonlyMap<string, number>): string | undefined {
  if (!/^[A-Z]{3}$/.test(draft.code)) return 'no IATA code of three letters'
  if (!Number.isFinite(draft.latitude) || !Number.isFinite(draft.longitude)) return 'no position'
  if (draft.status === 'unserved' && !flights.has(draft.code)) return 'neither scheduled service nor in the network'
  if (draft.noRunway && !flights.has(draft.code)) return 'heliport or seaplane base outside the network'
  return undefined
}

function fromOurAirports(row: Row): Draft {
  return {
    code: row.iata_code!,
    icao: row.gps_code || row.ident!,
    name: row.name!,
    municipality: row.municipality!,
    country: row.iso_country!,
    latitude: Number(row.latitude_deg),
    longitude: Number(row.longitude_deg),
    size: sizes[row.type!] ?? 1,
    status: closedAirports[row.iata_code!] ? 'closed' : row.scheduled_service === 'yes' ? 'served' : 'unserved',
    keywords: row.keywords!,
    noRunway: /heliport|seaplane/.test(row.type!),
  }
}

function fromAirportData(row: Row, status: Status): Draft {
  return {
    code: row.iata!,
    icao: row.icao!,
    name: row.airport!,
    municipality: '',
    country: row.country_code!,
    latitude: Number(row.latitude),
    longitude: Number(row.longitude),
    size: sizes[row.type!] ?? 1,
    status,
    keywords: '',
    noRunway: false,
  }
}

/** A code may serve several cities; the first is the metropolitan one (EWR -> NYC). No city: the airport's own code. */
function cityCodes(folder: string): (code: string) => string {
  const cities = new Map<string, string>()
  for (const row of readTable(folder, 'optd-por-best-known-so-far.csv', '^')) {
    const kind = row.pk!.split('-')[1]!
    if (kind.includes('A')) cities.set(row.iata_code!, row.city_code!.split(',')[0]!)
  }
  return code => cities.get(code) || code
}

export function buildCities(airports: readonly BuiltAirport[]): BuiltCity[] {
  const open = airports.filter(airport => airport.status !== 'closed')
  const groups = Map.groupBy(open, airport => airport.cityCode)
  return [...groups]
    .map(([code, members]) => {
      const main = [...members].sort((a, b) => b.popularity - a.popularity || (a.code < b.code ? -1 : 1))[0]!
      return { code, name: cityNames[code] ?? cityName(main), country: main.country, aliases: cityAliases[code] ?? [] }
    })
    .sort((a, b) => (a.code < b.code ? -1 : 1))
}

/** "Paris (Orly, Val-de-Marne)" is Paris, "Ferno (VA)" is Ferno; without a municipality the airport's name must do. */
function cityName(airport: BuiltAirport): string {
  const name = airport.municipality.split(/[(/,]/)[0]!.trim()
  return name || airport.name.replace(/ (International )?(Airport|Airfield|Airstrip).*$/, '')
}
