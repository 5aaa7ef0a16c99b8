/** What bench/results/latest.json holds. */
export type BenchReport = {
  readonly at: string
  readonly machine: string
  /** How many times each variant ran, at least. */
  readonly rounds: number
  readonly rows: readonly BenchResult[]
}

export type BenchResult = {
  readonly name: string
  readonly unit: string
  readonly value: number
  readonly floor: number
  /** value ÷ floor: the median of the rounds. */
  readonly ratio: number
  /** The least and the largest ratio of a round. */
  readonly spread: readonly [number, number]
  readonly aim: string
  readonly better: 'higher' | 'lower'
  /** null: only watched. */
  readonly met: boolean | null
  readonly floorIs: string
  readonly rounds: number
  readonly note?: string
}
