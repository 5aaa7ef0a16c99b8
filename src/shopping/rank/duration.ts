import type { RankScore } from './chain.ts'
import { least, lowerIsBetter } from './scale.ts'

/** 1 for the shortest, 0 from two and a half times as long. */
export const duration = (weight: number): RankScore => ({
  name: 'duration',
  weight,
  rate: ({ durationMinutes }) => lowerIsBetter(durationMinutes, 2.5),
  explain({ durationMinutes }, row) {
    const more = durationMinutes[row]! - least(durationMinutes)
    return more === 0 ? 'the shortest journey' : `${more} minutes longer than the shortest`
  },
})
