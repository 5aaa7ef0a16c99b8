/** Numbers that look random and are the same for the same words: everything in the sandbox that is not in a table comes
 *  from here, so that a seed fixes the world. Not for secrets. */

/** 32-bit hash of text (FNV-1a with a final mix), unsigned. */
export function hashText(seed: number, text: string): number {
  let h = seed ^ 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return mix(h)
}

/** 32-bit hash of whole numbers, unsigned. */
export function hashInts(seed: number, a: number, b = 0, c = 0, d = 0): number {
  let h = mix(seed ^ Math.imul(a, 0x9e3779b1))
  h = mix(h ^ Math.imul(b, 0x85ebca6b))
  h = mix(h ^ Math.imul(c, 0xc2b2ae35))
  return mix(h ^ Math.imul(d, 0x27d4eb2f))
}

/** In [0, 1). */
export function fraction(hash: number): number {
  return hash / 0x1_0000_0000
}

function mix(value: number): number {
  let h = value
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d)
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b)
  return (h ^ (h >>> 16)) >>> 0
}
