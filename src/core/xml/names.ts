/** Element and attribute names as one string each for the whole process, found by their bytes: comparing two of them is
 *  comparing pointers. Bytes, not characters, are compared: a patched String.prototype makes charCodeAt eight times
 *  slower (docs: performance traps). */

/** Foreign names must not fill the memory: later ones are plain strings, equal but slower to compare. */
const namesMax = 4096
const slots = 16_384

const slotEntry = new Int32Array(slots)
const names: string[] = ['']
const nameBytes: Uint8Array[] = [new Uint8Array(0)]

/** FNV-1a, started with hashSeed; the scanner runs it while it looks for the end of the name. */
export const hashSeed = 0x811c9dc5 | 0

export function internName(bytes: Buffer, start: number, end: number, hash: number): string {
  let slot = hash & (slots - 1)
  for (;;) {
    const entry = slotEntry[slot]!
    if (entry === 0) return add(bytes, start, end, slot)
    if (sameBytes(nameBytes[entry]!, bytes, start, end)) return names[entry]!
    slot = (slot + 1) & (slots - 1)
  }
}

function add(bytes: Buffer, start: number, end: number, slot: number): string {
  const text = bytes.toString('utf8', start, end)
  if (names.length > namesMax) return text
  // As a property key the engine makes it the one string of that content, the one that literals are too.
  const name = Object.keys({ [text]: 0 })[0]!
  slotEntry[slot] = names.length
  names.push(name)
  nameBytes.push(Uint8Array.from(bytes.subarray(start, end)))
  return name
}

function sameBytes(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (known.length !== length) return false
  for (let i = 0; i < length; i++) if (known[i] !== bytes[start + i]) return false
  return true
}
