import { type Clock, type EpochMs, nextTurn } from '../core/clock.ts'

type Waiting = { readonly dueAt: EpochMs; readonly reject: (error: Error) => void; done: boolean }

/** One time for all commands, so they come due in the order in which they came: one timer for the first of them. A timer of its
 *  own for each was 5 % of a search answered from Redis. */
export class CommandTimeouts {
  readonly #clock: Clock
  readonly #ms: number
  #waiting: Waiting[] = []
  #isArmed = false

  constructor(clock: Clock, ms: number) {
    this.#clock = clock
    this.#ms = ms
  }

  /** Rejects with `Command timed out`. */
  within<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { dueAt: this.#clock.monotonicMs() + this.#ms, reject, done: false }
      this.#waiting.push(waiting)
      this.#arm()
      work.then(
        value => {
          waiting.done = true
          resolve(value)
        },
        error => {
          waiting.done = true
          reject(error)
        },
      )
    })
  }

  #arm(): void {
    if (this.#isArmed || this.#waiting.length === 0) return
    this.#isArmed = true
    const inMs = Math.max(1, this.#waiting[0]!.dueAt - this.#clock.monotonicMs())
    this.#clock.after(inMs, () => void this.#sweep(), { unref: true })
  }

  /** After the turn in which answers are read: where this process was held up they may have been there all along. */
  async #sweep(): Promise<void> {
    await nextTurn()
    const now = this.#clock.monotonicMs()
    const all = this.#waiting
    let passed = 0
    while (passed < all.length && (all[passed]!.done || all[passed]!.dueAt <= now)) {
      if (!all[passed]!.done) all[passed]!.reject(new Error('Command timed out'))
      passed++
    }
    this.#waiting = all.slice(passed)
    this.#isArmed = false
    this.#arm()
  }
}
