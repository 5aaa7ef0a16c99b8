/** One line of the table: what we do, beside the least that could be done (the floor). A file in bench/rows/ exports `row`,
 *  measured in CPU time per unit, or `sheet`, lines whose figures come out of one measurement. */
export type Row = Told & {
  /** Work per second of CPU instead of CPU per unit of work: for what is promised as a throughput. */
  readonly isRate?: boolean
  readonly floor: () => Promise<Variant> | Variant
  readonly value: () => Promise<Variant> | Variant
}

export type Sheet = {
  readonly lines: readonly Line[]
  /** Why it cannot run here (absent data or server). */
  readonly unavailable?: string
  /** Rounds at most, where one takes long. */
  readonly roundsMax?: number
  /** A figure a line. Throw where the work was not done right. */
  floor(): Promise<readonly number[]>
  value(): Promise<readonly number[]>
}

export type Line = Told & { readonly better: 'higher' | 'lower' }

type Told = {
  readonly name: string
  /** What one unit of work is ("MB", "search"); of a line what its figure is ("ms"). */
  readonly unit: string
  /** What the floor does. */
  readonly floorIs: string
  readonly aim: Aim | null
  /** Where the aim is missed: what was tried, what the limit is. */
  readonly note?: string
  /** Why it cannot run here (absent data); measured rows leave it out. */
  readonly unavailable?: string
}

/** Of value ÷ floor, or of the value alone: in µs of CPU for a row, in its own unit for a line. */
export type Aim =
  | { readonly ratioMax: number }
  | { readonly ratioMin: number }
  | { readonly microsMax: number }
  | { readonly valueMax: number }

export type Variant = {
  /** Does some work and says how many units it was. Called again and again. */
  run(): Promise<number> | number
  /** Throws where the work was not done right: a wrong answer has no speed. */
  check(): Promise<void> | void
  close?(): Promise<void> | void
}
