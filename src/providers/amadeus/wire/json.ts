import { isAscii } from 'node:buffer'
import { WireError } from '../../../core/wire-error.ts'

/** Bytes of a reply to its JSON tree. `strict` also refuses what JSON.parse lets pass: a name twice in one object and
 *  nesting that no message has. It costs about a fifth of the parse, so search replies go without: their prices are
 *  confirmed before anything is booked. */

/** A reply of 250 offers is 1.6 to 4 MB. */
export const replyBytesMax = 16 * 1024 * 1024
const depthMax = 64
const namesMax = 10_000

export function parseJson(bytes: Uint8Array, strict: boolean): unknown {
  if (bytes.length > replyBytesMax) throw new WireError(`a reply over ${replyBytesMax} bytes`, `byte ${replyBytesMax}`)
  const text = textOf(bytes)
  const first = firstMark(text)
  if (first === '') throw new WireError('an empty reply', 'byte 0')
  if (first === '<') throw new WireError('markup where JSON was expected', `byte ${text.indexOf('<')}`)
  const tree = parse(text)
  if (strict) checkNames(bytes)
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

/** Names already seen in the objects that are open, as a stack: starts[depth] is where an object's own begin. */
type Names = {
  readonly hashes: number[]
  readonly offsets: number[]
  readonly ends: number[]
  readonly starts: number[]
}

/** For text that JSON.parse took. */
function checkNames(bytes: Uint8Array): void {
  const names: Names = { hashes: [], offsets: [], ends: [], starts: [] }
  const length = bytes.length
  for (let i = 0; i < length; i++) {
    const byte = bytes[i]
    if (byte === quote) {
      const start = i + 1
      let hash = 0
      for (i = start; i < length && bytes[i] !== quote; i++) {
        if (bytes[i] === backslash) i++
        hash = (hash * 31 + bytes[i]!) | 0
      }
      let next = i + 1
      while (isSpace(bytes[next])) next++
      if (bytes[next] === colon) addName(bytes, names, { hash, start, end: i })
    } else if (byte === 0x7b || byte === 0x5b) {
      names.starts.push(names.hashes.length)
      if (names.starts.length > depthMax) throw new WireError(`nesting deeper than ${depthMax}`, `byte ${i}`)
    } else if (byte === 0x7d || byte === 0x5d) {
      const start = names.starts.pop() ?? 0
      names.hashes.length = start
      names.offsets.length = start
      names.ends.length = start
    }
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function addName(
  bytes: Uint8Array,
  names: Names,
  name: { readonly hash: number; readonly start: number; readonly end: number },
): void {
  const from = names.starts[names.starts.length - 1] ?? 0
  const count = names.hashes.length
  for (let k = from; k < count; k++) {
    if (names.hashes[k] === name.hash && sameBytes(bytes, names.offsets[k]!, names.ends[k]!, name)) {
      throw new WireError('a name twice in one object', `byte ${name.start}`)
    }
  }
  if (count - from >= namesMax) throw new WireError(`over ${namesMax} names in one object`, `byte ${name.start}`)
  names.hashes.push(name.hash)
  names.offsets.push(name.start)
  names.ends.push(name.end)
}

function sameBytes(
  bytes: Uint8Array,
  start: number,
  end: number,
  name: { readonly start: number; readonly end: number },
): boolean {
  if (end - start !== name.end - name.start) return false
  for (let i = 0; i < end - start; i++) if (bytes[start + i] !== bytes[name.start + i]) return false
  return true
}
