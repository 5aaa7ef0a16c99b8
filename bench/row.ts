/** One line of the table: what we do, beside the least that could be done (the floor). A file in bench/rows/ exports `row`. */
export type Row = {
  readonly name: string
  /** What one unit of work is: "search of 50 itineraries", "MB". */
  readonly unit: string
  /** What the floor does. */
  readonly floorIs: string
  /** The ratio value ÷ floor that we want, or the most CPU that a unit may take; null: only watched. */
  readonly aim: { readonly ratioMax: number } | { readonly microsMax: number } | null
  /** Why it cannot run here (absent data); measured rows leave it out. */
  readonly unavailable?: string
  readonly floor: () => Promise<Variant> | Variant
  readonly value: () => Promise<Variant> | Variant
}

export type Variant = {
  /** Does some work and says how many units it was. Called again and again. */
  run(): Promise<number> | number
  /** Throws where the work was not done right: a wrong answer has no speed. */
  check(): Promise<void> | void
  close?(): Promise<void> | void
}
