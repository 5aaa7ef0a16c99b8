import type { EpochMs } from '../core/clock.ts'
import type { ZoneName } from '../core/itinerary.ts'
import { type Money, money } from '../core/money.ts'
import { toInstant, toLocal } from '../reference/zones.ts'
import { dateOf, dayOf } from './days.ts'
import type { WorldCancellationQuote, WorldPassengerPrice, WorldPnr, WorldTicket } from './world.ts'

/** What giving a PNR, or these travellers of it, back would bring at this moment. Money follows tickets: seats are given back
 *  apart from it. */
export function quoteOf(
  pnr: WorldPnr,
  officeZone: ZoneName,
  now: EpochMs,
  keys?: readonly string[],
): WorldCancellationQuote {
  const tickets = ticketsOf(pnr, keys)
  const issued = tickets.filter(ticket => ticket.status === 'issued')
  const nothing = money(0, pnr.offer.currency)
  const empty = { refund: nothing, penalty: nothing, perTicket: [], voidUntil: null }
  if (issued.length === 0) {
    if (pnr.status === 'live' && pnr.tickets.length === 0) return { kind: 'release', ...empty, text: null }
    return { kind: 'none', ...empty, text: 'nothing is left to give back' }
  }
  if (hasDeparted(pnr, now)) return { kind: 'none', ...empty, text: 'the journey has begun' }
  const voidUntil = voidLimit(pnr, officeZone)
  const voids = voidUntil !== null && now < voidUntil
  const perTicket = tickets.map(ticket => {
    const paid = ticket.status === 'issued' ? ticketValue(pnr, ticket) : undefined
    if (!paid) return { number: ticket.number, refund: nothing, penalty: nothing }
    const back = voids ? paid.total.amountMinor : refundable(pnr, paid)
    return {
      number: ticket.number,
      refund: money(back, pnr.offer.currency),
      penalty: money(paid.total.amountMinor - back, pnr.offer.currency),
    }
  })
  const refund = sum(perTicket.map(ticket => ticket.refund))
  const penalty = sum(perTicket.map(ticket => ticket.penalty))
  if (refund === 0) return { kind: 'none', ...empty, text: 'nothing of this fare is given back' }
  return {
    kind: voids ? 'void' : 'refund',
    refund: money(refund, pnr.offer.currency),
    penalty: money(penalty, pnr.offer.currency),
    perTicket,
    voidUntil: voids ? voidUntil : null,
    text: null,
  }
}

/** Of these travellers, or of all. */
export function ticketsOf({ tickets }: WorldPnr, keys?: readonly string[]): readonly WorldTicket[] {
  return keys ? tickets.filter(({ travellerKey }) => keys.includes(travellerKey)) : tickets
}

/** End of the day of issue where the office is; null without an issued ticket. */
export function voidLimit(pnr: WorldPnr, officeZone: ZoneName): EpochMs | null {
  const times = pnr.tickets.filter(ticket => ticket.status === 'issued').map(ticket => ticket.issuedAt)
  if (times.length === 0) return null
  const date = toLocal(Math.min(...times), officeZone)
  return toInstant(`${dateOf(dayOf(date) + 1)}T00:00:00`, officeZone)
}

export function hasDeparted(pnr: WorldPnr, now: EpochMs): boolean {
  return now >= pnr.offer.slices[0]!.segments[0]!.departureMs
}

/** A conjunction ticket's money is all on its first number. */
function ticketValue(pnr: WorldPnr, ticket: WorldTicket): WorldPassengerPrice | undefined {
  if (ticket.segmentIndexes[0] !== 0) return undefined
  const traveller = pnr.travellers.find(other => other.key === ticket.travellerKey)
  return pnr.offer.passengers.find(price => price.type === traveller?.type)
}

/** Not government money, or spent on being issued: kept with a fare that is not refundable (domain notes, taxes). */
const keptTaxes: ReadonlySet<string> = new Set(['YQ', 'YR', 'US', 'ZP', 'XF'])

/** A refundable fare less its fee (lap infants pay none); of any other the taxes that were not spent. */
function refundable(pnr: WorldPnr, paid: WorldPassengerPrice): number {
  const { allowed, fee } = pnr.offer.refund
  if (allowed) return Math.max(0, paid.total.amountMinor - (paid.type === 'INF' ? 0 : (fee?.amountMinor ?? 0)))
  return sum(paid.taxes.filter(tax => !keptTaxes.has(tax.code)).map(tax => tax.amount))
}

function sum(amounts: readonly Money[]): number {
  return amounts.reduce((total, amount) => total + amount.amountMinor, 0)
}
