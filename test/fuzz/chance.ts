import { createHash } from 'node:crypto'

/** Numbers by chance that a seed repeats (mulberry32). */
export type Chance = {
  /** In [0, below). */
  int(below: number): number
  pick<T>(items: readonly T[]): T
}

export function chanceOf(seed: string): Chance {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0)
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (below: number): number => Math.floor(next() * below)
  return { int, pick: items => items[int(items.length)]! }
}
