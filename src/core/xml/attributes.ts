import { byteClass, failAt, isForbidden, space, valueStop } from './bytes.ts'
import type { NameReader } from './names.ts'
import { checkReference, decodeValue } from './references.ts'
import type { ValueTable } from './values.ts'

/** How a value becomes a string: its bytes as they are, as UTF-8, or with references and white space to decode. */
const plain = 0
const utf8 = 1
const coded = 2

/** The attributes of one start tag: where they are, and strings only of those that are asked for. */
export class Attributes {
  count = 0
  /** Some declare a namespace or have a prefix. */
  prefixed = false
  readonly #bytes: Buffer
  readonly #reader: NameReader
  readonly #values: ValueTable
  readonly #max: number
  readonly #names: string[] = []
  readonly #nameStarts: Int32Array
  readonly #nameEnds: Int32Array
  readonly #starts: Int32Array
  readonly #ends: Int32Array
  readonly #kinds: Uint8Array
  #next = 0
  /** Of the names so far, by their places in the table: two with one bit are looked at closely. */
  #seen = 0

  constructor(bytes: Buffer, reader: NameReader, values: ValueTable, max: number) {
    this.#bytes = bytes
    this.#reader = reader
    this.#values = values
    this.#max = max
    this.#nameStarts = new Int32Array(max)
    this.#nameEnds = new Int32Array(max)
    this.#starts = new Int32Array(max)
    this.#ends = new Int32Array(max)
    this.#kinds = new Uint8Array(max)
  }

  clear(): void {
    this.count = 0
    this.prefixed = false
    this.#next = 0
    this.#seen = 0
  }

  /** By local name; a namespace declaration is found by its whole name only (`xmlns:air`). Who asks in the order of the
   *  document finds each at once: the search goes on after the last one found. */
  find(name: string): string | undefined {
    const names = this.#names
    const next = this.#next
    for (let index = next; index < this.count; index++) if (names[index] === name) return this.#found(index)
    for (let index = 0; index < next && index < this.count; index++)
      if (names[index] === name) return this.#found(index)
    return undefined
  }

  #found(index: number): string {
    this.#next = index + 1
    return this.value(index)
  }

  name(index: number): string {
    return this.#names[index]!
  }

  /** With its prefix. */
  qualifiedName(index: number): string {
    return this.#bytes.toString('utf8', this.#nameStarts[index]!, this.#nameEnds[index]!)
  }

  /** Empty where it has none. */
  prefix(index: number): string {
    const [before, local] = this.qualifiedName(index).split(':')
    return local === undefined ? '' : before!
  }

  /** Of the first byte of its name. */
  offset(index: number): number {
    return this.#nameStarts[index]!
  }

  value(index: number): string {
    const start = this.#starts[index]!
    const end = this.#ends[index]!
    const kind = this.#kinds[index]!
    if (kind === plain) return this.#values.text(start, end)
    const raw = this.#bytes.toString('utf8', start, end)
    return kind === utf8 ? raw : decodeValue(raw)
  }

  /** Reads the attribute whose name starts at `start`; the offset after its closing quote. */
  scan(start: number): number {
    if (this.count === this.#max) failAt(start, `more than ${this.#max} attributes`)
    const index = this.count
    const bytes = this.#bytes
    let at = this.#scanName(start, index)
    while (byteClass[bytes[at]!]! & space) at++
    if (bytes[at] !== 0x3d) failAt(at, 'an attribute without a value')
    at++
    while (byteClass[bytes[at]!]! & space) at++
    const quote = bytes[at]!
    if (quote !== 0x22 && quote !== 0x27) failAt(at, 'an attribute value without quotes')
    const end = this.#scanValue(at + 1, quote, index)
    this.count = index + 1
    return end + 1
  }

  #scanName(start: number, index: number): number {
    const reader = this.#reader
    reader.read(start)
    const { local, end } = reader
    const bit = 1 << (reader.entry & 31)
    if (this.#seen & bit || reader.entry === 0) this.#refuseSecond(local, start, end)
    this.#seen |= bit
    if (reader.prefix !== '' || local === 'xmlns') this.prefixed = true
    this.#names[index] = local
    this.#nameStarts[index] = start
    this.#nameEnds[index] = end
    return end
  }

  /** Where the whole names are the same; namespaces are looked at when the tag has been read. */
  #refuseSecond(local: string, start: number, end: number): void {
    const bytes = this.#bytes
    for (let other = 0; other < this.count; other++) {
      if (this.#names[other] !== local) continue
      const known = bytes.subarray(this.#nameStarts[other]!, this.#nameEnds[other]!)
      if (known.equals(bytes.subarray(start, end))) failAt(start, 'the same attribute twice')
    }
  }

  /** The offset of the closing quote. */
  #scanValue(start: number, quote: number, index: number): number {
    const bytes = this.#bytes
    const length = bytes.length
    let kind = plain
    let at = start
    for (;;) {
      while (at < length && !(byteClass[bytes[at]!]! & valueStop)) at++
      if (at >= length) failAt(length, 'the document ends in an attribute')
      const byte = bytes[at]!
      if (byte === quote) break
      if (byte === 0x26) {
        kind = coded
        at = checkReference(bytes, at)
        continue
      }
      if (byte === 0x3c) failAt(at, '< in an attribute')
      if (isForbidden(bytes, at)) failAt(at, 'a character that XML forbids')
      if (byte >= 128) kind = kind === coded ? coded : utf8
      else if (byte < 32) kind = coded
      at++
    }
    this.#starts[index] = start
    this.#ends[index] = at
    this.#kinds[index] = kind
    return at
  }
}
