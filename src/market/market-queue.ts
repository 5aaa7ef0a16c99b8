import type { MarketDocument, MarketRow } from './document.ts'

/** Rows that wait for the index: one per itinerary and day, with the lowest price; bounded. */
export interface MarketQueue {
  /** false: there is no room. */
  add(row: MarketRow): boolean
  /** The oldest ones, taken out. */
  take(rowsMax: number): readonly MarketRow[]
  /** After a failure: those that still have room. Returns how many had none. */
  putBack(rows: readonly MarketRow[]): number
  readonly length: number
}

/** The same price seen again is fresher news. */
function isBetter(row: MarketDocument, known: MarketDocument): boolean {
  if (row.lowestPriceMinor !== known.lowestPriceMinor) return row.lowestPriceMinor < known.lowestPriceMinor
  return row.shoppedAt > known.shoppedAt
}

export function makeMarketQueue(rowsMax: number): MarketQueue {
  const rows = new Map<string, MarketRow>()
  const add = (row: MarketRow): boolean => {
    const key = `${row.day} ${row.id}`
    const known = rows.get(key)
    if (known && !isBetter(row.document, known.document)) return true
    if (!known && rows.size >= rowsMax) return false
    rows.set(key, row)
    return true
  }
  return {
    add,
    take(count) {
      const taken: MarketRow[] = []
      for (const [key, row] of rows) {
        if (taken.length === count) break
        taken.push(row)
        rows.delete(key)
      }
      return taken
    },
    putBack: failed => failed.reduce((lost, row) => (add(row) ? lost : lost + 1), 0),
    get length() {
      return rows.size
    },
  }
}
