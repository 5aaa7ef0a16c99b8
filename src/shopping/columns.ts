import { type Facts, pickFacts } from './facts.ts'

/** The facts of the offers that lead the rows, and their prices. Rows are in the order of their leaders' ids, so a tie by
 *  row is a tie by id. */
export type Columns = Facts & {
  /** Row -> index of the offer that leads it; ascending. */
  readonly leaders: Int32Array
  /** Total in minor units of the view's currency. */
  readonly price: Float64Array
}

/** `totals` by offer index. */
export function buildColumns(leaders: Int32Array, facts: Facts, totals: Float64Array): Columns {
  const price = new Float64Array(leaders.length)
  for (let row = 0; row < leaders.length; row++) price[row] = totals[leaders[row]!]!
  return { leaders, price, ...pickFacts(facts, leaders) }
}
