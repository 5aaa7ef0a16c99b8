import type { Clock, EpochMs, Timer } from '../core/clock.ts'
import { type Deadline, DeadlineError } from '../core/deadline.ts'
import type { ProviderCode } from '../core/offer.ts'
import { ProblemError } from '../core/problem.ts'
import type { FanOut, FanOutResult } from './fan-out.ts'
import type { NetSet } from './net-set.ts'
import type { WaitFor } from './validate.ts'

/** How one of those who wait wants to be answered. */
export type Wish = {
  readonly deadlineMs: number
  /** When that began: before caches were looked into, which may take a while. Absent: now. */
  readonly askedAt?: EpochMs
  readonly waitFor: WaitFor
  /** arrival: offers keep the places that they had in soFar(). */
  readonly order: Order
  /** Aborted when whoever asked has left. */
  readonly signal?: AbortSignal | undefined
}
export type Order = 'supplier' | 'arrival'

export type LiveParts = {
  readonly clock: Clock
  /** Asks the suppliers; called once. */
  readonly ask: (deadline: Deadline, onAnswer: () => void) => FanOut
  readonly makeNet: (result: FanOutResult) => NetSet
  /** What is said while another process asks and nothing has come from it. */
  readonly nothingYet: (missing: string) => FanOutResult
  /** Once: when all suppliers have answered, nobody waits any longer, or another process has answered. `net` is undefined
   *  where everybody left. */
  readonly onEnd: (net: NetSet | undefined, isOwn: boolean) => void
}

/** Waiting for one search at once; more would be answered later than they can be written out. */
const waitersMax = 5_000

/** Who asked the same so much earlier is still waiting for the same search; also what clocks of two machines may differ. */
const sameSearchMs = 5_000

/** One question while its suppliers are asked: once, for everybody who waits. Each has a deadline of its own, and the
 *  suppliers that of who waits longest. Who has been answered early still waits, so that late replies fill the caches; who
 *  leaves does not, and with the last one the suppliers' work ends. */
export class LiveSearch {
  readonly #parts: LiveParts
  readonly #controller = new AbortController()
  readonly #startedAt: EpochMs
  readonly #waiters = new Set<Waiter>()
  readonly #listeners = new Set<() => void>()
  #endsAt: EpochMs
  #fanOut: FanOut | undefined
  /** What another process has so far. */
  #foreign: NetSet | undefined
  #ended = false
  /** Made of the answers that are in: dropped with the next one. */
  #made = new Map<string, NetSet>()

  constructor(parts: LiveParts) {
    this.#parts = parts
    this.#startedAt = parts.clock.now()
    this.#endsAt = this.#startedAt
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Aborted when nobody waits any longer. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get endsAt(): EpochMs {
    return this.#endsAt
  }

  /** Suppliers that are still to answer. */
  get waitingFor(): readonly ProviderCode[] {
    return this.#fanOut?.open ?? []
  }

  /** true: what it ends with comes from another process. */
  get isForeign(): boolean {
    return this.#fanOut === undefined
  }

  /** The earliest time at which somebody must be answered. */
  get nextDueAt(): EpochMs {
    let next = this.#endsAt
    for (const { dueAt, isAnswered } of this.#waiters) if (!isAnswered && dueAt < next) next = dueAt
    return next
  }

  /** Somebody is to be answered as soon as enough suppliers have answered. */
  get isHurried(): boolean {
    for (const { wish, isAnswered, grace } of this.#waiters)
      if (wish.waitFor !== 'all' && !isAnswered && !grace) return true
    return false
  }

  /** Throws `overloaded`; rejects when whoever waits has left. */
  join(wish: Wish): Promise<NetSet> {
    if (this.#waiters.size >= waitersMax)
      throw new ProblemError('overloaded', 'too many wait for this search already', { retryAfterSeconds: 1 })
    return new Promise((resolve, reject) => {
      const { clock } = this.#parts
      const now = clock.now()
      const dueAt = (wish.askedAt ?? now) + wish.deadlineMs
      const onLeave = (): void => this.#leave(waiter)
      const waiter: Waiter = {
        ...{ wish, dueAt, resolve, reject, onLeave, grace: undefined, isAnswered: false },
        timer: clock.after(Math.max(0, dueAt - now), () => this.#due(waiter)),
      }
      this.#waiters.add(waiter)
      this.#endsAt = Math.max(this.#endsAt, dueAt)
      wish.signal?.addEventListener('abort', onLeave, { once: true })
      if (wish.signal?.aborted) onLeave()
      else this.#lookForEnough(waiter)
    })
  }

  /** Asks the suppliers. */
  start(): void {
    const live = this
    const deadline: Deadline = {
      get at() {
        return live.#endsAt
      },
      signal: this.#controller.signal,
      remainingMs: () => Math.max(0, this.#endsAt - this.#parts.clock.now()),
      cancel: reason => this.#controller.abort(reason),
      dispose() {},
    }
    this.#foreign = undefined
    this.#made = new Map()
    // what the other process had is gone with it
    for (const waiter of this.#waiters) {
      waiter.grace?.cancel()
      waiter.grace = undefined
    }
    this.#fanOut = this.#parts.ask(deadline, () => this.#answered())
    if (this.#fanOut.open.length === 0) this.#end(this.#snapshot('supplier', ''), '')
  }

  /** Another process has answered. */
  endWith(net: NetSet): void {
    this.#foreign = net
    this.#end(net, '')
  }

  /** What was known before is not looked at: what came from another process, or lies there since an earlier search. */
  get foreignAt(): EpochMs {
    return this.#foreign?.createdAt ?? this.#startedAt - sameSearchMs
  }

  /** What another process has so far: for who must be answered before it is done, or need not wait for all. */
  keepForeign(net: NetSet): void {
    this.#foreign = net
    for (const waiter of this.#waiters) this.#lookForEnough(waiter)
  }

  /** Offers in the order in which they came; undefined before the suppliers were asked. */
  soFar(): NetSet | undefined {
    return this.#fanOut && this.#once('so far', () => this.#parts.makeNet(this.#fanOut!.arrivals()))
  }

  /** What it would end with now. */
  now(): NetSet {
    return this.#snapshot('supplier', 'no answer yet')
  }

  /** After each supplier's answer but the last. Returns how to stop. */
  onAnswer(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #answered(): void {
    if (this.#ended) return
    this.#made = new Map()
    if (this.#fanOut!.open.length === 0) {
      this.#end(this.#snapshot('supplier', ''), '')
      return
    }
    for (const listener of this.#listeners) listener()
    for (const waiter of this.#waiters) this.#lookForEnough(waiter)
  }

  #lookForEnough(waiter: Waiter): void {
    const { waitFor } = waiter.wish
    if (waitFor === 'all' || waiter.isAnswered || waiter.grace) return
    const answered = this.#fanOut?.answered ?? answeredOf(this.#foreign)
    if (answered < waitFor.providers) return
    waiter.grace = this.#parts.clock.after(waitFor.graceMs, () =>
      this.#answer(waiter, 'not waited for: enough suppliers had answered'),
    )
  }

  #due(waiter: Waiter): void {
    const missing = `no answer within ${waiter.wish.deadlineMs} ms`
    if (this.#waiters.size > 1) {
      this.#answer(waiter, missing)
      this.#waiters.delete(waiter)
      return
    }
    this.#end(this.#snapshot('supplier', missing), missing)
  }

  #leave(waiter: Waiter): void {
    this.#waiters.delete(waiter)
    release(waiter)
    waiter.isAnswered = true
    waiter.reject(new ProblemError('unavailable', 'whoever asked has left', { status: 499 }))
    if (this.#waiters.size > 0 || this.#ended) return
    this.#ended = true
    this.#controller.abort(new Error('everybody who asked has left'))
    this.#parts.onEnd(undefined, false)
  }

  #answer(waiter: Waiter, missing: string): void {
    if (waiter.isAnswered) return
    waiter.isAnswered = true
    waiter.grace?.cancel()
    waiter.wish.signal?.removeEventListener('abort', waiter.onLeave)
    waiter.resolve(this.#snapshot(waiter.wish.order, missing))
  }

  #end(net: NetSet, missing: string): void {
    this.#ended = true
    const waiters = [...this.#waiters]
    this.#waiters.clear()
    this.#parts.onEnd(net, !this.isForeign)
    for (const waiter of waiters) {
      release(waiter)
      this.#answer(waiter, missing)
    }
    if (this.isForeign || this.waitingFor.length > 0)
      this.#controller.abort(new DeadlineError(this.#endsAt - this.#startedAt))
  }

  #snapshot(order: Order, missing: string): NetSet {
    if (this.#foreign) return this.#foreign
    const { makeNet, nothingYet } = this.#parts
    return this.#once(`${order} ${missing}`, () => {
      if (!this.#fanOut) return makeNet(nothingYet(missing))
      return makeNet(order === 'supplier' ? this.#fanOut.result(missing) : this.#fanOut.arrivals(missing))
    })
  }

  #once(what: string, make: () => NetSet): NetSet {
    const made = this.#made.get(what) ?? make()
    this.#made.set(what, made)
    return made
  }
}

type Waiter = {
  readonly wish: Wish
  readonly dueAt: EpochMs
  readonly timer: Timer
  readonly resolve: (net: NetSet) => void
  readonly reject: (error: unknown) => void
  readonly onLeave: () => void
  grace: Timer | undefined
  isAnswered: boolean
}

function answeredOf(net: NetSet | undefined): number {
  return net?.providers.filter(({ status }) => status === 'ok' || status === 'partial').length ?? 0
}

function release({ wish, timer, grace, onLeave }: Waiter): void {
  timer.cancel()
  grace?.cancel()
  wish.signal?.removeEventListener('abort', onLeave)
}
