import type { EpochMs } from '../core/clock.ts'

/** A score halves in so long: what was asked for yesterday counts half as much as today. */
export const halfLifeMs = 24 * 3_600_000

export type Scored = { readonly member: string; readonly score: number }

/** Scores that decay without being touched: what is added later is worth more by as much as the others have decayed
 *  since the landmark, so order and sums stay right and only a reader scales back. The Redis script does the same. */
export class DecayingScores {
  readonly #membersMax: number
  readonly #scores = new Map<string, number>()
  #landmark: EpochMs

  constructor(membersMax: number, now: EpochMs) {
    this.#membersMax = membersMax
    this.#landmark = now
  }

  add(member: string, weight: number, now: EpochMs): void {
    if (halvings(this.#landmark, now) > halvingsMax) this.#rebase(now)
    const scaled = weight * 2 ** halvings(this.#landmark, now)
    this.#scores.set(member, (this.#scores.get(member) ?? 0) + scaled)
    if (this.#scores.size > this.#membersMax * 1.25) this.#forgetLowest()
  }

  remove(member: string): void {
    this.#scores.delete(member)
  }

  /** The highest first. */
  top(limit: number, now: EpochMs): readonly Scored[] {
    const scale = 2 ** -halvings(this.#landmark, now)
    return [...this.#scores]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, limit)
      .map(([member, score]) => ({ member, score: score * scale }))
  }

  #rebase(now: EpochMs): void {
    const scale = 2 ** -halvings(this.#landmark, now)
    for (const [member, score] of this.#scores) this.#scores.set(member, score * scale)
    this.#landmark = now
  }

  #forgetLowest(): void {
    const kept = new Set(this.top(this.#membersMax, this.#landmark).map(({ member }) => member))
    for (const member of this.#scores.keys()) if (!kept.has(member)) this.#scores.delete(member)
  }
}

/** Since the landmark, at most; far from where doubles end (1,023). */
export const halvingsMax = 60

function halvings(landmark: EpochMs, now: EpochMs): number {
  return Math.max(0, now - landmark) / halfLifeMs
}
