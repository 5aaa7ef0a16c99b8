import { Attributes } from './attributes.ts'
import { byteClass, failAt, isForbidden, nameChar, nameStart, space, textStop } from './bytes.ts'
import { buffer, toUtf8 } from './encoding.ts'
import { ElementMemory } from './memory.ts'
import { checkName, NameReader } from './names.ts'
import { Namespaces } from './namespaces.ts'
import { withOne } from './lists.ts'
import { checkReference, decodeLineEnds, decodeText } from './references.ts'
import { ValueTable } from './values.ts'

export const endOfDocument = 0
export const startTag = 1
export const endTag = 2
export const text = 3
export type XmlEvent = typeof endOfDocument | typeof startTag | typeof endTag | typeof text

export type XmlLimits = { readonly bytesMax: number; readonly depthMax: number; readonly attributesMax: number }

export const defaultLimits: XmlLimits = { bytesMax: 64 * 1024 * 1024, depthMax: 256, attributesMax: 256 }

/** Longer ones are mostly ids that stand once. */
const wordMax = 24

/** Digits and point: longer ones may be no exact number. */
const decimalMax = 15

const fourBlanks = 0x20202020

const quoted = (value: string): string => `[ \\t\\r\\n]*=[ \\t\\r\\n]*(?:"${value}"|'${value}')`
const declaration = new RegExp(
  `^<\\?xml[ \\t\\r\\n]+version${quoted('1\\.[0-9]+')}(?:[ \\t\\r\\n]+encoding${quoted('[A-Za-z][A-Za-z0-9._-]*')})?` +
    `(?:[ \\t\\r\\n]+standalone${quoted('(?:yes|no)')})?[ \\t\\r\\n]*\\?>$`,
)

/** Reads an XML 1.0 document from its bytes, event by event, without a tree: search replies of megabytes become offers
 *  at about the cost of JSON.parse of the same content (performance: docs and bench). Names are local: a prefix must be
 *  declared and is dropped. A document type is refused (entity bombs, external entities). Anything that is not
 *  well-formed throws a WireError with the byte offset, also inside what the caller skips.
 *
 *  Offsets count in the UTF-8 form, after a byte order mark. */
export class XmlScanner {
  /** Local name of the element that started or ended. */
  name = ''
  /** Digits after the point of the last decimal(). */
  places = 0
  /** Elements open after this event. */
  depth = 0
  readonly attributes: Attributes

  readonly #bytes: Buffer
  readonly #view: DataView
  readonly #values: ValueTable
  readonly #limits: XmlLimits
  #at = 0
  #eventStart = 0
  #rootSeen = false
  /** `<a/>` is a start and an end. */
  #endOwed = false
  readonly #memories = new Map<unknown, ElementMemory>()
  #lastRead: unknown
  #lastMemory: ElementMemory | undefined
  /** Of prefixes, when they were last emptied. */
  #closings = 0
  readonly #reader: NameReader
  readonly #namespaces = new Namespaces()
  /** Known to be declared where the scanner is. */
  #declaredPrefix = ''
  readonly #names: string[] = []
  readonly #nameStarts: Int32Array
  readonly #nameEnds: Int32Array
  #textStart = 0
  #textEnd = 0
  /** The text has references or carriage returns; bytes from 128 on; is a CDATA section. */
  #textCoded = false
  #textWide = false
  #textLiteral = false

  constructor(document: Uint8Array, limits: XmlLimits = defaultLimits) {
    if (document.length > limits.bytesMax) failAt(limits.bytesMax, `more than ${limits.bytesMax} bytes`)
    this.#bytes = buffer(toUtf8(document))
    this.#limits = limits
    this.#nameStarts = new Int32Array(limits.depthMax)
    this.#nameEnds = new Int32Array(limits.depthMax)
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length)
    this.#values = new ValueTable(this.#bytes)
    this.#reader = new NameReader(this.#bytes)
    this.attributes = new Attributes(this.#bytes, this.#reader, this.#values, limits.attributesMax)
    if (this.#has('<?xml') && byteClass[this.#bytes[5]!]! & space) this.#at = this.#declaration()
  }

  /** Of the current event's first byte. */
  get offset(): number {
    return this.#eventStart
  }

  /** Of the element that just started; empty where it is in none. */
  namespace(): string {
    const [before, local] = this.qualifiedName().split(':')
    return this.#namespaces.find(local === undefined ? '' : before!) ?? ''
  }

  /** White space between elements is no event. */
  next(): XmlEvent {
    return this.#advance(false)
  }

  /** An attribute of the element that just started, by local name. */
  attribute(name: string): string | undefined {
    return this.attributes.find(name)
  }

  /** With its prefix, of the element that just started. */
  qualifiedName(): string {
    return this.#bytes.toString('utf8', this.#nameStarts[this.depth - 1]!, this.#nameEnds[this.depth - 1]!)
  }

  /** What the text event says. */
  text(): string {
    const start = this.#textStart
    const end = this.#textEnd
    if (this.#textLiteral) return decodeLineEnds(this.#bytes.toString('utf8', start, end))
    if (this.#textCoded) return decodeText(this.#bytes.toString('utf8', start, end))
    return this.#textWide ? this.#bytes.toString('utf8', start, end) : this.#bytes.toString('latin1', start, end)
  }

  /** Moves to the next child of the element that was opened at `depth`; what is left of an earlier child is skipped.
   *  False when the element ends. */
  child(depth: number): boolean {
    for (;;) {
      const event = this.#advance(false)
      if (event === startTag && this.depth === depth + 1) return true
      if (event === endOfDocument || (event === endTag && this.depth < depth)) return false
    }
  }

  /** From the start of an element to its end: its own text, that of children left out. */
  elementText(): string {
    let all = ''
    for (;;) {
      const event = this.#advance(true)
      if (event === text) all += this.text()
      else if (event === startTag) this.skip()
      else return all
    }
  }

  /** From the start of an element to its end: its own text without white space around. Short ones are made a string once
   *  a document. */
  word(): string {
    const bytes = this.#bytes
    let start = this.#at
    if (this.#endOwed) {
      this.#endOwed = false
      this.#pop()
      return ''
    }
    while (byteClass[bytes[start]!]! & space) start++
    let at = start
    while (at < bytes.length && !(byteClass[bytes[at]!]! & textStop)) at++
    if (bytes[at] !== 0x3c || bytes[at + 1] !== 0x2f) return this.elementText().trim()
    this.#at = at
    this.#eventStart = at
    this.#end()
    while (at > start && byteClass[bytes[at - 1]!]! & space) at--
    return at - start > wordMax ? bytes.toString('latin1', start, at) : this.#values.text(start, at)
  }

  /** The same, where its text may be several words: those, behind the ones before, which is not to be used any more. */
  words(before: readonly string[]): readonly string[] {
    const bytes = this.#bytes
    const start = this.#at
    let at = start
    while (at < bytes.length && !(byteClass[bytes[at]!]! & (textStop | space))) at++
    if (at === start || this.#endOwed || bytes[at] !== 0x3c || bytes[at + 1] !== 0x2f) {
      const all = this.word()
      return all === '' ? before : all.split(/\s+/).reduce(withOne, before)
    }
    this.#at = at
    this.#eventStart = at
    this.#end()
    return before.length === 0 ? this.#values.list(start, at) : withOne(before, this.#values.text(start, at))
  }

  /** Of an element that just started and holds a number with a point, nothing else (`378.40`): its digits as one number, and
   *  this is its end; `places` of them stand after the point. -1 where it holds anything else: then nothing was read. */
  decimal(): number {
    if (this.#endOwed) return -1
    const bytes = this.#bytes
    const start = this.#at
    let digits = 0
    let point = -1
    let at = start
    for (; ; at++) {
      const digit = bytes[at]! - 0x30
      if (digit >= 0 && digit <= 9) digits = digits * 10 + digit
      else if (bytes[at] === 0x2e && point < 0) point = at
      else break
    }
    if (point <= start || at - point < 2 || at - start > decimalMax) return -1
    if (bytes[at] !== 0x3c || bytes[at + 1] !== 0x2f) return -1
    this.#at = at
    this.#eventStart = at
    this.#end()
    this.places = at - point - 1
    return digits
  }

  /** What `read`, which goes from the start of an element to its end, makes of the one that just started. Where the same
   *  bytes stand in this document a second time, that is what it made of them the first time: the very same object. */
  once<T>(read: (x: XmlScanner) => T): T {
    const memory = this.#memoryOf(read)
    const start = this.#eventStart
    const entry = memory.find(start)
    if (entry === 0) {
      const value = read(this)
      memory.add(start, this.#at, value)
      return value
    }
    this.#at = start + memory.length(entry)
    this.#endOwed = false
    this.#pop()
    return memory.value(entry) as T
  }

  #memoryOf(read: unknown): ElementMemory {
    if (read === this.#lastRead && this.#namespaces.closings === this.#closings) return this.#lastMemory!
    if (this.#namespaces.closings !== this.#closings) {
      this.#closings = this.#namespaces.closings
      this.#memories.clear()
    }
    let memory = this.#memories.get(read)
    if (!memory) {
      memory = new ElementMemory(this.#bytes, this.name)
      this.#memories.set(read, memory)
    }
    this.#lastRead = read
    this.#lastMemory = memory
    return memory
  }

  /** From the start of an element to its end. */
  skip(): void {
    const depth = this.depth
    while (this.depth >= depth) this.#advance(false)
  }

  fail(reason: string): never {
    failAt(this.#eventStart, reason)
  }

  #advance(blanks: boolean): XmlEvent {
    if (this.#endOwed) {
      this.#endOwed = false
      return this.#pop()
    }
    const bytes = this.#bytes
    for (;;) {
      if (this.#at >= bytes.length) return this.#finish()
      if (bytes[this.#at] !== 0x3c) {
        if (this.#text(blanks)) return text
        continue
      }
      this.#eventStart = this.#at
      const byte = bytes[this.#at + 1]!
      if (byteClass[byte]! & nameStart) return this.#start()
      if (byte === 0x2f) return this.#end()
      if (byte === 0x3f) this.#instruction()
      else if (this.#has('<!--')) this.#comment()
      else if (this.#has('<![CDATA[')) {
        if (this.#cdata(blanks)) return text
      } else if (this.#has('<!DOCTYPE')) failAt(this.#at, 'a document type is refused')
      else failAt(this.#at, 'not a tag')
    }
  }

  #start(): XmlEvent {
    const bytes = this.#bytes
    const depth = this.depth
    if (depth === 0 && this.#rootSeen) failAt(this.#at, 'a second root element')
    if (depth === this.#limits.depthMax) failAt(this.#at, `deeper than ${depth} elements`)
    this.#rootSeen = true
    const reader = this.#reader
    const nameStart = this.#at + 1
    reader.readElement(nameStart)
    const { prefix } = reader
    let at = this.#openName(nameStart, depth)
    const attributes = this.attributes
    attributes.clear()
    for (;;) {
      const from = at
      while (byteClass[bytes[at]!]! & space) at++
      const byte = bytes[at]
      if (byte === 0x3e) break
      if (byte === 0x2f) {
        if (bytes[++at] !== 0x3e) failAt(at, '> was expected')
        this.#endOwed = true
        break
      }
      if (byte === undefined) failAt(at, 'the document ends in a tag')
      if (at === from) failAt(at, 'white space was expected')
      at = attributes.scan(at)
    }
    this.#at = at + 1
    this.depth = depth + 1
    if (attributes.prefixed) this.#namespaces.open(attributes, depth + 1)
    if (prefix !== this.#declaredPrefix) this.#checkPrefix(prefix, nameStart)
    return startTag
  }

  #openName(start: number, depth: number): number {
    const { local, end } = this.#reader
    this.name = local
    this.#names[depth] = local
    this.#nameStarts[depth] = start
    this.#nameEnds[depth] = end
    return end
  }

  #checkPrefix(prefix: string, offset: number): void {
    if (this.#namespaces.find(prefix) === undefined) failAt(offset, `the prefix ${prefix} is not declared`)
    this.#declaredPrefix = prefix
  }

  #end(): XmlEvent {
    const bytes = this.#bytes
    const top = this.depth - 1
    if (top < 0) failAt(this.#at, 'an end tag without a start')
    const view = this.#view
    let at = this.#at + 2
    let i = this.#nameStarts[top]!
    const end = this.#nameEnds[top]!
    for (const last = Math.min(end, bytes.length - at + i) - 4; i <= last; i += 4, at += 4) {
      if (view.getInt32(i) !== view.getInt32(at)) break
    }
    for (; i < end; i++, at++) {
      if (bytes[i] !== bytes[at]) failAt(this.#at, `the end tag of ${this.#names[top]} was expected`)
    }
    while (byteClass[bytes[at]!]! & space) at++
    if (bytes[at] !== 0x3e) failAt(this.#at, `the end tag of ${this.#names[top]} was expected`)
    this.#at = at + 1
    return this.#pop()
  }

  #pop(): XmlEvent {
    this.depth--
    this.name = this.#names[this.depth]!
    if (this.#namespaces.depth > this.depth) {
      this.#namespaces.close(this.depth)
      this.#declaredPrefix = ''
    }
    return endTag
  }

  #finish(): XmlEvent {
    if (this.depth > 0) failAt(this.#bytes.length, `the document ends inside ${this.#names[this.depth - 1]}`)
    if (!this.#rootSeen) failAt(this.#bytes.length, 'no element')
    this.#eventStart = this.#bytes.length
    return endOfDocument
  }

  /** Whether there is an event in the run of text that starts here. */
  #text(blanks: boolean): boolean {
    const bytes = this.#bytes
    const length = bytes.length
    const start = this.#at
    let at = start
    at = this.#afterBlanks(at)
    const blank = at >= length || bytes[at] === 0x3c
    this.#eventStart = start
    this.#textCoded = false
    this.#textWide = false
    this.#textLiteral = false
    if (blank) {
      if (blanks) this.#textCoded = true
    } else if (this.depth === 0) failAt(at, 'text outside the root element')
    else at = this.#scanText(start)
    this.#textStart = start
    this.#textEnd = at
    this.#at = at
    return !blank || (blanks && this.depth > 0)
  }

  /** Indentation four at a time: it is two thirds of what some airlines send. */
  #afterBlanks(start: number): number {
    const bytes = this.#bytes
    const view = this.#view
    const last = view.byteLength - 4
    let at = start
    for (;;) {
      while (at <= last && view.getInt32(at, true) === fourBlanks) at += 4
      if (!(byteClass[bytes[at]!]! & space)) return at
      at++
    }
  }

  #scanText(start: number): number {
    const bytes = this.#bytes
    const length = bytes.length
    let at = start
    for (;;) {
      while (at < length && !(byteClass[bytes[at]!]! & textStop)) at++
      const byte = bytes[at]
      if (byte === undefined || byte === 0x3c) return at
      if (byte === 0x26) {
        this.#textCoded = true
        at = checkReference(bytes, at)
        continue
      }
      if (byte === 0x5d && bytes[at + 1] === 0x5d && bytes[at + 2] === 0x3e) failAt(at, ']]> in text')
      if (isForbidden(bytes, at)) failAt(at, 'a character that XML forbids')
      if (byte === 0x0d) this.#textCoded = true
      else if (byte >= 128) this.#textWide = true
      at++
    }
  }

  /** Whether it says something. References mean nothing in here. */
  #cdata(blanks: boolean): boolean {
    if (this.depth === 0) failAt(this.#at, 'text outside the root element')
    const start = this.#at + 9
    const end = this.#after(']]>', start) - 3
    this.#refuseForbidden(start, end)
    this.#textStart = start
    this.#textEnd = end
    this.#textLiteral = true
    this.#at = end + 3
    return end > start || blanks
  }

  #comment(): void {
    const start = this.#at + 4
    const end = this.#after('--', start)
    if (this.#bytes[end] !== 0x3e) failAt(end - 2, '-- in a comment')
    this.#refuseForbidden(start, end)
    this.#at = end + 1
  }

  #instruction(): void {
    const bytes = this.#bytes
    const start = this.#at + 2
    let end = start
    while (byteClass[bytes[end]!]! & nameChar) end++
    if (end === start) failAt(this.#at, 'a processing instruction without a name')
    checkName(bytes, start, end)
    if (bytes.toString('latin1', start, end).toLowerCase() === 'xml')
      failAt(this.#at, 'an XML declaration out of place')
    const after = this.#after('?>', end)
    if (!(byteClass[bytes[end]!]! & space) && after !== end + 2) failAt(end, 'white space was expected')
    this.#refuseForbidden(end, after)
    this.#at = after
  }

  #refuseForbidden(start: number, end: number): void {
    const bytes = this.#bytes
    for (let at = start; at < end; at++) if (isForbidden(bytes, at)) failAt(at, 'a character that XML forbids')
  }

  #has(mark: string): boolean {
    const bytes = this.#bytes
    for (let i = 0; i < mark.length; i++) if (bytes[this.#at + i] !== mark.charCodeAt(i)) return false
    return true
  }

  /** The offset after `<?xml version="1.0" encoding="UTF-8"?>`; what it names was honoured before. */
  #declaration(): number {
    const end = this.#after('?>', 5)
    if (!declaration.test(this.#bytes.toString('latin1', 0, Math.min(end, 512)))) failAt(0, 'a broken XML declaration')
    return end
  }

  /** The offset after the next `mark`. */
  #after(mark: string, from: number): number {
    const found = this.#bytes.indexOf(mark, from, 'latin1')
    if (found < 0) failAt(this.#bytes.length, `the document ends before ${mark}`)
    return found + mark.length
  }
}
