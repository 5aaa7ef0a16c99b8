/** When requests fall due, in ms from the start: fixed before anything is answered, so that no answer can move them. */
import type { Chance } from './chance.ts'

export type Arrivals = {
  readonly perSecond: number
  readonly seconds: number
  readonly kind: 'poisson' | 'even'
  readonly shape: (part: number) => number
}

/** Poisson: gaps of exponential length; where the rate moves, too many are drawn and some thrown away (Lewis and Shedler). */
export function* dueTimes({ perSecond, seconds, kind, shape }: Arrivals, chance: Chance): Generator<number> {
  const endMs = seconds * 1000
  const factorMax = highest(shape)
  const perMs = (perSecond / 1000) * factorMax
  let atMs = 0
  let owed = 0
  for (let index = 0; ; index++) {
    // not added up: a thousand small errors would make one request more or less
    atMs = kind === 'even' ? (index + 0.5) / perMs : atMs - Math.log(1 - chance.next()) / perMs
    if (atMs >= endMs) return
    const share = shape(atMs / endMs) / factorMax
    if (kind === 'even') {
      owed += share
      if (owed < 1 - 1e-9) continue
      owed -= 1
      yield atMs
    } else if (chance.next() < share) yield atMs
  }
}

function highest(shape: (part: number) => number): number {
  let most = 0
  for (let step = 0; step <= 1000; step++) most = Math.max(most, shape(step / 1000))
  return most
}
