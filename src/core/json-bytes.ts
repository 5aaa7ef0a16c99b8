import { isAscii, isUtf8 } from 'node:buffer'
import { errorSteps } from './json-error.ts'
import { checkDepth, checkNames } from './json-names.ts'
import { parsePieces } from './json-pieces.ts'
import { atOnce, type Steps } from './turns.ts'
import { WireError } from './wire-error.ts'

/** `strict`: names and nesting are checked whatever the size. Without, up to the size that every price, order and error has:
 *  larger replies are searches, whose prices are confirmed before anything is booked, and the check costs a third of the
 *  parse. */
export type JsonLimits = { readonly bytesMax: number; readonly strict: boolean }

const checkedBytesMax = 64 * 1024
/** A flood of brackets comes at once; looking further costs a reply of 200 kB a fortieth. */
const depthCheckedBytesMax = 16 * 1024

/** Parsed in one go, which takes five milliseconds, nine with two-byte characters. In pieces it costs 1.1 to 1.25 times as
 *  much at 1 MB, less in larger ones. */
const wholeBytesMax = 1280 * 1024

/** Bytes of a foreign message to its JSON tree, alike for every supplier: UTF-8 without a byte order mark (RFC 8259 section
 *  8.1: none is sent), no name twice in one object, no nesting that no message has. Throws WireError with the place. */
export function parseJsonBytes(bytes: Uint8Array, limits: JsonLimits): unknown {
  return parseWhole(bytes, limits).tree
}

function parseWhole(bytes: Uint8Array, limits: JsonLimits): { readonly tree: unknown; readonly text: string } {
  const buffer = checked(bytes, limits)
  let text: string
  let tree: unknown
  try {
    text = textOf(buffer)
    tree = JSON.parse(text)
  } catch {
    throw atOnce(complaint(buffer))
  }
  if (limits.strict || bytes.length <= checkedBytesMax) checkNames(bytes)
  return { tree, text }
}

/** The same in turns, where a large one would hold the event loop: a reply of 3 MB for 14 to 21 ms. */
export function* jsonSteps(bytes: Uint8Array, limits: JsonLimits): Steps<unknown> {
  return (yield* jsonTextSteps(bytes, limits)).tree
}

/** As jsonSteps, and the text that was parsed: null for a large one. A second string of the same bytes costs as much as a tenth
 *  of the parse. */
export function* jsonTextSteps(
  bytes: Uint8Array,
  limits: JsonLimits,
): Steps<{ readonly tree: unknown; readonly text: string | null }> {
  return bytes.length <= wholeBytesMax
    ? parseWhole(bytes, limits)
    : { tree: yield* pieceSteps(bytes, limits), text: null }
}

function* pieceSteps(bytes: Uint8Array, limits: JsonLimits): Steps<unknown> {
  const buffer = checked(bytes, limits)
  let tree: unknown
  try {
    tree = yield* parsePieces(buffer)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw yield* complaint(buffer)
  }
  if (limits.strict) checkNames(bytes)
  return tree
}

/** What can be told before it is parsed. */
function checked(bytes: Uint8Array, { bytesMax }: JsonLimits): Buffer {
  if (bytes.length > bytesMax) throw new WireError(`more than ${bytesMax} bytes`, `byte ${bytesMax}`)
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  checkEncoding(buffer)
  const start = startOf(buffer)
  if (start === buffer.length) throw new WireError('an empty message', 'byte 0')
  if (buffer[start] === 0x3c) throw new WireError('markup where JSON was expected', `byte ${start}`)
  checkDepth(bytes, depthCheckedBytesMax)
  return buffer
}

function checkEncoding(bytes: Buffer): void {
  if (isAscii(bytes)) return
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) throw new WireError('a byte order mark', 'byte 0')
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new WireError('UTF-16 where UTF-8 was expected', 'byte 0')
  }
  if (!isUtf8(bytes)) throw new WireError('text that is not UTF-8', `byte ${firstBadByte(bytes)}`)
}

function startOf(bytes: Buffer): number {
  let at = 0
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++
  return at
}

/** ASCII is the rule, and read as latin1 it costs a quarter. A fatal TextDecoder took 1.2 ms/MB where these take 0.3. */
function textOf(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8')
}

function firstBadByte(bytes: Buffer): number {
  const lenient = bytes.toString('utf8')
  const bad = lenient.indexOf('\ufffd')
  return bad < 0 ? 0 : Buffer.byteLength(lenient.slice(0, bad))
}

/** The runtime's own message quotes the text, which may hold names: only the place is told. */
function* complaint(bytes: Buffer): Steps<WireError> {
  const text = textOf(bytes)
  const at = yield* errorSteps(text)
  const byte = Buffer.byteLength(text.slice(0, at))
  return new WireError(at >= text.length ? 'JSON that ends too early' : 'broken JSON', `byte ${byte}`)
}
