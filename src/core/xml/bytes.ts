import { WireError } from '../wire-error.ts'

/** What a byte may be, as bits: one look at a table instead of a chain of comparisons. Bytes from 128 on are parts of
 *  UTF-8 characters and count as letters. */
export const nameStart = 1
export const nameChar = 2
export const space = 4
/** Stops a run of plain text: < & ] CR, what XML forbids, and bytes that need UTF-8. */
export const textStop = 8
/** Stops a run of plain attribute value: < & both quotes, white space but the blank, and the same. */
export const valueStop = 16

export const byteClass: Uint8Array = classes()

function classes(): Uint8Array {
  const table = new Uint8Array(256)
  const mark = (characters: string, bits: number): void => {
    for (const character of characters) table[character.charCodeAt(0)]! |= bits
  }
  mark('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_', nameStart | nameChar)
  mark('0123456789-.', nameChar)
  mark(' \t\r\n', space)
  mark('<&]\r', textStop)
  mark('<&"\'\t\r\n', valueStop)
  for (let byte = 0; byte < 32; byte++) if (byte !== 9 && byte !== 10) table[byte]! |= textStop | valueStop
  for (let byte = 128; byte < 256; byte++) table[byte]! |= nameStart | nameChar | textStop | valueStop
  return table
}

/** Whether a character starts here that XML 1.0 forbids whatever it is wrapped in: the other control characters, U+FFFE
 *  and U+FFFF. */
export function isForbidden(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at]!
  if (byte < 32) return byte !== 9 && byte !== 10 && byte !== 13
  return byte === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2]! >= 0xbe
}

export function failAt(offset: number, reason: string): never {
  throw new WireError(reason, `byte ${offset}`)
}
