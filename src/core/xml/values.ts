/** Short attribute values of one document, each made a string once: keys and the references to them, carriers, airports,
 *  classes. A second occurrence costs a hash over its bytes, and is the same string. */

const lengthMax = 48
const valuesMax = 1 << 18

export class ValueTable {
  readonly #bytes: Buffer
  readonly #view: DataView
  #slots = new Int32Array(1024)
  readonly #starts: number[] = [0]
  readonly #ends: number[] = [0]
  readonly #hashes: number[] = [0]
  readonly #texts: string[] = ['']
  /** Of one text alone: most lists of references are. */
  readonly #lists = new Map<string, readonly string[]>()

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** Bytes below 128 only, no entities. */
  text(start: number, end: number): string {
    if (start === end) return ''
    if (end - start > lengthMax) return this.#bytes.toString('latin1', start, end)
    const hash = end - start < 4 ? this.#shortHash(start, end) : this.#hash(start, end)
    const mask = this.#slots.length - 1
    let slot = hash & mask
    for (;;) {
      const entry = this.#slots[slot]!
      if (entry === 0) return this.#add(start, end, hash, slot)
      if (this.#hashes[entry] === hash && this.#same(entry, start, end)) return this.#texts[entry]!
      slot = (slot + 1) & mask
    }
  }

  /** The text alone, as a list that is the same each time. */
  list(start: number, end: number): readonly string[] {
    const text = this.text(start, end)
    const known = this.#lists.get(text)
    if (known) return known
    const list = [text]
    if (this.#lists.size < valuesMax) this.#lists.set(text, list)
    return list
  }

  #shortHash(start: number, end: number): number {
    const bytes = this.#bytes
    let hash = 0
    for (let i = start; i < end; i++) hash = (hash << 8) | bytes[i]!
    return mixed(hash)
  }

  /** Four bytes at a time; the last four may have been counted before. */
  #hash(start: number, end: number): number {
    const view = this.#view
    const last = end - 4
    let hash = end - start
    for (let at = start; at < last; at += 4)
      hash = Math.imul(hash ^ view.getInt32(at, true), 0x5bd1e995) ^ (hash >>> 15)
    return mixed(hash ^ view.getInt32(last, true))
  }

  #same(entry: number, start: number, end: number): boolean {
    const known = this.#starts[entry]!
    if (this.#ends[entry]! - known !== end - start) return false
    const bytes = this.#bytes
    for (let i = start, j = known; i < end; i++, j++) if (bytes[i] !== bytes[j]) return false
    return true
  }

  #add(start: number, end: number, hash: number, slot: number): string {
    const text = this.#bytes.toString('latin1', start, end)
    if (this.#texts.length >= valuesMax) return text
    this.#slots[slot] = this.#texts.length
    this.#starts.push(start)
    this.#ends.push(end)
    this.#hashes.push(hash)
    this.#texts.push(text)
    if (this.#texts.length * 2 > this.#slots.length) this.#grow()
    return text
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 4)
    const mask = slots.length - 1
    for (let entry = 1; entry < this.#hashes.length; entry++) {
      let slot = this.#hashes[entry]! & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = entry
    }
    this.#slots = slots
  }
}

function mixed(hash: number): number {
  const product = Math.imul(hash, 0x5bd1e995)
  return product ^ (product >>> 15)
}
