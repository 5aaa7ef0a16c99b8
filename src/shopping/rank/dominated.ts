import type { Columns } from '../columns.ts'
import type { RankFilter } from './chain.ts'
import { orderRows } from './sort.ts'

/** Another row that leaves in the same part of the day is at least as good in price, duration, connections, refund and
 *  baggage, and better in one: a Pareto front per part of the day, since a morning flight is no answer to whoever wants
 *  the evening. */
export const dominated: RankFilter = {
  name: 'dominated',
  mark(columns) {
    const marked = new Int32Array(columns.leaders.length).fill(-1)
    const fronts: number[][] = Array.from({ length: partsOfDay }, () => [])
    for (const row of orderRows(columns.price)) {
      const front = fronts[Math.floor(columns.departureMinute[row]! / partMinutes)]!
      const by = whoBeats(columns, front, row)
      if (by !== -1) marked[row] = by
      else if (front.length < frontMax) front.push(row)
    }
    return marked
  },
  explain({ price, durationMinutes }, row, by) {
    const shorter = durationMinutes[row]! - durationMinutes[by]!
    const cheaper = price[row]! > price[by]! ? 'cheaper' : 'not dearer'
    return `another journey at that time of day is ${cheaper}${shorter > 0 ? `, ${shorter} minutes shorter` : ''} and in nothing worse`
  },
}

const partMinutes = 240
const partsOfDay = 6
/** Rows that speak for a part of the day; bounds the comparisons. */
const frontMax = 64

function whoBeats(columns: Columns, front: readonly number[], row: number): number {
  for (let i = 0; i < front.length; i++) if (beats(columns, front[i]!, row)) return front[i]!
  return -1
}

/** Rows come by price, so `other` is never dearer. */
function beats(columns: Columns, other: number, row: number): boolean {
  const { durationMinutes, stops, refundable, bags, price } = columns
  if (durationMinutes[other]! > durationMinutes[row]! || stops[other]! > stops[row]!) return false
  if (refundable[other]! < refundable[row]! || bags[other]! < bags[row]!) return false
  return price[other]! < price[row]! || durationMinutes[other]! < durationMinutes[row]! || stops[other]! < stops[row]!
}
