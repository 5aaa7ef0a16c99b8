import type { RankFilter } from './chain.ts'
import { least } from './scale.ts'

const factor = 2.5
const graceMinutes = 180

/** More than two and a half times as long as the shortest journey, and three hours more. */
export const detour: RankFilter = {
  name: 'detour',
  mark({ durationMinutes }) {
    const limit = least(durationMinutes) * factor + graceMinutes
    const marked = new Int32Array(durationMinutes.length)
    for (let row = 0; row < marked.length; row++) marked[row] = durationMinutes[row]! > limit ? row : -1
    return marked
  },
  explain: ({ durationMinutes }, row) =>
    `${durationMinutes[row]} minutes, where the shortest takes ${least(durationMinutes)}`,
}
