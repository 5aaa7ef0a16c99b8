import { isAscii } from 'node:buffer'
import { JsonWalk } from '../../../core/json-walk.ts'
import type { Raw } from './read.ts'

/** Offers of a reply as the supplier wrote them. */
export interface OfferTexts {
  /** Undefined where the place does not hold this very offer. */
  find(index: number, raw: Raw): string | undefined
}

/** What is smaller is kept as it was parsed. */
const bytesMin = 64 * 1024
const start = '{"type":"flight-offer",'
const startBytes = Buffer.from(start)

/** Where each offer of a large reply stands in its text: kept as a part of that text it is one object for the collector,
 *  parsed it is 41 and its strings. Null where the reply is written in another way than Amadeus writes. `count`: of offers;
 *  `known`: the text, where it was made before. */
export function offerTexts(bytes: Uint8Array, count: number, known: string | null): OfferTexts | null {
  if (bytes.length < bytesMin || count === 0) return null
  // with anything but ASCII a text has fewer units than bytes
  if (known === null ? !isAscii(bytes) : known.length !== bytes.length) return null
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const starts = findStarts(buffer, count)
  if (!starts) return null
  const text = known ?? buffer.toString('latin1')
  return {
    find(index, raw) {
      const from = starts[index]!
      // one that begins like it but stands within another would have pushed all ids behind it out of place
      if (!text.startsWith(`"id":${JSON.stringify(raw.id)},`, from + start.length)) return undefined
      return text.slice(from, index + 1 < count ? starts[index + 1]! - 1 : new JsonWalk(buffer).endOfValue(from))
    },
  }
}

function findStarts(buffer: Buffer, count: number): Int32Array | undefined {
  const starts = new Int32Array(count)
  let found = 0
  for (let at = buffer.indexOf(startBytes); at >= 0; at = buffer.indexOf(startBytes, at + start.length)) {
    if (found === count || (found > 0 && buffer[at - 1] !== comma)) return undefined
    starts[found++] = at
  }
  return found === count ? starts : undefined
}

const comma = 0x2c
