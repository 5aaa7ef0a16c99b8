import type { AirlineCode } from '../../core/itinerary.ts'
import { zoneOfPlace } from '../place-zones.ts'
import { type NamedClock, wordAt } from './clocks.ts'
import { bridge, cues, type Rule } from './cues.ts'
import type { Token } from './lexer.ts'
import { type Moment, readMoment } from './moment.ts'
import { readSpan, type Span } from './span.ts'
import {
  saysCancel,
  saysCondition,
  saysHeld,
  saysIssue,
  saysModal,
  saysOtherMatter,
  saysPast,
  saysRequest,
  saysThreat,
  saysTicket,
} from './vocabulary.ts'

/** Where a remark says by when, found by the words that lead to a date. A limit may be told on two clocks: two moments. */
export type Statement =
  | { readonly kind: 'moments'; readonly rule: Rule; readonly moments: readonly Moment[] }
  | { readonly kind: 'span'; readonly rule: 'within'; readonly span: Span }

export type Reading = { readonly carrier: AirlineCode; readonly thisYear: number }

const bridgeMax = 6
const sentenceEnd = /^[.;!]$/

/** All statements of a limit, the plain ones; where there is none, what may be meant as one. Empty: none is set. */
export function findStatements(tokens: readonly Token[], reading: Reading): readonly Statement[] {
  if (isDone(tokens)) return []
  const plain = statementsAfter(tokens, reading, plainCueAt)
  if (plain.length > 0) return plain
  const cancelled = statementsAfter(tokens, reading, cancelCueAt)
  if (cancelled.length > 0) return cancelled
  return requested(tokens, reading) ?? statusLine(tokens, reading) ?? []
}

type CueAt = (tokens: readonly Token[], at: number) => { readonly rule: Rule; readonly length: number } | undefined

function statementsAfter(tokens: readonly Token[], reading: Reading, cueAt: CueAt): readonly Statement[] {
  const found: Statement[] = []
  for (let at = 0; at < tokens.length; ) {
    const span = cueAt === plainCueAt ? readSpan(tokens, at) : undefined
    if (span && aboutTicket(tokens, at)) found.push({ kind: 'span', rule: 'within', span })
    const cue = span ? undefined : cueAt(tokens, at)
    const moments = cue && aboutTicket(tokens, at) ? momentsAfter(tokens, at + cue.length, reading, cue.rule) : []
    if (cue && moments.length > 0) found.push({ kind: 'moments', rule: cue.rule, moments })
    at = moments.at(-1)?.end ?? at + (span?.length ?? cue?.length ?? 1)
  }
  return found
}

function plainCueAt(tokens: readonly Token[], at: number): ReturnType<CueAt> {
  for (const { rule, phrases } of cues) {
    const phrase = phrases.find(words => words.every((word, i) => textAt(tokens, at + i) === word))
    if (phrase)
      return rule === 'before' && wordsBetween(tokens, at - 2, at).includes('NOT')
        ? undefined
        : { rule, length: phrase.length }
  }
  return undefined
}

/** `WILL BE CXLD 05JAN 1800`, `SEGS MAY CANX 050127`. Without a `will` it is news, not a limit. */
function cancelCueAt(tokens: readonly Token[], at: number): ReturnType<CueAt> {
  const word = wordAt(tokens, at)
  if (word === undefined || !saysCancel(word)) return undefined
  const before = wordsBetween(tokens, Math.max(0, at - 4), at)
  const words = wordsBetween(tokens, 0, tokens.length)
  const condition = words.some(one => one === 'IF' || one === 'UNLESS') && words.some(saysTicket)
  const threat = before.some(saysModal) || saysThreat(word) || condition
  const ours = words.some(one => saysTicket(one) || saysIssue(one) || saysHeld(one))
  return threat && ours ? { rule: 'cancelled-at', length: 1 } : undefined
}

/** The moment after a cue, and the same limit on another clock where one follows at once. */
function momentsAfter(tokens: readonly Token[], from: number, reading: Reading, rule: Rule): readonly Moment[] {
  for (let at = from; at <= from + bridgeMax && at < tokens.length; at++) {
    if (readSpan(tokens, at)) return []
    const first = readMoment(tokens, at, reading)
    if (first) {
      // systems put their time stamp after the last word
      const stamped = first.stamp && (rule === 'cancelled-at' || from !== at)
      return first.flight || stamped ? [] : withTwin(tokens, first, reading)
    }
    const token = tokens[at]!
    const passes = token.kind === 'mark' ? !sentenceEnd.test(token.text) : token.kind === 'word' && isBridge(token.text)
    const flight = token.kind === 'word' && designator.test(token.text)
    if (flight && tokens[at + 1]?.kind === 'date') at++
    else if (flight || (!passes && (rule !== 'cancelled-at' || token.kind !== 'word'))) return []
  }
  return []
}

function isBridge(word: string): boolean {
  return bridge.test(word) || (word.length === 2 && !saysCancel(word))
}

function withTwin(tokens: readonly Token[], first: Moment, reading: Reading): readonly Moment[] {
  let at = first.end
  while (tokens[at]?.kind === 'mark') at++
  const second = first.date && first.time ? readMoment(tokens, at, reading) : undefined
  const whole = second?.date && second.time && second.clock && !second.flight && !second.stamp
  return whole ? [first, second] : [first]
}

/** The sentence up to the cue speaks of tickets, or of nothing else while the whole remark does or threatens. */
function aboutTicket(tokens: readonly Token[], cue: number): boolean {
  const lead = wordsBetween(tokens, sentenceStart(tokens, cue), cue + 3)
  const before = wordsBetween(tokens, sentenceStart(tokens, cue), cue)
  const last = wordAt(tokens, cue - 1)
  if (last !== undefined && saysPast(last) && !before.some(saysCondition)) return false
  if (lead.some(saysTicket)) return true
  if (hasOtherMatter(tokens, sentenceStart(tokens, cue), cue)) return false
  const all = wordsBetween(tokens, 0, tokens.length)
  if (lead.some(saysIssue) || all.some(saysTicket)) return true
  const flightNews = before.some(word => /^(FLT|FLIGHT)S?$/.test(word)) && before.some(saysCancel)
  if (flightNews && !all.some(word => saysIssue(word) || saysHeld(word))) return false
  return all.some(word => saysCancel(word) || saysIssue(word)) && !hasOtherMatter(tokens, 0, tokens.length)
}

/** `CTC03JAN` and `1800 OPS` are cities. */
function hasOtherMatter(tokens: readonly Token[], from: number, to: number): boolean {
  return tokens.slice(from, to).some((token, i) => {
    if (token.kind !== 'word' || !saysOtherMatter(token.text)) return false
    const at = from + i
    const previous = tokens[at - 1]?.kind === 'mark' ? tokens[at - 2] : tokens[at - 1]
    const next = tokens[at + 1]
    const city = (next?.glued === true && isMoment(next)) || (previous !== undefined && isMoment(previous))
    return token.text.length !== 3 || !city
  })
}

function isMoment({ kind }: Token): boolean {
  return kind === 'date' || kind === 'number' || kind === 'clock'
}

/** Already cancelled: `SEGS CXLD DUE NO TKT BY 05JAN` sets no limit any more. */
function isDone(tokens: readonly Token[]): boolean {
  return tokens.some((token, at) => {
    if (token.kind !== 'word' || !saysCancel(token.text)) return false
    const next = wordAt(tokens, at + 1)
    const cause = next === 'DUE' || next === 'AS' || next === 'BECAUSE' || next === 'SINCE'
    return cause && !wordsBetween(tokens, Math.max(0, at - 5), at).some(word => saysModal(word) || word === 'OR')
  })
}

/** A date after a plea for the ticket: `PLS SEND TKT NUMBER IN OSI/SSR 1800/05JAN`, `TKTG 05JAN`. */
function requested(tokens: readonly Token[], reading: Reading): readonly Statement[] | undefined {
  const words = wordsBetween(tokens, 0, tokens.length)
  if (!words.some(saysTicket) || hasOtherMatter(tokens, 0, tokens.length)) return undefined
  const demand = words.some(saysRequest) || (words.includes('OR') && words.some(saysCancel))
  for (let at = 0, asked = false; at < tokens.length; at++) {
    const word = wordAt(tokens, at)
    asked ||= word !== undefined && (saysRequest(word) || saysTicket(word))
    if (!asked || word !== undefined || tokens[at]!.kind === 'mark') continue
    const moment = readMoment(tokens, at, reading)
    const last = wordAt(tokens, at - 1) ?? ''
    const asks = demand || (saysTicket(last) && !saysPast(last))
    const sound = moment?.date && !moment.flight && !moment.stamp && !besideFlight(tokens, at, moment)
    if (asks && sound) return [{ kind: 'moments', rule: 'requested', moments: [moment] }]
    at = Math.max(at, (moment?.end ?? 0) - 1)
  }
  return undefined
}

const designator = /^([A-Z]{2}|[A-Z]\d|\d[A-Z])\d{1,4}[A-Z]?$/
const flightWord = /^(FLT|FLTS|FLIGHT|FLIGHTS|FOR|DEP|DEPG|ISSUED|ON|OF|DATED|DOB|BORN|SEG)$/

/** `SU100 05JAN`, `05JAN SVOLED`. */
function besideFlight(tokens: readonly Token[], start: number, moment: Moment): boolean {
  let before = start - 1
  while (tokens[before]?.kind === 'mark') before--
  const previous = tokens[before]
  const word = wordAt(tokens, before)
  if (word !== undefined && (flightWord.test(word) || designator.test(word) || isPair(word))) return true
  if (previous?.kind === 'number') return true
  return isPair(wordAt(tokens, moment.end) ?? '')
}

/** `SVOLED`. */
function isPair(word: string): boolean {
  return (
    /^[A-Z]{6}$/.test(word) && zoneOfPlace(word.slice(0, 3)) !== undefined && zoneOfPlace(word.slice(3)) !== undefined
  )
}

/** Nothing but a status, a city and a time: `SS/KUL  1800/05JAN`. */
function statusLine(tokens: readonly Token[], reading: Reading): readonly Statement[] | undefined {
  const at = tokens.findIndex(
    (_, i) => /^(SS|HK|KK|TK|TL)\d?$/.test(wordAt(tokens, i) ?? '') && tokens[i + 1]?.kind === 'mark',
  )
  if (at < 0 || at > 3) return undefined
  const moment = readMoment(tokens, at + 2, reading)
  const whole = moment?.date && moment.time && moment.clock && !moment.flight && moment.end === tokens.length
  return whole ? [{ kind: 'moments', rule: 'status-line', moments: [moment] }] : undefined
}

/** A clock that the remark names apart from the time: `… ALL TIMES GMT`. */
export function clockOfRemark(tokens: readonly Token[]): NamedClock | undefined {
  const named = tokens.some((_, at) => {
    const times = /^TIMES?$/.test(wordAt(tokens, at) ?? '')
    return (
      times && wordsBetween(tokens, at + 1, at + 4).some(word => word === 'GMT' || word === 'UTC' || word === 'ZULU')
    )
  })
  return named ? { kind: 'utc' } : undefined
}

function sentenceStart(tokens: readonly Token[], cue: number): number {
  for (let at = cue - 1; at > 0; at--) {
    const token = tokens[at]!
    if (token.kind === 'mark' && sentenceEnd.test(token.text)) return at + 1
  }
  return 0
}

function textAt(tokens: readonly Token[], at: number): string | undefined {
  const token = tokens[at]
  return token && (token.kind === 'word' || token.kind === 'mark') ? token.text : undefined
}

function wordsBetween(tokens: readonly Token[], from: number, to: number): readonly string[] {
  return tokens.slice(Math.max(0, from), to).flatMap(token => (token.kind === 'word' ? [token.text] : []))
}
