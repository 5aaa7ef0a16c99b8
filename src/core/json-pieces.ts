import { isAscii } from 'node:buffer'
import { JsonWalk, type Seam } from './json-walk.ts'
import type { Steps } from './turns.ts'

/** Parsed at once: a third of a millisecond. Texts from 128 kB on live in pages of their own, which cost more than they hold. */
const pieceBytes = 64 * 1024
/** Containers within containers that are taken apart; what is large below them is parsed at once. */
const apartMax = 12

const comma = 0x2c
const colon = 0x3a

/** What JSON.parse makes of the same text, parsed in pieces of some `size` bytes with a pause after each; where it throws,
 *  SyntaxError without a place. UTF-8 that has been checked.
 *
 *  Where the next piece of a list ends is guessed from what its members begin with, and JSON.parse tells whether that was
 *  right: `[` + piece + `]` is a list only where the piece ends between two members of this very list. */
export function* parsePieces(bytes: Buffer, size: number = pieceBytes): Steps<unknown> {
  const walk = new JsonWalk(bytes)
  const reading: Reading = { bytes, walk, size, at: walk.afterSpace(0), guesses: true }
  const value = yield* valueAt(reading, 0)
  if (walk.afterSpace(reading.at) !== bytes.length) throw new SyntaxError()
  return value
}

type Reading = {
  readonly bytes: Buffer
  readonly walk: JsonWalk
  readonly size: number
  /** Of the byte to be read next. */
  at: number
  /** Until one was wrong. */
  guesses: boolean
}

function* valueAt(reading: Reading, depth: number): Steps<unknown> {
  const { bytes, walk, at } = reading
  if (depth < apartMax && bytes[at] === 0x5b) return yield* listAt(reading, depth)
  if (depth < apartMax && bytes[at] === 0x7b) return yield* objectAt(reading, depth)
  reading.at = walk.endOfValue(at)
  return parse(reading, at, reading.at)
}

function* listAt(reading: Reading, depth: number): Steps<unknown[]> {
  const list: unknown[] = []
  let seam: Seam | undefined
  for (let isFirst = true; ; isFirst = false) {
    const from = reading.at + 1
    let piece = seam && guessed(reading, from, seam)
    if (!piece) {
      const isWhole = hasWholeMembers(reading, from)
      if (isWhole) {
        if (reading.guesses) seam = reading.walk.seam()
        piece = parse(reading, from, reading.at, '[', ']') as unknown[]
        checkMembers(reading, piece.length, isFirst)
      } else piece = startsMember(reading, from, isFirst) ? [yield* valueAt(reading, depth + 1)] : []
    }
    for (let i = 0; i < piece.length; i++) list.push(piece[i])
    if (isOver(reading, 0x5d)) return list
    yield
  }
}

function* objectAt(reading: Reading, depth: number): Steps<object> {
  const object = {}
  for (let isFirst = true; ; isFirst = false) {
    const from = reading.at + 1
    if (hasWholeMembers(reading, from)) {
      const piece = parse(reading, from, reading.at, '{', '}') as object
      const members = Object.entries(piece)
      checkMembers(reading, members.length, isFirst)
      for (const [name, value] of members) set(object, name, value)
    } else if (startsMember(reading, from, isFirst)) {
      const name = nameAt(reading)
      set(object, name, yield* valueAt(reading, depth + 1))
    }
    if (isOver(reading, 0x7d)) return object
    yield
  }
}

/** Whether a member ends within a piece; then `at` is behind the last that does. */
function hasWholeMembers(reading: Reading, from: number): boolean {
  const { walk, size } = reading
  const found = walk.members(from, from + size)
  if (found === 'cut') throw new SyntaxError()
  if (found === 'large') return false
  reading.at = walk.end
  return true
}

/** Nothing but blanks is what a container may hold alone, and what JSON.parse cannot tell from members. */
function checkMembers({ bytes, at }: Reading, count: number, isFirst: boolean): void {
  if (count === 0 && !(isFirst && bytes[at] !== comma)) throw new SyntaxError()
}

/** Moves to the member, or to the end of a container that has none. */
function startsMember(reading: Reading, from: number, isFirst: boolean): boolean {
  const { bytes, walk } = reading
  reading.at = walk.afterSpace(from)
  const byte = bytes[reading.at]
  return !(isFirst && (byte === 0x5d || byte === 0x7d))
}

function nameAt(reading: Reading): string {
  const { bytes, walk, at } = reading
  if (bytes[at] !== 0x22) throw new SyntaxError()
  const end = walk.endOfValue(at)
  const middle = walk.afterSpace(end)
  if (bytes[middle] !== colon) throw new SyntaxError()
  reading.at = walk.afterSpace(middle + 1)
  return parse(reading, at, end) as string
}

/** Moves behind the end of the container, or to the comma before its next member. */
function isOver(reading: Reading, close: number): boolean {
  const { bytes, walk } = reading
  reading.at = walk.afterSpace(reading.at)
  const byte = bytes[reading.at]
  if (byte === comma) return false
  if (byte !== close) throw new SyntaxError()
  reading.at++
  return true
}

function guessed(reading: Reading, from: number, seam: Seam): unknown[] | undefined {
  const { bytes, size } = reading
  if (!reading.guesses) return undefined
  const found = bytes.indexOf(seam.bytes, from + size)
  const end = found + seam.before
  if (found < 0 || end > from + 2 * size) return undefined
  try {
    const piece = parse(reading, from, end, '[', ']') as unknown[]
    if (piece.length === 0) return undefined
    reading.at = end
    return piece
  } catch {
    reading.guesses = false
    return undefined
  }
}

function parse({ bytes }: Reading, from: number, to: number, before = '', after = ''): unknown {
  const part = bytes.subarray(from, to)
  return JSON.parse(before + part.toString(isAscii(part) ? 'latin1' : 'utf8') + after)
}

/** As JSON.parse does: a member of the object itself, whatever its name. */
function set(object: object, name: string, value: unknown): void {
  if (name !== '__proto__') (object as Record<string, unknown>)[name] = value
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
}
