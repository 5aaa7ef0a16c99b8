import { BytePool, type Lent } from '../core/byte-pool.ts'
import { type EpochMs, toInstant } from '../core/clock.ts'
import { type SearchFrame, searchFrame, searchRest, searchStart, wholeSeconds } from './answers.ts'
import type { Cursors } from './cursor.ts'
import { firstPageInfo } from './pages.ts'
import { askedAt, baseLength, type SearchBase, viewLength } from './search-ids.ts'
import type { View } from './view.ts'

/** Before the body there is room for what its sender writes there and for the start of the body, so that all of it goes out in
 *  one write. */
const roomBytes = 1_024

/** The body of searches that are answered again and again from one view: encoded once. Its start, with id, time and cache, is
 *  written anew for each; in the rest only the search's base differs, and is written over the last one's, in place: a copy of
 *  54 kB and the cold bytes that it makes cost as much as sending them. Where the bytes are still being sent to somebody a
 *  copy goes out instead. */
export class ReadyBody {
  readonly frame: SearchFrame
  /** The room and the rest. */
  readonly bytes: Buffer<ArrayBuffer>
  /** Where in them the base stands. */
  readonly places: readonly number[]
  #isLent = false
  #numbers: DataView | undefined
  readonly #giveBack = (): void => {
    this.#isLent = false
  }

  constructor({ frame, bytes, places }: Pick<ReadyBody, 'frame' | 'bytes' | 'places'>) {
    this.frame = frame
    this.bytes = bytes
    this.places = places
  }

  lengthWith(start: string): number {
    return start.length + this.bytes.length - roomBytes
  }

  /** `head` (600 characters at most) and `start`, both ASCII, and the rest with this base in it. */
  lend(head: string, start: string, base: SearchBase): Lent {
    const text = head + start
    const from = roomBytes - text.length
    if (this.#isLent) {
      const copy = copies.take(this.bytes.length)
      copy.bytes.set(this.bytes)
      fill(copy.bytes, numbersOf(copy.bytes), text, this.places, base)
      return { bytes: copy.bytes.subarray(from), giveBack: copy.giveBack }
    }
    this.#isLent = true
    this.#numbers ??= numbersOf(this.bytes)
    fill(this.bytes, this.#numbers, text, this.places, base)
    return { bytes: this.bytes.subarray(from), giveBack: this.#giveBack }
  }

  /** The body alone, for somebody who does not say when it has been sent. */
  copy(start: string, base: SearchBase): Buffer<ArrayBuffer> {
    const bytes = Buffer.allocUnsafeSlow(this.bytes.length)
    bytes.set(this.bytes)
    fill(bytes, numbersOf(bytes), start, this.places, base)
    return bytes.subarray(roomBytes - start.length)
  }
}

const copies = new BytePool(16 * 2 ** 20)

export function readyBodyOf({ head, firstPage }: View, cursors: Cursors): ReadyBody {
  const info = firstPageInfo(cursors, head.base, head)
  const rest = Buffer.from(searchRest(head, head.base, info))
  const bytes = Buffer.concat([Buffer.alloc(roomBytes), rest, firstPage, Buffer.from(']}')])
  return new ReadyBody({ frame: searchFrame(head), bytes, places: placesOf(bytes, head.base) })
}

/** What a search is told that was answered from a cache. */
export function startOf({ frame }: ReadyBody, base: SearchBase, netAt: EpochMs): string {
  const asked = askedAt(base)
  return searchStart(frame, base, instantOf(asked), wholeSeconds(asked - netAt))
}

let second = -1
let secondText = ''

/** Of a time in the second of the last one only the end is new. */
function instantOf(at: EpochMs): string {
  const now = Math.floor(at / 1000)
  if (now !== second) {
    second = now
    secondText = toInstant(now * 1000).slice(0, 19)
  }
  const ms = at - now * 1000
  return ms === 0 ? `${secondText}Z` : `${secondText}.${String(ms).padStart(3, '0')}Z`
}

function placesOf(bytes: Buffer, text: string): readonly number[] {
  const places: number[] = []
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + text.length)) places.push(at)
  return places
}

function numbersOf({ buffer, byteOffset, length }: Buffer<ArrayBuffer>): DataView {
  return new DataView(buffer, byteOffset, length)
}

const written = Buffer.alloc(baseLength)
const writtenNumbers = numbersOf(written)
/** The base begins with the view's id, which is the same for all; the 24 octets at its end are six numbers. */
const sameLength = baseLength - 24
if (sameLength > viewLength) throw new Error('more of a base differs than is written')
const [one, two, three, four, five, six] = [0, 4, 8, 12, 16, 20].map(at => sameLength + at) as [
  number,
  number,
  number,
  number,
  number,
  number,
]

/** Four octets at a time: one by one 56 ids are 1.6 µs, so 0.2. */
function fill(bytes: Buffer, numbers: DataView, text: string, places: readonly number[], base: SearchBase): void {
  bytes.write(text, roomBytes - text.length, 'latin1')
  written.write(base, 'latin1')
  const a = writtenNumbers.getInt32(one)
  const b = writtenNumbers.getInt32(two)
  const c = writtenNumbers.getInt32(three)
  const d = writtenNumbers.getInt32(four)
  const e = writtenNumbers.getInt32(five)
  const f = writtenNumbers.getInt32(six)
  for (let i = 0; i < places.length; i++) {
    const place = places[i]!
    numbers.setInt32(place + one, a)
    numbers.setInt32(place + two, b)
    numbers.setInt32(place + three, c)
    numbers.setInt32(place + four, d)
    numbers.setInt32(place + five, e)
    numbers.setInt32(place + six, f)
  }
}
