import type { AirlineCode } from '../../core/itinerary.ts'
import { isLocalWord, type NamedClock, readClock, wordAt } from './clocks.ts'
import { type Token, yearOf } from './lexer.ts'

/** What a text says about one point in time, its parts in any order. */
export type Moment = {
  readonly date: WrittenDate | null
  readonly time: { readonly hour: number; readonly minute: number } | null
  readonly clock: NamedClock | null
  /** Stands with a flight, or was stamped by the sender's system. */
  readonly flight: boolean
  readonly stamp: boolean
  /** The first token after it. */
  readonly end: number
}

export type WrittenDate =
  | { readonly kind: 'day'; readonly day: number; readonly month: number; readonly year: number | null }
  /** Today (0), tomorrow (1) where the clock is. */
  | { readonly kind: 'ahead'; readonly days: number }

type Draft = {
  date: WrittenDate | null
  time: Moment['time']
  clock: NamedClock | null
  flight: boolean
  stamp: boolean
}

const fillers = new Set(
  'AT ON THE OF HRS HR H HOURS ZONE DATE XX BY LATEST IN IS DATED MON TUE WED THU FRI SAT SUN MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY'.split(
    ' ',
  ),
)
const days = new Map([
  ['TODAY', 0],
  ['TONIGHT', 0],
  ['TOMORROW', 1],
])

/** The moment that begins at `start`; undefined where neither a date nor a time stands there. `thisYear` says which
 *  numbers can be years. */
export function readMoment(
  tokens: readonly Token[],
  start: number,
  context: { readonly carrier: AirlineCode; readonly thisYear: number },
): Moment | undefined {
  const draft: Draft = { date: null, time: null, clock: null, flight: false, stamp: false }
  let end = start
  for (let at = start; at < tokens.length; ) {
    const length = takeDate(draft, tokens, at) || takeNumber(draft, tokens, at, context.thisYear) || 0
    const taken = length || takeWord(draft, tokens, at, context.carrier)
    if (taken > 0) {
      at += taken
      end = at
      continue
    }
    if (!isFiller(tokens[at]!)) break
    at++
  }
  return draft.date || draft.time ? { ...draft, end } : undefined
}

function isFiller(token: Token): boolean {
  if (token.kind === 'mark') return "/,-.:()*'".includes(token.text)
  return token.kind === 'word' && (fillers.has(token.text) || isLocalWord(token.text))
}

function takeDate(draft: Draft, tokens: readonly Token[], at: number): number {
  const token = tokens[at]!
  if (token.kind === 'word' && days.has(token.text) && !draft.date) {
    draft.date = { kind: 'ahead', days: days.get(token.text)! }
    return 1
  }
  if (token.kind !== 'date' || draft.date) return 0
  draft.date = { kind: 'day', day: token.day, month: token.month, year: token.year }
  draft.flight = token.flight
  draft.stamp = token.stamp
  return 1
}

/** Numbers: `1800`, `18 00`, `27`, `2027`, `050127`. What a number is, depends on what stands beside it. */
function takeNumber(draft: Draft, tokens: readonly Token[], at: number, thisYear: number): number {
  const token = tokens[at]!
  if (token.kind === 'clock') return setTime(draft, token, 1, tokens, at)
  if (token.kind !== 'number') return 0
  if (token.text.length === 6 || token.text.length === 8) return takeDigitDate(draft, token.text)
  if (isYear(draft, tokens, at, thisYear)) {
    draft.date = { ...(draft.date as { kind: 'day'; day: number; month: number }), year: yearOf(token.text) }
    return 1
  }
  if (draft.time) return 0
  const next = tokens[at + 1]
  const word = next?.kind === 'word' ? next.text : ''
  if (token.text.length === 2 && next?.kind === 'number' && next.text.length === 2) {
    return setTime(draft, timeOf(token.text + next.text), 2, tokens, at)
  }
  const hourOnly =
    token.text.length <= 2 && (/^(AM|PM|A|P|HRS|H|HR|Z|GMT|UTC|LT|NOON)$/.test(word) || draft.date !== null)
  if (hourOnly) return setTime(draft, timeOf(`${token.text}00`), 1, tokens, at)
  if (token.text.length === 4 || (token.text.length === 3 && /^(A|P|AM|PM|HRS|Z|GMT|UTC)$/.test(word))) {
    return setTime(draft, timeOf(token.text), 1, tokens, at)
  }
  return 0
}

function timeOf(digits: string): Moment['time'] {
  const four = digits.padStart(4, '0')
  return { hour: Number(four.slice(0, 2)), minute: Number(four.slice(2)) }
}

function setTime(draft: Draft, time: Moment['time'], length: number, tokens: readonly Token[], at: number): number {
  if (draft.time || !time || time.minute > 59 || time.hour > 24 || (time.hour === 24 && time.minute > 0)) return 0
  const half = /^(AM|A|PM|P)$/.exec(wordAt(tokens, at + length) ?? '')?.[0]
  if (!half) {
    draft.time = { hour: time.hour, minute: time.minute }
    return length
  }
  const hour = half.startsWith('P') ? (time.hour % 12) + 12 : time.hour % 12
  draft.time = { hour: time.hour > 12 ? time.hour : hour, minute: time.minute }
  return length + 1
}

function takeDigitDate(draft: Draft, digits: string): number {
  if (draft.date) return 0
  const yearFirst = digits.length === 8 && digits.startsWith('20') && Number(digits.slice(4, 6)) <= 12
  const [year, month, day] = yearFirst
    ? [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)]
    : [digits.slice(4), digits.slice(2, 4), digits.slice(0, 2)]
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > 31) return 0
  draft.date = { kind: 'day', day: Number(day), month: Number(month), year: yearOf(year) }
  return 1
}

/** After a date without one: two digits before a time or of a year near; four where they cannot be the time: glued to
 *  the date or with a time beside them. `05JAN 2027` alone is 20:27, the earlier reading. */
function isYear(draft: Draft, tokens: readonly Token[], at: number, thisYear: number): boolean {
  if (draft.date?.kind !== 'day' || draft.date.year !== null) return false
  const token = tokens[at]!
  if (token.kind !== 'number') return false
  const near = Math.abs(yearOf(token.text)! - thisYear) <= 2
  const following = numbersAfter(tokens, at)
  if (token.text.length === 4)
    return near && (draft.time !== null || (token.glued && follows(tokens, at)) || following[0] === 4)
  if (token.text.length !== 2 || !near) return false
  if (draft.time) return true
  // 27 18 00, 27 1800 and 27 alone, but 18 00
  return following.length === 0 || following[0] === 4 || (following[0] === 2 && following[1] === 2)
}

/** Glued to the date itself, with no mark between. */
function follows(tokens: readonly Token[], at: number): boolean {
  return tokens[at - 1]?.kind === 'date'
}

/** Lengths of the numbers that follow at once; a clock (18:00) counts as four digits. */
function numbersAfter(tokens: readonly Token[], at: number): readonly number[] {
  const lengths: number[] = []
  for (let i = at + 1; i < tokens.length && lengths.length < 2; i++) {
    const token = tokens[i]!
    if (token.kind === 'number') lengths.push(token.text.length)
    else if (token.kind === 'clock') lengths.push(4)
    else if (!isFiller(token) || (token.kind === 'word' && token.text === 'H')) break
  }
  return lengths
}

function takeWord(draft: Draft, tokens: readonly Token[], at: number, carrier: AirlineCode): number {
  const text = wordAt(tokens, at)
  if (text === 'NOON' && !draft.time) {
    draft.time = { hour: 12, minute: 0 }
    return 1
  }
  if (text === undefined || draft.clock) return takeCountry(draft, tokens, at)
  const reading = readClock(tokens, at, carrier)
  if (!reading || (!draft.date && !draft.time && !leads(tokens, at + reading.length))) return 0
  draft.clock = reading.clock
  return reading.length
}

/** `1800MOWRU` and `1800 MOW RU`: the city is the clock, its country says nothing new. */
function takeCountry(draft: Draft, tokens: readonly Token[], at: number): number {
  return draft.clock?.kind === 'place' && /^[A-Z]{2}$/.test(wordAt(tokens, at) ?? '') && tokens[at]!.glued ? 1 : 0
}

/** A clock may go before: `MOW05JAN`, `KUL 1800/05JAN`, `GMT 1800`. */
function leads(tokens: readonly Token[], at: number): boolean {
  const next = tokens[at]?.kind === 'mark' ? tokens[at + 1] : tokens[at]
  return next?.kind === 'date' || next?.kind === 'number' || next?.kind === 'clock'
}
