import { byteClass, failAt, nameChar, nameStart } from './bytes.ts'

/** Element and attribute names of the whole process, found by the bytes of the qualified name: each is checked for form
 *  and split off its prefix once, and its local part is one string, so that comparing two names is comparing pointers.
 *  Bytes, not characters, are compared: where a package patches String.prototype, charCodeAt takes eight times as long. */

/** Foreign names must not fill the memory: later ones are made each time. */
const namesMax = 4096
const slots = 16_384
const probesMax = 16

const slotEntry = new Int32Array(slots)
const locals: string[] = ['']
const qualified: Uint8Array[] = [new Uint8Array(0)]

/** The offset after the name that starts at `start`. What ends there may still be no name: localName says so. */
export function endOfName(bytes: Uint8Array, start: number): number {
  let at = start
  for (;;) {
    const byte = bytes[at]!
    if (byte > 0x3e) at++
    else if (byte === 0x3d || byte === 0x3e || byte === 0x2f || !(byte > 0x20)) return at
    else at++
  }
}

/** Local part of the name between the offsets; a namespace declaration keeps its prefix. Throws a WireError for what is
 *  no name. */
export function localName(bytes: Buffer, start: number, end: number): string {
  const length = end - start
  const mixed = (bytes[start]! << 16) ^ (bytes[start + (length >> 1)]! << 8) ^ bytes[end - 1]! ^ (length << 11)
  let slot = (Math.imul(mixed, 0x9e3779b1) >>> 18) & (slots - 1)
  for (let probe = 0; probe < probesMax; probe++) {
    const entry = slotEntry[slot]!
    if (entry === 0) return add(bytes, start, end, slot)
    if (isSame(qualified[entry]!, bytes, start, length)) return locals[entry]!
    slot = (slot + 1) & (slots - 1)
  }
  return checkedLocal(bytes, start, end)
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (known.length !== length) return false
  for (let i = 0; i < length; i++) if (known[i] !== bytes[start + i]) return false
  return true
}

function add(bytes: Buffer, start: number, end: number, slot: number): string {
  const text = checkedLocal(bytes, start, end)
  if (locals.length > namesMax) return text
  // As a property key the engine makes it the one string of that content, the one that literals are too.
  const local = Object.keys({ [text]: 0 })[0]!
  slotEntry[slot] = locals.length
  locals.push(local)
  qualified.push(Uint8Array.from(bytes.subarray(start, end)))
  return local
}

function checkedLocal(bytes: Buffer, start: number, end: number): string {
  let local = start
  if (!(byteClass[bytes[start]!]! & nameStart) || start === end) failAt(start, 'a name was expected')
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (byteClass[byte]! & nameChar) continue
    if (byte !== 0x3a) failAt(at, 'a character that no name has')
    if (local > start || !(byteClass[bytes[at + 1]!]! & nameStart)) failAt(at, 'a colon out of place')
    local = at + 1
  }
  const isDeclaration = local - start === 6 && bytes.toString('latin1', start, local) === 'xmlns:'
  return bytes.toString('utf8', isDeclaration ? start : local, end)
}
