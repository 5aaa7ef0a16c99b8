/** Elements of one kind that a document repeats byte for byte (fare components, tax summaries), each read once: what the
 *  same bytes say in the same document is the same. Finding one costs a fifth of reading it.
 *
 *  Where an element ends is not known before it is read: its length is guessed among those of earlier ones, by the end tag
 *  that must stand there. */

const lengthsMax = 64
const entriesMax = 1 << 14
/** So many in a row that were new: this document does not repeat them. */
const missesMax = 64
/** Foreign bytes may be made to share a slot. */
const probesMax = 32
/** Shorter ones are read as fast. */
const lengthMin = 24
const lengthMax = 16_384

export class ElementMemory {
  readonly #bytes: Buffer
  readonly #view: DataView
  /** The last bytes of `</name>`, without a prefix. */
  readonly #tail: Uint8Array
  #slots = new Int32Array(256)
  readonly #lengths: number[] = []
  readonly #starts: number[] = [0]
  readonly #ends: number[] = [0]
  readonly #hashes: number[] = [0]
  readonly #values: unknown[] = [undefined]
  #misses = 0
  /** What stood after each entry the last time: tried first, without a hash. */
  readonly #followers: number[] = [0]
  #last = 0
  /** Of what was looked for last: it is added next, unless others stand inside of it. */
  #soughtAt = -1
  #soughtLength = 0
  #soughtHash = 0

  constructor(bytes: Buffer, name: string) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#tail = Buffer.from(`${name}>`)
  }

  /** The entry with the bytes of the element that starts here; 0 where there is none. */
  find(start: number): number {
    if (this.#misses > missesMax) return 0
    const guess = this.#followers[this.#last]!
    if (guess > 0 && this.#isSame(guess, start)) {
      this.#misses = 0
      this.#last = guess
      return guess
    }
    const lengths = this.#lengths
    for (let index = 0; index < lengths.length; index++) {
      const length = lengths[index]!
      if (!this.#endsAt(start + length)) continue
      const entry = this.#entry(start, length)
      if (entry === 0) break
      this.#misses = 0
      this.#follow(entry)
      return entry
    }
    this.#misses++
    return 0
  }

  length(entry: number): number {
    return this.#ends[entry]! - this.#starts[entry]!
  }

  value(entry: number): unknown {
    return this.#values[entry]
  }

  add(start: number, end: number, value: unknown): void {
    const length = end - start
    if (length < lengthMin || length > lengthMax) return
    if (this.#misses > missesMax || this.#values.length > entriesMax) return
    if (!this.#endsAt(end) || !this.#knowLength(length)) return
    const entry = this.#values.length
    this.#starts.push(start)
    this.#ends.push(end)
    this.#hashes.push(this.#hashOf(start, length))
    this.#values.push(value)
    // What stands in the place of another is followed by what followed that one.
    this.#followers.push(this.#followers[this.#followers[this.#last]!]!)
    this.#follow(entry)
    if (entry * 2 > this.#slots.length) this.#grow()
    else this.#place(entry)
  }

  #follow(entry: number): void {
    this.#followers[this.#last] = entry
    this.#last = entry
  }

  #endsAt(end: number): boolean {
    const bytes = this.#bytes
    const tail = this.#tail
    if (end > bytes.length) return false
    for (let i = end - 1, j = tail.length - 1; j >= 0; i--, j--) if (bytes[i] !== tail[j]) return false
    const before = bytes[end - tail.length - 1]
    return before === 0x2f || before === 0x3a
  }

  /** In ascending order: the first end tag that fits is that of the element itself. */
  #knowLength(length: number): boolean {
    const lengths = this.#lengths
    let at = lengths.length
    while (at > 0 && lengths[at - 1]! > length) at--
    if (lengths[at - 1] === length) return true
    if (lengths.length === lengthsMax) return false
    lengths.splice(at, 0, length)
    return true
  }

  #entry(start: number, length: number): number {
    const hash = this.#hashOf(start, length)
    const slots = this.#slots
    const mask = slots.length - 1
    for (let probe = 0; probe < probesMax; probe++) {
      const entry = slots[(hash + probe) & mask]!
      if (entry === 0) return 0
      if (this.#hashes[entry] === hash && this.length(entry) === length && this.#isSame(entry, start)) return entry
    }
    return 0
  }

  #hashOf(start: number, length: number): number {
    if (this.#soughtAt === start && this.#soughtLength === length) return this.#soughtHash
    this.#soughtAt = start
    this.#soughtLength = length
    this.#soughtHash = hashOf(this.#view, start, length)
    return this.#soughtHash
  }

  /** Whether its very bytes stand there. As doubles they are the same where their bits are: those that are equal to other
   *  bits (zeros) or not to their own need bytes that no document has, but one after a delete: that is read again. */
  #isSame(entry: number, start: number): boolean {
    const view = this.#view
    const offset = start - this.#starts[entry]!
    const last = this.#ends[entry]! - 8
    if (last + offset + 8 > view.byteLength) return false
    for (let at = this.#starts[entry]!; at < last; at += 8)
      if (view.getFloat64(at, true) !== view.getFloat64(at + offset, true)) return false
    return view.getFloat64(last, true) === view.getFloat64(last + offset, true)
  }

  #place(entry: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    const hash = this.#hashes[entry]!
    for (let probe = 0; probe < probesMax; probe++) {
      const slot = (hash + probe) & mask
      if (slots[slot] !== 0) continue
      slots[slot] = entry
      return
    }
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 4)
    for (let entry = 1; entry < this.#values.length; entry++) this.#place(entry)
  }
}

/** Four bytes at a time; the last four may have been counted before. */
function hashOf(view: DataView, start: number, length: number): number {
  let hash = length
  const last = start + length - 4
  for (let at = start; at < last; at += 4) hash = Math.imul(hash ^ view.getInt32(at, true), 0x5bd1e995) ^ (hash >>> 15)
  hash = Math.imul(hash ^ view.getInt32(last, true), 0x5bd1e995)
  return hash ^ (hash >>> 13)
}
