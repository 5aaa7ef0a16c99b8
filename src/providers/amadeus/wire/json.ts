import { isAscii } from 'node:buffer'
import { WireError } from '../../../core/wire-error.ts'

/** Bytes of a reply to its JSON tree. Up to a size that every price, order and error has, also refused: a name twice in
 *  one object and nesting that no message has, which JSON.parse lets pass. Looking for them costs a third of the parse,
 *  so larger replies (searches, whose prices are confirmed before anything is booked) go without. */
const strictBytesMax = 64 * 1024

/** A reply of 250 offers is 1.6 to 4 MB. */
export const replyBytesMax = 16 * 1024 * 1024
const depthMax = 64
const namesMax = 10_000

export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length > replyBytesMax) throw new WireError(`a reply over ${replyBytesMax} bytes`, `byte ${replyBytesMax}`)
  const text = textOf(bytes)
  const first = firstMark(text)
  if (first === '') throw new WireError('an empty reply', 'byte 0')
  if (first === '<') throw new WireError('markup where JSON was expected', `byte ${text.indexOf('<')}`)
  const tree = parse(text)
  if (bytes.length <= strictBytesMax) checkNames(bytes)
  return tree
}

/** ASCII is the rule and three times as fast to read. */
function textOf(bytes: Uint8Array): string {
  if (isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) throw new WireError('a byte order mark', 'byte 0')
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new WireError('UTF-16 where UTF-8 was expected', 'byte 0')
  }
  try {
    return utf8.decode(bytes)
  } catch {
    throw new WireError('text that is not UTF-8', `byte ${firstBadByte(bytes)}`)
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function firstBadByte(bytes: Uint8Array): number {
  const lenient = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  const bad = lenient.indexOf('\ufffd')
  return bad < 0 ? 0 : Buffer.byteLength(lenient.slice(0, bad))
}

function firstMark(text: string): string {
  const match = /[^ \t\r\n]/.exec(text)
  return match ? match[0] : ''
}

/** The runtime's own message quotes the text, which may hold names: only the place is kept. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const place = error instanceof SyntaxError ? /position (\d+)/.exec(error.message)?.[1] : undefined
    throw new WireError(place ? 'broken JSON' : 'JSON that ends too early', `character ${place ?? text.length}`)
  }
}

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a

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
    if (this.depth > depthMax) throw new WireError(`nesting deeper than ${depthMax}`, `byte ${at}`)
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

/** For text that JSON.parse took. */
function checkNames(bytes: Uint8Array): void {
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
