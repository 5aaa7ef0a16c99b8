import type { Columns } from '../columns.ts'
import type { RankScore } from './chain.ts'

/** What one would rather not have on the way: changing the airport, a night between flights, a rushed connection, a
 *  technical stop. */
export const comfort = (weight: number): RankScore => ({
  name: 'comfort',
  weight,
  rate(columns) {
    const rated = new Float64Array(columns.leaders.length)
    for (let row = 0; row < rated.length; row++) rated[row] = Math.max(0, 1 - burden(columns, row))
    return rated
  },
  explain(columns, row) {
    const found = [
      some(columns.airportChanges[row]!, 'change of airport', 'changes of airport'),
      some(columns.nights[row]!, 'night between flights', 'nights between flights'),
      some(columns.tightConnections[row]!, 'connection under 45 minutes', 'connections under 45 minutes'),
      some(columns.technicalStops[row]!, 'technical stop', 'technical stops'),
    ].filter(text => text !== '')
    return found.length === 0 ? 'nothing bothersome on the way' : found.join(', ')
  },
})

function burden(columns: Columns, row: number): number {
  return (
    columns.airportChanges[row]! * 0.6 +
    columns.nights[row]! * 0.4 +
    columns.tightConnections[row]! * 0.3 +
    columns.technicalStops[row]! * 0.2
  )
}

function some(count: number, one: string, many: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}`
}
