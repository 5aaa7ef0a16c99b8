import type { RankScore } from './chain.ts'

/** Money back, and a checked bag for everybody. */
export const flexibility = (weight: number): RankScore => ({
  name: 'flexibility',
  weight,
  rate({ refundable, bags }) {
    const rated = new Float64Array(refundable.length)
    for (let row = 0; row < rated.length; row++) {
      rated[row] = (refundable[row] === 1 ? 0.5 : 0) + (bags[row]! > 0 ? 0.5 : 0)
    }
    return rated
  },
  explain({ refundable, bags }, row) {
    const refund = refundable[row] === 1 ? 'refundable' : 'not known to be refundable'
    return `${refund}, ${bags[row]! > 0 ? 'checked baggage included' : 'no checked baggage for all'}`
  },
})
