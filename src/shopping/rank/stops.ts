import type { RankScore } from './chain.ts'

const ratings = [1, 0.5, 0.15]

/** Connections, the most in any slice. */
export const stops = (weight: number): RankScore => ({
  name: 'stops',
  weight,
  rate({ stops }) {
    const rated = new Float64Array(stops.length)
    for (let row = 0; row < rated.length; row++) rated[row] = ratings[stops[row]!] ?? 0
    return rated
  },
  explain({ stops }, row) {
    const count = stops[row]!
    return count === 0 ? 'no connection' : count === 1 ? 'one connection' : `${count} connections`
  },
})
