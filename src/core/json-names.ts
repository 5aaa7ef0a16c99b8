import { WireError } from './wire-error.ts'

/** No message of any supplier nests deeper. */
export const depthMax = 64
const namesMax = 10_000

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a

/** Refuses what JSON.parse takes without a word: a name twice in one object, and nesting that no message has. For text that
 *  JSON.parse took; costs a third of it. */
export function checkNames(bytes: Uint8Array): void {
  const names = new Names(bytes)
  const length = bytes.length
  let i = 0
  while (i < length) {
    const byte = bytes[i++]!
    if (byte === quote) {
      const start = i
      let inside = bytes[i]!
      while (inside !== quote) {
        i += inside === backslash ? 2 : 1
        inside = bytes[i]!
      }
      const end = i++
      while (bytes[i]! <= 0x20) i++
      if (bytes[i] === colon) names.add(start, end)
    } else if (byte === 0x7b || byte === 0x5b) names.open(i - 1)
    else if (byte === 0x7d || byte === 0x5d) names.close()
  }
}

/** Before JSON.parse, on the first `bytesMax`: sixteen megabytes of opening brackets would cost it a second and 900 MB. */
export function checkDepth(bytes: Uint8Array, bytesMax: number): void {
  const end = Math.min(bytes.length, bytesMax)
  let depth = 0
  for (let i = 0; i < end; i++) {
    const byte = bytes[i]!
    if (byte === quote) {
      for (i++; i < end && bytes[i] !== quote; i++) if (bytes[i] === backslash) i++
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > depthMax) throw tooDeep(i)
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
}

function tooDeep(at: number): WireError {
  return new WireError(`nesting deeper than ${depthMax}`, `byte ${at}`)
}

/** Names of the objects that are open, as one stack; `starts[depth]` is where an object's own begin. */
class Names {
  readonly bytes: Uint8Array
  readonly starts = new Int32Array(depthMax + 1)
  depth = 0
  count = 0
  private marks = new Int32Array(256)
  private froms = new Int32Array(256)
  private tos = new Int32Array(256)

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  open(at: number): void {
    this.depth++
    if (this.depth > depthMax) throw tooDeep(at)
    this.starts[this.depth] = this.count
  }

  close(): void {
    this.count = this.starts[this.depth]!
    this.depth--
  }

  /** bytes[from] to before bytes[to]. Length, first, last and middle byte tell nearly all names apart. */
  add(from: number, to: number): void {
    const { bytes, count, marks } = this
    const mark = ((to - from) & 0xff) | (bytes[from]! << 8) | (bytes[to - 1]! << 16) | (bytes[(from + to) >> 1]! << 24)
    const start = this.starts[this.depth]!
    for (let k = start; k < count; k++) {
      if (marks[k] === mark && this.same(k, from, to)) throw new WireError('a name twice in one object', `byte ${from}`)
    }
    if (count - start >= namesMax) throw new WireError(`over ${namesMax} names in one object`, `byte ${from}`)
    if (count === marks.length) this.grow()
    this.marks[count] = mark
    this.froms[count] = from
    this.tos[count] = to
    this.count = count + 1
  }

  private same(k: number, from: number, to: number): boolean {
    const other = this.froms[k]!
    if (this.tos[k]! - other !== to - from) return false
    for (let i = 0; i < to - from; i++) if (this.bytes[other + i] !== this.bytes[from + i]) return false
    return true
  }

  private grow(): void {
    this.marks = doubled(this.marks)
    this.froms = doubled(this.froms)
    this.tos = doubled(this.tos)
  }
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}
