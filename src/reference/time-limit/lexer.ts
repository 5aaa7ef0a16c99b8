import { monthNumber, monthPattern } from './months.ts'

/** A remark as words, numbers, dates and marks. What is glued together on the wire (`BJS05JAN27`, `1800MOWLT`) is taken
 *  apart here; what a number means is for moment.ts to say. */
export type Token =
  | { readonly kind: 'word' | 'number' | 'mark'; readonly text: string; readonly glued: boolean }
  | { readonly kind: 'clock'; readonly hour: number; readonly minute: number; readonly glued: boolean }
  | DateToken

export type DateToken = {
  readonly kind: 'date'
  readonly day: number
  readonly month: number
  readonly year: number | null
  /** Written with the date of a flight: `Y05JAN`, `SU100/05JAN`. */
  readonly flight: boolean
  /** Year and time in one with the date, as systems stamp messages: `05JAN271000`. */
  readonly stamp: boolean
  readonly glued: boolean
}

type Reading = { readonly length: number; readonly tokens: readonly Token[] }
type Rule = { readonly pattern: RegExp; read(match: RegExpExecArray, glued: boolean): readonly Token[] | undefined }

export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  const upper = text.toUpperCase()
  let at = 0
  let glued = false
  while (at < upper.length) {
    if (/\s/.test(upper[at]!)) {
      at++
      glued = false
      continue
    }
    const reading = readAt(upper, at, glued)
    tokens.push(...reading.tokens)
    at += reading.length
    glued = true
  }
  return tokens
}

function readAt(text: string, at: number, glued: boolean): Reading {
  for (const { pattern, read } of rules) {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    const tokens = match ? read(match, glued) : undefined
    if (match && tokens) return { length: match[0].length, tokens }
  }
  return { length: 1, tokens: [{ kind: 'mark', text: text[at]!, glued }] }
}

const rules: readonly Rule[] = [
  {
    pattern: /(\d{4})-(\d\d)-(\d\d)(?:T(?=\d)|(?![A-Z0-9]))/y,
    read: (m, glued) => dateOf(m[3]!, Number(m[2]), m[1]!, glued),
  },
  {
    pattern: /(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d\d)(?![A-Z0-9])/y,
    // 05/13/27 can only be American
    read: (m, glued) =>
      Number(m[3]) > 12 ? dateOf(m[3]!, Number(m[1]), m[4]!, glued) : dateOf(m[1]!, Number(m[3]), m[4]!, glued),
  },
  {
    // "SEG 1 MAY BE CXLD" and "18 01 MAR LT" (Maracaibo) hold no date
    pattern: new RegExp(
      `(\\d{1,2})(?:ST|ND|RD|TH)?[ ./-](${monthPattern})(?!\\w| +(?:BE|CANX|CXL|CNL|CANCEL|LT|TIME))(?:[./-](20\\d\\d|\\d\\d)(?![A-Z0-9]))?`,
      'y',
    ),
    read: (m, glued) => dateOf(m[1]!, monthNumber(m[2]!), m[3], glued),
  },
  {
    pattern: new RegExp(
      `(${monthPattern})[ .-]?(\\d{1,2})(?:ST|ND|RD|TH)?(?![A-Z0-9:])(?:,? ?(20\\d\\d)(?!\\d))?`,
      'y',
    ),
    read: (m, glued) => dateOf(m[2]!, monthNumber(m[1]!), m[3], glued),
  },
  { pattern: /(\d{1,2})[:.H](\d\d)(?::\d\d)?(?!\d)/y, read: (m, glued) => clockOf(m[1]!, m[2]!, glued) },
  { pattern: /[A-Z0-9]+/y, read: (m, glued) => readRun(m[0], glued) },
]

function dateOf(day: string, month: number, year: string | undefined, glued: boolean): readonly Token[] | undefined {
  if (month < 1 || month > 12 || Number(day) < 1 || Number(day) > 31) return undefined
  const date = { day: Number(day), month, year: yearOf(year), flight: false, stamp: false }
  return [{ kind: 'date', ...date, glued }]
}

function clockOf(hour: string, minute: string, glued: boolean): readonly Token[] | undefined {
  if (Number(hour) > 24 || Number(minute) > 59) return undefined
  return [{ kind: 'clock', hour: Number(hour), minute: Number(minute), glued }]
}

export function yearOf(digits: string | undefined): number | null {
  if (!digits) return null
  return digits.length === 2 ? 2000 + Number(digits) : Number(digits)
}

const datedRun = new RegExp(
  `^([A-Z]*)(?:(\\d{4})(Z|GMT|UTC|LT|[A-Z]{3})?(?=\\d\\d))?(\\d{1,2})(${monthPattern})(\\d{8}|\\d{6}|\\d{4}|\\d\\d)?([A-Z]{0,9})$`,
)
const flightRun = new RegExp(`^(?!BY|TL|ON|TO)(?=.?[A-Z])[A-Z0-9]{2}\\d{1,4}[A-Z]?(\\d\\d)(${monthPattern})`)
const timedRun = /^([A-Z]{3})?([01]\d[0-5]\d|2[0-3][0-5]\d|2400)([A-Z]{1,9})$/
const placedTime = /^([A-Z]{3}|BY|TL)([01]\d[0-5]\d|2[0-3][0-5]\d|2400)$/
const countedRun = /^(\d{1,3})(Z|H|HR|HRS|HOURS?|D|DAYS?|MINS?|A|P|AM|PM|GMT|UTC)$/
const gluedNumber = /^(WITHIN)(\d{1,3})([A-Z]*)$/

/** One run of letters and digits. */
function readRun(run: string, glued: boolean): readonly Token[] {
  if (/^\d+$/.test(run)) return [{ kind: 'number', text: run, glued }]
  const flight = flightRun.exec(run)
  if (flight) {
    const date = { day: Number(flight[1]), month: monthNumber(flight[2]!), year: null, flight: true, stamp: false }
    return [{ kind: 'date', ...date, glued }]
  }
  const dated = datedRun.exec(run)
  if (dated) return datedTokens(dated, glued)
  const timed = timedRun.exec(run) ?? placedTime.exec(run) ?? countedRun.exec(run) ?? gluedNumber.exec(run)
  if (!timed) return [{ kind: 'word', text: run, glued }]
  return parts(timed.slice(1), glued)
}

function datedTokens(match: RegExpExecArray, glued: boolean): readonly Token[] {
  const [, before = '', time, clock, day, month, digits = '', after = ''] = match
  const year =
    digits.length === 2 || digits.length === 6 ? digits.slice(0, 2) : digits.length === 8 ? digits.slice(0, 4) : ''
  const rest = digits.slice(year.length)
  const date: DateToken = {
    kind: 'date',
    day: Number(day),
    month: monthNumber(month!),
    year: yearOf(year),
    flight: before.length === 1,
    stamp: digits.length > 4,
    glued: glued || before !== '' || time !== undefined,
  }
  return [...parts([before, time, clock], glued), date, ...parts([rest, after], true)]
}

function parts(texts: readonly (string | undefined)[], glued: boolean): readonly Token[] {
  const tokens: Token[] = []
  for (const text of texts) {
    if (!text) continue
    tokens.push({ kind: /^\d/.test(text) ? 'number' : 'word', text, glued: glued || tokens.length > 0 })
  }
  return tokens
}
