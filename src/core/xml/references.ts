import { failAt } from './bytes.ts'

const predefined: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** No reference that XML knows without a document type is longer: &#x10FFFF; with some leading zeros. */
const lengthMax = 16

/** Checks the reference that starts with the & at `start`; the offset after its semicolon. */
export function checkReference(bytes: Buffer, start: number): number {
  const end = bytes.subarray(start, start + lengthMax).indexOf(0x3b)
  const body = end < 0 ? '' : bytes.toString('latin1', start + 1, start + end)
  if (resolve(body) === undefined) failAt(start, 'not a reference that is known')
  return start + end + 1
}

/** `body` without & and semicolon. */
function resolve(body: string): string | undefined {
  const match = /^(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-z]+))$/.exec(body)
  if (!match) return undefined
  if (match[3] !== undefined) return Object.hasOwn(predefined, match[3]) ? predefined[match[3]] : undefined
  const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16)
  return isCharacter(code) ? String.fromCodePoint(code) : undefined
}

/** XML 1.0 section 2.2. */
function isCharacter(code: number): boolean {
  if (code < 32) return code === 9 || code === 10 || code === 13
  return code < 0xd800 || (code > 0xdfff && code < 0xfffe) || (code > 0xffff && code < 0x110000)
}

/** Text as XML means it: line ends are LF, references are what they stand for. Checked before. */
export function decodeText(raw: string): string {
  return decodeReferences(decodeLineEnds(raw))
}

export function decodeLineEnds(raw: string): string {
  return raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw
}

/** An attribute value: white space is blanks, unless a reference says otherwise. */
export function decodeValue(raw: string): string {
  return decodeReferences(raw.replace(/\r\n|[\t\r\n]/g, ' '))
}

function decodeReferences(text: string): string {
  return text.includes('&') ? text.replace(/&([^;]+);/g, (whole, body: string) => resolve(body) ?? whole) : text
}
