import { type EpochMs, type Instant, parseInstant, toInstant } from '../core/clock.ts'
import type { AirlineCode, ZoneName } from '../core/itinerary.ts'
import { zoneOfPlace } from './place-zones.ts'
import type { Rule } from './time-limit/cues.ts'
import { tokenize } from './time-limit/lexer.ts'
import { clockOfRemark, findStatements, type Statement } from './time-limit/phrases.ts'
import { type Place, type Resolved, resolveMoments } from './time-limit/resolve.ts'

/** Airlines say in free text (SSR ADTK, OTHS) by when to ticket, each in its own words. */
export type TimeLimit = {
  readonly ticketBy: Instant
  /** The clock that the text names; `unstated`: none, and the earliest of those plausible was taken. */
  readonly zone: ZoneName | 'unstated'
  /** The kind of wording found. */
  readonly rule: Rule
}

export type Remark = {
  readonly text: string
  readonly carrier: AirlineCode
  /** City or airport where the journey begins. */
  readonly origin?: string | undefined
  /** When the remark was written: the year of a day without one, the begin of `WITHIN 24H`. */
  readonly atMs: EpochMs
  /** The clock of the booking office, plausible where the text names none. */
  readonly officeZone?: ZoneName | undefined
}

/** What is longer is no remark of an airline. */
export const remarkMaxLength = 2000

/** By when the remark wants the ticket, of several limits the earliest; undefined where it sets none. Text beyond
 *  `remarkMaxLength` is not read. */
export function findTimeLimit(remark: Remark): TimeLimit | undefined {
  const tokens = tokenize(remark.text.slice(0, remarkMaxLength))
  const { carrier, atMs, origin, officeZone } = remark
  const thisYear = Number(toInstant(atMs).slice(0, 4))
  const place: Place = { carrier, atMs, officeZone, originZone: origin ? zoneOfPlace(origin) : undefined }
  const general = clockOfRemark(tokens)
  let best: (Resolved & { readonly rule: Rule }) | undefined
  for (const statement of findStatements(tokens, { carrier, thisYear })) {
    const resolved = resolve(statement, place, general)
    const guessed = statement.rule === 'requested' || statement.rule === 'cancelled-at'
    if (!resolved || (guessed && resolved.ticketByMs <= atMs) || (best && best.ticketByMs <= resolved.ticketByMs))
      continue
    best = { ...resolved, rule: statement.rule }
  }
  return best && { ticketBy: toInstant(best.ticketByMs), zone: best.zone, rule: best.rule }
}

function resolve(statement: Statement, place: Place, general: ReturnType<typeof clockOfRemark>): Resolved | undefined {
  if (statement.kind === 'span') return { ticketByMs: place.atMs + statement.span.minutes * 60_000, zone: 'UTC' }
  const moments = statement.moments.map(moment => ({ ...moment, clock: moment.clock ?? general ?? null }))
  return resolveMoments(moments, place)
}

/** The ticketing time limit of a booking: the earliest of what the fare, the airline's remarks and the departure say
 *  (domain.md 4.2); null where none is known. */
export function earliestTicketBy(limits: {
  readonly fare: Instant | null
  readonly remarks: readonly TimeLimit[]
  /** Of the first flight. */
  readonly departureMs: EpochMs | null
}): Instant | null {
  const fare = limits.fare === null ? undefined : parseInstant(limits.fare)
  const remarks = limits.remarks.map(({ ticketBy }) => parseInstant(ticketBy))
  const known = [fare, ...remarks, limits.departureMs ?? undefined].filter(ms => ms !== undefined)
  return known.length === 0 ? null : toInstant(Math.min(...known))
}
