import { searchPlaces } from '../../src/reference/places.ts'
import type { Row } from '../row.ts'

/** As a traveller types them: beginnings, slips, and the dearest of each kind. */
const queries: Readonly<Record<string, string>> = {
  ...{ l: 'LON', lo: 'LON', lond: 'LON', a: 'ATL', jfk: 'JFK', zürich: 'ZRH', 'new york': 'NYC' },
  ...{ 'new yrok': 'NYC', 'san fransisco': 'SFO', amsetr: 'AMS', 'internatinal airprot': 'ATL' },
}
const asked = Object.entries(queries)

/** The floor writes the same answers out and has no search to do. */
export const row: Row = {
  name: 'place search',
  unit: 'query',
  floorIs: 'the same answers written as JSON',
  aim: { microsMax: 1_000 },
  floor() {
    const found = asked.map(([query]) => searchPlaces(query))
    let length = 0
    return {
      run() {
        for (const places of found) length = JSON.stringify({ places }).length
        return found.length
      },
      check() {
        if (length !== 0 && length < 100) throw new Error('nothing was written')
      },
    }
  },
  value() {
    return {
      run() {
        for (const [query] of asked) searchPlaces(query)
        return asked.length
      },
      check() {
        for (const [query, first] of asked) {
          const [place] = searchPlaces(query)
          if (place?.code !== first) throw new Error(`${query} found ${place?.code}`)
        }
      },
    }
  },
}
