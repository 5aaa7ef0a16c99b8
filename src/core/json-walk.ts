/** Finds its way between the members of large JSON containers without parsing them. On well-formed text only; on any other
 *  it says something, and whoever parses the pieces will see. */

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c

const seamBytesMax = 64
const seamBytesMin = 4

/** `before`: how many of the bytes stand before the comma. */
export type Seam = { readonly bytes: Buffer; readonly before: number }

export class JsonWalk {
  readonly bytes: Buffer
  /** Of the last `members`: behind the last of them, and what is there. */
  end = 0
  /** Behind the first of them; -1 where there is only one. */
  firstEnd = -1

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  /** Members of one container from `from` on, as many as lie before `bound`. `comma`: more come behind the one at `end`;
   *  `close`: the container ends at `end`; `large`: the first is not over at `bound`; `cut`: the text is. */
  members(from: number, bound: number): 'comma' | 'close' | 'large' | 'cut' {
    const { bytes } = this
    const stop = Math.min(bound, bytes.length)
    let depth = 0
    this.firstEnd = -1
    this.end = -1
    for (let i = from; i < stop; i++) {
      const byte = bytes[i]!
      if (byte === quote) i = this.#closingQuote(i)
      else if (byte === 0x7b || byte === 0x5b) depth++
      else if (byte === 0x7d || byte === 0x5d) {
        if (depth-- === 0) {
          this.end = i
          return 'close'
        }
      } else if (byte === comma && depth === 0) {
        if (this.firstEnd < 0) this.firstEnd = i
        this.end = i
      }
    }
    if (this.end >= 0) return 'comma'
    return stop < bound ? 'cut' : 'large'
  }

  /** Behind the value that starts at `at`. */
  endOfValue(at: number): number {
    const { bytes } = this
    const first = bytes[at]
    if (first === quote) return this.#closingQuote(at) + 1
    let depth = 0
    for (let i = at; i < bytes.length; i++) {
      const byte = bytes[i]!
      if (byte === quote) i = this.#closingQuote(i)
      else if (byte === 0x7b || byte === 0x5b) depth++
      else if (byte === 0x7d || byte === 0x5d) {
        if (depth === 0) return i
        if (--depth === 0) return i + 1
      } else if (depth === 0 && (byte === comma || byte <= 0x20)) return i
    }
    return bytes.length
  }

  afterSpace(at: number): number {
    const { bytes } = this
    for (let i = at; ; i++) {
      const byte = bytes[i]
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return i
    }
  }

  /** What stands between any two members of a list, as far as the first and the last of those that were walked over have it
   *  in common: how one ends, the comma, how one begins. */
  seam(): Seam | undefined {
    const { bytes, firstEnd, end } = this
    if (firstEnd < 0 || firstEnd === end) return undefined
    let before = 0
    while (before < seamBytesMax && bytes[firstEnd - 1 - before] === bytes[end - 1 - before]) before++
    let after = 1
    while (after < seamBytesMax && bytes[firstEnd + after] === bytes[end + after]) after++
    // What two numbers or names have in common is chance.
    while (before > 0 && isWordByte(bytes[firstEnd - before]!)) before--
    while (after > 1 && isWordByte(bytes[firstEnd + after - 1]!)) after--
    if (before + after < seamBytesMin) return undefined
    return { bytes: bytes.subarray(firstEnd - before, firstEnd + after), before }
  }

  #closingQuote(at: number): number {
    const { bytes } = this
    let i = at + 1
    for (; i < bytes.length; i++) {
      const byte = bytes[i]!
      if (byte === quote) break
      if (byte === backslash) i++
    }
    return i
  }
}

function isWordByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
}
