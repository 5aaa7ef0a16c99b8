import { isAscii, isUtf8 } from 'node:buffer'
import { placeOfError } from './json-error.ts'
import { checkDepth, checkNames } from './json-names.ts'
import { WireError } from './wire-error.ts'

/** `strict`: names and nesting are checked whatever the size. Without, up to the size that every price, order and error has:
 *  larger replies are searches, whose prices are confirmed before anything is booked, and the check costs a third of the
 *  parse. */
export type JsonLimits = { readonly bytesMax: number; readonly strict: boolean }

const checkedBytesMax = 64 * 1024
/** A flood of brackets comes at once; looking further costs a reply of 200 kB a fortieth. */
const depthCheckedBytesMax = 16 * 1024

/** Bytes of a foreign message to its JSON tree, alike for every supplier: UTF-8 without a byte order mark (RFC 8259 section
 *  8.1: none is sent), no name twice in one object, no nesting that no message has. Throws WireError with the place. */
export function parseJsonBytes(bytes: Uint8Array, { bytesMax, strict }: JsonLimits): unknown {
  if (bytes.length > bytesMax) throw new WireError(`more than ${bytesMax} bytes`, `byte ${bytesMax}`)
  const text = textOf(bytes)
  const start = text.search(/[^ \t\r\n]/)
  if (start < 0) throw new WireError('an empty message', 'byte 0')
  if (text[start] === '<') throw new WireError('markup where JSON was expected', `byte ${start}`)
  checkDepth(bytes, depthCheckedBytesMax)
  const tree = parse(text)
  if (strict || bytes.length <= checkedBytesMax) checkNames(bytes)
  return tree
}

/** ASCII is the rule, and read as latin1 it costs a quarter. A fatal TextDecoder took 1.2 ms/MB where these take 0.3. */
function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (isAscii(bytes)) return buffer.toString('latin1')
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) throw new WireError('a byte order mark', 'byte 0')
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new WireError('UTF-16 where UTF-8 was expected', 'byte 0')
  }
  if (!isUtf8(bytes)) throw new WireError('text that is not UTF-8', `byte ${firstBadByte(bytes)}`)
  return buffer.toString('utf8')
}

function firstBadByte(bytes: Uint8Array): number {
  const lenient = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  const bad = lenient.indexOf('\ufffd')
  return bad < 0 ? 0 : Buffer.byteLength(lenient.slice(0, bad))
}

/** The runtime's own message quotes the text, which may hold names: only the place is told. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const at = placeOfError(text)
    const byte = Buffer.byteLength(text.slice(0, at))
    throw new WireError(at >= text.length ? 'JSON that ends too early' : 'broken JSON', `byte ${byte}`)
  }
}
