import type { Columns } from '../columns.ts'

/** The rows that a front end puts on top; null where there is none. */
export type Highlights = {
  readonly best: number | null
  readonly cheapest: number | null
  readonly fastest: number | null
}

export type Label = keyof Highlights
export const labels: readonly Label[] = ['best', 'cheapest', 'fastest']

/** `order`: rows, the best first. Among equals the one that ranks better. */
export function highlightsOf({ price, durationMinutes }: Columns, order: Int32Array): Highlights {
  return {
    best: order[0] ?? null,
    cheapest: first(order, (x, y) => price[x]! - price[y]! || durationMinutes[x]! - durationMinutes[y]!),
    fastest: first(order, (x, y) => durationMinutes[x]! - durationMinutes[y]! || price[x]! - price[y]!),
  }
}

function first(order: Int32Array, compare: (x: number, y: number) => number): number | null {
  let found: number | null = null
  for (const row of order) if (found === null || compare(row, found) < 0) found = row
  return found
}
