import type { RankScore } from './chain.ts'

/** 1 between 07:00 and 20:00, falling to 0 at 03:00 over the night. */
export const departureTime = (weight: number): RankScore => ({
  name: 'departure-time',
  weight,
  rate: ({ departureMinute }) => departureMinute.map(rating),
  explain({ departureMinute }, row) {
    const minute = departureMinute[row]!
    const text = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
    return rating(minute) === 1 ? `leaves by day, at ${text}` : `leaves at ${text}`
  },
})

const dayStart = 7 * 60
const dayEnd = 20 * 60
const deepNight = 3 * 60
const day = 24 * 60

function rating(minute: number): number {
  if (minute >= dayStart && minute <= dayEnd) return 1
  if (minute >= deepNight && minute < dayStart) return (minute - deepNight) / (dayStart - deepNight)
  const sinceEvening = minute > dayEnd ? minute - dayEnd : minute + day - dayEnd
  return Math.max(0, 1 - sinceEvening / (deepNight + day - dayEnd))
}
