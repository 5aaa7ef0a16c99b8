import { byteClass, failAt, nameChar, nameStart } from './bytes.ts'

/** Element and attribute names of the whole process, by the bytes of the qualified name: each is checked for form and
 *  split off its prefix once, and its local part is one string, so that comparing two names is comparing pointers.
 *  Bytes, not characters, are compared: where a package patches String.prototype, charCodeAt takes eight times as long. */

/** Foreign names must not fill the memory: later and longer ones are made each time. */
const namesMax = 4096
const lengthMax = 64
const poolSize = 1 << 17
const slots = 16_384
const probesMax = 16
/** Power of two: which name came last after which, of all documents. */
const guesses = 8192

const slotEntry = new Uint16Array(slots)
const guessed = new Uint16Array(guesses)
const pool = new Uint8Array(poolSize)
const poolView = new DataView(pool.buffer)
const starts = new Int32Array(namesMax)
const lengths = new Uint8Array(namesMax)
const locals: string[] = ['']
const prefixes: string[] = ['']

/** The names of one document in their order. Messages repeat themselves, so the name that followed the last time is
 *  tried first: one pass over its bytes, where finding its end and its place in the table takes three (a sixth of what
 *  scanning a search reply costs). */
export class NameReader {
  /** Of the last name read: the offset after it, its local part (a namespace declaration is whole), its prefix. */
  end = 0
  local = ''
  prefix = ''
  readonly #bytes: Buffer
  readonly #view: DataView
  /** Its place in the table, which is that of no other name; 0 where the table is full. */
  entry = 0
  /** The same of the last element. */
  #element = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** The name of an element that starts here. */
  readElement(start: number): void {
    this.read(start)
    this.#element = this.entry
  }

  /** Throws a WireError for what is no name. */
  read(start: number): void {
    const place = (Math.imul(this.#element, 61) + this.entry) & (guesses - 1)
    const guess = guessed[place]!
    if (guess > 0 && this.#is(guess, start)) {
      this.#take(guess, start + lengths[guess]!)
      return
    }
    const end = endOfName(this.#bytes, start)
    const entry = this.#find(start, end)
    guessed[place] = entry
    if (entry > 0) this.#take(entry, end)
    else this.#makeOnce(start, end)
  }

  /** Whether this very name stands there, and ends there. */
  #is(entry: number, start: number): boolean {
    const bytes = this.#bytes
    const length = lengths[entry]!
    const offset = starts[entry]! - start
    const end = start + length
    if (end > bytes.length) return false
    const view = this.#view
    let at = start
    for (const last = end - 4; at <= last; at += 4) {
      if (poolView.getInt32(at + offset) !== view.getInt32(at)) return false
    }
    for (; at < end; at++) if (pool[at + offset] !== bytes[at]) return false
    // a document may be cut off right behind it: still this name, which has one place in the table
    return end === bytes.length || isAfterName(bytes[end]!)
  }

  #take(entry: number, end: number): void {
    this.entry = entry
    this.end = end
    this.local = locals[entry]!
    this.prefix = prefixes[entry]!
  }

  #makeOnce(start: number, end: number): void {
    const colon = checkName(this.#bytes, start, end)
    this.entry = 0
    this.end = end
    this.prefix = prefixOf(this.#bytes, start, colon)
    this.local = localOf(this.#bytes, start, colon, end)
  }

  /** 0 where it is new and has no place in the table. */
  #find(start: number, end: number): number {
    const bytes = this.#bytes
    const length = end - start
    const mixed = (bytes[start]! << 16) ^ (bytes[start + (length >> 1)]! << 8) ^ bytes[end - 1]! ^ (length << 11)
    let slot = (Math.imul(mixed, 0x9e3779b1) >>> 18) & (slots - 1)
    for (let probe = 0; probe < probesMax; probe++) {
      const entry = slotEntry[slot]!
      if (entry === 0) return add(bytes, start, end, slot)
      if (lengths[entry] === length && this.#is(entry, start)) return entry
      slot = (slot + 1) & (slots - 1)
    }
    return 0
  }
}

let pooled = 0

function add(bytes: Buffer, start: number, end: number, slot: number): number {
  const length = end - start
  if (locals.length >= namesMax || length > lengthMax || pooled + length > poolSize) return 0
  const colon = checkName(bytes, start, end)
  const entry = locals.length
  locals.push(internalised(localOf(bytes, start, colon, end)))
  prefixes.push(internalised(prefixOf(bytes, start, colon)))
  for (let i = 0; i < length; i++) pool[pooled + i] = bytes[start + i]!
  starts[entry] = pooled
  lengths[entry] = length
  pooled += length
  slotEntry[slot] = entry
  return entry
}

/** As a property key the engine makes it the one string of that content, the one that literals are too. */
function internalised(text: string): string {
  return Object.keys({ [text]: 0 })[0]!
}

function isAfterName(byte: number): boolean {
  return byte <= 0x20 || byte === 0x3d || byte === 0x3e || byte === 0x2f
}

/** The offset after the name that starts at `start`. What ends there may still be no name: checkName says so. */
function endOfName(bytes: Buffer, start: number): number {
  const length = bytes.length
  let at = start
  while (at < length && !isAfterName(bytes[at]!)) at++
  return at
}

/** The offset of its colon, else -1. Throws a WireError for what is no name. */
export function checkName(bytes: Buffer, start: number, end: number): number {
  let colon = -1
  let wide = false
  if (start === end || !(byteClass[bytes[start]!]! & nameStart)) failAt(start, 'a name was expected')
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (byte >= 128) wide = true
    if (byteClass[byte]! & nameChar) continue
    if (byte !== 0x3a) failAt(at, 'a character that no name has')
    if (colon >= 0 || at + 1 === end || !(byteClass[bytes[at + 1]!]! & nameStart)) failAt(at, 'a colon out of place')
    colon = at
  }
  if (wide && !wideName.test(bytes.toString('utf8', start, end))) failAt(start, 'a character that no name has')
  return colon
}

/** XML 1.0 fifth edition, section 2.3, with one colon as Namespaces in XML has it. */
const startCharacters =
  'A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}' +
  '\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}'
const part = `[${startCharacters}][${startCharacters}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}]*`
const wideName = new RegExp(`^${part}(?::${part})?$`, 'u')

function prefixOf(bytes: Buffer, start: number, colon: number): string {
  return colon < 0 ? '' : bytes.toString('utf8', start, colon)
}

function localOf(bytes: Buffer, start: number, colon: number, end: number): string {
  const whole = colon < 0 || (colon - start === 5 && bytes.toString('latin1', start, colon) === 'xmlns')
  return bytes.toString('utf8', whole ? start : colon + 1, end)
}
