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

type Account = { asked: number; left: number }

/** One window after another, of requests by client. Bounded: clients beyond the most share one account. */
export class FairShares {
  readonly #clientsMax: number
  #accounts = new Map<string, Account>()
  #level = Number.POSITIVE_INFINITY
  /** What a level such as 1.5 leaves over, saved up for whoever comes when it is a whole request. */
  #rest = 0
  admitted = 0

  constructor(clientsMax: number) {
    this.#clientsMax = clientsMax
  }

  /** `budget`: requests that the next window may admit; undefined: all. */
  next(budget: number | undefined): void {
    const asked = [...this.#accounts.values()].map(account => account.asked)
    this.#level = budget === undefined ? Number.POSITIVE_INFINITY : fairLevel(asked, budget)
    this.#accounts = new Map()
    this.#rest = 0
    this.admitted = 0
  }

  admits(client: string): boolean {
    const account = this.#accounts.get(client) ?? this.#open(client)
    account.asked++
    if (account.left < 1) return false
    account.left--
    this.admitted++
    return true
  }

  #open(client: string): Account {
    const name = this.#accounts.size < this.#clientsMax ? client : 'others'
    const known = this.#accounts.get(name)
    if (known) return known
    const account = { asked: 0, left: this.#share() }
    this.#accounts.set(name, account)
    return account
  }

  #share(): number {
    if (!Number.isFinite(this.#level)) return this.#level
    this.#rest += this.#level % 1
    const extra = Math.floor(this.#rest)
    this.#rest -= extra
    return Math.floor(this.#level) + extra
  }
}
