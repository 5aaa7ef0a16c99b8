import type { Draft } from './airports.ts'
import { airportZones, zoneNames } from './facts.ts'
import { type Report, type Row, readTable } from './sources.ts'

/** A zone that the runtime knows for every airport: by code, by ICAO code, from the second table, else from the
 *  nearest airport of the country; and so for a zone that belongs to another part of the world. */
export function zonesOf(folder: string, rows: readonly Row[], drafts: readonly Draft[], report: Report) {
  const zones = new Map<string, string>()
  const find = rawZones(folder, rows)
  for (const draft of drafts) {
    const zone = airportZones[draft.code] ?? find(draft)
    if (zone) zones.set(draft.code, zone)
  }
  for (const draft of strayed(drafts, zones)) {
    report.drop('zone of another country left out', `${draft.code} ${draft.country} ${zones.get(draft.code)}`)
    zones.delete(draft.code)
  }
  const known = drafts.filter(draft => zones.has(draft.code))
  for (const draft of drafts.filter(other => !zones.has(other.code))) {
    const nearest = nearestOf(draft, known)
    if (!nearest) throw new Error(`${draft.code} has no zone and no neighbour in ${draft.country}`)
    report.drop('zone taken from the nearest airport of the country', `${draft.code} from ${nearest.code}`)
    zones.set(draft.code, zones.get(nearest.code)!)
  }
  return zones
}

function rawZones(folder: string, rows: readonly Row[]): (draft: Draft) => string | undefined {
  const byCode = new Map<string, string>()
  const byIcao = new Map<string, string>()
  for (const row of rows) {
    const zone = knownZone(row.time!)
    if (!zone) continue
    if (row.iata) byCode.set(row.iata, zone)
    if (row.icao) byIcao.set(row.icao, zone)
  }
  const second = new Map(readTable(folder, 'optd-por-tz.csv', '^').map(row => [row.iata_code!, knownZone(row.tz!)]))
  return draft => byCode.get(draft.code) ?? byIcao.get(draft.icao) ?? second.get(draft.code)
}

/** The zone if the runtime knows it. `Etc/` is what the table has where it knows nothing. */
function knownZone(raw: string): string | undefined {
  const zone = zoneNames[raw] ?? raw
  if (!zone.includes('/') || zone.startsWith('Etc/')) return undefined
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return zone
  } catch {
    return undefined
  }
}

/** Airports whose zone is at home in another country, is rare in theirs, and shows another time than the neighbour's:
 *  the raw table has some at random (Laos in Europe/Paris, Iran in America/Chicago). */
function strayed(drafts: readonly Draft[], zones: ReadonlyMap<string, string>): Draft[] {
  const known = drafts.filter(draft => zones.has(draft.code))
  const uses = new Map<string, number>()
  const use = (draft: Draft) => `${zones.get(draft.code)} ${draft.country}`
  for (const draft of known) uses.set(use(draft), (uses.get(use(draft)) ?? 0) + 1)
  const most = new Map<string, number>()
  for (const [key, count] of uses) most.set(key.split(' ')[0]!, Math.max(most.get(key.split(' ')[0]!) ?? 0, count))
  return known.filter(draft => {
    const count = uses.get(use(draft))!
    if (count > 2 || count === most.get(zones.get(draft.code)!)) return false
    const nearest = nearestOf(draft, known)
    return nearest !== undefined && offsets(zones.get(nearest.code)!) !== offsets(zones.get(draft.code)!)
  })
}

function offsets(zone: string): string {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  return [0, 6].map(month => format.format(Date.UTC(2026, month, 15, 12)).split(', ')[1]).join(' ')
}

function nearestOf(draft: Draft, others: readonly Draft[]): Draft | undefined {
  let nearest: Draft | undefined
  for (const other of others) {
    if (other === draft || other.country !== draft.country) continue
    if (!nearest || distance(other, draft) < distance(nearest, draft)) nearest = other
  }
  return nearest
}

/** Square of a flat distance: good enough to compare neighbours. */
function distance(a: Draft, b: Draft): number {
  const x = (a.longitude - b.longitude) * Math.cos((b.latitude * Math.PI) / 180)
  return x * x + (a.latitude - b.latitude) ** 2
}
