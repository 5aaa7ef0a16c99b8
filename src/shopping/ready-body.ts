import { LRUCache } from 'lru-cache'
import { BytePool, type Lent } from '../core/byte-pool.ts'
import { type EpochMs, toInstant } from '../core/clock.ts'
import { searchBody } from './answers.ts'
import type { Cursors } from './cursor.ts'
import { firstPageInfo } from './pages.ts'
import type { ReadyAnswer } from './ready-answer.ts'
import { askedAt, cacheStatusOf, type SearchBase } from './search-ids.ts'

/** Bodies of searches that are answered again and again from one ready answer: encoded once, and for each search copied into
 *  bytes that were sent before, with its own id, time, age and cursor written over those of the first. */
export interface ReadyBodies {
  /** The same bytes as searchBody() makes, but that the time always has its milliseconds. */
  of(ready: ReadyAnswer, base: SearchBase): Lent
}

/** An encoded body and where it differs from search to search; each place has a fixed width. */
type Template = {
  readonly bytes: Buffer
  readonly ids: readonly number[]
  readonly createdAt: number
  readonly age: Place
  /** At -1: there is no second page. */
  readonly cursor: Place
}
type Place = { readonly at: number; readonly width: number }

const templateBytesMax = 32 * 2 ** 20
const sentBytesMax = 16 * 2 ** 20

export function makeReadyBodies(cursors: Cursors): ReadyBodies {
  const templates = new LRUCache<string, Template>({ maxSize: templateBytesMax })
  const pool = new BytePool(sentBytesMax)

  const templateOf = (ready: ReadyAnswer, base: SearchBase, age: string): Template => {
    const key = `${ready.head.id} ${cacheStatusOf(base)} ${age.length}`
    const known = templates.get(key)
    if (known) return known
    const made = templateFrom(searchBody(ready.head, base, ready.page, firstPageInfo(cursors, base, ready.head)), base)
    templates.set(key, made, { size: made.bytes.length })
    return made
  }

  return {
    of(ready, base) {
      const asked = askedAt(base)
      const age = String(Math.max(0, Math.floor((asked - ready.head.netAt) / 1000)))
      const template = templateOf(ready, base, age)
      const lent = pool.take(template.bytes.length)
      const { bytes } = lent
      bytes.set(template.bytes)
      writeIds(bytes, template.ids, base)
      bytes.write(fullTime(asked), template.createdAt, 'latin1')
      bytes.write(age, template.age.at, 'latin1')
      const { at, width } = template.cursor
      if (at !== -1) bytes.write(firstPageInfo(cursors, base, ready.head).next!, at, width, 'latin1')
      return lent
    },
  }
}

function templateFrom(body: Uint8Array, base: SearchBase): Template {
  const bytes = withFullTime(Buffer.from(body))
  return {
    bytes,
    ids: placesOf(bytes, base),
    createdAt: valueAt(bytes, '"createdAt":"'),
    age: widthOf(bytes, '"ageSeconds":', '}'),
    cursor: widthOf(bytes, '"next":"', '"'),
  }
}

/** The first of each name is ours: what suppliers say comes later, and quotes in it are escaped. */
function valueAt(bytes: Buffer, name: string): number {
  const at = bytes.indexOf(name)
  return at === -1 ? -1 : at + name.length
}

function widthOf(bytes: Buffer, name: string, end: string): Place {
  const at = valueAt(bytes, name)
  return { at, width: at === -1 ? 0 : bytes.indexOf(end, at) - at }
}

/** One search in a thousand is asked at a full second. */
function withFullTime(bytes: Buffer): Buffer {
  const at = valueAt(bytes, '"createdAt":"')
  const end = bytes.indexOf('"', at)
  const time = withMilliseconds(bytes.toString('latin1', at, end))
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(time), bytes.subarray(end)])
}

let second = -1
let secondText = ''

/** Of a time in the second of the last one only the end is new. */
function fullTime(at: EpochMs): string {
  const now = Math.floor(at / 1000)
  if (now !== second) {
    second = now
    secondText = toInstant(now * 1000).slice(0, 19)
  }
  return `${secondText}.${String(at - now * 1000).padStart(3, '0')}Z`
}

/** So that all are of one length. */
function withMilliseconds(instant: string): string {
  return instant.length === 20 ? `${instant.slice(0, 19)}.000Z` : instant
}

function placesOf(bytes: Buffer, text: string): readonly number[] {
  const places: number[] = []
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + text.length)) places.push(at)
  return places
}

const written = Buffer.alloc(64)

/** Octet by octet: set() costs more than 32 of them. */
function writeIds(bytes: Buffer, places: readonly number[], base: SearchBase): void {
  const length = written.write(base, 'latin1')
  for (const place of places) for (let i = 0; i < length; i++) bytes[place + i] = written[i]!
}
