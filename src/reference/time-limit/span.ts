import { wordAt } from './clocks.ts'
import type { Token } from './lexer.ts'

/** A limit that counts from the reservation: `WITHIN 24H AFTER RES`. */
export type Span = { readonly minutes: number; readonly length: number }

const unitMinutes: Readonly<Record<string, number>> = {
  M: 1,
  MIN: 1,
  MINS: 1,
  MINUTES: 1,
  H: 60,
  HR: 60,
  HRS: 60,
  HOUR: 60,
  HOURS: 60,
  D: 1440,
  DAY: 1440,
  DAYS: 1440,
} // prettier-ignore
const inside = new Set(['WITHIN', 'WITHN', 'IN', 'MAX', 'LATEST', 'BY', 'WTHN'])
const after = new Set(['AFTER', 'FROM', 'SINCE', 'OF', 'FOLLOWING'])
const begins =
  /^(RES|RESERVATION|RSVN|BKG|BKNG|BOOKING|BKD|BOOKED|CREATION|CREATED|PNR|SELL|SALE|NOW|RECEIPT|MSG|MESSAGE|CONFIRMATION|THIS|SEGMENT|SEG)$/
/** A longer span than a schedule is open makes no sense. */
const minutesMax = 366 * 1440

/** From the word before the number on; spans before departure are none. */
export function readSpan(tokens: readonly Token[], at: number): Span | undefined {
  const lead = inside.has(wordAt(tokens, at) ?? '')
  let next = lead ? at + 1 : at
  if (tokens[next]?.kind === 'mark' && /[+-]/.test((tokens[next] as { text: string }).text)) next++
  const number = tokens[next]
  if (number?.kind !== 'number' || number.text.length > 3) return undefined
  const unit = unitMinutes[wordAt(tokens, next + 1) ?? '']
  const minutes = Number(number.text) * (unit ?? 0)
  if (minutes === 0 || minutes > minutesMax) return undefined
  const rest = [2, 3, 4, 5, 6].map(i => wordAt(tokens, next + i))
  if (rest.some(word => word !== undefined && /^(BEFORE|PRIOR|DEP\w*|BFR|FLIGHT)$/.test(word))) return undefined
  const counted = after.has(rest[0] ?? '') && rest.slice(1, 4).some(word => begins.test(word ?? ''))
  const bare = /^(W.*|IN)$/.test(wordAt(tokens, at) ?? '') && !after.has(rest[0] ?? '')
  return counted || bare ? { minutes, length: next + 2 - at } : undefined
}
