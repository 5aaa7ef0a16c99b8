import type { Columns } from '../columns.ts'

/** A ranking is a named chain of small filters and scores. Filters hide nothing: a row that one of them marks goes
 *  behind those that none marks, so that pages never lose an offer. Scores order the rows within. */
export type RankChain = {
  readonly name: string
  readonly filters: readonly RankFilter[]
  readonly scores: readonly RankScore[]
}

export type RankFilter = {
  readonly name: string
  /** Row -> row that makes it superfluous (or itself, where the reason lies in it), -1 where it stays. */
  mark(columns: Columns): Int32Array
  /** Why, in words; `by` is what mark() said. */
  explain(columns: Columns, row: number, by: number): string
}

export type RankScore = {
  readonly name: string
  /** Share of the whole; those of a chain sum to 1. */
  readonly weight: number
  /** Row -> 0 (worst) to 1 (best). */
  rate(columns: Columns): Float64Array
  explain(columns: Columns, row: number): string
}

export type Ranking = {
  /** Row -> its place, from 0. */
  readonly places: Int32Array
  /** Rows, the best first. */
  readonly order: Int32Array
  /** Row -> 0 to 100. */
  readonly points: Float64Array
  /** Row -> how many filters mark it. */
  readonly marks: Uint8Array
}

export function rank(chain: RankChain, columns: Columns): Ranking {
  const count = columns.leaders.length
  const points = new Float64Array(count)
  for (const score of chain.scores) {
    const rated = score.rate(columns)
    const weight = score.weight * 100
    for (let row = 0; row < count; row++) points[row]! += rated[row]! * weight
  }
  const marks = new Uint8Array(count)
  for (const filter of chain.filters) {
    const marked = filter.mark(columns)
    for (let row = 0; row < count; row++) if (marked[row] !== -1) marks[row]!++
  }
  const order = orderOf(points, marks)
  const places = new Int32Array(count)
  for (let i = 0; i < count; i++) places[order[i]!] = i
  return { places, order, points, marks }
}

/** Fewest marks first, then most points, then by id. Points in hundredths and the row are packed into one number each:
 *  a typed sort without comparator takes a third of the time. */
function orderOf(points: Float64Array, marks: Uint8Array): Int32Array {
  const count = points.length
  const keys = new Float64Array(count)
  for (let row = 0; row < count; row++) {
    const worse = marks[row]! * pointsUnits + Math.round((100 - points[row]!) * 100)
    keys[row] = worse * rowsMax + row
  }
  keys.sort()
  const order = new Int32Array(count)
  for (let i = 0; i < count; i++) order[i] = keys[i]! % rowsMax
  return order
}

const rowsMax = 2 ** 15
const pointsUnits = 2 ** 14

/** JSON: `explanation` of an offer with `explain=1`: its place, what each score gave it, what each filter holds against it. */
export type Explanation = readonly (
  | { readonly kind: 'ranking'; readonly name: string; readonly place: number; readonly points: number }
  | {
      readonly kind: 'score'
      readonly name: string
      readonly weight: number
      /** 0 to 1. */
      readonly rating: number
      readonly points: number
      readonly text: string
    }
  | { readonly kind: 'filter'; readonly name: string; readonly text: string }
)[]

/** Made once for a page: each filter and score runs once. */
export function explainer(chain: RankChain, columns: Columns): (row: number) => Explanation {
  const ranking = rank(chain, columns)
  const scores = chain.scores.map(score => ({ score, rated: score.rate(columns) }))
  const filters = chain.filters.map(filter => ({ filter, marked: filter.mark(columns) }))
  return row => [
    {
      kind: 'ranking',
      name: chain.name,
      place: ranking.places[row]! + 1,
      points: hundredths(ranking.points[row]!),
    },
    ...scores.map(({ score, rated }) => ({
      kind: 'score' as const,
      name: score.name,
      weight: score.weight,
      rating: hundredths(rated[row]!),
      points: hundredths(rated[row]! * score.weight * 100),
      text: score.explain(columns, row),
    })),
    ...filters
      .filter(({ marked }) => marked[row] !== -1)
      .map(({ filter, marked }) => ({
        kind: 'filter' as const,
        name: filter.name,
        text: filter.explain(columns, row, marked[row]!),
      })),
  ]
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100
}
