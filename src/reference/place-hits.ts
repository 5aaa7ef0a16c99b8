/** Which places a word hits and how well: a dense row of scores and a list of the entries touched, used again by every
 *  query. (A map per word cost four times as much, most of it garbage: "a" is the beginning of a word of every airport.) */
export class PlaceHits {
  readonly #scores: Float64Array
  readonly #entries: Int32Array
  #count = 0

  constructor(entriesMax: number) {
    this.#scores = new Float64Array(entriesMax)
    this.#entries = new Int32Array(entriesMax)
  }

  get count(): number {
    return this.#count
  }

  scoreOf(entry: number): number {
    return this.#scores[entry]!
  }

  /** Of two scores of an entry the better. */
  add(entry: number, score: number): void {
    const known = this.#scores[entry]!
    if (known === 0) this.#entries[this.#count++] = entry
    if (score > known) this.#scores[entry] = score
  }

  clear(): this {
    for (let i = 0; i < this.#count; i++) this.#scores[this.#entries[i]!] = 0
    this.#count = 0
    return this
  }

  /** Keeps what the other hits too, at the lower of the two scores. */
  narrow(other: PlaceHits): void {
    let kept = 0
    for (let i = 0; i < this.#count; i++) {
      const entry = this.#entries[i]!
      this.#scores[entry] = Math.min(this.#scores[entry]!, other.#scores[entry]!)
      if (this.#scores[entry]! > 0) this.#entries[kept++] = entry
    }
    this.#count = kept
  }

  /** The best by score times weight, without sorting the rest; `before` says which of two equal ones comes first. */
  top(
    limit: number,
    weightOf: (entry: number) => number,
    before: (a: number, b: number) => boolean,
  ): readonly number[] {
    const best: { readonly entry: number; readonly score: number }[] = []
    for (let i = 0; i < this.#count; i++) {
      const entry = this.#entries[i]!
      const score = this.#scores[entry]! * weightOf(entry)
      const last = best[best.length - 1]
      if (best.length >= limit && (!last || score < last.score || (score === last.score && before(last.entry, entry))))
        continue
      let at = best.length
      while (at > 0 && goesBefore(entry, score, best[at - 1]!, before)) at--
      best.splice(at, 0, { entry, score })
      if (best.length > limit) best.pop()
    }
    return best.map(({ entry }) => entry)
  }
}

function goesBefore(
  entry: number,
  score: number,
  other: { readonly entry: number; readonly score: number },
  before: (a: number, b: number) => boolean,
): boolean {
  return score > other.score || (score === other.score && before(entry, other.entry))
}
