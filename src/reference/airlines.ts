import type { AirlineCode } from '../core/itinerary.ts'
import { lazy, readRows } from './tables.ts'

export type Alliance = 'oneworld' | 'SkyTeam' | 'Star Alliance'

export type Airline = {
  readonly code: AirlineCode
  /** Three letters, ICAO; null where not known. */
  readonly icao: string | null
  readonly name: string
  /** The first three digits of its tickets; null: it has none of its own, or the source does not say. */
  readonly accountingCode: string | null
  readonly alliance: Alliance | null
  /** Flights a month in the network tables, for ranking. */
  readonly monthlyFlights: number
}

const airlines = lazy(
  (): ReadonlyMap<string, Airline> => new Map(readRows('airlines.tsv').map(row => [row[0]!, toAirline(row)])),
)

const byAccountingCode = lazy(() => {
  const ranked = listAirlines().toSorted((a, b) => a.monthlyFlights - b.monthlyFlights)
  return new Map(ranked.map(airline => [airline.accountingCode, airline]))
})

/** Columns: scripts/reference/build.ts. */
function toAirline(row: readonly string[]): Airline {
  return {
    code: row[0]!,
    icao: row[1] || null,
    name: row[2]!,
    accountingCode: row[3] || null,
    alliance: (row[4] || null) as Alliance | null,
    monthlyFlights: Number(row[5]),
  }
}

export function findAirline(code: string): Airline | undefined {
  return airlines().get(code)
}

export function accountingCode(code: AirlineCode): string | undefined {
  return findAirline(code)?.accountingCode ?? undefined
}

/** Whose ticket a number beginning with these three digits is; of two, the larger airline. */
export function airlineOfTicket(digits: string): Airline | undefined {
  return byAccountingCode().get(digits.slice(0, 3))
}

/** By code. */
export function listAirlines(): readonly Airline[] {
  return [...airlines().values()]
}
