/** Numbers that look random, the same for the same seed: a run can be asked for again. */
export type Chance = {
  /** In [0, 1). */
  next(): number
  /** Whole, from 0 to below `bound`. */
  below(bound: number): number
  pick<T>(items: readonly T[]): T
}

/** xorshift128 (Marsaglia 2003), filled from the seed's characters. */
export function seededChance(seed: string): Chance {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef]
  const step = (): number => {
    const t = a ^ (a << 11)
    a = b
    b = c
    c = d
    d = d ^ (d >>> 19) ^ t ^ (t >>> 8)
    return d >>> 0
  }
  for (const letter of seed) {
    d ^= Math.imul(letter.codePointAt(0)!, 0x85ebca6b)
    step()
  }
  for (let round = 0; round < 32; round++) step()
  const next = (): number => step() / 0x1_0000_0000
  const below = (bound: number): number => Math.floor(next() * bound)
  return { next, below, pick: items => items[below(items.length)]! }
}

/** Ranks from 0 by Zipf's law: rank r comes 1/(r+1)^exponent as often as rank 0. */
export function zipf(count: number, exponent: number, chance: Chance): () => number {
  const sums = new Float64Array(count)
  let sum = 0
  for (let rank = 0; rank < count; rank++) {
    sum += 1 / (rank + 1) ** exponent
    sums[rank] = sum
  }
  return () => {
    const wanted = chance.next() * sum
    let low = 0
    let high = count - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle]! < wanted) low = middle + 1
      else high = middle
    }
    return low
  }
}
