import { jsonSteps, parseJsonBytes } from '../../../core/json-bytes.ts'
import type { Steps } from '../../../core/turns.ts'

/** A search of a busy route has 1.5 MB. */
export const replyBytesMax = 16 * 1024 * 1024

/** `strict` also refuses, in a search reply, what JSON.parse takes without a word: one name twice in an object, and nesting
 *  deeper than any message is. */
export function parseJson(bytes: Uint8Array, strict: boolean): unknown {
  return parseJsonBytes(bytes, { bytesMax: replyBytesMax, strict })
}

/** The same in turns. */
export function parseSteps(bytes: Uint8Array, strict: boolean): Steps<unknown> {
  return jsonSteps(bytes, { bytesMax: replyBytesMax, strict })
}
