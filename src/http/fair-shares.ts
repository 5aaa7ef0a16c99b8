/** Divides what can be done in one window among those who ask: nobody gets more than the level at which all of it is used, who
 *  asks for less gets all of that (max-min fairness). Returns the level; more than anybody asked for where there is enough. */
export function fairLevel(asked: readonly number[], budget: number): number {
  let left = budget
  let waiting = asked.length
  for (const count of [...asked].sort((a, b) => a - b)) {
    if (count * waiting >= left) return left / waiting
    left -= count
    waiting -= 1
  }
  return Number.POSITIVE_INFINITY
}

/** One window after another, of requests by client. Bounded: clients beyond the most share one account. */
export class FairShares {
  readonly #clientsMax: number
  #used = new Map<string, number>()
  #asked = new Map<string, number>()
  #level = Number.POSITIVE_INFINITY
  /** Parts of a request that a level such as 1.5 leaves over, saved up. */
  #rest = 0
  admitted = 0

  constructor(clientsMax: number) {
    this.#clientsMax = clientsMax
  }

  /** `budget`: requests that the next window may admit; undefined: all. */
  next(budget: number | undefined): void {
    this.#level = budget === undefined ? Number.POSITIVE_INFINITY : fairLevel([...this.#asked.values()], budget)
    this.#used = new Map()
    this.#asked = new Map()
    this.#rest = 0
    this.admitted = 0
  }

  admits(client: string): boolean {
    const account = this.#asked.has(client) || this.#asked.size < this.#clientsMax ? client : 'others'
    this.#asked.set(account, (this.#asked.get(account) ?? 0) + 1)
    const used = this.#used.get(account) ?? 0
    if (used + 1 > this.#level && !this.#fromRest(used)) return false
    this.#used.set(account, used + 1)
    this.admitted++
    return true
  }

  #fromRest(used: number): boolean {
    if (used > this.#level) return false
    this.#rest += this.#level - Math.floor(this.#level)
    if (this.#rest < 1) return false
    this.#rest -= 1
    return true
  }
}
