import { isAscii } from 'node:buffer'
import { WireError } from '../../../core/wire-error.ts'

/** Bytes of a reply to a JSON tree. `strict` also refuses what JSON.parse takes without a word: one name twice in an
 *  object, and nesting deeper than any message is. Search replies go without (a fifth of the parse): their prices are
 *  confirmed, strictly, before anything is booked. */

/** A search of a busy route has 1.5 MB. */
export const replyBytesMax = 16 * 1024 * 1024
const depthMax = 64

export function parseJson(bytes: Uint8Array, strict: boolean): unknown {
  if (bytes.length > replyBytesMax) throw new WireError(`more than ${replyBytesMax} bytes`, `byte ${replyBytesMax}`)
  const text = decodeText(bytes)
  const start = text.search(/[^ \t\r\n]/)
  if (start < 0) throw new WireError('an empty message', 'byte 0')
  if (text[start] === '<') throw new WireError('markup where JSON was expected', `byte ${start}`)
  let tree: unknown
  try {
    tree = JSON.parse(text)
  } catch (error) {
    throw broken(error, text)
  }
  if (strict) checkNames(text)
  return tree
}

/** ASCII, the common case, reads as latin1 in a quarter of the time. */
function decodeText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (isAscii(buffer)) return buffer.toString('latin1')
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) throw new WireError('a byte order mark', 'byte 0')
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new WireError('UTF-16 where UTF-8 was expected', 'byte 0')
  }
  try {
    return utf8.decode(buffer)
  } catch {
    throw new WireError('text that is not UTF-8', 'byte 0')
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The runtime's message quotes the text, which may hold names: only the place is kept. */
function broken(error: unknown, text: string): WireError {
  const place = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined
  return place === undefined
    ? new WireError('JSON that ends too early', `character ${text.length}`)
    : new WireError('broken JSON', `character ${place}`)
}

/** One pass over text that JSON.parse took; an array has null for its names. */
function checkNames(text: string): void {
  const open: (Set<string> | null)[] = []
  const marks = /["{}[\]]/g
  for (let match = marks.exec(text); match; match = marks.exec(text)) {
    const at = match.index
    switch (text.charCodeAt(at)) {
      case 0x7b:
        open.push(new Set())
        break
      case 0x5b:
        open.push(null)
        break
      case 0x22: {
        const end = endOfString(text, at + 1)
        marks.lastIndex = end + 1
        const names = open.at(-1)
        if (names && text.charCodeAt(afterSpace(text, end + 1)) === 0x3a) addName(names, text.slice(at + 1, end), at)
        break
      }
      default:
        open.pop()
    }
    if (open.length > depthMax) throw new WireError(`nesting deeper than ${depthMax}`, `character ${at}`)
  }
}

function endOfString(text: string, from: number): number {
  for (let i = from; ; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x5c) i++
    else if (code === 0x22) return i
  }
}

function afterSpace(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) <= 0x20) at++
  return at
}

function addName(names: Set<string>, name: string, at: number): void {
  if (names.has(name)) throw new WireError('a name twice in one object', `character ${at}`)
  names.add(name)
}
