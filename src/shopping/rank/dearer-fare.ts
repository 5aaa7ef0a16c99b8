import type { Columns } from '../columns.ts'
import type { RankFilter } from './chain.ts'

/** The same flights in a dearer fare: the cheapest one speaks for them, the others follow later. */
export const dearerFare: RankFilter = {
  name: 'dearer-fare',
  mark(columns) {
    const { flights, price } = columns
    const cheapest = new Map<number, number>()
    for (let row = 0; row < flights.length; row++) {
      const known = cheapest.get(flights[row]!)
      if (known === undefined || price[row]! < price[known]!) cheapest.set(flights[row]!, row)
    }
    const marked = new Int32Array(flights.length).fill(-1)
    for (let row = 0; row < flights.length; row++) {
      const first = cheapest.get(flights[row]!)!
      if (first !== row) marked[row] = first
    }
    return marked
  },
  explain: (columns: Columns, row, by) =>
    `the same flights are to be had ${columns.price[row]! > columns.price[by]! ? 'cheaper' : 'at this price'} in another fare`,
}
