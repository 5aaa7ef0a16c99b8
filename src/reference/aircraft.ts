import { lazy, readRows } from './tables.ts'

export type Aircraft = {
  /** IATA type, e.g. 77W. */
  readonly code: string
  readonly name: string
  readonly icao: string | null
}

const aircraft = lazy(
  (): ReadonlyMap<string, Aircraft> =>
    new Map(readRows('aircraft.tsv').map(row => [row[0]!, { code: row[0]!, name: row[1]!, icao: row[2] || null }])),
)

export function findAircraft(code: string): Aircraft | undefined {
  return aircraft().get(code)
}

export function listAircraft(): readonly Aircraft[] {
  return [...aircraft().values()]
}
