import { isAscii, isUtf8 } from 'node:buffer'
import { WireError } from '../wire-error.ts'

/** The same document as UTF-8 without a byte order mark. Read from the mark, else from the declaration: UTF-8, US-ASCII,
 *  UTF-16 of both orders, ISO-8859-1 and windows-1252. Anything else, or bytes that are not what they claim: WireError. */
export function toUtf8(bytes: Uint8Array): Uint8Array {
  const [b0, b1, b2, b3] = bytes
  if (b0 === 0xef && b1 === 0xbb && b2 === 0xbf) return checked(bytes.subarray(3), 3)
  if (b0 === 0xff && b1 === 0xfe && !(b2 === 0 && b3 === 0)) return fromUtf16(bytes.subarray(2), 'utf-16le')
  if (b0 === 0xfe && b1 === 0xff) return fromUtf16(bytes.subarray(2), 'utf-16be')
  if (b0 === 0x3c && b1 === 0 && b2 !== 0) return fromUtf16(bytes, 'utf-16le')
  if (b0 === 0 && b1 === 0x3c && b2 === 0) return fromUtf16(bytes, 'utf-16be')
  if (b0 === 0 || b1 === 0) throw new WireError('not XML in an encoding that is understood', 'byte 0')
  return fromDeclaration(bytes)
}

function fromDeclaration(bytes: Uint8Array): Uint8Array {
  const name = declaredEncoding(bytes)
  switch (name) {
    case undefined:
    case 'utf-8':
    case 'utf8':
    // Readable as ASCII up to here, so it is not UTF-16 whatever it says (.NET writes that into UTF-8 strings).
    case 'utf-16':
      return checked(bytes, 0)
    case 'us-ascii':
    case 'ascii':
      return ascii(bytes)
    case 'iso-8859-1':
    case 'latin1':
    case 'iso_8859-1':
      return Buffer.from(buffer(bytes).toString('latin1', 0, bytes.length), 'utf8')
    case 'windows-1252':
    case 'cp1252':
      return Buffer.from(new TextDecoder('windows-1252').decode(bytes), 'utf8')
    default:
      throw new WireError(`encoding ${name} is not understood`, 'byte 0')
  }
}

/** In lower case; undefined where there is no declaration or it names none. */
function declaredEncoding(bytes: Uint8Array): string | undefined {
  if (bytes[0] !== 0x3c || bytes[1] !== 0x3f) return undefined
  const head = buffer(bytes).toString('latin1', 0, Math.min(bytes.length, 256))
  const declaration =
    /^<\?xml[ \t\r\n][^?]*?[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*(["'])([A-Za-z][A-Za-z0-9._-]*)\1/.exec(head)
  return declaration?.[2]?.toLowerCase()
}

function fromUtf16(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): Uint8Array {
  try {
    return Buffer.from(new TextDecoder(encoding, { fatal: true }).decode(bytes), 'utf8')
  } catch {
    throw new WireError('broken UTF-16', 'byte 0')
  }
}

function ascii(bytes: Uint8Array): Uint8Array {
  if (isAscii(bytes)) return bytes
  throw new WireError('broken US-ASCII', `byte ${bytes.findIndex(byte => byte >= 128)}`)
}

function checked(bytes: Uint8Array, offset: number): Uint8Array {
  if (isUtf8(bytes)) return bytes
  throw new WireError('broken UTF-8', `byte ${offset + firstBroken(bytes)}`)
}

/** Halves the part that is good; a character cut by the border is at most three bytes back. */
function firstBroken(bytes: Uint8Array): number {
  let good = 0
  let bad = bytes.length
  while (bad - good > 4) {
    let middle = (good + bad) >> 1
    while (middle > good && (bytes[middle]! & 0xc0) === 0x80) middle--
    if (middle === good) break
    if (isUtf8(bytes.subarray(good, middle))) good = middle
    else bad = middle
  }
  return good
}

export function buffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
