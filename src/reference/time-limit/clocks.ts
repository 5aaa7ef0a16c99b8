import type { AirlineCode, ZoneName } from '../../core/itinerary.ts'
import { homeZoneOf } from '../carrier-homes.ts'
import { zoneOfPlace, zonesOfCountry, zonesOfName } from '../place-zones.ts'
import type { Token } from './lexer.ts'

/** The clock that a remark names. `zones`: all that the name may mean. */
export type NamedClock =
  | { readonly kind: 'utc' }
  | { readonly kind: 'place'; readonly zones: readonly ZoneName[] }
  /** `zones`: the busiest first. */
  | { readonly kind: 'country'; readonly zones: readonly ZoneName[] }
  /** Of the airline's head office. */
  | { readonly kind: 'home' }
  /** Where the journey begins. */
  | { readonly kind: 'origin' }

export type ClockReading = { readonly clock: NamedClock; readonly length: number }

const utc = new Set(['Z', 'GMT', 'UTC', 'ZULU'])
const local = new Set(['LT', 'LCL', 'LCLT', 'LOCAL', 'LOC', 'TIME', 'LMT'])
const home = new Set(['HDQ', 'HDQTRS', 'HEADQUARTERS', 'HEADQUARTER', 'HQ'])

/** Abbreviations that are no place or are seldom meant as one. Summer time is the zone's matter: agents write EST all
 *  year, and the zone's reading is never later than the letter's. */
const abbreviations: Readonly<Record<string, readonly ZoneName[]>> = {
  EST: ['America/New_York'],
  EDT: ['America/New_York'],
  CDT: ['America/Chicago'],
  MST: ['America/Denver'],
  MDT: ['America/Denver'],
  PST: ['America/Los_Angeles'],
  PDT: ['America/Los_Angeles'],
  AKST: ['America/Anchorage'],
  HST: ['Pacific/Honolulu'],
  BRT: ['America/Sao_Paulo'],
  WET: ['Europe/Lisbon'],
  BST: ['Europe/London'],
  CET: ['Europe/Paris'],
  CEST: ['Europe/Paris'],
  MEZ: ['Europe/Paris'],
  EET: ['Europe/Athens'],
  EEST: ['Europe/Athens'],
  MSK: ['Europe/Moscow'],
  SAST: ['Africa/Johannesburg'],
  PKT: ['Asia/Karachi'],
  JST: ['Asia/Tokyo'],
  KST: ['Asia/Seoul'],
  SGT: ['Asia/Singapore'],
  WIB: ['Asia/Jakarta'],
  AEST: ['Australia/Sydney'],
  AEDT: ['Australia/Sydney'],
  NZST: ['Pacific/Auckland'],
  NZDT: ['Pacific/Auckland'],
}

/** Two meanings, told apart by where the airline is at home. */
const ambiguous: Readonly<Record<string, Readonly<Record<string, ZoneName>>>> = {
  CST: { America: 'America/Chicago', Asia: 'Asia/Shanghai' },
  AST: { America: 'America/Halifax', Asia: 'Asia/Riyadh' },
  IST: { Europe: 'Europe/Istanbul', Asia: 'Asia/Kolkata' },
}

const originPhrases = [
  ['AT', 'BOARD', 'POINT'],
  ['AT', 'BOARDING', 'POINT'],
  ['BOARD', 'POINT'],
  ['BOARDING', 'POINT'],
  ['POINT', 'OF', 'ORIGIN'],
  ['OF', 'ORIGIN'],
  ['ORIGIN'],
  ['DEPARTURE', 'CITY'],
  ['DEP', 'CITY'],
  ['CITY', 'OF', 'DEPARTURE'],
]

/** Words of these remarks that are airports too (`PNR` is Pointe-Noire), where no `LT` says that a place is meant. */
const tradeWords = new Set(
  'ADT ADV AGT ALL AND ANY ARE BKG BKD BUS CAN CHD CLS CNL CXL DOC DUE ELS END ETK EMD FAR FLT FOR HAS HRS INF ISS ITN LTD NBR NON NOT NOW OFF ONE OPT OSI OTH OUR OUT PAX PAY PLS PNR PRE PRI REF REQ RES RLS RSV RTE SEE SEG SEL SET SSR SUB THE THK TIL TIX TKN TKT TTL TWO UNT USE VIA WAS WIL XXL XLD YOU MON TUE WED THU FRI SAT SUN'.split(
    ' ',
  ),
)
/** May stand between a time and a day. */
const smallWords = /^(THE|FOR|MON|TUE|WED|THU|FRI|SAT|SUN|DUE)$/
/** Trade words that may close a remark. */
const closings = new Set(['PLS', 'THK', 'TKS', 'AGT', 'PNR'])
/** After these the text goes on: what stands before them was the last word of the time. */
const continuations = new Set('OR ELSE OTHERWISE OTHR AND TO IF ON AT'.split(' '))

/** A clock named at `at`, if one is. `carrier` tells apart what two airlines mean by the same letters. */
export function readClock(tokens: readonly Token[], at: number, carrier: AirlineCode): ClockReading | undefined {
  const text = wordAt(tokens, at)
  if (text === undefined || local.has(text)) return undefined
  const next = wordAt(tokens, at + 1)
  const localNext = next !== undefined && local.has(next)
  if (utc.has(text)) return readOffset(tokens, at)
  if (home.has(text) && (text !== 'HQ' || localNext)) return { clock: { kind: 'home' }, length: 1 }
  const origin = originPhrases.find(phrase => phrase.every((word, i) => wordAt(tokens, at + i) === word))
  if (origin) return { clock: { kind: 'origin' }, length: origin.length }
  const named = localNext ? undefined : abbreviated(text, carrier)
  if (named) return { clock: { kind: 'place', zones: named }, length: 1 }
  return readName(tokens, at) ?? readPlace(tokens, at)
}

/** `GMT`, and `GMT+3`, `UTC+0530`. */
function readOffset(tokens: readonly Token[], at: number): ClockReading {
  const sign = tokens[at + 1]
  const size = tokens[at + 2]
  if (sign?.kind === 'mark' && /[+-]/.test(sign.text) && size?.glued) {
    const [hour, minute] = size.kind === 'clock' ? [size.hour, size.minute] : hoursOf(size)
    if (hour !== undefined && hour <= 14) {
      const zone = `${sign.text}${String(hour).padStart(2, '0')}:${String(minute ?? 0).padStart(2, '0')}`
      return { clock: { kind: 'place', zones: [zone] }, length: 3 }
    }
  }
  return { clock: { kind: 'utc' }, length: 1 }
}

function hoursOf(token: Token): readonly [number?, number?] {
  if (token.kind !== 'number') return []
  if (token.text.length <= 2) return [Number(token.text), 0]
  return token.text.length === 4 ? [Number(token.text.slice(0, 2)), Number(token.text.slice(2))] : []
}

function abbreviated(text: string, carrier: AirlineCode): readonly ZoneName[] | undefined {
  const plain = abbreviations[text]
  if (plain) return plain
  const meanings = ambiguous[text]
  const continent = homeZoneOf(carrier)?.split('/')[0]
  if (!meanings) return undefined
  // Istanbul's own code beats India's clock unless an Indian airline writes it
  if (text === 'IST') return [homeZoneOf(carrier) === 'Asia/Kolkata' ? meanings.Asia! : meanings.Europe!]
  const meant = continent === undefined ? undefined : meanings[continent]
  return meant ? [meant] : Object.values(meanings)
}

/** A city or airport code, one with its country (`MOWRU`), or a country's code. */
function readPlace(tokens: readonly Token[], at: number): ClockReading | undefined {
  const text = wordAt(tokens, at)!
  const [, code, country] = /^([A-Z]{3})([A-Z]{2})?$/.exec(text.replace(/(?<=^...(..)?)LT$/, '')) ?? []
  const zone = code && (!country || zonesOfCountry(country).length > 0) ? zoneOfPlace(code) : undefined
  if (zone && (country ? gluedToTime(tokens, at) : placeIsMeant(tokens, at))) {
    return { clock: { kind: 'place', zones: [zone] }, length: 1 }
  }
  if (/^[A-Z]{2}(LT)?$/.test(text) && (besideLocal(tokens, at, 1) || tokens[at]!.glued || endsThere(tokens, at))) {
    const zones = zonesOfCountry(text.slice(0, 2))
    if (zones.length > 0) return { clock: { kind: 'country', zones }, length: 1 }
  }
  return undefined
}

/** Three letters that are a word of the trade too are a place only where nothing else can stand. */
function placeIsMeant(tokens: readonly Token[], at: number): boolean {
  const text = wordAt(tokens, at)!
  if (besideLocal(tokens, at, 1)) return true
  if (numbered(tokens, at)) return false
  const inside = isTime(tokens[at - 1]) && tokens[at + 1]?.kind === 'date' && !smallWords.test(text)
  const before = goesBefore(tokens, at) || gluedToTime(tokens, at) || inside
  const last = endsThere(tokens, at) && !(at === tokens.length - 1 && closings.has(text))
  return !tradeWords.has(text) || before || last || betweenMarks(tokens, at)
}

/** `SUN1800`, `DUE/03JAN`. */
function goesBefore(tokens: readonly Token[], at: number): boolean {
  const slash = tokens[at + 1]?.kind === 'mark'
  const next = slash ? tokens[at + 2] : tokens[at + 1]
  return next?.glued === true && (next.kind === 'date' || (next.kind === 'number' && next.text.length === 4))
}

/** `/OTH/`, `/HAS 1800`. */
function betweenMarks(tokens: readonly Token[], at: number): boolean {
  const [previous, next] = [tokens[at - 1], tokens[at + 1]]
  const slash = previous?.kind === 'mark' && previous.text === '/'
  return slash && tokens[at]!.glued && next !== undefined && next.kind !== 'word'
}

/** `1800SUN`. */
function gluedToTime(tokens: readonly Token[], at: number): boolean {
  const previous = tokens[at - 1]
  return tokens[at]!.glued && (isTime(previous) || previous?.kind === 'date')
}

function isTime(token: Token | undefined): boolean {
  return token?.kind === 'number' || token?.kind === 'clock'
}

/** `IRC-2` is no airport. */
function numbered(tokens: readonly Token[], at: number): boolean {
  const [mark, number] = [tokens[at + 1], tokens[at + 2]]
  return mark?.kind === 'mark' && mark.text === '-' && mark.glued && number?.kind === 'number' && number.glued
}

/** `18:00 RU OR …`, but not `18:00 IF …`. */
function endsThere(tokens: readonly Token[], at: number): boolean {
  if (continuations.has(wordAt(tokens, at)!)) return false
  const next = tokens[at + 1]
  return next === undefined || (next.kind === 'word' && continuations.has(next.text) && next.text !== 'TO')
}

/** Not `1800NAURU`, a city with a country. */
function afterMark(tokens: readonly Token[], at: number): boolean {
  return tokens[at]!.glued && tokens[at - 1]?.kind === 'mark'
}

/** `NEW YORK TIME`, `LT MOSCOW`, `1800/MOSCOW`. */
function readName(tokens: readonly Token[], at: number): ClockReading | undefined {
  for (let length = 3; length >= 1; length--) {
    const words = Array.from({ length }, (_, i) => wordAt(tokens, at + i))
    const name = words.join(' ')
    if (words.includes(undefined) || name.length < 4) continue
    const zones = zonesOfName(name)
    const named = besideLocal(tokens, at, length) || afterMark(tokens, at) || endsThere(tokens, at + length - 1)
    if (zones.length === 0 || !named) continue
    return { clock: { kind: zones.length === 1 ? 'place' : 'country', zones }, length }
  }
  return undefined
}

function besideLocal(tokens: readonly Token[], at: number, length: number): boolean {
  return [wordAt(tokens, at - 1), wordAt(tokens, at + length)].some(word => word !== undefined && local.has(word))
}

export function isLocalWord(text: string): boolean {
  return local.has(text)
}

export function wordAt(tokens: readonly Token[], at: number): string | undefined {
  const token = tokens[at]
  return token?.kind === 'word' ? token.text : undefined
}
