import { jsonTextSteps, parseJsonBytes } from '../../../core/json-bytes.ts'
import type { Steps } from '../../../core/turns.ts'

/** A reply of 250 offers is 1.6 to 4 MB. */
export const replyBytesMax = 16 * 1024 * 1024

/** `strict`: also a search reply is checked for names that stand twice and for nesting. */
export function parseJson(bytes: Uint8Array, strict = false): unknown {
  return parseJsonBytes(bytes, { bytesMax: replyBytesMax, strict })
}

/** The same in turns, with its text where that is at hand. */
export function parseSteps(bytes: Uint8Array): Steps<{ readonly tree: unknown; readonly text: string | null }> {
  return jsonTextSteps(bytes, { bytesMax: replyBytesMax, strict: false })
}
