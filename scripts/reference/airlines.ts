import { accountingCodes, allianceChanges, defunctAirlines, networkYear } from './facts.ts'
import { type Report, type Row, readTable } from './sources.ts'

export type BuiltAirline = {
  readonly code: string
  readonly icao: string
  readonly name: string
  readonly accountingCode: string
  readonly alliance: string
  readonly monthlyFlights: number
}

const alliances: Readonly<Record<string, string>> = {
  OneWorld: 'oneworld',
  Skyteam: 'SkyTeam',
  'Star Alliance': 'Star Alliance',
}

export function buildAirlines(folder: string, flights: ReadonlyMap<string, number>, report: Report): BuiltAirline[] {
  const groups = new Map<string, Row[]>()
  for (const row of readTable(folder, 'optd-airlines.csv', '^')) {
    const code = row['2char_code']!
    const why = unfit(row)
    if (!code) continue
    if (why) report.drop(`airline left out, ${why}`, `${code} ${row.name}`)
    else groups.set(code, [...(groups.get(code) ?? []), row])
  }
  return [...groups]
    .map(([code, rows]) => toAirline(code, choose(code, rows, report), flights))
    .sort((a, b) => (a.code < b.code ? -1 : 1))
}

function unfit(row: Row): string | undefined {
  const code = row['2char_code']!
  if (row.validity_to) return 'history (has an end date)'
  if (!/^[A-Z0-9]{2}$/.test(code)) return 'not an airline designator'
  if (defunctAirlines.has(code)) return 'defunct without an end date'
  // railways stay: they are sold under a designator, in connection with flights
  if (/^[GC]$/.test(row.type!)) return 'distribution system or cargo'
  if (!row.name) return 'no name'
  return undefined
}

/** Two carriers on one code: the passenger one, then the one with more flights, then the newer. */
function choose(code: string, rows: readonly Row[], report: Report): Row {
  const ranked = [...rows].sort(
    (a, b) => Number(b.flt_freq) - Number(a.flt_freq) || (a.validity_from! < b.validity_from! ? 1 : -1),
  )
  for (const loser of ranked.slice(1)) report.drop("airline left out, code is another one's", `${code} ${loser.name}`)
  return ranked[0]!
}

function toAirline(code: string, row: Row, flights: ReadonlyMap<string, number>): BuiltAirline {
  const raw = Number(row.num_code)
  const accounting = raw > 0 ? String(raw).padStart(3, '0') : ''
  const change = allianceChanges[code]
  return {
    code,
    icao: row['3char_code']!,
    name: row.name!,
    accountingCode: accountingCodes[code] ?? accounting,
    alliance: change === undefined ? (alliances[row.alliance_code!] ?? '') : (change ?? ''),
    monthlyFlights: Math.round(monthlyFlights(row, flights.get(code))),
  }
}

/** The table's own yearly frequency is wrong by magnitudes for some (a two-aircraft carrier leads it), hence the cap. */
function monthlyFlights(row: Row, inNetwork: number | undefined): number {
  const yearly = Number(row.flt_freq)
  const since = Number(row.validity_from!.slice(0, 4))
  const tookOver = inNetwork !== undefined && since > networkYear
  if (inNetwork !== undefined && !tookOver) return inNetwork
  return Math.min(yearly / 12, tookOver ? inNetwork : 2000)
}
